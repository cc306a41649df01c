//! Accounts of the server: people with a sign-in, organisations, invitations.

use crate::id::{OrganisationId, ProjectId, UserId};
use crate::people::Side;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Somebody, or something, that can sign in. The password's hash is kept elsewhere, out of every log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// What is typed to sign in, folded to lower case.
    pub login: String,
    /// The name for people.
    pub name: String,
    /// The mail address.
    pub email: String,
    /// IANA zone in which times are shown.
    pub time_zone: String,
    /// Runs golive itself: users, blueprints, targets, secrets. No say in projects.
    #[serde(default)]
    pub server_administrator: bool,
    /// A generic account that no single person owns.
    #[serde(default)]
    pub service_account: bool,
    /// When the account was closed.
    #[serde(default)]
    pub closed: Option<Timestamp>,
}

/// What happened to an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum PersonEvent {
    /// It was made.
    Created,
    /// Name, address or zone were changed.
    Changed,
    /// It was closed.
    Closed,
}

/// A company or department.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organisation {
    /// Its name.
    pub name: String,
    /// The calendar by which its business days count.
    pub calendar: String,
}

/// What happened to an organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum OrganisationEvent {
    /// It was made.
    Created,
    /// It was changed.
    Changed,
}

/// An invitation to a project, for somebody who may not have an account yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// The project.
    pub project: ProjectId,
    /// The organisation that the person will act for.
    pub organisation: OrganisationId,
    /// Whom it is for.
    pub email: String,
    /// The name for people.
    pub name: String,
    /// The side.
    pub side: Side,
    /// The roles.
    pub roles: BTreeSet<String>,
    /// Leads the project for the side.
    pub project_manager: bool,
    /// Has the last word for the side.
    pub key_stakeholder: bool,
    /// Who invited.
    pub by: UserId,
    /// When it ends, by the machine clock, in microseconds.
    pub expires_at: i64,
    /// Where it stands.
    #[serde(flatten)]
    pub state: InvitationState,
}

/// Where an invitation stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum InvitationState {
    /// Sent, not answered.
    Pending,
    /// Taken up.
    Accepted {
        /// By this account.
        user: UserId,
    },
    /// Turned down by the person invited.
    Declined,
    /// Taken back.
    Revoked,
}

/// What happened to an invitation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum InvitationEvent {
    /// It was sent.
    Sent,
    /// It was taken up.
    Accepted,
    /// It was turned down.
    Declined,
    /// It was taken back.
    Revoked,
}
