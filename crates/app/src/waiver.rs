//! Waivers: proposed by the team, agreed to by the customer and the reviewer, in force until they expire, and then the
//! criterion counts again.
//!
//! A waiver that nobody ends ends by itself: what has run out is never given to a gate, whether or not anybody has written it
//! down; the next write on a waiver of the project writes it down.

use crate::checklist::seat_of;
use crate::facts::Ground;
use crate::{Actor, App, Error, Result};
use golive_core::fact::Facts;
use golive_core::gate::table::table;
use golive_core::gate::{Exception, Gate, Threshold};
use golive_core::id::{ProjectId, UserId, WaiverId};
use golive_core::people::{Action, Member};
use golive_core::portfolio::Project;
use golive_core::waiver::{
    self, Change, Command, Proposal, Refusal, Rules, State, Waiver, decide, propose, renew,
};
use golive_store::{Session, Versioned, Write};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;

mod view;
pub use view::{WaivableView, WaiverSeatView, WaiverView};

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WaiverForm {
    /// The gate: `production_request`.
    pub gate: String,
    /// The criterion of that gate.
    pub criterion: String,
    /// Why the criterion cannot be met now.
    pub reason: String,
    /// Who bears the risk until then: a member by full name or id.
    #[serde(default)]
    pub risk_owner: Option<String>,
    /// What is done instead.
    #[serde(default)]
    pub measure: String,
    /// The last day on which it holds, in the project's zone.
    #[schema(value_type = String)]
    pub expires: Date,
}

/// What a decision about a waiver needs to know.
struct Ledger {
    id: ProjectId,
    project: Project,
    rules: Rules,
    members: Vec<Member>,
    /// All waivers of the project, oldest first.
    waivers: Vec<(WaiverId, Versioned<Waiver>)>,
}

impl App {
    /// Asks for a waiver.
    pub async fn waiver_propose(
        &self,
        actor: &Actor,
        project: ProjectId,
        form: &WaiverForm,
    ) -> Result<WaiverView> {
        let (mut write, ledger) = self.ledger_write(actor, project, Action::ProposeWaiver).await?;
        let proposal = ledger.proposal(form)?;
        let digest = digest(&proposal);
        let change =
            propose(proposal, actor.user, &digest, &ledger.rules, write.now()).map_err(refused)?;
        let id = WaiverId::from_uuid(uuid::Uuid::now_v7());
        write.insert(id, project, &change.waiver, &change.event).await?;
        write.commit().await?;
        self.waiver_view(actor, id).await
    }

    /// Asks for another term of a waiver; the old one runs to its own end.
    pub async fn waiver_renew(
        &self,
        actor: &Actor,
        old: WaiverId,
        (expires, reason): (Date, &str),
    ) -> Result<WaiverView> {
        let project = self.project_of_waiver(old).await?;
        let (mut write, ledger) = self.ledger_write(actor, project, Action::ProposeWaiver).await?;
        let before = ledger.find(old)?.value.clone();
        let proposal = Proposal {
            reason: reason.trim().to_owned(),
            expires: ledger.end_of(expires)?,
            ..before.proposal.clone()
        };
        let digest = digest(&proposal);
        let change =
            renew((old, &before), proposal, actor.user, &digest, (&ledger.rules, write.now()));
        let change = change.map_err(refused)?;
        let id = WaiverId::from_uuid(uuid::Uuid::now_v7());
        write.insert(id, project, &change.waiver, &change.event).await?;
        write.commit().await?;
        self.waiver_view(actor, id).await
    }

    /// Agrees, for one's own side, to what was shown.
    pub async fn waiver_approve(
        &self,
        actor: &Actor,
        id: WaiverId,
        digest: &str,
    ) -> Result<WaiverView> {
        let project = self.project_of_waiver(id).await?;
        self.signs(actor, project, Action::Confirm, "you agree to a waiver").await?;
        let (by, digest) = (actor.user, digest.trim().to_owned());
        self.waiver_command(actor, id, Action::Confirm, |seat| Command::Approve {
            by,
            side: seat.side,
            digest,
        })
        .await
    }

