//! Who may do what: the whole table, so that a change of a permission is seen as a table.

use super::*;

fn member(side: Side, manager: bool) -> Member {
    Member {
        id: MemberId::named("t", side.name()),
        user: UserId::named("t", side.name()),
        project: ProjectId::named("t", "p"),
        organisation: OrganisationId::named("t", side.name()),
        name: side.name().into(),
        side,
        roles: BTreeSet::new(),
        project_manager: manager,
        key_stakeholder: false,
        service_account: false,
        removed: None,
    }
}

const ACTIONS: [Action; 29] = [
    Action::View,
    Action::ManageProject,
    Action::KeepMethodology,
    Action::Confirm,
    Action::KeepAcceptance,
    Action::SignAcceptance,
    Action::AnswerChecklist,
    Action::SubmitChecklist,
    Action::Review,
    Action::Mitigate,
    Action::KeepEstimates,
    Action::ConfigureRequest,
    Action::SignRequest,
    Action::DeployRequest,
    Action::Converse,
    Action::Operate,
    Action::ServiceSandbox,
    Action::ServiceProduction,
    Action::CopyProduction,
    Action::SignReconciliation,
    Action::RunEnvironment,
    Action::SettleOperation,
    Action::ProposeWaiver,
    Action::RunCutover,
    Action::SignPlan,
    Action::Vote,
    Action::DecideGoLive,
    Action::TakeControl,
    Action::Audit,
];

#[test]
fn the_table_of_permissions_is_what_we_mean() {
    let sides = [Side::Customer, Side::Partner, Side::Reviewer, Side::Operator];
    let mut table = String::new();
    for action in ACTIONS {
        table += &format!("{action:?}:");
        for side in sides {
            let mark = match (
                may(&member(side, false), action).is_ok(),
                may(&member(side, true), action).is_ok(),
            ) {
                (true, true) => 'x',
                (false, true) => 'm',
                (false, false) => '-',
                (true, false) => unreachable!("a manager may do what a member may"),
            };
            table.push(' ');
            table.push(mark);
        }
        table.push('\n');
    }
    // customer partner reviewer operator; x: any member, m: project manager, -: needs a role or is not theirs
    assert_eq!(
        table,
        "View: x x x x\n\
         ManageProject: m m - -\n\
         KeepMethodology: x x - -\n\
         Confirm: m - x -\n\
         KeepAcceptance: x x - -\n\
         SignAcceptance: m - - -\n\
         AnswerChecklist: x x - -\n\
         SubmitChecklist: m m - -\n\
         Review: - - x -\n\
         Mitigate: x x - -\n\
         KeepEstimates: x x - -\n\
         ConfigureRequest: m m - -\n\
         SignRequest: m - - -\n\
         DeployRequest: - - - x\n\
         Converse: x x x x\n\
         Operate: - - - x\n\
         ServiceSandbox: x x - x\n\
         ServiceProduction: m m - x\n\
         CopyProduction: m m - x\n\
         SignReconciliation: m - - -\n\
         RunEnvironment: m m - x\n\
         SettleOperation: m m - x\n\
         ProposeWaiver: x x - -\n\
         RunCutover: m m - -\n\
         SignPlan: m - - -\n\
         Vote: x x x x\n\
         DecideGoLive: - - - -\n\
         TakeControl: m - - -\n\
         Audit: x x x x\n"
    );
}

#[test]
fn only_the_named_authority_decides() {
    let mut authority = member(Side::Customer, false);
    authority.roles.insert("go-live-authority".into());
    assert!(may(&authority, Action::DecideGoLive).is_ok());
    authority.side = Side::Partner;
    let denied = may(&authority, Action::DecideGoLive).unwrap_err();
    assert_eq!(denied.needs, "customer (go-live-authority)");
}

#[test]
fn a_removed_member_and_a_service_account_sign_nothing() {
    let mut manager = member(Side::Customer, true);
    manager.service_account = true;
    assert!(may(&manager, Action::SignRequest).is_err());
    assert!(may(&manager, Action::RunEnvironment).is_ok());
    manager.removed = Some(jiff::Timestamp::UNIX_EPOCH);
    assert!(may(&manager, Action::RunEnvironment).is_err());
}
