//! Waivers as they are seen: what is asked, whose seats are open, and what each criterion of a gate allows.

use super::{Ledger, decide, refused, standing};
use crate::views::ActionView;
use crate::{Actor, App, Error, Result};
use golive_core::gate::Gate;
use golive_core::id::{ProjectId, UserId, WaiverId};
use golive_core::people::{Action, Member, may};
use golive_core::waiver::{Agreement, Command, State, Waiver};
use golive_store::{Session, Versioned};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A waiver.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct WaiverView {
    /// Its id.
    pub id: String,
    /// The project.
    pub project: String,
    /// For people: `W-2`.
    pub number: String,
    /// The gate.
    pub gate: String,
    /// The criterion.
    pub criterion: String,
    /// The criterion in words.
    pub title: String,
    /// Why the criterion cannot be met now.
    pub reason: String,
    /// Who bears the risk.
    pub risk_owner: Option<String>,
    /// What is done instead.
    pub measure: String,
    /// When it ends by itself.
    #[schema(value_type = String)]
    pub expires: Timestamp,
    /// Who asked.
    pub proposed_by: String,
    /// `proposed`, `active`, `refused`, `withdrawn`, `expired`, `revoked` or `closed`.
    pub state: String,
    /// The particulars of the state as it was written down.
    #[schema(value_type = Object)]
    pub particulars: State,
    /// Who ended or refused it, with the reason.
    pub ended: Option<String>,
    /// The seats that must be filled, one person each.
    pub seats: Vec<WaiverSeatView>,
    /// The digest of what is shown, to approve by.
    pub digest: String,
    /// How often it was renewed, this one included.
    pub renewals: u32,
    /// The waiver that it continues.
    pub renews: Option<String>,
    /// What could be done here, and why not if not.
    pub actions: Vec<ActionView>,
    /// Its version.
    pub row_version: i64,
}

/// One seat of the decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WaiverSeatView {
    /// The side.
    pub side: String,
    /// Who has agreed for it.
    pub by: Option<String>,
    /// When.
    #[schema(value_type = Option<String>)]
    pub at: Option<Timestamp>,
    /// Who could still fill it.
    pub possible: Vec<String>,
}

/// A criterion that keeps a gate shut and could be waived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WaivableView {
    /// The gate.
    pub gate: String,
    /// The criterion.
    pub criterion: String,
    /// The criterion in words.
    pub title: String,
}

impl App {
    /// One waiver.
    pub async fn waiver_view(&self, actor: &Actor, id: WaiverId) -> Result<WaiverView> {
        let project = self.project_of_waiver(id).await?;
        let hidden = |_| Error::not_found("waiver", id);
        let all = self.waiver_list(actor, project).await.map_err(hidden)?;
        let wanted = id.to_string();
        all.into_iter().find(|view| view.id == wanted).ok_or_else(|| Error::not_found("waiver", id))
    }

    /// All waivers of a project, newest first.
    pub async fn waiver_list(&self, actor: &Actor, project: ProjectId) -> Result<Vec<WaiverView>> {
        let mut session = self.store.session().await?;
        self.project_seen(&mut session, actor, project).await?;
        let ledger = self.ledger(&mut session, project).await?;
        let mut views = Vec::new();
        for (n, (id, seen)) in ledger.waivers.iter().enumerate() {
            let mut view = ledger.as_seen((*id, n + 1), seen, self.clock.now());
            view.actions = self.waiver_tried(&mut session, actor, &ledger, seen).await;
            views.push(view);
        }
        views.reverse();
        Ok(views)
    }

    /// The criteria that keep gates of the project shut now and can be waived.
    pub async fn waiver_candidates(
        &self,
        actor: &Actor,
        project: ProjectId,
    ) -> Result<Vec<WaivableView>> {
        let mut session = self.store.session().await?;
        self.project_seen(&mut session, actor, project).await?;
        let ledger = self.ledger(&mut session, project).await?;
        let (_, verdicts) = self.judge_all(&mut session, project, &Gate::ALL).await?;
        let mut candidates = Vec::new();
        for verdict in &verdicts {
            let never = |setting: &String| ledger.rules.never.contains(setting);
            let allowed =
                verdict.reasons().filter(|judged| !judged.setting.as_ref().is_some_and(never));
            candidates.extend(allowed.map(|judged| WaivableView {
                gate: verdict.gate.name().to_owned(),
                criterion: judged.id.clone(),
                title: judged.title.clone(),
            }));
        }
        Ok(candidates)
    }

