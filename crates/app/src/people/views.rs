//! What is shown of people, and what is asked of them.

use golive_core::account::Person;
use golive_core::id::UserId;
use golive_core::people::Member;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// A new account.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPerson {
    /// What is typed to sign in.
    pub login: String,
    /// The name for people.
    pub name: String,
    /// The mail address.
    pub email: String,
    /// IANA zone, such as `Europe/Berlin`.
    pub time_zone: String,
    /// A generic account that no single person owns.
    #[serde(default)]
    pub service_account: bool,
    /// The first password; the person changes it.
    pub password: String,
}

/// An account.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PersonView {
    /// Its id.
    pub id: String,
    /// What is typed to sign in.
    pub login: String,
    /// The name for people.
    pub name: String,
    /// The mail address.
    pub email: String,
    /// IANA zone.
    pub time_zone: String,
    /// Runs golive itself.
    pub server_administrator: bool,
    /// A generic account.
    pub service_account: bool,
    /// True when the account was closed.
    pub closed: bool,
}

/// A new organisation.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewOrganisation {
    /// Its name.
    pub name: String,
    /// The calendar by which its business days count, such as `de`.
    pub calendar: String,
}

/// An organisation.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct OrganisationView {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The calendar by which its business days count.
    pub calendar: String,
}

/// A new seat in a project.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMember {
    /// The account's login; the account must exist.
    pub login: String,
    /// The organisation that the member acts for.
    pub organisation: String,
    /// `customer`, `partner`, `reviewer` or `operator`.
    pub side: String,
    /// Roles of the vocabulary.
    #[serde(default)]
    pub roles: BTreeSet<String>,
    /// Leads the project for the side.
    #[serde(default)]
    pub project_manager: bool,
    /// Has the last word for the side.
    #[serde(default)]
    pub key_stakeholder: bool,
}

/// A seat.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct MemberView {
    /// Its id.
    pub id: String,
    /// The account's id.
    pub user: String,
    /// The name for people.
    pub name: String,
    /// The organisation's id.
    pub organisation: String,
    /// The side.
    pub side: String,
    /// The roles.
    pub roles: BTreeSet<String>,
    /// Leads the project for the side.
    pub project_manager: bool,
    /// Has the last word for the side.
    pub key_stakeholder: bool,
    /// Never votes, signs or approves.
    pub service_account: bool,
}

/// An invitation with its secret, which is shown once and goes into the link.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct NewInvitation {
    /// Its id.
    pub id: String,
    /// The path of the page that takes it up.
    pub path: String,
}

/// Whom to invite.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InvitationRequest {
    /// The mail address.
    pub email: String,
    /// The name for people.
    pub name: String,
    /// The organisation that the member will act for.
    pub organisation: String,
    /// The side.
    pub side: String,
    /// The roles.
    #[serde(default)]
    pub roles: BTreeSet<String>,
    /// Leads the project for the side.
    #[serde(default)]
    pub project_manager: bool,
    /// Has the last word for the side.
    #[serde(default)]
    pub key_stakeholder: bool,
}

/// What somebody who was invited says.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InvitationAnswer {
    /// The secret from the link.
    pub secret: String,
    /// What shall be typed to sign in.
    pub login: String,
    /// The password.
    pub password: String,
    /// IANA zone.
    pub time_zone: String,
}

pub(super) fn person_view(id: UserId, person: Person) -> PersonView {
    PersonView {
        id: id.to_string(),
        login: person.login,
        name: person.name,
        email: person.email,
        time_zone: person.time_zone,
        server_administrator: person.server_administrator,
        service_account: person.service_account,
        closed: person.closed.is_some(),
    }
}

pub(super) fn member_view(member: Member) -> MemberView {
    MemberView {
        id: member.id.to_string(),
        user: member.user.to_string(),
        name: member.name,
        organisation: member.organisation.to_string(),
        side: member.side.name().to_owned(),
        roles: member.roles,
        project_manager: member.project_manager,
        key_stakeholder: member.key_stakeholder,
        service_account: member.service_account,
    }
}
