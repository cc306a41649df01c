//! The end-of-test summary of k6, as `handleSummary` gives it and as `--summary-export` writes it.
//!
//! A process is a metric of time with one tag, such as `http_req_duration{process:order}`; its number of samples comes
//! from `count` where the script asks for it, else from the counter of requests with the same tag.

use crate::source::{Invalid, Place, text};
use golive_core::load_test::{Judged, Measured, Report};
use serde_json::{Map, Value};

type Object = Map<String, Value>;

pub(super) fn read(file: &str, bytes: &[u8], limit: usize) -> Result<Report, Invalid> {
    let text = text(file, bytes, limit)?;
    let root: Value = serde_json::from_str(text).map_err(|error| {
        Invalid::new(file, Place::Line { line: error.line() }, "JSON", error.to_string())
    })?;
    let Some(metrics) = root.get("metrics").and_then(Value::as_object) else {
        return Err(Invalid::new(
            file,
            Place::File,
            "an object \"metrics\", as k6 writes it",
            "none",
        ));
    };
    let seconds = seconds(&root, metrics);
    let measured: Vec<Measured> = metrics
        .iter()
        .filter_map(|(name, metric)| measured(name, metric, metrics, seconds))
        .collect();
    if measured.is_empty() {
        let expected = "a metric of time with p(95), such as http_req_duration";
        return Err(Invalid::new(file, Place::File, expected, "none"));
    }
    let users = metrics.get("vus_max").and_then(|metric| number(metric, &["max", "value"]));
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a number of users is small and not negative"
    )]
    let users = users.map(|users| users as u64);
    let thresholds = metrics.iter().flat_map(|(name, metric)| thresholds(name, metric)).collect();
    Ok(Report { tool: "k6".into(), seconds, users, measured, thresholds, ..Report::default() })
}

/// The values of a metric: below `values`, or the metric itself in an export.
fn values(metric: &Value) -> Option<&Object> {
    metric.get("values").and_then(Value::as_object).or_else(|| metric.as_object())
}

fn number(metric: &Value, names: &[&str]) -> Option<f64> {
    let values = values(metric)?;
    names.iter().find_map(|name| values.get(*name)?.as_f64())
}

fn seconds(root: &Value, metrics: &Object) -> Option<f64> {
    let said =
        root.get("state").and_then(|state| state.get("testRunDurationMs")).and_then(Value::as_f64);
    said.map(|ms| ms / 1000.0).or_else(|| {
        let iterations = metrics.get("iterations")?;
        let (count, rate) = (number(iterations, &["count"])?, number(iterations, &["rate"])?);
        (rate > 0.0).then(|| count / rate)
    })
}

fn measured(
    name: &str,
    metric: &Value,
    metrics: &Object,
    seconds: Option<f64>,
) -> Option<Measured> {
    let is_time = metric.get("contains").and_then(Value::as_str).is_none_or(|what| what == "time");
    let (base, tag) = name
        .split_once('{')
        .map_or((name, None), |(base, tag)| (base, Some(tag.trim_end_matches('}'))));
    let is_whole = matches!(
        base,
        "http_req_duration" | "iteration_duration" | "group_duration" | "grpc_req_duration"
    );
    // Parts of a request (waiting, connecting, …) are no process of their own.
    let is_part = base.starts_with("http_req_") && base != "http_req_duration";
    let p95_ms = number(metric, &["p(95)"])?;
    if !is_time || is_part || (tag.is_none() && !is_whole && metric.get("contains").is_none()) {
        return None;
    }
    let with_tag = |base: &str| match tag {
        Some(tag) => metrics.get(&format!("{base}{{{tag}}}")),
        None => metrics.get(base),
    };
    let counter = if base == "iteration_duration" { "iterations" } else { "http_reqs" };
    let samples = number(metric, &["count"]).or_else(|| number(with_tag(counter)?, &["count"]));
    let samples = samples.unwrap_or(0.0);
    let errors = with_tag("http_req_failed").map_or(0.0, |failed| {
        number(failed, &["passes"])
            .unwrap_or_else(|| number(failed, &["rate", "value"]).unwrap_or(0.0) * samples)
    });
    let ms = |names: &[&str]| number(metric, names).unwrap_or(0.0);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "counts are whole and not negative"
    )]
    let whole = |n: f64| n.round() as u64;
    Some(Measured {
        process: process(base, tag),
        samples: whole(samples),
        errors: whole(errors),
        mean_ms: ms(&["avg"]),
        median_ms: ms(&["med"]),
        p90_ms: ms(&["p(90)"]),
        p95_ms,
        p99_ms: number(metric, &["p(99)"]),
        max_ms: ms(&["max"]),
        per_hour: seconds
            .filter(|seconds| *seconds > 0.0 && samples > 0.0)
            .map(|seconds| samples * 3600.0 / seconds),
    })
}

/// The value of the one tag, without the colons of a group; else the metric's own name.
fn process(base: &str, tag: Option<&str>) -> String {
    let value = tag.filter(|tag| !tag.contains(',')).and_then(|tag| tag.split_once(':'));
    let value = value.map(|(_, value)| value.trim().trim_start_matches("::"));
    value.or(tag).map_or_else(|| base.to_owned(), str::to_owned)
}

/// Thresholds: `{ok: true}` in a summary; in an export the flag says that it was *not* kept.
fn thresholds(name: &str, metric: &Value) -> Vec<Judged> {
    let Some(judged) = metric.get("thresholds").and_then(Value::as_object) else {
        return Vec::new();
    };
    let kept = |value: &Value| match value {
        Value::Bool(failed) => Some(!failed),
        Value::Object(fields) => fields.get("ok").and_then(Value::as_bool),
        Value::Null | Value::Number(_) | Value::String(_) | Value::Array(_) => None,
    };
    let judged = judged.iter().filter_map(|(expression, value)| {
        Some(Judged { metric: name.to_owned(), expression: expression.clone(), kept: kept(value)? })
    });
    judged.collect()
}
