//! Sizing rules from TOML. The examples of a file are computed when it is read: rules that miss their own examples are refused.

use crate::content::LIMIT;
use crate::source::Invalid;
use crate::source::tables::{Document, Located, date};
use golive_core::estimate::Derived;
use golive_core::sizing::{
    Amount, DatabaseClass, ExtensionLevel, Formula, Limit, Parameter, Rules, Size, TestTier,
    compute,
};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The schema line of sizing rules.
pub const SCHEMA: &str = "golive.sizing/1";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    id: String,
    version: String,
    title: String,
    #[serde(deserialize_with = "date")]
    valid_from: jiff::civil::Date,
    peak_method: PeakMethod,
    #[serde(rename = "peak_method_note")]
    _peak_method_note: Option<String>,
}

/// How peaks are put together; there is one way.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum PeakMethod {
    SumOfPeaks,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Example {
    id: String,
    #[serde(rename = "title")]
    _title: String,
    #[serde(rename = "comment")]
    _comment: Option<String>,
    #[serde(rename = "estimate")]
    _estimate: Option<String>,
    input: Derived,
    expected: toml::Table,
}

/// Reads sizing rules.
pub fn read(file: &str, bytes: &[u8]) -> Result<Rules, Vec<Invalid>> {
    let mut document = Document::parse(file, bytes, LIMIT, SCHEMA)?;
    let head = document.one::<Head>("rules");
    let parameters = document.many::<Parameter>("parameter");
    for Located { line, row } in &parameters {
        let below = row.low.is_some_and(|low| row.value < low);
        if below || row.high.is_some_and(|high| row.value > high) {
            document.refuse(
                *line,
                "parameter",
                &row.id,
                "a value inside its range",
                row.value.to_string(),
            );
        }
    }
    let parameters = once(&mut document, "parameter", parameters, |row| &row.id);
    let levels = document.many::<ExtensionLevel>("extension_level");
    let extension_levels = once(&mut document, "extension_level", levels, |row| &row.id);
    let classes = document.many::<DatabaseClass>("database_class");
    rising(&mut document, "database_class", &classes, |row| (&row.id, row.cores));
    let database_classes = once(&mut document, "database_class", classes, |row| &row.id);
    let tiers = document.many::<TestTier>("performance_test_tier");
    rising(&mut document, "performance_test_tier", &tiers, |row| {
        (&row.id, row.peak_lines_max.unwrap_or(f64::INFINITY))
    });
    let test_tiers = once(&mut document, "performance_test_tier", tiers, |row| &row.id);
    let limits = document.many::<Limit>("limit");
    let limits = once(&mut document, "limit", limits, |row| &row.id);
    let mut formulae = document.many::<Formula>("formula");
    formulae.sort_by_key(|row| row.number);
    let lines: BTreeMap<String, usize> =
        formulae.iter().map(|row| (row.id.clone(), row.line)).collect();
    let formulae = once(&mut document, "formula", formulae, |row| &row.id);
    let examples = document.many::<Example>("example");
    let rules = head.map(|Located { row: head, .. }| {
        let PeakMethod::SumOfPeaks = head.peak_method;
        let (id, version, title, valid_from) = (head.id, head.version, head.title, head.valid_from);
        Rules {
            id,
            version,
            title,
            valid_from,
            parameters,
            extension_levels,
            database_classes,
            test_tiers,
            limits,
            formulae,
        }
    });
    if let Some(rules) = &rules {
        judge(&mut document, rules, &lines, &examples);
    }
    document.finish()?;
    Ok(rules.expect("without a head there was an error"))
}

fn once<T>(
    document: &mut Document<'_>,
    kind: &str,
    rows: Vec<Located<T>>,
    id: impl Fn(&T) -> &str,
) -> Vec<T> {
    document.refuse_twice(kind, rows.iter().map(|row| (row.line, id(&row.row))));
    rows.into_iter().map(|located| located.row).collect()
}

/// Refuses a list that does not go from small to large: the first that fits is taken.
fn rising<T>(
    document: &mut Document<'_>,
    kind: &str,
    rows: &[Located<T>],
    size: impl Fn(&T) -> (&String, f64),
) {
    for pair in rows.windows(2) {
        let ((_, before), (id, after)) = (size(&pair[0].row), size(&pair[1].row));
        if after < before {
            document.refuse(
                pair[1].line,
                kind,
                id,
                "the smallest first",
                format!("{after} after {before}"),
            );
        }
    }
}

