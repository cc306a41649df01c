//! The facts `defects.*` and those of the customer's signature.

use super::capped;
use crate::acceptance::defect::Defect;
use crate::acceptance::evidence::Present;
use crate::acceptance::scope::Priority;
use crate::acceptance::sign_off::{State, valid_until};
use crate::fact::{Fact, Facts};
use crate::policy::{Enforcement, Policy};

pub(super) fn defects(facts: &mut Facts, defects: &[Defect], policy: &Policy) {
    let open =
        |severity: Priority| defects.iter().filter(move |d| d.severity == severity && d.is_open());
    let critical: Vec<&Defect> = open(Priority::Critical).collect();
    let high: Vec<&Defect> = open(Priority::High).filter(|defect| !defect.is_accepted()).collect();
    let medium: Vec<&Defect> = open(Priority::Medium).collect();
    let lines = |defects: &[&Defect]| capped(defects.iter().map(|defect| defect.line()).collect());
    facts.set("defects.blocking", lines(&critical));
    let groups = [
        ("defects.critical_open", "critical", &critical, "acceptance.defects_critical_open_max"),
        ("defects.high_open", "high", &high, "acceptance.defects_high_open_max"),
        ("defects.medium_open", "medium", &medium, "acceptance.defects_medium_open_max"),
    ];
    let mut over = Vec::new();
    for (id, name, group, setting) in groups {
        facts.set(id, Fact::from(group.len()).because(lines(group)));
        let most = policy.number(setting).unwrap_or(0.0);
        let count = f64::from(u32::try_from(group.len()).unwrap_or(u32::MAX));
        if policy.enforcement(setting) == Enforcement::Deny && count > most {
            over.push(format!("{count} open of severity {name}, at most {most}"));
        }
    }
    facts.set("defects.within_limits", Fact::from(over.is_empty()).because(over));
}

pub(super) fn signature(facts: &mut Facts, sign_off: &State, present: Present<'_>) {
    let missing = |why: String| vec![format!("acceptance by the customer: {why}")];
    let (signed, valid, stale, why, until) = match sign_off {
        State::Unsigned => (false, false, false, missing("not signed".into()), None),
        State::Signed { signature } => {
            let until = valid_until(signature, present.policy);
            let aged = until.is_some_and(|until| until <= present.now);
            let why = if aged {
                missing(format!("signed at {}, too long ago", signature.at))
            } else {
                Vec::new()
            };
            (true, !aged, aged, why, until.filter(|_| !aged))
        }
        State::Superseded { changed, .. } => (
            false,
            false,
            true,
            missing(format!("changed since it was signed: {}", changed.join(", "))),
            None,
        ),
        State::Revoked { reason, .. } => {
            (false, false, false, missing(format!("taken back: {reason}")), None)
        }
    };
    let issues = match sign_off {
        State::Signed { signature } => signature.issues.len(),
        State::Unsigned | State::Superseded { .. } | State::Revoked { .. } => 0,
    };
    facts.set("uat.signatures_open", why.clone());
    facts.set(
        "uat.signed",
        Fact { stale: stale && !signed, ..Fact::from(signed) }.because(why.clone()),
    );
    facts.set("uat.signed_valid", Fact { stale, ..Fact::from(valid) }.because(why).until(until));
    facts.set("uat.signed_issues", issues);
}
