//! The path to live operations: nine stages, computed from facts and verdicts, never typed in.
//!
//! Each stage says where it stands, who acts, when it is planned and when it must be done at the latest, what blocks it,
//! and where to act. Both service models follow the same path; what differs is when production may be asked for and who
//! works on it.

use crate::fact::{Fact, FactId, Facts};
use crate::gate::{Gate, Judged, Verdict};
use crate::service_model::ServiceModel;
use crate::value::Value;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

mod stage;
pub use stage::{Actor, StageId};

/// Where a stage stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// An earlier stage comes first.
    NotYet,
    /// It can be acted on now.
    Open,
    /// It was acted on; somebody else, or golive, has to go on.
    Waiting,
    /// It is done, or does not apply.
    Done,
    /// It is not done and will not be in time, or something critical is open.
    AtRisk,
}

/// When a stage is planned, and when it must be done at the latest; counted back from the go-live date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Dates {
    /// Planned.
    pub planned: Option<Date>,
    /// At the latest.
    pub latest: Option<Date>,
}

/// One thing that blocks a stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// What is asked, in words.
    pub title: String,
    /// The particulars.
    pub details: Vec<String>,
    /// The role or side that can mend it.
    pub owner: String,
    /// How to mend it.
    pub remedy: String,
    /// The page to go to.
    pub page: String,
    /// The command to type.
    pub command: String,
}

/// One stage of a project's path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stage {
    /// Which one.
    pub id: StageId,
    /// Its number, from 1 to 9.
    pub number: u8,
    /// Where it stands.
    pub state: State,
    /// Whether it applies to this project; one that does not counts as done.
    pub applies: bool,
    /// Who has to act now; nobody when it is done.
    pub actor: Option<Actor>,
    /// Planned and latest date.
    #[serde(flatten)]
    pub dates: Dates,
    /// Why it is at risk, in words.
    pub risks: Vec<String>,
    /// What blocks it.
    pub blocks: Vec<Block>,
    /// The page to act on, below the project's address.
    pub page: String,
    /// The command to act with.
    pub command: String,
}

/// What the path is computed from.
pub struct Inputs<'a> {
    /// Who deploys.
    pub model: ServiceModel,
    /// Everything that is known of the project.
    pub facts: &'a Facts,
    /// The verdicts of its gates, as far as they were judged.
    pub verdicts: &'a [Verdict],
    /// The dates of the nine stages, in order.
    pub dates: &'a [Dates; 9],
    /// The day it is, in the project's time zone.
    pub today: Date,
}

/// The nine stages, in order.
pub fn path(inputs: &Inputs) -> Vec<Stage> {
    let mut stages: Vec<Stage> = Vec::with_capacity(StageId::ALL.len());
    for (id, dates) in StageId::ALL.into_iter().zip(inputs.dates) {
        let reachable = inputs.is_reachable(id, &stages);
        stages.push(inputs.stage(id, *dates, reachable));
    }
    stages
}

/// The stage that the project is in: the first that is not done; none once it is live.
pub fn current(stages: &[Stage]) -> Option<&Stage> {
    stages.iter().find(|stage| stage.state != State::Done)
}

