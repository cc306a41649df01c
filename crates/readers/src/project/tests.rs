//! The shipped project with everything in it, and what is refused where.

use super::*;
use crate::content::shipped;
use crate::people::tests as people_tests;
use crate::source::listed;
use golive_core::project::facts;
use golive_core::value::Value;
use jiff::civil::date;

const TOML: &str = include_str!("../../../../examples/contoso/project.toml");

fn people() -> People {
    crate::people::read("p.toml", people_tests::TOML.as_bytes(), &people_tests::words())
        .expect("people are read")
}

fn try_read(text: &str) -> Result<ProjectFile, Vec<Invalid>> {
    let people = people();
    let known = Known { people: &people, content: shipped() };
    read("project.toml", text.as_bytes(), &known)
}

#[test]
fn the_project_of_contoso_is_read_with_everything_in_it() {
    let project = try_read(TOML).unwrap_or_else(|errors| panic!("{}", listed(&errors)));
    let counts = [
        project.legacy.len(),
        project.milestones.len(),
        project.legal_entities.len(),
        project.waves.len(),
        project.sites.len(),
        project.features.len(),
        project.environments.len(),
        project.integrations.len(),
        project.devices.len(),
        project.regulations.len(),
        project.roles.len(),
        project.data_loads.len(),
        project.extensions.len(),
        project.add_ons.len(),
        project.clashes.len(),
        project.risks.len(),
        project.runs.len(),
    ];
    assert_eq!(counts, [5, 12, 5, 3, 6, 18, 6, 16, 9, 12, 22, 17, 8, 3, 4, 6, 3]);
    assert_eq!(project.head.go_live, date(2027, 4, 5));
    assert_eq!(project.head.cutover_start, Some("2027-04-02T16:00:00Z".parse().unwrap()));
    assert_eq!(project.head.content.policy, "policy-2024");
    let window = (date(2027, 4, 2), date(2027, 4, 4));
    let facts = facts::of(&project, &people(), Some(window));
    assert_eq!(facts.value("integration.registered"), Value::Count(16));
    assert_eq!(facts.value("calendar.clashes_in_window"), Value::Count(0));
    assert_eq!(facts.value("data.trial_done"), Value::Flag(true));
    assert_eq!(facts.value("people.primary_contacts"), Value::Count(2));
    assert_eq!(
        facts.value("project.parties"),
        Value::from("Contoso Garden AG; Fabrikam Consulting GmbH")
    );
}

fn refused(from: &str, to: &str) -> String {
    assert!(TOML.contains(from), "{from}");
    listed(&try_read(&TOML.replacen(from, to, 1)).expect_err("it is wrong"))
}

#[test]
fn names_that_are_not_there_are_refused_with_line_and_id() {
    let line = |found: String, id: &str, rest: &str| {
        assert!(found.starts_with("project.toml:"), "{found}");
        assert!(found.ends_with(&format!(": {id}: {rest}")), "{found}");
    };
    line(
        refused("partner = \"fabrikam\"", "partner = \"contoso\""),
        "project \"contoso\"",
        "expected an organisation of the side partner; found `contoso`",
    );
    line(
        refused("policy = \"policy-2024\"", "policy = \"policy-2025\""),
        "project \"contoso\"",
        "expected a policy pack of the content; found `policy-2025`",
    );
    line(
        refused("calendar_region = \"HH\"", "calendar_region = \"XX\""),
        "project \"contoso\"",
        "expected a region of the calendar de; found `XX`",
    );
    line(
        refused("cutover_plan = \"cutover-weekend\"", "cutover_plan = \"weekend\""),
        "project \"contoso\"",
        "expected a cutover plan of the content; found `weekend`",
    );
    line(
        refused("id = \"design-complete\"", "id = \"design-done\""),
        "milestone \"design-done\"",
        "expected a milestone of the methodology erp-standard; found `design-done`",
    );
    line(
        refused("owner_customer = \"emma.clarke\"", "owner_customer = \"emma\""),
        "integration \"int-03\"",
        "expected a member of the project; found `emma`",
    );
    line(
        refused("legal_entities = [\"CUS\"]", "legal_entities = [\"CIN\"]"),
        "wave \"2\"",
        "expected legal entities whose wave is 2; found `CIN`",
    );
    line(
        refused("environment = \"env-perf\"", "environment = \"env-per\""),
        "run \"Rehearsal 1, sandbox\"",
        "expected an environment of this file; found `env-per`",
    );
    line(
        refused("id = \"reg-02\"", "id = \"reg-01\""),
        "regulation \"reg-01\"",
        "expected an id that is not used yet; found the id of line 648 again",
    );
}

#[test]
fn words_dates_and_unknown_keys_are_refused() {
    assert!(
        refused("type = \"new_production\"", "type = \"new\"")
            .contains("expected type: one of new_production")
    );
    assert!(
        refused("service_model = \"managed\"", "service_model = \"ours\"")
            .contains("unknown variant `ours`")
    );
    assert!(
        refused("go_live = 2027-04-05", "go_live = 2026-03-01")
            .contains("after the project was created")
    );
    assert!(
        refused("retry_on = 2027-05-24", "retry_on = 2027-04-05")
            .contains("a second attempt after the first")
    );
    assert!(refused("tier = 2", "tier = 9").contains("expected a tier from 1 to 5; found `9`"));
    assert!(refused("direction = \"in\"", "direction = \"up\"").contains("unknown variant `up`"));
    assert!(
        refused("planned = 2026-07-17", "planed = 2026-07-17").contains("unknown field `planed`")
    );
    assert!(
        refused("[parts]", "[part]").contains("expected a key that is known here; found `part`")
    );
}