    /// Says no.
    pub async fn waiver_refuse(
        &self,
        actor: &Actor,
        id: WaiverId,
        reason: &str,
    ) -> Result<WaiverView> {
        let (by, reason) = (actor.user, reason.trim().to_owned());
        self.waiver_command(actor, id, Action::Confirm, |_| Command::Refuse { by, reason }).await
    }

    /// Takes one's own proposal back.
    pub async fn waiver_withdraw(&self, actor: &Actor, id: WaiverId) -> Result<WaiverView> {
        let by = actor.user;
        self.waiver_command(actor, id, Action::ProposeWaiver, |_| Command::Withdraw { by }).await
    }

    /// Ends a waiver early: the criterion counts again.
    pub async fn waiver_revoke(
        &self,
        actor: &Actor,
        id: WaiverId,
        reason: &str,
    ) -> Result<WaiverView> {
        let (by, reason) = (actor.user, reason.trim().to_owned());
        self.waiver_command(actor, id, Action::Confirm, |_| Command::Revoke { by, reason }).await
    }

    /// Says that a waiver is no longer needed.
    pub async fn waiver_close(&self, actor: &Actor, id: WaiverId) -> Result<WaiverView> {
        let by = actor.user;
        self.waiver_command(actor, id, Action::Confirm, |_| Command::Close { by }).await
    }

    /// Load, decide, store.
    async fn waiver_command(
        &self,
        actor: &Actor,
        id: WaiverId,
        action: Action,
        command: impl FnOnce(&Member) -> Command,
    ) -> Result<WaiverView> {
        let project = self.project_of_waiver(id).await?;
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        let hidden = |error| match error {
            Error::NotFound { kind: "project", .. } => Error::not_found("waiver", id),
            other => other,
        };
        let seat = self.member(&mut write, actor, project, action).await.map_err(hidden)?;
        let ledger = self.ledger(&mut write, project).await?;
        let ledger = expire(&mut write, ledger).await?;
        let seen = ledger.find(id)?;
        let change = decide(&seen.value, command(&seat), &ledger.rules, write.now());
        match change.map_err(refused) {
            Ok(change) => write.change(id, seen.version, &change.waiver, &change.event).await?,
            Err(error) => {
                // What has run out stays written down even if the command comes too late for it.
                write.commit().await?;
                return Err(error);
            }
        }
        write.commit().await?;
        self.waiver_view(actor, id).await
    }

    async fn ledger_write(
        &self,
        actor: &Actor,
        project: ProjectId,
        action: Action,
    ) -> Result<(Write, Ledger)> {
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        self.member(&mut write, actor, project, action).await?;
        let ledger = self.ledger(&mut write, project).await?;
        let ledger = expire(&mut write, ledger).await?;
        Ok((write, ledger))
    }

    async fn ledger(&self, session: &mut Session, id: ProjectId) -> Result<Ledger> {
        let project = session.get::<Project>(id).await?.value;
        let members = session.of_project::<Member>(id).await?;
        Ok(Ledger {
            id,
            rules: Rules::of(self.policy(&project.policy)?),
            project,
            members: members.into_iter().map(|(_, seen)| seen.value).collect(),
            waivers: session.of_project::<Waiver>(id).await?,
        })
    }

    async fn project_of_waiver(&self, id: WaiverId) -> Result<ProjectId> {
        let project = self.store.session().await?.project_of::<Waiver>(id).await?;
        project.parse().map_err(Error::internal)
    }
}

impl Ledger {
    fn find(&self, id: WaiverId) -> Result<&Versioned<Waiver>> {
        let found = self.waivers.iter().find(|(known, _)| *known == id);
        found.map(|(_, seen)| seen).ok_or_else(|| Error::not_found("waiver", id))
    }

    /// The first instant after a day, in the project's zone.
    fn end_of(&self, day: Date) -> Result<Timestamp> {
        let wrong = || Error::invalid("expires", "a day within this era", day.to_string());
        let next = day.tomorrow().map_err(|_| wrong())?;
        golive_core::calendar::instant(next.at(0, 0, 0, 0), &self.project.time_zone)
            .map_err(|_| wrong())
    }

