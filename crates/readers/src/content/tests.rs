//! Tests over the shipped content: it loads, it holds what the documents say, and a slip in any file is found.

use super::*;
use golive_core::methodology::template::MilestoneKind;
use golive_core::policy::Enforcement;
use golive_core::policy::read::READ;
use golive_core::value::Value;
use jiff::civil::date;

/// The shipped files with one text replaced in one of them, and the errors that it causes.
fn slip(file: &str, from: &str, to: &str) -> Vec<String> {
    let changed: Vec<(&str, Vec<u8>)> = FILES
        .iter()
        .map(|(name, bytes)| {
            let text = std::str::from_utf8(bytes).unwrap();
            if *name != file {
                return (*name, bytes.to_vec());
            }
            assert!(text.contains(from), "{file} holds {from}");
            (*name, text.replacen(from, to, 1).into_bytes())
        })
        .collect();
    let files: Vec<File> = changed.iter().map(|(name, bytes)| File { name, bytes }).collect();
    load(&files)
        .map_or_else(|errors| errors.iter().map(ToString::to_string).collect(), |_| Vec::new())
}

#[test]
fn all_shipped_content_loads() {
    let files = FILES.map(|(name, bytes)| File { name, bytes });
    if let Err(errors) = load(&files) {
        panic!("{}", crate::source::listed(&errors));
    }
    assert_eq!(shipped().policies.len(), 4);
    assert_eq!(shipped().calendars.len(), 5);
    assert_eq!(shipped().methodologies.len(), 3);
}

#[test]
fn every_shipped_content_file_is_embedded() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../content");
    for folder in std::fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()) {
        let files = if folder.is_dir() {
            std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
        } else {
            vec![folder]
        };
        for file in files.iter().filter(|file| file.extension().is_some_and(|end| end == "toml")) {
            assert!(FILES.iter().any(|(name, _)| file.ends_with(name)), "{}", file.display());
        }
    }
}

#[test]
fn packs_differ_only_in_what_they_state() {
    let policies = &shipped().policies;
    let base = &policies["policy-2021"];
    assert!(base.settings.len() > 300);
    for policy in policies.values() {
        assert!(
            policy.settings.keys().eq(base.settings.keys()),
            "{} has the same settings",
            policy.id
        );
    }
    let version = |id: &str| policies[id].enforcement("request.version_equals_sandbox");
    assert_eq!(version("policy-2021"), Enforcement::Deny);
    assert_eq!(version("policy-2024"), Enforcement::Warn);
    assert_eq!(policies["policy-2024"].whole("package.window"), Some(5));
    assert_eq!(policies["policy-2021"].whole("package.window"), Some(4));
    assert_eq!(
        policies["policy-2024"].setting("acceptance.pass_rate_min"),
        base.setting("acceptance.pass_rate_min")
    );
    let digests: std::collections::BTreeSet<_> =
        policies.values().map(|policy| &policy.digest).collect();
    assert_eq!(digests.len(), 4);
}

#[test]
fn a_pack_that_lacks_what_a_rule_reads_is_refused() {
    let key = READ[0].name;
    let errors = slip("policies/policy-2021.toml", &format!("[{key}]"), "[spare.setting]");
    let wanted =
        format!("policies/policy-2021.toml: setting \"{key}\": expected a setting {key} in");
    assert!(errors.iter().any(|error| error.starts_with(&wanted)), "{errors:?}");
}

#[test]
fn the_five_examples_of_three_business_days_come_out() {
    let due = |calendar: &str, region, from| {
        shipped().calendars[calendar].add_business_days(from, 3, region)
    };
    assert_eq!(due("de", Some("HH"), date(2027, 3, 25)), date(2027, 4, 1));
    assert_eq!(due("gb", Some("england-wales"), date(2027, 12, 23)), date(2027, 12, 30));
    assert_eq!(due("gb", Some("scotland"), date(2027, 12, 31)), date(2028, 1, 7));
    assert_eq!(due("us", None, date(2027, 11, 23)), date(2027, 11, 29));
    assert_eq!(due("fr", None, date(2027, 5, 5)), date(2027, 5, 11));
}

#[test]
fn every_methodology_has_phases_before_the_request_and_required_steps_in_each() {
    for methodology in shipped().methodologies.values() {
        let policy = &shipped().policies[&methodology.policy];
        for name in policy.list("methodology.phases_before_request") {
            let phase = methodology.phases.iter().find(|phase| phase.id == name);
            assert!(
                phase.is_some_and(|phase| phase.before_production_request),
                "{}: {name}",
                methodology.id
            );
        }
        for phase in &methodology.phases {
            assert!(
                methodology.steps.iter().any(|step| step.required && step.phase == phase.id),
                "{}",
                phase.id
            );
            let ends = |m: &&golive_core::methodology::template::MilestoneTemplate| {
                m.phase == phase.id && m.kind == MilestoneKind::PhaseEnd
            };
            assert!(methodology.milestones.iter().filter(ends).count() <= 1, "{}", phase.id);
        }
    }
}

#[test]
fn the_checklist_has_its_header_eleven_sections_and_five_conditional_ones() {
    let checklist = &shipped().checklists["checklist-go-live"];
    assert_eq!(checklist.sections.len(), 17);
    assert_eq!(checklist.areas.len(), 11);
    assert_eq!(checklist.questions.len(), 130);
    let lettered =
        checklist.sections.iter().filter(|section| section.number.parse::<u32>().is_err());
    assert!(lettered.clone().all(|section| section.show_when.is_some()));
    assert_eq!(lettered.count(), 5);
    for area in &checklist.areas {
        let section = |section: &&golive_core::checklist::template::Section| {
            section.area.as_ref() == Some(&area.id)
        };
        assert!(checklist.sections.iter().any(|s| section(&s)), "{} is asked about", area.id);
    }
}

