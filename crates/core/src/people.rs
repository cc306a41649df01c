//! People of a project: sides, roles, and who may do what.
//!
//! [`may`] is the only place where a permission is judged; every service asks it. Server objects (blueprints, targets,
//! users) belong to the server administrator, who is not a member and has no say in a project.

use crate::id::{MemberId, OrganisationId, ProjectId, UserId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Whom a member acts for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The company that goes live.
    Customer,
    /// The company that implements.
    Partner,
    /// The experts who review.
    Reviewer,
    /// Those who run the environments.
    Operator,
}

impl Side {
    /// The name on every floor.
    pub fn name(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Partner => "partner",
            Self::Reviewer => "reviewer",
            Self::Operator => "operator",
        }
    }
}

impl std::str::FromStr for Side {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        [Self::Customer, Self::Partner, Self::Reviewer, Self::Operator]
            .into_iter()
            .find(|side| side.name() == text)
            .ok_or_else(|| {
                format!("no side `{text}`; sides are customer, partner, reviewer, operator")
            })
    }
}

/// A user's seat in one project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// The seat.
    pub id: MemberId,
    /// Who sits on it.
    pub user: UserId,
    /// The project.
    pub project: ProjectId,
    /// The organisation that the member comes from.
    pub organisation: OrganisationId,
    /// The name for people.
    pub name: String,
    /// Whom the member acts for.
    pub side: Side,
    /// Roles of the vocabulary, such as `go-live-authority`.
    #[serde(default)]
    pub roles: BTreeSet<String>,
    /// Leads the project for the side.
    #[serde(default)]
    pub project_manager: bool,
    /// Has the last word for the side and is named in the checklist.
    #[serde(default)]
    pub key_stakeholder: bool,
    /// A generic account: it may administer an environment but never votes, signs or approves.
    #[serde(default)]
    pub service_account: bool,
    /// When the seat was given up; it stays on record.
    #[serde(default)]
    pub removed: Option<jiff::Timestamp>,
}

impl Member {
    /// The id of a person's seat in a project: one person has one seat there.
    pub fn seat(project: ProjectId, user: UserId) -> MemberId {
        MemberId::named(&project.to_string(), &user.to_string())
    }

    /// Whether the member has this role.
    pub fn has_role(&self, role: &str) -> bool {
        self.roles.contains(role)
    }
}

/// Something that needs permission. One name on every floor: service, API and command line ask with the same word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// See the project.
    View,
    /// Add and remove members, choose the policy pack, move the go-live date.
    ManageProject,
    /// Mark steps and phases, keep milestones.
    KeepMethodology,
    /// Confirm "not applicable" and waivers as the second person.
    Confirm,
    /// Bring in requirements, cases and results.
    KeepAcceptance,
    /// Sign the acceptance.
    SignAcceptance,
    /// Answer the checklist.
    AnswerChecklist,
    /// Submit the checklist.
    SubmitChecklist,
    /// Write findings, issue the report, give the verdict.
    Review,
    /// Answer findings and mitigate.
    Mitigate,
    /// Bring in estimates and choose the active one.
    KeepEstimates,
    /// Fill in the production request.
    ConfigureRequest,
    /// Sign the production request off, or clear the sign-off.
    SignRequest,
    /// Deploy what is queued (managed).
    DeployRequest,
    /// Write and answer service requests.
    Converse,
    /// Deny, take up and finish service requests.
    Operate,
    /// Upload packages and install them on sandboxes; refresh sandboxes.
    ServiceSandbox,
    /// Schedule packages on production.
    ServiceProduction,
    /// Copy a database into production.
    CopyProduction,
    /// Sign a reconciliation report.
    SignReconciliation,
    /// Start, stop, lock and unlock environments.
    RunEnvironment,
    /// Choose what happens to an operation that needs attention; cancel operations.
    SettleOperation,
    /// Propose a waiver.
    ProposeWaiver,
    /// Write the cutover plan and run it.
    RunCutover,
    /// Sign the cutover plan.
    SignPlan,
    /// Vote in the go/no-go.
    Vote,
    /// Decide the go/no-go and record the go-live.
    DecideGoLive,
    /// Take control of production; close the project.
    TakeControl,
    /// Read the audit log and export it.
    Audit,
}

/// What a rule asks of a member beyond the side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Need {
    Anybody,
    ProjectManager,
    KeyStakeholder,
    Role(&'static str),
}