    /// The proposal of a form. The criterion must be one of the gate; the setting that governs it is looked up, so that what
    /// can never be waived cannot be passed off as something else.
    fn proposal(&self, form: &WaiverForm) -> Result<Proposal> {
        let gate: Gate = form.gate.parse().map_err(|_| Error::not_found("gate", &form.gate))?;
        let table = table(gate, self.project.model);
        let criterion = table.iter().find(|criterion| criterion.id == form.criterion);
        let criterion = criterion.ok_or_else(|| {
            let ids: Vec<&str> = table.iter().map(|criterion| criterion.id.as_ref()).collect();
            Error::invalid("criterion", format!("one of {}", ids.join(", ")), &form.criterion)
        })?;
        let setting = match &criterion.threshold {
            Threshold::Setting(setting) | Threshold::Governed { setting, .. } => {
                Some(setting.to_string())
            }
            Threshold::Fixed(_) => None,
        };
        let owner = form.risk_owner.as_ref().filter(|name| !name.trim().is_empty());
        Ok(Proposal {
            gate,
            criterion: form.criterion.clone(),
            setting,
            reason: form.reason.trim().to_owned(),
            risk_owner: owner.map(|name| self.user(name)).transpose()?,
            measure: form.measure.trim().to_owned(),
            expires: self.end_of(form.expires)?,
        })
    }

    fn user(&self, name: &str) -> Result<UserId> {
        let seat = seat_of(name, &self.members).ok_or_else(|| Error::not_found("member", name))?;
        let member = self.members.iter().find(|member| member.id == seat);
        member.map(|member| member.user).ok_or_else(|| Error::not_found("member", name))
    }
}

/// Writes down which waivers have run out.
async fn expire(write: &mut Write, mut ledger: Ledger) -> Result<Ledger> {
    for (id, seen) in &mut ledger.waivers {
        let expired: Option<Change> =
            decide(&seen.value, Command::Expire, &ledger.rules, write.now()).ok();
        if let Some(change) = expired {
            write.change(*id, seen.version, &change.waiver, &change.event).await?;
            *seen = Versioned { value: change.waiver, version: seen.version + 1 };
        }
    }
    Ok(ledger)
}

/// The digest of what the deciders are shown.
fn digest(proposal: &Proposal) -> String {
    let text = serde_json::to_vec(proposal).expect("a proposal is plain values");
    format!("sha256:{}", hex::encode(Sha256::digest(text)))
}

fn refused(refusal: Refusal) -> Error {
    match refusal {
        Refusal::Faults(faults) => Error::Refused(faults.iter().map(ToString::to_string).collect()),
        Refusal::NoReason => Error::invalid("reason", "a reason", "nothing"),
        Refusal::OwnProposal | Refusal::SecondSeat | Refusal::NoSeat(_) | Refusal::NotYours => {
            Error::forbidden(refusal.to_string())
        }
        Refusal::WrongState { .. }
        | Refusal::SeatTaken(_)
        | Refusal::Changed
        | Refusal::Over
        | Refusal::NotExpired => Error::NotNow(refusal.to_string()),
    }
}

/// The facts that this subject knows of a project.
pub(crate) async fn facts(
    _app: &App,
    session: &mut Session,
    ground: &Ground<'_>,
    facts: &mut Facts,
) -> Result<()> {
    let waivers = session.of_project::<Waiver>(ground.id).await?;
    let waivers = waivers.iter().map(|(id, seen)| (*id, &seen.value));
    facts.extend(waiver::facts(waivers, ground.now));
    Ok(())
}

/// The waivers of a project that are in force, as the gates take them.
pub(crate) async fn exceptions(
    app: &App,
    session: &mut Session,
    project: ProjectId,
) -> Result<Vec<Exception>> {
    let now = app.clock.now();
    let waivers = session.of_project::<Waiver>(project).await?;
    Ok(waivers.iter().filter_map(|(id, seen)| waiver::exception(*id, &seen.value, now)).collect())
}

/// Where a waiver stands now: one that has run out is expired, whether or not it was written down.
fn standing(waiver: &Waiver, now: Timestamp) -> &'static str {
    match &waiver.state {
        State::Proposed { .. } | State::Active { .. } if now >= waiver.proposal.expires => {
            "expired"
        }
        state @ (State::Proposed { .. }
        | State::Active { .. }
        | State::Refused { .. }
        | State::Withdrawn { .. }
        | State::Expired { .. }
        | State::Revoked { .. }
        | State::Closed { .. }) => state.name(),
    }
}
