//! What is shown of going live.

use crate::views::{ActionView, GateView};
use crate::{Actor, App, Result};
use golive_core::gate::Gate;
use golive_core::go_live::{GoLive, State, shown};
use golive_core::id::ProjectId;
use golive_core::people::Action;
use golive_store::Session;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A seat for a member.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SeatRequest {
    /// The seat's name; `authority` decides.
    pub seat: String,
    /// Its title.
    pub title: String,
    /// The holder's account id.
    pub holder: String,
    /// The deputy's account id.
    #[serde(default)]
    pub deputy: Option<String>,
}

/// A vote.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VoteRequest {
    /// The seat that is spoken for.
    pub seat: String,
    /// Go, or no go.
    pub go: bool,
    /// Why; needed for a no.
    #[serde(default)]
    pub reason: String,
    /// The digest of the values that were shown.
    pub shown: String,
}

/// The decision.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DecisionRequest {
    /// Go, or no go.
    pub go: bool,
    /// In words.
    #[serde(default)]
    pub note: String,
    /// The authority's answer to each seat that said no; a go needs one for each.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub answers: BTreeMap<String, String>,
    /// The digest of the values that were shown.
    pub shown: String,
}

/// Going live.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct GoLiveView {
    /// The project.
    pub project: String,
    /// `ahead`, `meeting`, `no_go`, `go`, `live` or `ended`.
    pub state: String,
    /// Since when production is in the customer's hand.
    #[schema(value_type = Option<String>)]
    pub control_since: Option<Timestamp>,
    /// The digest of the values that are shown now; votes and the decision bind to it.
    pub shown: String,
    /// Who sits where, and how far it is.
    #[schema(value_type = Object)]
    pub particulars: GoLive,
    /// Before control is handed over.
    pub production_ready: GateView,
    /// Before the decision.
    pub go_no_go: GateView,
    /// Before the end of hypercare.
    pub hypercare_exit: GateView,
    /// What could be done here, and why not if not.
    pub actions: Vec<ActionView>,
}

impl App {
    pub(super) async fn view_of_go_live(
        &self,
        session: &mut Session,
        actor: &Actor,
        project: ProjectId,
        value: GoLive,
    ) -> Result<GoLiveView> {
        let gates = [Gate::ProductionReady, Gate::GoLive, Gate::HypercareExit];
        let (_, verdicts) = self.judge_all(session, project, &gates).await?;
        let mut views = verdicts.into_iter().map(|verdict| GateView {
            project: project.to_string(),
            open: verdict.is_open(),
            verdict,
        });
        let mut next = || views.next().expect("as many verdicts as gates");
        let (production_ready, go_no_go, hypercare_exit) = (next(), next(), next());
        let mut actions = Vec::new();
        for (name, action, wrong) in [
            (
                "production_take_control",
                Action::TakeControl,
                value.control.as_ref().map(|_| "it is in the customer's hand"),
            ),
            ("go_no_go_call", Action::RunCutover, in_state(&value.state, &["ahead", "no_go"])),
            ("go_no_go_vote", Action::Vote, in_state(&value.state, &["meeting"])),
            ("go_no_go_decide", Action::DecideGoLive, in_state(&value.state, &["meeting"])),
            ("go_live_record", Action::DecideGoLive, in_state(&value.state, &["go"])),
            ("project_close", Action::TakeControl, in_state(&value.state, &["live"])),
        ] {
            let allowed = self.member(session, actor, project, action).await;
            let tried = allowed.and_then(|_| {
                wrong.map_or(Ok(()), |why| Err(crate::Error::NotNow(why.to_owned())))
            });
            actions.push(ActionView::tried(name, tried));
        }
        Ok(GoLiveView {
            project: project.to_string(),
            state: value.state.name().to_owned(),
            control_since: value.control.as_ref().map(|control| control.at),
            shown: shown(&go_no_go.verdict),
            production_ready,
            go_no_go,
            hypercare_exit,
            actions,
            particulars: value,
        })
    }
}

fn in_state(state: &State, allowed: &[&str]) -> Option<&'static str> {
    (!allowed.contains(&state.name())).then_some("going live is not that far, or further")
}