/// Formulae that cannot be computed, and examples that come out otherwise.
fn judge(
    document: &mut Document<'_>,
    rules: &Rules,
    lines: &BTreeMap<String, usize>,
    examples: &[Located<Example>],
) {
    let faults = rules.faults();
    for (formula, fault) in &faults {
        let line = lines.get(formula).copied().unwrap_or(1);
        document.refuse(
            line,
            "formula",
            formula,
            "a formula that can be computed",
            fault.to_string(),
        );
    }
    if !faults.is_empty() {
        return;
    }
    for Located { line, row } in examples {
        match compute(rules, &row.input, &BTreeMap::new()) {
            Ok(size) => {
                for (name, wanted) in &row.expected {
                    let found = amount(&size, name);
                    if !equal(wanted, &found) {
                        let expected = format!("{name} = {wanted}");
                        document.refuse(
                            *line,
                            "example",
                            &row.id,
                            expected,
                            format!("{found}, computed"),
                        );
                    }
                }
            }
            Err(faults) => {
                for (formula, fault) in faults {
                    document.refuse(
                        *line,
                        "example",
                        &row.id,
                        format!("a value of {formula}"),
                        fault.to_string(),
                    );
                }
            }
        }
    }
}

/// A result as examples write it.
fn amount(size: &Size, name: &str) -> toml::Value {
    match name {
        "exceeded" => {
            size.exceeded.iter().map(|exceeded| exceeded.limit.clone()).collect::<Vec<_>>().into()
        }
        "database_memory_gb" => size.database_memory_gb.into(),
        _ => match size.line(name).map(|line| &line.result) {
            Some(Amount::Number(number)) => (*number).into(),
            Some(Amount::Word(word)) => word.as_str().into(),
            Some(Amount::ByClass(_)) | None => "nothing of this name".into(),
        },
    }
}

fn equal(wanted: &toml::Value, found: &toml::Value) -> bool {
    #[expect(clippy::cast_precision_loss, reason = "results of examples are small")]
    let number =
        |value: &toml::Value| value.as_float().or_else(|| value.as_integer().map(|n| n as f64));
    match (number(wanted), number(found)) {
        (Some(wanted), Some(found)) => (wanted - found).abs() < 1e-9,
        (None, None) => wanted == found,
        (Some(_), None) | (None, Some(_)) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::listed;

    const TOML: &str = include_str!("../../../content/sizing/sizing-standard.toml");

    fn refused(from: &str, to: &str) -> String {
        assert!(TOML.contains(from), "{from}");
        listed(&read("s.toml", TOML.replacen(from, to, 1).as_bytes()).expect_err("it is wrong"))
    }

    #[test]
    fn the_shipped_rules_are_read_and_hold_their_examples() {
        let rules =
            read("s.toml", TOML.as_bytes()).unwrap_or_else(|errors| panic!("{}", listed(&errors)));
        assert_eq!((rules.parameters.len(), rules.formulae.len()), (29, 31));
        assert_eq!(
            (rules.database_classes.len(), rules.test_tiers.len(), rules.limits.len()),
            (8, 4, 4)
        );
    }

    #[test]
    fn a_formula_that_cannot_be_computed_is_refused_with_line_and_id() {
        let found = refused(
            "expression = \"peak_users * growth_factor\"",
            "expression = \"peak_users * growth\"",
        );
        assert!(found.starts_with("s.toml:"), "{found}");
        assert!(found.ends_with("formula \"design_users\": expected a formula that can be computed; found `growth` is not known here"));
    }

    #[test]
    fn rules_that_miss_their_own_examples_are_refused() {
        let found = refused("peak_lines = 2750", "peak_lines = 2751");
        assert!(
            found.ends_with(
                "example \"example-small\": expected peak_lines = 2751; found 2750.0, computed"
            ),
            "{found}"
        );
    }

    #[test]
    fn a_value_outside_its_range_and_classes_out_of_order_are_refused() {
        assert!(
            refused("value = 12.5", "value = 99.0")
                .contains("expected a value inside its range; found 99")
        );
        assert!(
            refused("cores = 80", "cores = 8")
                .contains("expected the smallest first; found 8 after 64")
        );
        assert!(
            refused("peak_method = \"sum_of_peaks\"", "peak_method = \"max\"")
                .contains("unknown variant `max`")
        );
    }
}
