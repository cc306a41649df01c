//! Tables of onboarding: the whole, and its sections.

use crate::subject::Subject;
use golive_core::id;
use golive_core::onboarding::{Onboarding, Section};

impl Subject for Onboarding {
    type Id = id::ProjectId;
    const TABLE: &'static str = "onboarding";
    const KIND: &'static str = "onboarding";
}

impl Subject for Section {
    type Id = id::SectionId;
    const TABLE: &'static str = "onboarding_section";
    const KIND: &'static str = "onboarding_section";
}
