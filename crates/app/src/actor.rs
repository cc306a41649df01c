//! Who asks, and what a service needs to know of it.

use crate::{App, Error, Result};
use golive_core::id::{ProjectId, UserId};
use golive_core::people::{Action, Member, may};
use golive_core::portfolio::Project;
use golive_store::{Key, Session, Stamp};
use jiff::SignedDuration;

/// How far a token reaches. Browser sessions reach as far as the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// Everything that the person may do.
    Full,
    /// Looking only.
    Read,
    /// Everything, in one project.
    Project(ProjectId),
}

/// Who asks. Made once, at the edge, from a session or a token.
#[derive(Debug, Clone)]
pub struct Actor {
    /// The person.
    pub user: UserId,
    /// The name for people.
    pub name: String,
    /// IANA zone in which times are shown.
    pub time_zone: String,
    /// Runs golive itself.
    pub server_administrator: bool,
    /// How far the token reaches.
    pub scope: Scope,
    /// Makes a repeated request lead to the same end.
    pub key: Option<Key>,
    /// What shows who it is.
    pub proof: Proof,
}

/// What shows that somebody is who they say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// A browser session: the password was last given then, in microseconds of the machine clock.
    Session {
        /// At the sign-in, or for a signature since.
        confirmed_at: i64,
    },
    /// An API token: it signs with its own scope and end, nobody sits there to be asked.
    Token,
}

/// How old a password may be for a signature where the policy says nothing.
const PASSWORD_AGE: SignedDuration = SignedDuration::from_mins(15);

impl App {
    /// The stamp of a write by this actor.
    pub fn stamp(&self, actor: &Actor) -> Stamp {
        Stamp { at: self.clock.now(), actor: actor.user.to_string(), key: actor.key.clone() }
    }

    /// The stamp of a write by the server itself.
    pub fn own_stamp(&self) -> Stamp {
        Stamp { at: self.clock.now(), actor: "golive".into(), key: None }
    }

    /// The actor's seat in a project, if the seat may do this. A project that one is not part of does not exist for one.
    pub async fn member(
        &self,
        session: &mut Session,
        actor: &Actor,
        project: ProjectId,
        action: Action,
    ) -> Result<Member> {
        match &actor.scope {
            Scope::Full => {}
            Scope::Read if matches!(action, Action::View | Action::Audit) => {}
            Scope::Read => return Err(Error::forbidden("a token with scope `read` only looks")),
            Scope::Project(only) if *only == project => {}
            Scope::Project(_) => return Err(Error::not_found("project", project)),
        }
        let seat = session.find::<Member>(Member::seat(project, actor.user)).await?;
        let member = seat.map(|seat| seat.value).filter(|member| member.removed.is_none());
        match member {
            Some(member) => {
                may(&member, action)?;
                Ok(member)
            }
            None => Err(Error::not_found("project", project)),
        }
    }

    /// Asks somebody who signs in a browser for the password again, if it was given longer ago than the policy allows. Who
    /// may not sign at all is not asked: the service itself refuses that, with its own reasons.
    pub(crate) async fn signs(
        &self,
        actor: &Actor,
        project: ProjectId,
        action: Action,
        meaning: &'static str,
    ) -> Result<()> {
        debug_assert!(action.is_signature(), "{meaning}");
        let Proof::Session { confirmed_at } = actor.proof else { return Ok(()) };
        let mut session = self.store.session().await?;
        if self.member(&mut session, actor, project, action).await.is_err() {
            return Ok(());
        }
        let policy = self.policy(&session.get::<Project>(project).await?.value.policy)?;
        let allowed = policy.duration("signature.password_age_max").unwrap_or(PASSWORD_AGE);
        let age = SignedDuration::from_micros(crate::sign_in::machine_now() - confirmed_at);
        if age <= allowed { Ok(()) } else { Err(Error::ConfirmFirst(meaning)) }
    }

    /// The actor's seats in all projects, without those that were given up.
    pub(crate) async fn seats(&self, session: &mut Session, actor: &Actor) -> Result<Vec<Member>> {
        let seats = session.with::<Member>("person", actor.user.to_string()).await?.into_iter();
        Ok(seats.map(|(_, seat)| seat.value).filter(|seat| seat.removed.is_none()).collect())
    }

    /// Refuses everybody but the server administrator.
    pub fn administrator(actor: &Actor) -> Result<()> {
        match (actor.server_administrator, &actor.scope) {
            (true, Scope::Full) => Ok(()),
            (true | false, _) => Err(Error::forbidden("this belongs to the server administrator")),
        }
    }
}
