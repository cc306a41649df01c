//! The API, the command line and the pages reach the same: every call of the OpenAPI document is a command, and is made by
//! a page. What only programs need, and what no page offers yet, is listed here by name, with the reason.

use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Calls that a page does not need, each with the reason.
const ONLY_PROGRAMS: &[(&str, &str)] = &[
    ("token_sign_in", "a browser signs in with a session"),
    ("audit_verify_server", "the server's page verifies through `audit_verify`"),
    ("clock_move", "the server's page moves the clock through `clock_move_by`"),
    ("checklist_view", "the page shows the sections, which hold the answers"),
    ("checklist_export", "a file for programs; the page prints"),
    ("defect_view", "the page lists every defect whole"),
    ("finding_view", "the page of the review shows every finding whole"),
    ("finding_list", "the page of the review shows every finding whole"),
    ("go_live_date_view", "the page of the schedule shows the date"),
    ("incident_list", "the page of the run shows its incidents"),
    ("phase_list", "the page of the methodology shows the phases with their steps"),
    ("project_view", "every page of a project shows it in its frame"),
    ("requirement_list", "the page shows requirements with their cases"),
    ("result_list", "the page shows results with their cases"),
    ("review_view", "the page shows the review of the project's wave"),
    ("waiver_view", "the page of waivers shows each whole"),
];

/// Calls whose service has another name in the pages: several calls, one service.
const SAME_SERVICE: &[(&str, &str)] = &[
    ("environment_clean_up", "Servicing::CleanUp"),
    ("environment_deploy", "environment_deploy_view"),
    ("environment_lock_accounts", "Servicing::LockAccounts"),
    ("environment_restore", "Servicing::Restore"),
    ("environment_restore_point", "Servicing::RestorePoint"),
    ("environment_seed", "Servicing::Seed"),
    ("environment_start", "Servicing::Start"),
    ("environment_stop", "Servicing::Stop"),
    ("environment_unlock_accounts", "Servicing::UnlockAccounts"),
];

/// Calls that no page makes yet. Each is a debt; one that is paid must leave this list.
const NOT_YET: &[&str] = &[
    "analysis_withdraw_exception",
    "checklist_clear",
    "checklist_comment",
    "cycle_change_solution",
    "evidence_fetch",
    "finding_proof",
    "incident_rate",
    "review_queue",
    "task_record",
];

/// Every call of the API.
fn calls() -> BTreeSet<String> {
    let document = serde_json::to_value(golive_web::api::document()).expect("it serialises");
    let paths = document["paths"].as_object().cloned().unwrap_or_default();
    let methods = paths.values().filter_map(Value::as_object).flat_map(serde_json::Map::values);
    methods.filter_map(|call| call["operationId"].as_str()).map(str::to_owned).collect()
}

/// All sources of the pages.
fn pages() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../web/src");
    let mut text = String::new();
    for part in ["pages", "pages.rs", "live", "live.rs"] {
        read(&folder.join(part), &mut text);
    }
    assert!(text.len() > 10_000, "the pages were not found");
    text
}

fn read(path: &PathBuf, text: &mut String) {
    if path.is_dir() {
        for entry in std::fs::read_dir(path).expect("it is there") {
            read(&entry.expect("it can be read").path(), text);
        }
    } else if let Ok(source) = std::fs::read_to_string(path) {
        text.push_str(&source);
    }
}

/// Whether a page calls the service of this name: the operation's id is the service's name.
fn is_called(pages: &str, call: &str) -> bool {
    let other = SAME_SERVICE.iter().find(|(name, _)| *name == call).map(|(_, service)| *service);
    pages.contains(&format!(".{call}(")) || other.is_some_and(|service| pages.contains(service))
}

#[test]
fn every_call_is_a_command() {
    let output = Command::new(env!("CARGO_BIN_EXE_golive"))
        .args(["reference", "cli"])
        .output()
        .expect("golive was built with this test");
    let commands = String::from_utf8_lossy(&output.stdout).replace(['-', ' '], "_");
    let missing: Vec<String> = calls()
        .into_iter()
        .filter(|call| !commands.contains(&format!("|_`golive_{call}")))
        .collect();
    assert!(missing.is_empty(), "calls that are no command: {missing:?}");
}

#[test]
fn every_call_is_made_by_a_page() {
    let pages = pages();
    let excused =
        |call: &str| ONLY_PROGRAMS.iter().any(|(name, _)| *name == call) || NOT_YET.contains(&call);
    let missing: Vec<String> =
        calls().into_iter().filter(|call| !is_called(&pages, call) && !excused(call)).collect();
    assert!(missing.is_empty(), "calls that no page makes: {missing:?}");
}

#[test]
fn no_excuse_outlives_its_reason() {
    let (pages, calls) = (pages(), calls());
    let paid: Vec<&&str> = NOT_YET.iter().filter(|call| is_called(&pages, call)).collect();
    assert!(paid.is_empty(), "a page makes these by now: {paid:?}");
    let excused = ONLY_PROGRAMS.iter().map(|(name, _)| *name).chain(NOT_YET.iter().copied());
    let renamed = SAME_SERVICE.iter().map(|(name, _)| *name);
    let gone: Vec<&str> = excused.chain(renamed).filter(|call| !calls.contains(*call)).collect();
    assert!(gone.is_empty(), "there is no such call: {gone:?}");
}
