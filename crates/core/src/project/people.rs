//! Organisations, members and seats as their file has them.

use crate::people::Side;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// An organisation that takes part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Organisation {
    /// Stable name.
    pub id: String,
    /// Its legal name.
    pub name: String,
    /// Whom it acts for.
    pub side: Side,
    /// Its country, in words.
    pub country: String,
}

/// A member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "flags of a person, each with its own meaning")]
pub struct Person {
    /// Stable name: `lena.hoffmann`.
    pub id: String,
    /// Full name.
    pub name: String,
    /// The organisation.
    pub organisation: String,
    /// Whom the member acts for.
    pub side: Side,
    /// Roles of the vocabulary.
    pub roles: BTreeSet<String>,
    /// What the member does at home.
    pub title: String,
    /// The address.
    pub email: String,
    /// The member's zone.
    pub time_zone: String,
    /// Whether the reviewer may write.
    pub contact_allowed: bool,
    /// Leads the project for the side.
    #[serde(default)]
    pub project_manager: bool,
    /// Administers the project.
    #[serde(default)]
    pub project_administrator: bool,
    /// Has the last word for the side.
    #[serde(default)]
    pub key_stakeholder: bool,
    /// No person: never votes, signs or approves.
    #[serde(default)]
    pub service_account: bool,
}

/// A seat at the go/no-go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeatOf {
    /// Stable name.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The member who holds it.
    pub holder: String,
    /// The member who stands in.
    #[serde(default)]
    pub deputy: Option<String>,
}

/// All people of a project.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct People {
    /// The project.
    pub project: String,
    /// Organisations.
    pub organisations: Vec<Organisation>,
    /// Members.
    pub members: Vec<Person>,
    /// Seats.
    pub seats: Vec<SeatOf>,
}

impl People {
    /// The member with this id.
    pub fn member(&self, id: &str) -> Option<&Person> {
        self.members.iter().find(|member| member.id == id)
    }

    /// The members with this role.
    pub fn with_role<'p>(&'p self, role: &'p str) -> impl Iterator<Item = &'p Person> {
        self.members.iter().filter(move |member| member.roles.contains(role))
    }
}
