//! The desk: findings at the left, one of them with its dialogue at the right.

use super::{finding, refused_of};
use crate::components::facts::Card;
use crate::components::form::{Choice, Field, Input, form};
use crate::components::notice::empty;
use crate::components::state::{State, badge, st};
use crate::pages::shell::{Again, InProject};
use crate::words;
use golive_app::review::{FindingView, ReviewView};
use maud::{Markup, html};

/// Findings beside the one that is looked at.
pub(super) fn desk(
    here: &InProject,
    view: &ReviewView,
    wanted: &str,
    (names, again): (&[String], &Again),
) -> Markup {
    if view.findings.is_empty() {
        let text = match view.state.as_str() {
            "planned" | "discover" | "returned" => {
                "They are drafted from the answers when the checklist is sent."
            }
            "in_review" => "The reviewer shows them with the report.",
            _ => "The reviewer has found nothing that must be settled.",
        };
        return html! { (empty("No findings", text, &[])) };
    }
    let mut sorted: Vec<&FindingView> = view.findings.iter().collect();
    sorted.sort_by_key(|finding| {
        (!finding.counts && finding.state != "draft", rank(&finding.severity))
    });
    let current = sorted.iter().find(|finding| finding.id == wanted || finding.number == wanted);
    let current = current.or(sorted.first()).copied();
    html! {
        div.desk.mt4 {
            section.card id="findings" aria-labelledby="findings-h" {
                div.card-h { h2 id="findings-h" { "Findings" } span.count { (view.findings.len()) } }
                ul.flist {
                    @for each in &sorted { li { (row(here, each, current.is_some_and(|c| c.id == each.id))) } }
                }
            }
            @if let Some(current) = current { (finding::card(here, current, names, again)) }
        }
    }
}

fn rank(severity: &str) -> u8 {
    match severity {
        "critical" => 0,
        "high" => 1,
        "medium" => 2,
        _ => 3,
    }
}

/// How bad it is, with its word.
pub(super) fn severity(finding: &FindingView) -> Markup {
    let state = match finding.severity.as_str() {
        _ if !finding.counts && finding.state != "draft" => State::Idle,
        "critical" => State::Bad,
        "high" => State::Warn,
        _ => State::Idle,
    };
    badge(state, word(&finding.severity).as_str())
}

/// A state in words.
pub(super) fn standing(finding: &FindingView) -> (State, &'static str) {
    match finding.state.as_str() {
        "draft" => (State::Idle, "Draft"),
        "open" => (State::Wait, "Open"),
        "proposed" => (State::Wait, "Mitigation offered"),
        "proof_asked" => (State::Wait, "Proof asked"),
        "accepted" => (State::Done, "Accepted"),
        "closed" => (State::Done, "Closed"),
        _ => (State::Idle, "Withdrawn"),
    }
}

fn word(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn row(here: &InProject, finding: &FindingView, is_current: bool) -> Markup {
    let (state, stands) = standing(finding);
    let owner = finding.mitigations.last().map(|mitigation| mitigation.owner.clone());
    let href = here.at(&format!("review?finding={}", finding.id));
    html! {
        a.frow id=(format!("row-{}", finding.id)) href=(href) aria-current=[is_current.then_some("true")] {
            span.row.nowrap-row {
                span.mono.xs.faint { (finding.number) }
                (severity(finding))
                span.xs.muted.ml-auto { (st(state, stands)) }
            }
            b { (finding.title) }
            span.xs.muted.row.row-tight {
                (owner.as_deref().unwrap_or("no owner yet"))
                @if let Some(due) = finding.due {
                    @if finding.late { span.c-bad.strong { "late, was due " (words::moment(due, &here.clock)) } }
                    @else { span { "due " (words::moment(due, &here.clock)) } }
                }
            }
        }
    }
}

/// The form of a reviewer for what no rule has found.
pub(super) fn add(here: &InProject, view: &ReviewView, again: &Again) -> Markup {
    let draft = refused_of(&view.actions, "review_ask");
    let reviews = !draft.iter().any(|why| why.contains("may not do this"));
    if !reviews || view.state == "complete" {
        return html! {};
    }
    let it = here.form("finding_add", "review/findings", "Keep as a draft", fields(None)).plain();
    Card::new("add-finding", "A finding of your own").padded(&html! {
        p.small.muted { "The team sees it with the report, or when you publish it." }
        (form(&it, &again.of("finding_add")))
    })
}

/// The fields of a finding, with what it says now.
pub(super) fn fields(finding: Option<&FindingView>) -> Vec<Field> {
    let said = |of: fn(&FindingView) -> &String| finding.map(of).cloned().unwrap_or_default();
    let choices =
        |words: &[&str]| words.iter().map(|w| Choice::new(*w, word(w))).collect::<Vec<_>>();
    vec![
        Field::text("title", "What it is, in a few words").value(said(|f| &f.title)),
        Field::new(
            "severity",
            "Severity",
            Input::Select(choices(&["critical", "high", "medium", "low"])),
        )
        .value(said(|f| &f.severity)),
        Field::new("kind", "Kind", Input::Select(choices(&["risk", "issue", "recommendation"])))
            .value(said(|f| &f.kind)),
        Field::new("risk", "What may happen", Input::Area(3)).value(said(|f| &f.risk)),
        Field::new("recommendation", "What you recommend", Input::Area(3))
            .value(said(|f| &f.recommendation)),
    ]
}
