//! The formats, and files that are not right.

use super::*;
use golive_core::load_test::Measured;
use std::fmt::Write as _;

fn of<'a>(report: &'a Report, process: &str) -> &'a Measured {
    report.measured.iter().find(|measured| measured.process == process).unwrap()
}

fn refused(text: &str) -> Vec<String> {
    read("load", text.as_bytes()).unwrap_err().iter().map(ToString::to_string).collect()
}

#[test]
fn a_summary_of_k6_gives_processes_by_tag_and_thresholds() {
    let text = r#"{"state": {"testRunDurationMs": 1800000}, "metrics": {
        "vus_max": {"type": "gauge", "contains": "default", "values": {"value": 400, "max": 400}},
        "http_req_waiting": {"type": "trend", "contains": "time", "values": {"avg": 1, "p(95)": 2}},
        "http_req_duration{process:order}": {"type": "trend", "contains": "time",
            "values": {"avg": 600.5, "med": 500, "max": 4000, "p(90)": 1200, "p(95)": 1600, "p(99)": 2100},
            "thresholds": {"p(95)<2000": {"ok": true}, "p(99)<2000": {"ok": false}}},
        "http_reqs{process:order}": {"type": "counter", "contains": "default", "values": {"count": 5000, "rate": 2.7}},
        "http_req_failed{process:order}": {"type": "rate", "values": {"rate": 0.002, "passes": 10, "fails": 4990}}}}"#;
    let report = read("k6.json", text.as_bytes()).unwrap();
    assert_eq!((report.tool.as_str(), report.users, report.measured.len()), ("k6", Some(400), 1));
    let order = of(&report, "order");
    assert_eq!(
        (order.samples, order.errors, order.p95_ms, order.p99_ms),
        (5000, 10, 1600.0, Some(2100.0))
    );
    assert_eq!(order.per_hour, Some(10_000.0));
    let kept: Vec<(&str, bool)> =
        report.thresholds.iter().map(|t| (t.expression.as_str(), t.kept)).collect();
    assert_eq!(kept, [("p(95)<2000", true), ("p(99)<2000", false)]);
    assert!(report.digest.starts_with("sha256:"));
}

#[test]
fn an_export_of_k6_says_of_a_threshold_that_it_was_not_kept() {
    let text = r#"{"metrics": {"iterations": {"count": 100, "rate": 0.5},
        "http_req_duration": {"avg": 6, "med": 5, "max": 40, "p(90)": 12, "p(95)": 16, "thresholds": {"p(95)<10": true}},
        "group_duration{group:::Order entry}": {"avg": 6, "p(95)": 16, "count": 50}}}"#;
    let report = read("k6.json", text.as_bytes()).unwrap();
    assert!(!report.thresholds[0].kept);
    assert_eq!(report.seconds, Some(200.0));
    assert_eq!(of(&report, "Order entry").per_hour, Some(900.0));
    assert_eq!(of(&report, "http_req_duration").samples, 0, "it does not say");
}

#[test]
fn a_csv_log_of_jmeter_is_summed_by_label() {
    let mut text = String::from("timeStamp,elapsed,label,responseCode,success,allThreads\n");
    for n in 1..=100 {
        writeln!(
            text,
            "{},{n},\"Order, entry\",200,{},{}",
            1_800_000_000_000_i64 + n * 1000,
            n != 100,
            n % 7
        )
        .unwrap();
    }
    let report = read("run.jtl", text.as_bytes()).unwrap();
    let order = of(&report, "Order, entry");
    assert_eq!((order.samples, order.errors), (100, 1));
    let percentiles = (order.median_ms, order.p90_ms, order.p95_ms, order.p99_ms, order.max_ms);
    assert_eq!(percentiles, (50.0, 90.0, 95.0, Some(99.0), 100.0));
    assert_eq!(report.users, Some(6));
    assert_eq!(report.started.unwrap().to_string(), "2027-01-15T08:00:01Z");
}

#[test]
fn an_xml_log_of_jmeter_counts_whole_samples_only() {
    let text = r#"<?xml version="1.0"?><testResults version="1.2">
        <sample t="300" ts="1800000000000" s="true" lb="Order" na="5"><httpSample t="200" ts="1800000000000" s="false" lb="GET"/></sample>
        <httpSample t="100" ts="1800000001000" s="false" lb="Pick"/></testResults>"#;
    let report = read("run.jtl", text.as_bytes()).unwrap();
    assert_eq!(report.measured.len(), 2);
    assert_eq!((of(&report, "Order").max_ms, of(&report, "Pick").errors), (300.0, 1));
}

#[test]
fn files_that_are_not_right_name_the_place() {
    assert_eq!(
        refused(" "),
        ["load: expected a summary of k6 or a log of JMeter; found an empty file"]
    );
    assert!(refused("{\"metrics\":\n}")[0].starts_with("load:2: expected JSON; found "));
    assert_eq!(
        refused("{}"),
        ["load: expected an object \"metrics\", as k6 writes it; found none"]
    );
    assert_eq!(
        refused("{\"metrics\": {}}"),
        ["load: expected a metric of time with p(95), such as http_req_duration; found none"]
    );
    assert_eq!(
        refused("timeStamp,elapsed,label\n"),
        ["load row 1: expected a column success, as JMeter writes it; found none"]
    );
    assert_eq!(
        refused("timeStamp,elapsed,label,success\nnow,1,A,true\n1,-1,A,true\n1,1,A,maybe\n"),
        [
            "load row 2, column timeStamp: expected milliseconds since 1970; found now",
            "load row 3, column elapsed: expected milliseconds; found -1",
            "load row 4, column success: expected true or false; found maybe",
        ]
    );
    assert_eq!(
        refused("timeStamp,elapsed,label,success\n"),
        ["load: expected samples; found none"]
    );
    assert_eq!(refused("<html/>"), ["load:1: expected <testResults>; found <html>"]);
    let entity = "<!DOCTYPE t [<!ENTITY a \"aa\">]>\n<testResults/>";
    assert_eq!(refused(entity), ["load:1: expected no document type; found <!DOCTYPE …>"]);
    let bad = "<testResults>\n<sample t=\"x\" ts=\"1\" s=\"true\" lb=\"A\"/></testResults>";
    assert_eq!(refused(bad), ["load:2: expected elapsed: milliseconds; found x"]);
}

#[test]
fn a_line_without_an_end_is_given_up() {
    let endless = "timeStamp,elapsed,label,success\n1,1,".chars().map(|c| c as u8);
    let endless: Vec<u8> = endless.chain(std::iter::repeat_n(b'x', 3 << 20)).collect();
    let error = read("load", endless.as_slice()).unwrap_err().remove(0).to_string();
    assert_eq!(error, "load row 2: expected a row of CSV; found a line of more than 1048576 bytes");
}