#[test]
fn a_device_out_of_scope_that_was_not_exercised_is_no_finding() {
    use golive_core::checklist::answer::Answer;
    use golive_core::checklist::finding::{Around, draft};
    let checklist = &shipped().checklists["checklist-go-live"];
    let question = checklist.question("ua-peripherals").unwrap();
    let found = |in_scope: &str| {
        let rows =
            serde_json::json!([{ "kind": "scale", "in-scope": in_scope, "exercised": "no" }]);
        let answer = Answer::read(question, &rows).unwrap();
        let facts = golive_core::fact::Facts::default();
        let policy = &shipped().policies["policy-2024"];
        let around = Around { facts: &facts, policy, sent: date(2027, 2, 19), go_live: None };
        draft(checklist, |id| (id == question.id).then_some(&answer), &around).len()
    };
    assert_eq!((found("yes"), found("no")), (1, 0));
}

#[test]
fn reminders_of_the_pack_each_have_a_notification() {
    let set = &shipped().notifications["notifications-standard"];
    let policy = &shipped().policies["policy-2024"];
    for key in policy.settings.keys().filter(|key| key.starts_with("reminder.")) {
        assert!(set.of_schedule(key).next().is_some(), "{key}");
        assert!(!policy.numbers(key).is_empty(), "{key}");
    }
}

/// File, what stands there, the slip, and what the error must say.
const SLIPS: [(&str, &str, &str, &str); 13] = [
    (
        "policies/policy-2024.toml",
        "[review.workshop]",
        "[review.workshops]",
        "setting \"review.workshops\"",
    ),
    (
        "policies/policy-2021.toml",
        "value = 95\nunit = \"percent\"",
        "value = 9500\nunit = \"percent\"",
        "0 to 1000",
    ),
    (
        "policies/policy-light.toml",
        "extends = \"policy-2021\"",
        "extends = \"policy-2020\"",
        "`policy-2020`",
    ),
    (
        "vocabulary.toml",
        "fact = \"people.seats_filled\"",
        "fact = \"people.seats\"",
        "record \"seats-filled\"",
    ),
    ("calendars/de.toml", "weekday = \"friday\"", "weekday = \"monday\"", "holiday \"2026-"),
    ("calendars/gb.toml", "regions = [\"scotland\"]", "regions = [\"wales\"]", "`wales`"),
    (
        "calendars/us.toml",
        "time_zone = \"America/New_York\"",
        "time_zone = \"America/Springfield\"",
        "IANA",
    ),
    (
        "methodologies/erp-standard.toml",
        "role = \"executive-sponsor\"",
        "role = \"sponsor\"",
        "step \"project-charter\"",
    ),
    ("methodologies/erp-small.toml", "record:", "record:un", "a record of the vocabulary"),
    (
        "methodologies/erp-upgrade.toml",
        "checklist = \"checklist-go-live\"",
        "checklist = \"none\"",
        "erp-upgrade",
    ),
    ("checklists/checklist-go-live.toml", "is = \"in-progress\"", "is = \"soon\"", "expected a"),
    (
        "checklists/checklist-go-live.toml",
        "fact = \"uat.coverage\"",
        "fact = \"uat.cover\"",
        "question \"ua-coverage\"",
    ),
    ("notifications/notifications-standard.toml", "{inviter} invites", "{host} invites", "`host`"),
];

#[test]
fn a_slip_in_any_file_is_found_with_file_line_and_id() {
    for (file, from, to, wanted) in SLIPS {
        let errors = slip(file, from, to);
        let named = errors.iter().any(|error| error.contains(wanted));
        assert!(named, "{file} {from}: {errors:?}");
        assert!(
            errors.iter().all(|error| error.starts_with(file) || error.starts_with("content")),
            "{errors:?}"
        );
    }
}

#[test]
fn settings_that_neither_a_rule_nor_the_content_reads_are_listed() {
    let policy = &shipped().policies["policy-2021"];
    let unread = shipped().settings_unread(policy);
    assert!(unread.contains(&"support.critical"), "no rule answers tickets yet");
    assert!(!unread.contains(&READ[0].name), "a rule reads it");
    assert!(!unread.contains(&"reminder.onboarding"), "a notification goes out by it");
    assert!(!unread.contains(&"go_no_go.training_min"), "a criterion is held against it");
    assert!(unread.len() < policy.settings.len() / 2);
}

#[test]
fn a_file_of_an_unknown_kind_is_refused() {
    let file = File { name: "x.toml", bytes: b"schema = \"golive.horoscope/1\"" };
    let errors = load(&[file]).unwrap_err();
    assert_eq!(
        errors[0].to_string(),
        "x.toml: expected a schema that golive knows; found golive.horoscope/1"
    );
}

#[test]
fn a_setting_keeps_its_window_in_parts_and_in_words() {
    let setting = &shipped().policies["policy-2021"].settings["maintenance.window_europe"];
    assert_eq!(setting.value, Value::Text("22:00 UTC for 6 hours on saturday, sunday".into()));
    assert_eq!(setting.extra["hours"], 6);
}
