//! The go-live checklist: sections at the left with how far each is, one section as a form beside them, and what is missing
//! before it can be sent.

mod question;
mod typed;

use super::shell::{Again, InProject, PageCaller, Posted, Shown, Uploaded};
use crate::components::action::{Action, Look, action};
use crate::components::facts::{Card, Item, items};
use crate::components::form::{Choice, Field, Filled, Form, Input, form};
use crate::components::icon::Icon;
use crate::components::measure::{Measure, meas};
use crate::components::notice::{banner, empty};
use crate::components::state::{State, badge, st_icon};
use crate::components::time;
use crate::layout::{self, ProjectPage};
use crate::words;
use axum::Router;
use axum::extract::{Path, Query};
use axum::routing::{get, post};
use golive_app::checklist::{ChecklistSectionSummary, ChecklistSectionView, ChecklistView};
use golive_app::{App, Error};
use golive_core::checklist::State as Standing;
use golive_core::gate::Status;
use maud::{Markup, html};
use serde::Deserialize;

/// The pages of this subject.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/projects/{slug}/checklist", get(show).post(open))
        .route("/projects/{slug}/checklist/answers/{section}", post(answer))
        .route("/projects/{slug}/checklist/assign/{section}", post(assign))
        .route("/projects/{slug}/checklist/import", post(import))
        .route("/projects/{slug}/checklist/prefill", post(prefill))
        .route("/projects/{slug}/checklist/submit", post(submit))
}

/// Which section is shown; the first that is not finished if nothing is said.
#[derive(Debug, Clone, Default, Deserialize)]
struct Which {
    #[serde(default)]
    section: String,
}

async fn show(here: InProject, Query(which): Query<Which>) -> Shown {
    page(&here, &which.section, Again::none()).await
}

async fn open(here: InProject, posted: Posted) -> Shown {
    let done = here.app.checklist_open(&here.actor, here.id).await;
    let to = ("The checklist is open; what is known is filled in", "checklist");
    here.settle(done, to, &posted, |again| page(&here, "", again)).await
}

async fn answer(
    here: InProject,
    Path((_, section)): Path<(String, String)>,
    posted: Posted,
) -> Shown {
    let seen = here.app.checklist_section(&here.actor, here.id, &section).await?;
    let to = format!("checklist?section={section}");
    let Some(form) = typed::read(&seen, &posted) else {
        return here.done(Ok(()), "Nothing was changed", &to);
    };
    let done = here.app.checklist_answer(&here.actor, here.id, (&section, &form)).await;
    here.settle(done, ("Saved", &to), &posted, |again| page(&here, &section, again)).await
}

async fn assign(
    here: InProject,
    Path((_, section)): Path<(String, String)>,
    posted: Posted,
) -> Shown {
    let person = Some(posted.text("person")).filter(|person| !person.is_empty());
    let done = here.app.checklist_assign(&here.actor, here.id, (&section, person)).await;
    let to = format!("checklist?section={section}");
    here.settle(done, ("The section has changed hands", &to), &posted, |again| {
        page(&here, &section, again)
    })
    .await
}

async fn import(here: InProject, sent: Uploaded) -> Shown {
    let read = sent.file("file").and_then(|(name, bytes)| {
        let text = std::str::from_utf8(bytes);
        let text = text.map_err(|_| Error::invalid("file", "a text in UTF-8", "other bytes"))?;
        Ok((name.to_owned(), text.to_owned()))
    });
    let done = match read {
        Ok((name, text)) => here.app.checklist_import(&here.actor, here.id, (&name, &text)).await,
        Err(error) => Err(error),
    };
    let to = ("The answers of the file were taken", "checklist");
    here.settle(done, to, &sent.posted, |again| page(&here, "", again)).await
}

async fn prefill(here: InProject) -> Shown {
    let done = here.app.checklist_prefill(&here.actor, here.id).await;
    here.done(done, "What is known was filled in again", "checklist")
}

async fn submit(here: InProject) -> Shown {
    let done = here.app.checklist_submit(&here.actor, here.id).await;
    here.done(done, "Sent to the reviewer", "review")
}

async fn page(here: &InProject, section: &str, again: Again) -> Shown {
    let Some(view) = here.app.checklist_find(&here.actor, here.id).await? else {
        let open =
            here.post("checklist_open", "Open the checklist", "checklist").look(Look::Primary);
        let text = "It is opened from the template of the methodology, and what golive knows already is filled in.";
        let body = html! {
            (layout::head("Go-live checklist", &html! { "The questionnaire that the reviewer reads before the go-live." }, &[]))
            (empty("Not opened yet", text, &[open]))
        };
        return here.page(ProjectPage::Checklist, "Checklist", body).await;
    };
    let wanted = view.sections.iter().find(|summary| summary.name == section && summary.applies);
    let unfinished = view
        .sections
        .iter()
        .find(|summary| summary.applies && summary.answered < summary.applicable);
    let first = view.sections.iter().find(|summary| summary.applies);
    let body = if let Some(summary) = wanted.or(unfinished).or(first) {
        let one = here.app.checklist_section(&here.actor, here.id, &summary.name).await?;
        whole(here, &view, &one, &again).await?
    } else {
        empty("No section applies", "Answer the header first.", &[])
    };
    here.page(ProjectPage::Checklist, "Checklist", body).await
}

