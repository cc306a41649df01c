//! Which table each subject lives in, and which of its fields are searched by.

mod acceptance;
mod certificate;
mod checklist;
mod cutover;
mod datacopy;
mod estimate;
mod go_live;
mod methodology;
mod notification;
mod onboarding;
mod package;
mod review;
mod schedule;
mod service_request;
mod waiver;

pub use acceptance::{CaseFilter, ResultRow};

use crate::subject::{Column, Subject};
use golive_core::account::{Invitation, Organisation, Person};
use golive_core::blueprint::Blueprint;
use golive_core::environment::Environment;
use golive_core::id;
use golive_core::people::Member;
use golive_core::portfolio::Project;
use golive_core::request::Request;

impl Subject for Person {
    type Id = id::UserId;
    const TABLE: &'static str = "person";
    const KIND: &'static str = "user";
    const COLUMNS: &'static [&'static str] = &["login"];
    fn columns(&self) -> Vec<Column> {
        vec![fold(&self.login).into()]
    }
}

impl Subject for Organisation {
    type Id = id::OrganisationId;
    const TABLE: &'static str = "organisation";
    const KIND: &'static str = "organisation";
    const COLUMNS: &'static [&'static str] = &["name"];
    fn columns(&self) -> Vec<Column> {
        vec![fold(&self.name).into()]
    }
}

impl Subject for Project {
    type Id = id::ProjectId;
    const TABLE: &'static str = "project";
    const KIND: &'static str = "project";
    const COLUMNS: &'static [&'static str] = &["slug", "folded_name", "phase"];
    fn columns(&self) -> Vec<Column> {
        vec![self.slug.clone().into(), fold(&self.name).into(), self.phase().into()]
    }
}

impl Subject for Member {
    type Id = id::MemberId;
    const TABLE: &'static str = "member";
    const KIND: &'static str = "member";
    const COLUMNS: &'static [&'static str] = &["person", "side"];
    fn columns(&self) -> Vec<Column> {
        vec![self.user.to_string().into(), self.side.name().into()]
    }
}

impl Subject for Invitation {
    type Id = id::InvitationId;
    const TABLE: &'static str = "invitation";
    const KIND: &'static str = "invitation";
}

impl Subject for Blueprint {
    type Id = id::BlueprintId;
    const TABLE: &'static str = "blueprint";
    const KIND: &'static str = "blueprint";
    const COLUMNS: &'static [&'static str] = &["name"];
    fn columns(&self) -> Vec<Column> {
        vec![self.id.clone().into()]
    }
}

impl Subject for Environment {
    type Id = id::EnvironmentId;
    const TABLE: &'static str = "environment";
    const KIND: &'static str = "environment";
    const COLUMNS: &'static [&'static str] = &["name", "purpose", "phase"];
    fn columns(&self) -> Vec<Column> {
        vec![
            self.spec.name.clone().into(),
            self.spec.purpose.name().into(),
            self.state.name().into(),
        ]
    }
}

impl Subject for Request {
    type Id = id::RequestId;
    const TABLE: &'static str = "request";
    const KIND: &'static str = "request";
    const COLUMNS: &'static [&'static str] = &["environment", "phase"];
    fn columns(&self) -> Vec<Column> {
        vec![self.environment.to_string().into(), self.state.name().into()]
    }
}

/// Text to search and order by: lower case, so that both databases agree.
pub fn fold(text: &str) -> String {
    text.to_lowercase()
}