impl Inputs<'_> {
    fn fact(&self, name: &'static str) -> Fact {
        self.facts.get(&FactId::new(name))
    }

    /// Whether a fact says yes, and does so still.
    fn yes(&self, name: &'static str) -> bool {
        let fact = self.fact(name);
        fact.value == Value::Flag(true) && !fact.stale
    }

    fn none(&self, name: &'static str) -> bool {
        self.fact(name).value == Value::Count(0)
    }

    fn stage(&self, id: StageId, dates: Dates, reachable: bool) -> Stage {
        let done = self.is_done(id);
        let applies =
            !(id == StageId::Copy && self.fact("production.database_copied").not_applicable);
        let risks = if done { Vec::new() } else { self.risks(id, dates) };
        let waiting = self.waits_for(id);
        let state = match (done, risks.is_empty(), reachable, waiting) {
            (true, ..) => State::Done,
            (false, false, ..) => State::AtRisk,
            (false, true, false, _) => State::NotYet,
            (false, true, true, Some(_)) => State::Waiting,
            (false, true, true, None) => State::Open,
        };
        let actor = if done { None } else { Some(waiting.unwrap_or(id.actor())) };
        let blocks = if done { Vec::new() } else { self.blocks(id) };
        Stage {
            id,
            number: id.number(),
            state,
            applies,
            actor,
            dates,
            risks,
            blocks,
            page: id.page().to_owned(),
            command: id.command().to_owned(),
        }
    }

    fn is_done(&self, id: StageId) -> bool {
        match id {
            StageId::DateSet => self.yes("go_live.date_set"),
            StageId::ChecklistSent => self.yes("checklist.submitted"),
            StageId::Review => {
                self.yes("review.report_issued") && self.none("review.critical_open")
            }
            StageId::Released => self.yes("review.complete"),
            StageId::Production => self.yes("request.deployed"),
            StageId::Package => self.yes("production.package_installed"),
            StageId::Copy => {
                let copied = self.fact("production.database_copied");
                copied.not_applicable
                    || (self.yes("production.database_copied")
                        && self.yes("production.reconciliation_signed"))
            }
            // Whoever is live has cut over, even while the run is being closed.
            StageId::Ready => {
                self.yes("project.live")
                    || (self.yes("production.ready") && self.yes("cutover.finished"))
            }
            StageId::Live => self.yes("project.live"),
        }
    }

    /// Whether the stages that come first are done.
    fn is_reachable(&self, id: StageId, before: &[Stage]) -> bool {
        match (id, self.model) {
            // Managed production may be asked for before the review: the request waits in the queue.
            (StageId::Production, ServiceModel::Managed) => {
                self.yes("phases.before_request_complete")
            }
            (
                StageId::DateSet
                | StageId::ChecklistSent
                | StageId::Review
                | StageId::Released
                | StageId::Production
                | StageId::Package
                | StageId::Copy
                | StageId::Ready
                | StageId::Live,
                _,
            ) => before.last().is_none_or(|stage| stage.state == State::Done),
        }
    }

    /// Who goes on, where the stage was acted on already.
    fn waits_for(&self, id: StageId) -> Option<Actor> {
        let worker = match self.model {
            ServiceModel::Managed => Actor::Operator,
            ServiceModel::SelfService => Actor::Golive,
        };
        let (begun, actor) = match id {
            StageId::DateSet | StageId::ChecklistSent | StageId::Live => return None,
            StageId::Review => (
                self.yes("checklist.submitted") && !self.yes("review.report_issued"),
                Actor::Reviewer,
            ),
            StageId::Released => (self.is_done(StageId::Review), Actor::Reviewer),
            StageId::Production
                if self.model == ServiceModel::Managed && !self.yes("review.complete") =>
            {
                (self.yes("request.signed_off"), Actor::Reviewer)
            }
            StageId::Production => (self.yes("request.signed_off"), worker),
            StageId::Package => (self.yes("production.package_scheduled"), worker),
            StageId::Copy if self.yes("production.database_copied") => (true, Actor::DataOwner),
            StageId::Copy => (self.yes("production.copy_scheduled"), worker),
            StageId::Ready => (self.yes("production.ready"), Actor::CutoverTeam),
        };
        begun.then_some(actor)
    }

    /// Why a stage that is not done will not be in time, or worse.
    fn risks(&self, id: StageId, Dates { planned, latest }: Dates) -> Vec<String> {
        let mut risks = Vec::new();
        if let Some(latest) = latest.filter(|latest| *latest < self.today) {
            risks.push(format!("had to be done by {latest}"));
        } else if let Some(planned) = planned.filter(|planned| *planned < self.today) {
            risks.push(format!("was planned for {planned}"));
        }
        if let (Some(planned), Some(latest)) = (planned, latest)
            && planned > latest
        {
            risks.push(format!("is planned for {planned}, after the latest date {latest}"));
        }
        if id == StageId::Review {
            match self.fact("review.critical_open").value {
                Value::Count(open) if open > 0 => {
                    risks.push(format!("critical findings open: {open}"));
                }
                Value::Missing
                | Value::Flag(_)
                | Value::Count(_)
                | Value::Number(_)
                | Value::Text(_)
                | Value::List(_) => {}
            }
        }
        if id == StageId::Released {
            let release = self.fact("review.complete");
            risks.extend(release.details.into_iter().filter(|_| release.stale));
        }
        risks
    }

    /// The reasons of the gate before the stage, or what the facts themselves say.
    fn blocks(&self, id: StageId) -> Vec<Block> {
        let of_gate = |gate: Gate| self.verdicts.iter().filter(move |verdict| verdict.gate == gate);
        let blocks: Vec<Block> = id
            .gates()
            .iter()
            .flat_map(|gate| of_gate(*gate))
            .flat_map(Verdict::reasons)
            .map(Block::from)
            .collect();
        let own = id.own_block(self.facts).into_iter();
        own.chain(blocks).collect()
    }
}

impl From<&Judged> for Block {
    fn from(judged: &Judged) -> Self {
        Self {
            title: judged.title.clone(),
            details: judged.details.clone(),
            owner: judged.owner.clone(),
            remedy: judged.remedy.clone(),
            page: judged.page.clone(),
            command: judged.command.clone(),
        }
    }
}

#[cfg(test)]
mod tests;