async fn whole(
    here: &InProject,
    view: &ChecklistView,
    one: &ChecklistSectionView,
    again: &Again,
) -> Result<Markup, Error> {
    let members = here.app.member_list(&here.actor, here.id).await?;
    let people: Vec<(String, String)> = members
        .iter()
        .filter(|m| !m.service_account)
        .map(|m| (m.id.clone(), m.name.clone()))
        .collect();
    let writable =
        one.actions.iter().any(|action| action.name == "checklist_answer" && action.is_open());
    Ok(html! {
        (layout::head("Go-live checklist", &lead(here, view), &head_actions(here, view)))
        (standing(here, view))
        (progress(here, view))
        div.meth.mt4 {
            (nav(here, view, &one.name))
            div.stack {
                (section(here, one, (&people, writable), &again.of("checklist_answer")))
                @if writable { (assignment(here, one, &people, again)) }
                (before_sending(here, view))
                @if writable { (from_file(here, again)) }
            }
        }
    })
}

fn lead(here: &InProject, view: &ChecklistView) -> Markup {
    html! {
        (view.title) ", " (view.template) ". "
        @match &view.particulars {
            Standing::Open => { "Several people answer at once, each in a section of their own." },
            Standing::Submitted { at, .. } => {
                "Sent by " (view.by.as_deref().unwrap_or_default()) ", " (time::time(*at, &here.clock)) "."
            },
            Standing::Returned { at, .. } => {
                "Given back by " (view.by.as_deref().unwrap_or_default()) ", " (time::time(*at, &here.clock)) "."
            },
        }
    }
}

fn head_actions(here: &InProject, view: &ChecklistView) -> Vec<Action> {
    let export = format!("/api/v1/projects/{}/checklist/export", here.id);
    vec![
        Action::go("checklist_export", "Export", export).icon(Icon::Download),
        here.act(
            &view.actions,
            "checklist_prefill",
            "",
            ("Fill in what is known", "checklist/prefill"),
        )
        .icon(Icon::Wand),
        here.act(
            &view.actions,
            "checklist_submit",
            "",
            ("Send to the reviewer", "checklist/submit"),
        )
        .look(Look::Primary),
    ]
}

fn standing(here: &InProject, view: &ChecklistView) -> Markup {
    match &view.particulars {
        Standing::Open => html! {},
        Standing::Submitted { digest, .. } => {
            let text = html! {
                "Nothing changes until it is given back. What was sent: " code { (words::digest(digest)) } "."
            };
            let review = Action::go("to-review", "To the review", here.at("review"));
            banner("checklist-state", State::Wait, "The reviewer has it.", &text, &[review])
        }
        Standing::Returned { reason, .. } => {
            let text =
                html! { (reason) " Mend the answers and send it again: the next round begins." };
            banner("checklist-state", State::Warn, "Not ready yet.", &text, &[])
        }
    }
}

/// How far it is, against all that applies.
fn progress(here: &InProject, view: &ChecklistView) -> Markup {
    #[expect(clippy::cast_precision_loss, reason = "a checklist has some hundred questions")]
    let (answered, all) = (view.answered as f64, view.applicable as f64);
    let state = if view.answered == view.applicable { State::Done } else { State::Run };
    let named = |id: &str| {
        let judged = view.gate.verdict.criteria.iter().find(|judged| judged.id == id);
        judged.map_or_else(Vec::new, |judged| judged.details.clone())
    };
    let stands = |side: &str| match words::and(&named(side)) {
        names if names.is_empty() => "nobody yet".to_owned(),
        names => names,
    };
    let customer = stands("customer-stakeholder");
    let partner = stands("partner-stakeholder");
    html! {
        section.card.ckbar.mt4 id="checklist-progress" aria-label="Progress" {
            div.grow {
                div.between.small {
                    span { b { (view.answered) " of " (view.applicable) } " answered" }
                    @if let Some(days) = here.project().days_to_go_live { span.muted { (days.abs()) (if days < 0 { " days since go-live" } else { " days to go-live" }) } }
                }
                div.mt2 { (meas(Measure::share(answered, all, state))) }
            }
            p.small.muted.mx22 { "Behind it stand " b { (customer) } " for the customer and " b { (partner) } " for the partner." }
        }
    }
}

fn nav(here: &InProject, view: &ChecklistView, current: &str) -> Markup {
    let state = |summary: &ChecklistSectionSummary| match (summary.answered, summary.applicable) {
        (answered, all) if answered == all => State::Done,
        (0, _) => State::Idle,
        (_, _) => State::Run,
    };
    html! {
        nav.cknav aria-label="Sections of the checklist" {
            ol.phases id="checklist-sections" {
                @for summary in view.sections.iter().filter(|summary| summary.applies) {
                    li {
                        a.phase data-s=(state(summary).key()) aria-current=[(summary.name == current).then_some("true")]
                            href=(here.at(&format!("checklist?section={}", summary.name))) {
                            span.st { (st_icon(state(summary), None)) }
                            span.grow {
                                (summary.title)
                                @if let Some(name) = &summary.assigned { span.xs.muted.blk { (name) } }
                            }
                            span.small.muted.num { (summary.answered) "/" (summary.applicable) }
                        }
                    }
                }
            }
            @let hidden: Vec<&str> = view.sections.iter().filter(|s| !s.applies).map(|s| s.title.as_str()).collect();
            @if !hidden.is_empty() {
                p.xs.muted.mt4 { "Do not apply to this project: " (hidden.join(", ")) ". The header says which parts do." }
            }
        }
    }
}

