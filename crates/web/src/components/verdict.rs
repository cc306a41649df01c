//! A gate's answer: the verdict first, then what is not met, what is open with a condition, what is met, what does not
//! apply. Every line carries value, threshold, particulars, owner and remedy.

use super::action::command;
use super::facts::Card;
use super::icon::{Icon, boom, icon, icon_small};
use super::measure::{Measure, meas};
use super::person::{Person, who};
use super::state::{State, badge};
use super::time;
use super::typed::typed;
use crate::words::{self, Clock};
use golive_core::gate::{Compare, Judged, Status, Verdict};
use maud::{Markup, html};
use std::collections::BTreeMap;

/// What the page knows around a verdict.
#[derive(Debug, Clone)]
pub struct Around<'a> {
    /// The project's own address: `/projects/contoso-eu`.
    pub project: &'a str,
    /// The project's id, as the command line names it.
    pub id: &'a str,
    /// The viewer's moment and zone.
    pub clock: &'a Clock,
    /// People by the role or side that a criterion names as its owner.
    pub owners: &'a BTreeMap<String, Vec<Person>>,
    /// What the gate stands before, in words: `requesting production`.
    pub before: &'a str,
}

/// The four groups in which criteria are shown, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Group {
    NotMet,
    WithCondition,
    Met,
    NotApplicable,
}

impl Group {
    const ALL: [Self; 4] = [Self::NotMet, Self::WithCondition, Self::Met, Self::NotApplicable];

    fn of(status: Status) -> Self {
        match status {
            Status::Unmet | Status::Stale => Self::NotMet,
            Status::Waived | Status::Warning => Self::WithCondition,
            Status::Met => Self::Met,
            Status::NotApplicable => Self::NotApplicable,
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::NotMet => "Not met",
            Self::WithCondition => "Open, with a condition",
            Self::Met => "Met",
            Self::NotApplicable => "Does not apply",
        }
    }

    fn key(self) -> &'static str {
        match self {
            Self::NotMet => "not-met",
            Self::WithCondition => "condition",
            Self::Met => "met",
            Self::NotApplicable => "not-applicable",
        }
    }
}

/// The whole answer: verdict and all criteria. Its id is `gate-<name>`.
pub fn gate(verdict: &Verdict, around: &Around<'_>) -> Markup {
    html! {
        div.stack id=(format!("gate-{}", verdict.gate.name())) {
            (head(verdict, around))
            (criteria(verdict, around))
        }
    }
}

/// The answer alone, with its tally and how long it holds.
pub fn head(verdict: &Verdict, around: &Around<'_>) -> Markup {
    let state = if verdict.is_open() { State::Done } else { State::Bad };
    let id = format!("verdict-{}", verdict.gate.name());
    html! {
        section.verdict id=(id) data-s=(state.key()) aria-labelledby=(format!("{id}-h")) {
            (boom(verdict.is_open()))
            div {
                h2 id=(format!("{id}-h")) { (answer(verdict)) }
                p.muted.small { (consequence(verdict, around)) }
                (tally(verdict))
            }
            div.xs.muted.mx17.stack-s {
                div { "Judged " (time::time(verdict.at, around.clock)) }
                div { "By policy " b { (verdict.policy) } }
                @if let Some(until) = verdict.holds_until {
                    div { "Holds until " (time::time(until, around.clock)) ", then judged again" }
                }
                (command(&typed(&format!("gate explain {}", verdict.gate.name()), around.id)))
            }
        }
    }
}

/// `Shut. 4 of 15 criteria are not met.`
pub fn answer(verdict: &Verdict) -> String {
    let all = verdict.criteria.len();
    let shut = verdict.reasons().count();
    let conditions = number(verdict, Group::WithCondition);
    match (all, shut, conditions) {
        (0, ..) => "Shut. This gate has no criteria, so it guards nothing.".to_owned(),
        (1, 0, 0) => "Open. Its one criterion is met.".to_owned(),
        (_, 0, 0) if number(verdict, Group::NotApplicable) > 0 => {
            "Open. Every criterion that applies is met.".to_owned()
        }
        (_, 0, 0) => format!("Open. All {all} criteria are met."),
        (_, 0, n) => format!("Open, with {}.", words::count(n, "condition", "conditions")),
        (_, 1, _) => format!("Shut. 1 of {all} criteria is not met."),
        (_, n, _) => format!("Shut. {n} of {all} criteria are not met."),
    }
}

fn consequence(verdict: &Verdict, around: &Around<'_>) -> Markup {
    let mut owners: Vec<String> =
        verdict.reasons().map(|judged| words::role(&judged.owner)).collect();
    owners.sort();
    owners.dedup();
    html! {
        @if verdict.is_open() { "It stands before " (around.before) ", and is judged again when the work starts." }
        @else { "It stands before " (around.before) " and waits for " b { (words::and(&owners)) } "." }
    }
}

fn number(verdict: &Verdict, group: Group) -> usize {
    verdict.criteria.iter().filter(|judged| Group::of(judged.status) == group).count()
}

fn tally(verdict: &Verdict) -> Markup {
    let of = |status| verdict.criteria.iter().filter(|judged| judged.status == status).count();
    let order = [
        Status::Unmet,
        Status::Stale,
        Status::Warning,
        Status::Waived,
        Status::Met,
        Status::NotApplicable,
    ];
    html! {
        div.tally {
            @for status in order {
                @let n = of(status);
                @if n > 0 {
                    (badge(status.into(), format!("{n} {}", words::status(status).to_lowercase()).as_str()))
                }
            }
        }
    }
}