impl Need {
    fn met_by(self, member: &Member) -> bool {
        match self {
            Self::Anybody => true,
            Self::ProjectManager => member.project_manager,
            Self::KeyStakeholder => member.key_stakeholder,
            Self::Role(role) => member.has_role(role),
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Anybody => "any member",
            Self::ProjectManager => "project manager",
            Self::KeyStakeholder => "key stakeholder",
            Self::Role(role) => role,
        }
    }
}

use Need::{Anybody, KeyStakeholder, ProjectManager, Role};
use Side::{Customer, Operator, Partner, Reviewer};

/// Each permission: a member on one of the sides who meets one of the side's needs.
type Permission = &'static [(Side, &'static [Need])];

impl Action {
    fn permission(self) -> Permission {
        const TEAM: Permission = &[(Customer, &[Anybody]), (Partner, &[Anybody])];
        const LEADS: Permission = &[(Customer, &[ProjectManager]), (Partner, &[ProjectManager])];
        const EVERYBODY: Permission = &[
            (Customer, &[Anybody]),
            (Partner, &[Anybody]),
            (Reviewer, &[Anybody]),
            (Operator, &[Anybody]),
        ];
        const LEADS_AND_OPERATOR: Permission =
            &[(Customer, &[ProjectManager]), (Partner, &[ProjectManager]), (Operator, &[Anybody])];
        match self {
            Self::View | Self::Converse | Self::Audit => EVERYBODY,
            Self::KeepMethodology
            | Self::KeepAcceptance
            | Self::AnswerChecklist
            | Self::Mitigate
            | Self::KeepEstimates
            | Self::ProposeWaiver => TEAM,
            Self::ManageProject | Self::SubmitChecklist | Self::ConfigureRequest => LEADS,
            Self::Confirm => {
                &[(Customer, &[ProjectManager, KeyStakeholder]), (Reviewer, &[Anybody])]
            }
            Self::SignAcceptance | Self::SignRequest | Self::SignPlan | Self::TakeControl => {
                &[(Customer, &[ProjectManager, KeyStakeholder, Role("go-live-authority")])]
            }
            Self::Review => &[(Reviewer, &[Anybody])],
            Self::DeployRequest | Self::Operate => &[(Operator, &[Anybody])],
            Self::ServiceSandbox => {
                &[(Customer, &[Anybody]), (Partner, &[Anybody]), (Operator, &[Anybody])]
            }
            Self::ServiceProduction | Self::CopyProduction | Self::RunEnvironment => {
                LEADS_AND_OPERATOR
            }
            Self::SignReconciliation => {
                &[(Customer, &[ProjectManager, KeyStakeholder, Role("finance-lead")])]
            }
            Self::SettleOperation => &[
                (Operator, &[Anybody]),
                (Customer, &[ProjectManager]),
                (Partner, &[ProjectManager]),
            ],
            Self::RunCutover => &[
                (Customer, &[ProjectManager, Role("cutover-manager")]),
                (Partner, &[ProjectManager, Role("cutover-manager"), Role("technical-lead")]),
            ],
            Self::Vote => EVERYBODY,
            Self::DecideGoLive => &[(Customer, &[Role("go-live-authority")])],
        }
    }

    /// Whether it is a signature, vote or approval, which a service account never gives.
    pub fn is_signature(self) -> bool {
        matches!(
            self,
            Self::Confirm
                | Self::SignAcceptance
                | Self::SubmitChecklist
                | Self::SignRequest
                | Self::SignReconciliation
                | Self::SignPlan
                | Self::Vote
                | Self::DecideGoLive
                | Self::TakeControl
        )
    }
}

/// Why a member may not do something, and who could.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{who} may not do this; it needs {needs}")]
pub struct Denied {
    /// What was asked.
    pub action: Action,
    /// Who asked.
    pub who: String,
    /// Who could, in words.
    pub needs: String,
}

/// Whether a member may do something.
pub fn may(member: &Member, action: Action) -> Result<(), Denied> {
    let allowed = action
        .permission()
        .iter()
        .any(|(side, needs)| *side == member.side && needs.iter().any(|need| need.met_by(member)));
    let signs = member.service_account && action.is_signature();
    if allowed && member.removed.is_none() && !signs {
        return Ok(());
    }
    let needs: Vec<String> = action
        .permission()
        .iter()
        .map(|(side, needs)| {
            let words: Vec<&str> = needs.iter().map(|need| need.words()).collect();
            format!("{} ({})", side.name(), words.join(" or "))
        })
        .collect();
    Err(Denied { action, who: member.name.clone(), needs: needs.join(", ") })
}

#[cfg(test)]
mod tests;