    async fn waiver_tried(
        &self,
        session: &mut Session,
        actor: &Actor,
        ledger: &Ledger,
        seen: &Versioned<Waiver>,
    ) -> Vec<ActionView> {
        let (by, now) = (actor.user, self.clock.now());
        let confirms = self.member(session, actor, ledger.id, Action::Confirm).await;
        let proposes = self.member(session, actor, ledger.id, Action::ProposeWaiver).await;
        let mut waiver = seen.value.clone();
        // What has run out is tried as such, even if it was not written down yet.
        if let Ok(change) = decide(&waiver, Command::Expire, &ledger.rules, now) {
            waiver = change.waiver;
        }
        let attempt =
            |name: &str,
             seat: &Result<Member>,
             command: fn(UserId, &Member, &Waiver) -> Command| match seat {
                Ok(seat) => {
                    let command = command(by, seat, &waiver);
                    ActionView::tried(
                        name,
                        decide(&waiver, command, &ledger.rules, now).map_err(refused),
                    )
                }
                Err(error) => {
                    ActionView { name: name.to_owned(), refused: vec![error.to_string()] }
                }
            };
        let renewed = match (&proposes, &waiver.state) {
            (Err(error), _) => Err(Error::Forbidden(error.to_string())),
            (Ok(_), State::Active { .. } | State::Expired { .. }) => Ok(()),
            (Ok(_), state) => {
                Err(Error::NotNow(format!("a waiver that is {} cannot be renewed", state.name())))
            }
        };
        vec![
            attempt("waiver_approve", &confirms, |by, seat, waiver| Command::Approve {
                by,
                side: seat.side,
                digest: waiver.digest.clone(),
            }),
            attempt("waiver_refuse", &confirms, |by, _, _| Command::Refuse {
                by,
                reason: "-".into(),
            }),
            attempt("waiver_withdraw", &proposes, |by, _, _| Command::Withdraw { by }),
            attempt("waiver_revoke", &confirms, |by, _, _| Command::Revoke {
                by,
                reason: "-".into(),
            }),
            attempt("waiver_close", &confirms, |by, _, _| Command::Close { by }),
            ActionView::tried("waiver_renew", renewed),
        ]
    }
}

impl Ledger {
    fn as_seen(
        &self,
        (id, number): (WaiverId, usize),
        seen: &Versioned<Waiver>,
        now: Timestamp,
    ) -> WaiverView {
        let waiver = &seen.value;
        let proposal = &waiver.proposal;
        let table = golive_core::gate::table::table(proposal.gate, self.project.model);
        let title = table.iter().find(|criterion| criterion.id == proposal.criterion);
        WaiverView {
            id: id.to_string(),
            project: self.id.to_string(),
            number: format!("W-{number}"),
            gate: proposal.gate.name().to_owned(),
            criterion: proposal.criterion.clone(),
            title: title.map_or_else(|| proposal.criterion.clone(), |c| c.title.to_string()),
            reason: proposal.reason.clone(),
            risk_owner: proposal.risk_owner.map(|user| self.name(user)),
            measure: proposal.measure.clone(),
            expires: proposal.expires,
            proposed_by: self.name(waiver.proposed_by),
            state: standing(waiver, now).to_owned(),
            particulars: waiver.state.clone(),
            ended: self.ended(&waiver.state),
            seats: self.seats(waiver),
            digest: waiver.digest.clone(),
            renewals: waiver.renewals,
            renews: waiver.renews.map(|id| id.to_string()),
            actions: Vec::new(),
            row_version: seen.version,
        }
    }

    fn ended(&self, state: &State) -> Option<String> {
        match state {
            State::Refused { by, reason } | State::Revoked { by, reason } => {
                Some(format!("{}: {reason}", self.name(*by)))
            }
            State::Withdrawn { by } | State::Closed { by } => Some(self.name(*by)),
            State::Proposed { .. } | State::Active { .. } | State::Expired { .. } => None,
        }
    }

    fn seats(&self, waiver: &Waiver) -> Vec<WaiverSeatView> {
        let agreed: &[Agreement] = match &waiver.state {
            State::Proposed { agreed } | State::Active { agreed, .. } => agreed,
            State::Refused { .. }
            | State::Withdrawn { .. }
            | State::Expired { .. }
            | State::Revoked { .. }
            | State::Closed { .. } => &[],
        };
        let taken = |member: &&Member| agreed.iter().any(|other| other.by == member.user);
        let seat = |side: &golive_core::people::Side| {
            let filled = agreed.iter().find(|agreement| agreement.side == *side);
            let possible = self.members.iter().filter(|member| {
                member.side == *side
                    && member.user != waiver.proposed_by
                    && !taken(member)
                    && may(member, Action::Confirm).is_ok()
            });
            WaiverSeatView {
                side: side.name().to_owned(),
                by: filled.map(|agreement| self.name(agreement.by)),
                at: filled.map(|agreement| agreement.at),
                possible: match filled {
                    Some(_) => Vec::new(),
                    None => possible.map(|member| member.name.clone()).collect(),
                },
            }
        };
        self.rules.sides.iter().map(seat).collect()
    }

    fn name(&self, user: UserId) -> String {
        let member = self.members.iter().find(|member| member.user == user);
        member.map_or_else(|| user.to_string(), |member| member.name.clone())
    }
}
