//! The nine stages themselves: number, actor, gate, where to act.

use super::Block;
use crate::fact::{FactId, Facts};
use crate::gate::Gate;
use serde::{Deserialize, Serialize};

/// Which stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StageId {
    /// 1 The go-live date is set.
    DateSet,
    /// 2 The checklist is sent.
    ChecklistSent,
    /// 3 The go-live review, with its workshop.
    Review,
    /// 4 Released for production.
    Released,
    /// 5 Production is requested, sized and deployed.
    Production,
    /// 6 The package is requested and installed.
    Package,
    /// 7 The database is copied, if that applies.
    Copy,
    /// 8 Production is ready; cutover.
    Ready,
    /// 9 Live.
    Live,
}

/// Who acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// Customer and partner.
    Team,
    /// The customer.
    Customer,
    /// The reviewer.
    Reviewer,
    /// The operator's people.
    Operator,
    /// golive by itself.
    Golive,
    /// Who signs the reconciliation.
    DataOwner,
    /// Who runs the cutover.
    CutoverTeam,
}

impl StageId {
    /// All stages in order.
    pub const ALL: [Self; 9] = [
        Self::DateSet,
        Self::ChecklistSent,
        Self::Review,
        Self::Released,
        Self::Production,
        Self::Package,
        Self::Copy,
        Self::Ready,
        Self::Live,
    ];

    /// Its number, from 1.
    pub fn number(self) -> u8 {
        match self {
            Self::DateSet => 1,
            Self::ChecklistSent => 2,
            Self::Review => 3,
            Self::Released => 4,
            Self::Production => 5,
            Self::Package => 6,
            Self::Copy => 7,
            Self::Ready => 8,
            Self::Live => 9,
        }
    }

    /// The name on every floor.
    pub fn name(self) -> &'static str {
        match self {
            Self::DateSet => "date_set",
            Self::ChecklistSent => "checklist_sent",
            Self::Review => "review",
            Self::Released => "released",
            Self::Production => "production",
            Self::Package => "package",
            Self::Copy => "copy",
            Self::Ready => "ready",
            Self::Live => "live",
        }
    }

    /// Its name for people.
    pub fn title(self) -> &'static str {
        match self {
            Self::DateSet => "Go-live date set",
            Self::ChecklistSent => "Checklist sent",
            Self::Review => "Go-live review",
            Self::Released => "Released for production",
            Self::Production => "Production requested and deployed",
            Self::Package => "Package installed",
            Self::Copy => "Database copied",
            Self::Ready => "Production ready, cutover",
            Self::Live => "Live",
        }
    }

    /// Who acts first.
    pub(super) fn actor(self) -> Actor {
        match self {
            Self::DateSet
            | Self::ChecklistSent
            | Self::Review
            | Self::Production
            | Self::Package
            | Self::Copy => Actor::Team,
            Self::Released => Actor::Reviewer,
            Self::Ready | Self::Live => Actor::Customer,
        }
    }

    /// The gates that stand before it.
    pub(super) fn gates(self) -> &'static [Gate] {
        match self {
            Self::DateSet | Self::Review | Self::Released => &[],
            Self::ChecklistSent => &[Gate::Checklist],
            Self::Production => &[Gate::ProductionRequest],
            Self::Package => &[Gate::ProductionPackage],
            Self::Copy => &[Gate::ProductionCopy],
            Self::Ready => &[Gate::ProductionReady, Gate::CutoverStart],
            Self::Live => &[Gate::GoLive],
        }
    }

    /// The page to act on.
    pub(super) fn page(self) -> &'static str {
        match self {
            Self::DateSet => "schedule",
            Self::ChecklistSent => "checklist",
            Self::Review | Self::Released => "review",
            Self::Production => "request",
            Self::Package => "packages",
            Self::Copy => "copies",
            Self::Ready => "cutover",
            Self::Live => "go-live",
        }
    }

    /// The command to act with.
    pub(super) fn command(self) -> &'static str {
        match self {
            Self::DateSet => "go-live-date set",
            Self::ChecklistSent => "checklist submit",
            Self::Review => "review show",
            Self::Released => "review complete",
            Self::Production => "request show",
            Self::Package => "package schedule",
            Self::Copy => "copy start",
            Self::Ready => "cutover start",
            Self::Live => "go-live decide",
        }
    }

    /// What the facts themselves say for stages without a gate.
    pub(super) fn own_block(self, facts: &Facts) -> Option<Block> {
        let block = |name: &'static str, title: &str, owner: &str, remedy: &str| {
            let details = facts.get(&FactId::new(name)).details;
            Some(Block {
                title: title.to_owned(),
                details,
                owner: owner.to_owned(),
                remedy: remedy.to_owned(),
                page: self.page().to_owned(),
                command: self.command().to_owned(),
            })
        };
        match self {
            Self::DateSet => block(
                "go_live.date_set",
                "The go-live date is not set",
                "customer-project-manager",
                "Set the first day of live operations.",
            ),
            Self::Review => block(
                "review.critical_open",
                "The report is missing, or critical findings are open",
                "reviewer",
                "Send the checklist, answer the findings.",
            ),
            Self::Released => block(
                "review.complete",
                "The reviewer has not released the project, or the release no longer holds",
                "reviewer",
                "Answer the findings; the reviewer releases the project.",
            ),
            Self::ChecklistSent
            | Self::Production
            | Self::Package
            | Self::Copy
            | Self::Ready
            | Self::Live => None,
        }
    }
}