/// All criteria in their groups: not met first, then with a condition, then met, then what does not apply.
pub fn criteria(verdict: &Verdict, around: &Around<'_>) -> Markup {
    html! {
        @for group in Group::ALL {
            @let members: Vec<&Judged> = verdict.criteria.iter().filter(|j| Group::of(j.status) == group).collect();
            @if !members.is_empty() { (criteria_group(verdict, group, &members, around)) }
        }
    }
}

fn criteria_group(
    verdict: &Verdict,
    group: Group,
    members: &[&Judged],
    around: &Around<'_>,
) -> Markup {
    let id = format!("crit-{}-{}", verdict.gate.name(), group.key());
    match group {
        Group::NotMet | Group::WithCondition | Group::Met => {
            let is_compact = group == Group::Met;
            Card::new(id, group.title())
                .count(members.len())
                .around(&list(members, is_compact, around))
        }
        Group::NotApplicable => html! {
            details.card id=(id) {
                summary.card-h.bd0 {
                    (super::icon::icon_with(Icon::Right, "i chev")) h2 { (group.title()) }
                    span.count { (members.len()) }
                }
                (list(members, true, around))
            }
        },
    }
}

fn list(members: &[&Judged], is_compact: bool, around: &Around<'_>) -> Markup {
    html! {
        ul.crit.crit-c[is_compact] data-calm { @for judged in members { (criterion(judged, around)) } }
    }
}

/// One criterion with its answer.
pub fn criterion(judged: &Judged, around: &Around<'_>) -> Markup {
    let state = State::from(judged.status);
    let is_quiet = matches!(judged.status, Status::Met | Status::NotApplicable);
    html! {
        li id=(format!("c-{}", judged.id)) data-s=(state.key()) {
            (icon(state.icon()))
            div {
                div.t1 { (judged.title) " " small.vh[is_quiet] { (words::status(judged.status)) } }
                @if !is_quiet && !judged.details.is_empty() {
                    ul.dets.muted.xs { @for line in &judged.details { li { (line) } } }
                }
                @if !is_quiet && !judged.remedy.is_empty() { p.small.mt05 { (judged.remedy) } }
            }
            div.val { (measured(judged, state)) }
            div.ev.small.muted { (owner(judged, around, is_quiet)) (evidence(judged)) }
            div.act { @if !is_quiet { (remedy(judged, around)) } }
            @if !is_quiet && !judged.command.is_empty() {
                div.cmd { (command(&typed(&judged.command, around.id))) }
            }
        }
    }
}

fn measured(judged: &Judged, state: State) -> Markup {
    let value = words::value(&judged.value, judged.unit.as_deref());
    html! {
        @if judged.status == Status::NotApplicable { span.muted { "not asked here" } }
        @else {
            span {
                b { (value) }
                @if judged.status != Status::Met || judged.compare != Compare::Equals { ", " (words::threshold(judged)) }
            }
            @if let Some(measure) = scale(judged, state) { (meas(measure)) }
        }
    }
}

/// A bar is drawn where two numbers are compared and the distance says something.
fn scale(judged: &Judged, state: State) -> Option<Measure> {
    let (value, threshold) = (judged.value.number()?, judged.threshold.number()?);
    let is_percent = judged.unit.as_deref() == Some("percent");
    let is_quiet = judged.status == Status::Met && !is_percent;
    if threshold <= 0.0 || judged.compare == Compare::Equals || is_quiet {
        return None;
    }
    Some(Measure::against(value, threshold, is_percent, state))
}

fn owner(judged: &Judged, around: &Around<'_>, is_quiet: bool) -> Markup {
    let people = around.owners.get(&judged.owner).map_or(&[] as &[Person], Vec::as_slice);
    html! {
        @if !is_quiet {
            @for person in people.iter().take(2) { (who(person)) }
            span.xs { (words::role(&judged.owner)) }
        }
        @if let Some(waiver) = &judged.waiver {
            a.xs href=(format!("{}/waivers#{waiver}", around.project)) { "Waiver on record" }
        }
    }
}

fn evidence(judged: &Judged) -> Markup {
    html! {
        @for evidence in judged.evidence.iter().take(3) {
            a.nowrap.xs href=(format!("/api/v1/evidence/{evidence}")) {
                (icon_small(Icon::File)) " Evidence " (short(&evidence.to_string()))
            }
        }
        @if judged.evidence.len() > 3 { span.xs { "and " (judged.evidence.len() - 3) " more" } }
    }
}

fn short(id: &str) -> String {
    let tail: String = id.chars().rev().take(6).collect();
    tail.chars().rev().collect()
}

fn remedy(judged: &Judged, around: &Around<'_>) -> Markup {
    html! {
        @if !judged.remedy.is_empty() {
            a.btn.btn-s href=(page(around.project, &judged.page)) { "Open" span.vh { ": " (judged.remedy) } }
        }
    }
}

fn page(project: &str, page: &str) -> String {
    if page.is_empty() { project.to_owned() } else { format!("{project}/{page}") }
}

/// The reasons of a shut gate as sentences: for a refused button, a problem page, a toast.
pub fn reasons(verdict: &Verdict) -> Vec<String> {
    verdict
        .reasons()
        .map(|judged| {
            let value = words::value(&judged.value, judged.unit.as_deref());
            format!("{}: {value}, {}", judged.title, words::threshold(judged))
        })
        .collect()
}
