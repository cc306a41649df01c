//! The people of a project, and who of them is meant by an audience.

use super::values::Telling;
use crate::Result;
use golive_core::account::Person;
use golive_core::id::{ProjectId, UserId};
use golive_core::notification::Audience;
use golive_core::people::{Action, Member, Side, may};
use golive_core::request::Request;
use golive_store::Session;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Whom a message is for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Recipient {
    /// Somebody with an account.
    User(UserId),
    /// An address that somebody listed.
    Address(String),
}

/// The people of a project.
pub(super) struct Crowd {
    members: Vec<Member>,
    persons: BTreeMap<UserId, Person>,
    /// Addresses that production requests name.
    listed: BTreeSet<String>,
}

impl Crowd {
    /// Reads them.
    pub async fn of(session: &mut Session, project: ProjectId) -> Result<Self> {
        let members = session.of_project::<Member>(project).await?.into_iter();
        let members: Vec<Member> =
            members.map(|(_, seen)| seen.value).filter(|member| member.removed.is_none()).collect();
        let mut persons = BTreeMap::new();
        for member in &members {
            if let Some(person) = session.find::<Person>(member.user).await? {
                persons.insert(member.user, person.value);
            }
        }
        let requests = session.of_project::<Request>(project).await?;
        let listed = requests.into_iter().flat_map(|(_, seen)| seen.value.configuration.notify);
        Ok(Self { members, persons, listed: listed.collect() })
    }

    /// The account of somebody.
    pub fn person(&self, user: UserId) -> Option<&Person> {
        self.persons.get(&user)
    }

    /// The name of somebody by id as text: of a member, or of golive itself.
    pub fn name(&self, user: &str) -> String {
        if user == "golive" {
            return "golive".to_owned();
        }
        let member = self.members.iter().find(|member| member.user.to_string() == user);
        member.map_or_else(|| "Somebody".to_owned(), |member| member.name.clone())
    }

    /// Everybody whom these audiences mean, without the one who did it.
    pub fn recipients(
        &self,
        audiences: &BTreeSet<Audience>,
        telling: &Telling<'_>,
    ) -> BTreeSet<Recipient> {
        let mut all: BTreeSet<Recipient> =
            audiences.iter().flat_map(|audience| self.meant(*audience, telling)).collect();
        all.retain(|one| match one {
            Recipient::User(user) => user.to_string() != telling.actor,
            Recipient::Address(_) => true,
        });
        all
    }

    fn meant(&self, audience: Audience, telling: &Telling<'_>) -> Vec<Recipient> {
        let by = |picks: &dyn Fn(&Member) -> bool| -> Vec<Recipient> {
            let members =
                self.members.iter().filter(|member| !member.service_account && picks(member));
            members.map(|member| Recipient::User(member.user)).collect()
        };
        let side = |side: Side| by(&|member| member.side == side);
        let role = |role: &str| by(&|member| member.has_role(role));
        match audience {
            Audience::ProjectManagers => {
                by(&|m| m.project_manager && matches!(m.side, Side::Customer | Side::Partner))
            }
            Audience::KeyStakeholders => by(&|member| member.key_stakeholder),
            Audience::AllMembers => by(&|_| true),
            Audience::Customer => side(Side::Customer),
            Audience::Partner => side(Side::Partner),
            Audience::Reviewers => side(Side::Reviewer),
            Audience::LeadReviewer => first_of([role("lead-reviewer"), side(Side::Reviewer)]),
            Audience::Operators => side(Side::Operator),
            Audience::Requester | Audience::Submitter => {
                self.named(telling, &["requested_by", "submitted_by", "proposed_by", "by"])
            }
            Audience::Owner | Audience::Assignee => {
                self.named(telling, &["owner", "assignee", "assigned", "assigned_to", "operator"])
            }
            Audience::Approvers => by(&|member| may(member, Action::Confirm).is_ok()),
            // Nobody names deputies yet.
            Audience::Deputies => Vec::new(),
            Audience::Participants => by(&|m| m.side == Side::Reviewer || m.project_manager),
            Audience::Voters => by(&|m| m.key_stakeholder || m.has_role("go-live-authority")),
            Audience::Authority => role("go-live-authority"),
            Audience::CutoverTeam => by(&|member| may(member, Action::RunCutover).is_ok()),
            Audience::NotificationList => {
                self.listed.iter().map(|address| Recipient::Address(address.clone())).collect()
            }
            Audience::EnvironmentAdministrator => self.administrator(telling),
            Audience::Invitee => {
                telling.text("email").map(Recipient::Address).into_iter().collect()
            }
            Audience::Signers => by(&|member| may(member, Action::SignAcceptance).is_ok()),
            Audience::Followers => self.followers(telling),
            Audience::Support => first_of([role("support-lead"), role("hypercare-lead")]),
            Audience::DataOwners => role("data-owner"),
            // They look after the server, not after projects.
            Audience::Administrators => Vec::new(),
        }
    }

    /// Somebody whom the event or the subject names, by account or by seat.
    fn named(&self, telling: &Telling<'_>, fields: &[&str]) -> Vec<Recipient> {
        let found = fields.iter().find_map(|field| telling.text(field));
        let text = found.or_else(|| telling.first_actor.clone()).unwrap_or_default();
        let member = self
            .members
            .iter()
            .find(|member| member.user.to_string() == text || member.id.to_string() == text);
        member.map(|member| Recipient::User(member.user)).into_iter().collect()
    }

    fn administrator(&self, telling: &Telling<'_>) -> Vec<Recipient> {
        let login = telling.administrator.as_deref().unwrap_or_default().to_lowercase();
        let found = self.persons.iter().find(|(_, person)| person.login == login);
        found.map(|(user, _)| Recipient::User(*user)).into_iter().collect()
    }

    /// Whoever said something about it.
    fn followers(&self, telling: &Telling<'_>) -> Vec<Recipient> {
        let comments =
            telling.state.get("comments").and_then(Value::as_array).into_iter().flatten();
        let said = comments.filter_map(|comment| comment.get("by")?.as_str()?.parse().ok());
        said.map(Recipient::User).collect()
    }
}

/// The first group that has anybody in it.
fn first_of(groups: [Vec<Recipient>; 2]) -> Vec<Recipient> {
    groups.into_iter().find(|group| !group.is_empty()).unwrap_or_default()
}
