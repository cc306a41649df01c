//! The dialects, and files that are not right.

use super::*;

fn options() -> Options {
    Options {
        naming: Naming::of(["TC-001"]),
        zone: TimeZone::get("Europe/Berlin").unwrap(),
        at: "2027-02-01T08:00:00Z".parse().unwrap(),
        tester: "svc-tests".into(),
        role: "sales-clerk".into(),
        administrators: vec!["administrator".into()],
    }
}

fn outcomes(text: &str) -> Vec<(Vec<String>, Outcome)> {
    let report = read("r.xml", text.as_bytes(), &options()).unwrap();
    report.runs.into_iter().map(|run| (run.cases, run.outcome)).collect()
}

fn refused(text: &str) -> String {
    read("r.xml", text.as_bytes(), &options()).unwrap_err()[0].to_string()
}

const FAILED: Outcome = Outcome::Failed { cause: None };

#[test]
fn one_suite_or_many_and_suites_in_suites() {
    let one = |key: &str, outcome| (vec![key.to_owned()], outcome);
    let nested = r#"<testsuites name="all"><testsuite name="outer"><testsuite name="inner">
        <testcase name="TC-001"/></testsuite><testcase name="TC-002"><failure message="no"/></testcase></testsuite></testsuites>"#;
    assert_eq!(outcomes(nested), [one("TC-001", Outcome::Passed), one("TC-002", FAILED)]);
    let alone = r#"<testsuite tests="1"><testcase classname="orders.TC_003" name="works"><error>boom</error></testcase></testsuite>"#;
    assert_eq!(outcomes(alone), [one("TC-003", FAILED)]);
}

#[test]
fn what_tools_write_for_skipped_retried_and_disabled_tests() {
    let text = r#"<testsuite>
        <testcase name="TC-001"><skipped message="later"/></testcase>
        <testcase name="TC-002" status="notrun"/>
        <testcase name="TC-003" result="suppressed"/>
        <testcase name="TC-004"><flakyFailure message="once"/></testcase>
        <testcase name="TC-005"><failure/><rerunFailure/></testcase>
        <testcase name="TC-006" status="run"><system-out>TC-009 <![CDATA[<failure/>]]></system-out></testcase>
        <testcase name="TC-007" status="blocked"/>
    </testsuite>"#;
    let found: Vec<Outcome> = outcomes(text).into_iter().map(|(_, outcome)| outcome).collect();
    let not_run = Outcome::NotRun;
    assert_eq!(
        found,
        [not_run, not_run, not_run, Outcome::Passed, FAILED, Outcome::Passed, Outcome::Blocked]
    );
}

#[test]
fn properties_name_case_tester_and_role_and_the_nearest_counts() {
    let text = r#"<testsuite timestamp="2027-02-01T09:30:00" xmlns:x="urn:x">
        <properties><property name="tester" value="emma.clarke"/><property name="role" value="buyer"/></properties>
        <testcase name="any" time="1,234.5"><properties>
            <property name="test_key" value="TC-010"/><property name="role">administrator</property>
            <property name="defect" value="D-7"/></properties><failure message="wrong total">at line 3</failure></testcase>
        <testcase name="helper"/>
    </testsuite>"#;
    let report = read("r.xml", text.as_bytes(), &options()).unwrap();
    let results = report.results(&options());
    assert_eq!(results.len(), 1);
    let result = &results[0];
    assert_eq!(
        (result.case.as_str(), result.tester.as_str(), result.role.as_str()),
        ("TC-010", "emma.clarke", "administrator")
    );
    assert!(result.administrator);
    assert_eq!(
        result.at,
        "2027-02-01T08:30:00Z".parse().unwrap(),
        "a time without offset is the project's"
    );
    assert_eq!(
        (result.comment.as_deref(), result.defect.as_deref()),
        (Some("wrong total"), Some("D-7"))
    );
    assert_eq!(report.runs[0].seconds, Some(1234.5));
    let unnamed: Vec<(&str, usize)> =
        report.unnamed().map(|run| (run.name.as_str(), run.line)).collect();
    assert_eq!(unnamed, [("helper", 6)]);
}

#[test]
fn a_file_that_is_not_right_names_line_expected_and_found() {
    assert_eq!(
        refused("<html>\n</html>"),
        "r.xml:1: expected <testsuites> or <testsuite>; found <html>"
    );
    assert_eq!(refused(""), "r.xml:1: expected <testsuites> or <testsuite>; found no element");
    assert_eq!(
        refused("<testsuite>\n<testcase name=\"TC-001\" time=\"soon\"/></testsuite>"),
        "r.xml:2: expected a time in seconds; found soon"
    );
    assert_eq!(
        refused("<testsuite timestamp=\"yesterday\"/>"),
        "r.xml:1: expected a time such as 2027-02-01T09:00:00; found yesterday"
    );
    assert_eq!(
        refused("<testsuite/><testsuite/>"),
        "r.xml:1: expected the end of the file; found another element"
    );
    let bomb = "<!DOCTYPE r [<!ENTITY a \"aa\"><!ENTITY b \"&a;&a;\">]>\n<testsuite name=\"&b;\"/>";
    assert_eq!(refused(bomb), "r.xml:1: expected no document type; found <!DOCTYPE …>");
    let deep = format!("<testsuites>\n{}", "<testsuite>".repeat(90));
    assert_eq!(refused(&deep), "r.xml:2: expected elements at most 64 deep; found a deeper one");
}

#[test]
fn a_file_beyond_the_limit_is_refused_before_it_is_read() {
    let large = vec![b' '; MOST_BYTES + 1];
    let error = read("r.xml", &large, &options()).unwrap_err().remove(0);
    assert_eq!(error.to_string(), "r.xml: expected at most 67108864 bytes; found 67108865 bytes");
}
