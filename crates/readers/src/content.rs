//! The content that a server works with: vocabulary, policy packs, calendars, methodologies, checklists, notifications.
//!
//! Each kind has a reader here that checks every word it uses: a role, fact, record or setting that is not defined is an error
//! with file, line and id. [`load`] reads many files together, [`shipped`] the ones that come with the product.

pub mod calendar;
pub mod checklist;
mod load;
pub mod methodology;
pub mod notification;
pub mod policy;
mod reads;
mod shipped;
pub mod vocabulary;

pub use load::{Content, File, load};
pub use shipped::{FILES, shipped};

use golive_core::policy::Policy;
use golive_core::vocabulary::Vocabulary;

/// The largest content file.
pub const LIMIT: usize = 2 << 20;

/// The words that a content file may use.
#[derive(Debug, Clone, Copy)]
pub struct Words<'a> {
    /// Roles, evidence, records, facts, operations.
    pub vocabulary: &'a Vocabulary,
    /// Any pack: all of them have the same settings with the same units.
    pub policy: &'a Policy,
}

impl Words<'_> {
    /// Whether a setting exists.
    pub fn knows_setting(&self, key: &str) -> bool {
        self.policy.setting(key).is_some()
    }

    /// Whether a fact exists.
    pub fn knows_fact(&self, id: &str) -> bool {
        self.vocabulary.facts.contains_key(id)
    }

    /// Whether a role exists.
    pub fn knows_role(&self, id: &str) -> bool {
        self.vocabulary.roles.contains_key(id)
    }
}

/// Whether a text can be an id in a file: lower-case words joined by hyphens, digits allowed.
pub(crate) fn is_id(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 80
        && text.split('-').all(|word| {
            !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        })
}

#[cfg(test)]
mod tests;
