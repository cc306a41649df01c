//! The methodology of a project: its own copy of a template, with phases and steps that are done, not clicked through.
//!
//! - [`template`]: what a project starts from, and the copy that it gets.
//! - [`step`]: one step: open, done with evidence, or not applicable with a second person.
//! - [`phase`]: one phase: open, complete, reopened.
//! - [`choice`]: which template a project chose. [`attachment`]: files that show that a step was done.
//! - [`facts`]: what gates ask of it.

pub mod attachment;
pub mod choice;
pub mod facts;
pub mod phase;
pub mod step;
pub mod template;

#[cfg(test)]
pub(crate) mod sample;

use crate::people::{Member, Side};
use serde::{Deserialize, Serialize};

/// Whose work a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Doer {
    /// The company that goes live.
    Customer,
    /// The company that implements.
    Partner,
    /// Both of them together.
    Both,
    /// Those who run the environments.
    Operator,
    /// The experts who review.
    Reviewer,
}

impl Doer {
    /// Whether people of this side do it.
    pub fn includes(self, side: Side) -> bool {
        match self {
            Self::Customer => side == Side::Customer,
            Self::Partner => side == Side::Partner,
            Self::Both => side == Side::Customer || side == Side::Partner,
            Self::Operator => side == Side::Operator,
            Self::Reviewer => side == Side::Reviewer,
        }
    }

    /// The name on every floor.
    pub fn name(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Partner => "partner",
            Self::Both => "both",
            Self::Operator => "operator",
            Self::Reviewer => "reviewer",
        }
    }

    /// Whether a member may keep a step of this side: those whose work it is, and whoever leads the project for the
    /// customer or the partner.
    pub fn may_be_kept_by(self, member: &Member) -> Result<(), NotTheirs> {
        let leads = member.project_manager && matches!(member.side, Side::Customer | Side::Partner);
        if leads || self.includes(member.side) {
            return Ok(());
        }
        Err(NotTheirs { who: member.name.clone(), side: self.name() })
    }
}

/// A step that is the work of others.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{who} may not keep this step; it is the work of {side}, or of a project manager")]
pub struct NotTheirs {
    /// Who asked.
    pub who: String,
    /// Whose work it is.
    pub side: &'static str,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{MemberId, OrganisationId, ProjectId, UserId};

    #[test]
    fn a_step_is_kept_by_its_side_or_by_a_project_manager() {
        let member = |side: Side, project_manager| Member {
            id: MemberId::named("t", "m"),
            user: UserId::named("t", "m"),
            project: ProjectId::named("t", "p"),
            organisation: OrganisationId::named("t", "o"),
            name: "M".into(),
            side,
            roles: std::collections::BTreeSet::new(),
            project_manager,
            key_stakeholder: false,
            service_account: false,
            removed: None,
        };
        let may = |doer: Doer, side, leads| doer.may_be_kept_by(&member(side, leads)).is_ok();
        assert!(
            may(Doer::Both, Side::Partner, false) && may(Doer::Operator, Side::Operator, false)
        );
        assert!(!may(Doer::Customer, Side::Partner, false));
        assert!(may(Doer::Operator, Side::Partner, true), "self-service has no operator");
        assert!(!may(Doer::Customer, Side::Reviewer, true), "a reviewer leads nobody's work");
    }
}