fn section(
    here: &InProject,
    one: &ChecklistSectionView,
    (people, writable): (&[(String, String)], bool),
    filled: &Filled,
) -> Markup {
    let answered = one.questions.iter().filter(|question| question.answer.is_some()).count();
    let done = answered == one.questions.len();
    let id = format!("section-{}", one.name);
    let word = format!("{answered} of {}", one.questions.len());
    html! {
        section.card id=(id) aria-labelledby=(format!("{id}-h")) {
            div.card-h {
                h2 id=(format!("{id}-h")) { (one.number) " " (one.title) }
                (badge(if done { State::Done } else { State::Run }, word.as_str()))
                @if let Some(name) = &one.assigned { div.end.small.muted { "with " (name) } }
            }
            @if !one.introduction.is_empty() { div.card-b.small.muted.pb0 { (one.introduction) } }
            @if writable {
                form method="post" action=(here.at(&format!("checklist/answers/{}", one.name)))
                    id="checklist_answer" data-op="checklist_answer" data-fragment {
                    input type="hidden" name="_form" value="checklist_answer";
                    input type="hidden" name="_key" value=(PageCaller::key());
                    input type="hidden" name="row_version" value=(one.row_version);
                    @if filled.is_refused() { div.card-b { (question::errors(filled)) } }
                    ol.q {
                        @for each in &one.questions { (question::asked(each, people, filled, &here.clock)) }
                        li { (question::section_comment(one, filled)) }
                    }
                    div.card-f.between {
                        span { "Only what you change is saved; what somebody else has answered meanwhile is never replaced unseen." }
                        button.btn.btn-p type="submit" { "Save answers" }
                    }
                }
            } @else {
                ol.q {
                    @for each in &one.questions { (question::told(each, &here.clock)) }
                    @if !one.comment.is_empty() { li { h3 { "Comment" } p.small { (one.comment) } } }
                }
            }
        }
    }
}

fn assignment(
    here: &InProject,
    one: &ChecklistSectionView,
    people: &[(String, String)],
    again: &Again,
) -> Markup {
    let choices = people.iter().map(|(_, name)| Choice::new(name, name)).collect();
    let field = Field::new("person", "Who fills in this section", Input::Select(choices))
        .value(one.assigned.clone().unwrap_or_default())
        .hint(format!("Usually: {}.", words::role(&one.usually)))
        .optional();
    let to = format!("checklist/assign/{}", one.name);
    let it: Form = here.form("checklist_assign", &to, "Hand over", vec![field]).plain();
    Card::new("assign", "Hand this section over").padded(&form(&it, &again.of("checklist_assign")))
}

/// The criteria of the gate, what is not met first.
fn before_sending(here: &InProject, view: &ChecklistView) -> Markup {
    let mut criteria: Vec<_> = view.gate.verdict.criteria.iter().collect();
    criteria.sort_by_key(|judged| match judged.status {
        Status::Unmet | Status::Stale => 0,
        Status::Warning | Status::Waived => 1,
        Status::Met => 2,
        Status::NotApplicable => 3,
    });
    let lines: Vec<Item> = criteria
        .iter()
        .map(|judged| {
            let more = judged.details.len().saturating_sub(3);
            let shown = judged.details.iter().take(3).cloned().collect::<Vec<_>>().join("; ");
            let note = html! {
                (words::value(&judged.value, judged.unit.as_deref())) ", asked: " (words::threshold(judged)) ". "
                @if judged.status.denies() || judged.status == Status::Warning {
                    (shown) @if more > 0 { " and " (more) " more" }
                }
            };
            Item::new(judged.status.into(), &judged.title).note(note)
        })
        .collect();
    let answer = crate::components::verdict::answer(&view.gate.verdict);
    let gate = Action::go("to-gate", "The gate", here.at("gates/checklist")).look(Look::Small);
    Card::new("before-sending", "Before it can be sent")
        .state(if view.gate.open { State::Done } else { State::Bad })
        .end(action(&gate))
        .foot(html! { (answer) })
        .around(&items(&lines))
}

fn from_file(here: &InProject, again: &Again) -> Markup {
    let field = Field::new("file", "File of answers", Input::File(".toml,.json"))
        .hint("TOML or JSON, schema golive.answers/1, of any number of sections. All of it is taken, or nothing.");
    let it =
        here.form("checklist_import", "checklist/import", "Take the answers", vec![field]).plain();
    Card::new("import", "Answers from a file").padded(&form(&it, &again.of("checklist_import")))
}
