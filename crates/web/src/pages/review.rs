//! The go-live review: whose clock runs, the findings with their dialogue, the workshop, and the reviewer's word.

mod desk;
mod finding;
mod workshop;

use super::shell::{Again, InProject, Posted, Shown};
use crate::components::action::{Action, Look, action};
use crate::components::dialog::{Dialog, dialog};
use crate::components::facts::{Card, Fig, figs};
use crate::components::form::{Field, Input, form};
use crate::components::icon::Icon;
use crate::components::notice::{banner, empty};
use crate::components::state::State;
use crate::components::time;
use crate::layout::{self, ProjectPage};
use crate::words;
use axum::Router;
use axum::extract::Query;
use axum::routing::{get, post};
use golive_app::App;
use golive_app::review::ReviewView;
use golive_app::views::ActionView;
use maud::{Markup, html};
use serde::Deserialize;

/// The pages of this subject.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/projects/{slug}/review", get(show).post(open))
        .route("/projects/{slug}/review/assign", post(assign))
        .route("/projects/{slug}/review/ask", post(ask))
        .route("/projects/{slug}/review/answer", post(answer))
        .route("/projects/{slug}/review/report", post(report))
        .route("/projects/{slug}/review/complete", post(complete))
        .route("/projects/{slug}/review/refuse", post(refuse))
        .route("/projects/{slug}/review/confirm", post(confirm))
        .route("/projects/{slug}/review/reopen", post(reopen))
        .merge(finding::routes())
        .merge(workshop::routes())
}

/// Which finding is shown.
#[derive(Debug, Clone, Default, Deserialize)]
struct Which {
    #[serde(default)]
    finding: String,
}

async fn show(here: InProject, Query(which): Query<Which>) -> Shown {
    page(&here, &which.finding, Again::none()).await
}

async fn open(here: InProject) -> Shown {
    let done = here.app.review_open(&here.actor, here.id).await;
    here.done(done, "A reviewer can take it now", "review")
}

async fn assign(here: InProject) -> Shown {
    let done = here.app.review_assign(&here.actor, here.id, None).await;
    here.done(done, "You review this project", "review")
}

async fn ask(here: InProject, posted: Posted) -> Shown {
    let done = here.app.review_ask(&here.actor, here.id, posted.text("text")).await;
    settle(&here, done, "The team is asked; your clock stands still", &posted).await
}

async fn answer(here: InProject, posted: Posted) -> Shown {
    let done = here.app.review_answer(&here.actor, here.id, posted.text("text")).await;
    settle(&here, done, "Answered; the reviewer's clock runs on", &posted).await
}

async fn report(here: InProject, posted: Posted) -> Shown {
    let done = here.app.review_issue_report(&here.actor, here.id, posted.text("summary")).await;
    settle(&here, done, "The report is out", &posted).await
}

async fn complete(here: InProject) -> Shown {
    let done = here.app.review_complete(&here.actor, here.id).await;
    here.done(done, "The project is released", "review")
}

async fn refuse(here: InProject, posted: Posted) -> Shown {
    let done = here.app.review_refuse(&here.actor, here.id, posted.text("reason")).await;
    settle(&here, done, "Given back to the project", &posted).await
}

async fn confirm(here: InProject) -> Shown {
    let done = here.app.review_confirm(&here.actor, here.id).await;
    here.done(done, "The release holds", "review")
}

async fn reopen(here: InProject, posted: Posted) -> Shown {
    let done = here.app.review_reopen(&here.actor, here.id, posted.text("reason")).await;
    settle(&here, done, "The release is taken back", &posted).await
}

async fn settle<T>(
    here: &InProject,
    done: Result<T, golive_app::Error>,
    toast: &str,
    posted: &Posted,
) -> Shown {
    here.settle(done, (toast, "review"), posted, |again| page(here, "", again)).await
}

async fn page(here: &InProject, finding: &str, again: Again) -> Shown {
    let Some(view) = here.app.review_find(&here.actor, here.id).await? else {
        let open = here.post("review_open", "Open it now", "review");
        let text = "It begins when the checklist is sent. Opened earlier, a reviewer can take it and prepare.";
        let checklist = Action::go("to-checklist", "To the checklist", here.at("checklist"))
            .look(Look::Primary);
        let body = html! {
            (layout::head("Go-live review", &html! { "Experts read the checklist, name what is at risk, and release the project or not." }, &[]))
            (empty("No review yet", text, &[checklist, open]))
        };
        return here.page(ProjectPage::Review, "Review", body).await;
    };
    let people = here.app.member_list(&here.actor, here.id).await?;
    let names: Vec<String> =
        people.iter().filter(|m| !m.service_account).map(|m| m.name.clone()).collect();
    let body = html! {
        (layout::head("Go-live review", &lead(here, &view), &head_actions(here, &view)))
        (dialogs(here, &view, &again))
        (conditions(here, &view, &again))
        (figures(here, &view))
        (desk::desk(here, &view, finding, (&names, &again)))
        div.cols-2.mt4 {
            (workshop::card(here, &view, &names, &again))
            div.stack { (report_card(here, &view)) (desk::add(here, &view, &again)) }
        }
    };
    here.live_page(ProjectPage::Review, "Review", body).await
}

fn lead(here: &InProject, view: &ReviewView) -> Markup {
    html! {
        "Round " (view.round) ". "
        @if let (Some(by), Some(at)) = (&view.submitted_by, view.submitted_at) {
            "Sent by " (by) ", " (time::time(at, &here.clock)) ". "
        }
        @if let Some(at) = view.reported_at { "Report " (time::time(at, &here.clock)) ". " }
        @match &view.reviewer {
            Some(reviewer) => { "Reviewer: " (reviewer.name) "." },
            None => { "Nobody reviews it yet." },
        }
    }
}

/// What a reviewer can do in this state; the rest would only be noise.
fn head_actions(here: &InProject, view: &ReviewView) -> Vec<Action> {
    let act = |op: &str, label: &str, to: &str| here.act(&view.actions, op, "", (label, to));
    let ask = |op: &str, label: &str| {
        let refused = refused_of(&view.actions, op);
        Action::open(format!("{op}-open"), label, format!("{op}-dialog")).refused(refused)
    };
    let mut does = Vec::new();
    if view.reviewer.is_none() {
        does.push(act("review_assign", "Review it myself", "review/assign"));
    }
    match view.state.as_str() {
        "in_review" => {
            does.push(ask("review_ask", "Ask the team…"));
            does.push(ask("review_issue_report", "Issue the report…").look(Look::Primary));
        }
        "report_issued" | "mitigation" => {
            does.push(ask("review_refuse", "Not ready…"));
            does.push(
                act("review_complete", "Release the project", "review/complete")
                    .look(Look::Primary),
            );
        }
        "to_be_confirmed" => {
            does.push(ask("review_reopen", "Take the release back…"));
            does.push(
                act("review_confirm", "Confirm the release", "review/confirm").look(Look::Primary),
            );
        }
        "complete" => does.push(ask("review_reopen", "Take the release back…")),
        _ => {}
    }
    does
}

pub(super) fn refused_of(actions: &[ActionView], op: &str) -> Vec<String> {
    let found = actions.iter().find(|action| action.name == op);
    found.map_or_else(
        || vec!["this cannot be done here".to_owned()],
        |action| action.refused.clone(),
    )
}

fn dialogs(here: &InProject, view: &ReviewView, again: &Again) -> Markup {
    let drafts = view.findings.iter().filter(|finding| finding.state == "draft").count();
    let with = words::count(drafts, "draft becomes an open finding", "drafts become open findings");
    let all = [
        ("review_ask", "Ask the team", "review/ask", ("text", "What do you need to know?"), "Ask",
            "Your clock stands still until the team has answered.".to_owned()),
        ("review_issue_report", "Issue the report", "review/report", ("summary", "Best practices and recommendations"), "Issue the report",
            format!("{with} with it. Drop what you do not want to say before.")),
        ("review_refuse", "Not ready", "review/refuse", ("reason", "What is missing?"), "Give it back",
            "The checklist goes back to the project, and must be sent again: the next round.".to_owned()),
        ("review_reopen", "Take the release back", "review/reopen", ("reason", "Why does it not hold?"), "Take it back",
            "The gate before production shuts until the findings are settled and you release again.".to_owned()),
    ];
    html! {
        @for (op, title, to, (name, label), submit, text) in all {
            @if refused_of(&view.actions, op).is_empty() {
                @let it = here.form(op, to, submit, vec![Field::new(name, label, Input::Area(5))]);
                (dialog(&Dialog {
                    id: format!("{op}-dialog"),
                    title: title.to_owned(),
                    text: html! { (text) },
                    keep: "Not now".to_owned(),
                    form: it,
                    is_danger: matches!(op, "review_refuse" | "review_reopen"),
                }, &again.of(op)))
            }
        }
    }
}

/// What lasts: a conflict of interest, a question to the team, a release in question.
fn conditions(here: &InProject, view: &ReviewView, again: &Again) -> Markup {
    let conflict = view.reviewer.as_ref().and_then(|reviewer| {
        reviewer.conflict.as_ref().map(|conflict| (reviewer.name.clone(), conflict.clone()))
    });
    let question = view.clock.as_ref().and_then(|clock| clock.waits_for.clone());
    let may_answer = refused_of(&view.actions, "review_answer").is_empty();
    html! {
        @if let Some((name, conflict)) = conflict {
            (banner("review-conflict", State::Warn, "Conflict of interest, named.",
                &html! { (name) " " (conflict) ". It stands on record, in this review and in the certificate." }, &[]))
        }
        @if let Some(reason) = &view.returned_because {
            (banner("review-returned", State::Bad, "Not ready.",
                &html! { (reason) " The checklist is open again; sending it begins the next round." },
                &[Action::go("to-checklist", "To the checklist", here.at("checklist"))]))
        }
        @if !view.changes.is_empty() {
            (banner("review-changes", State::Stale, "The release is to be confirmed.",
                &html! { (words::and(&view.changes)) ". Until then it does not count." }, &[]))
        }
        @if let Some(question) = question {
            (banner("review-question", State::Held, "The reviewer asks the team.", &html! { (question) }, &[]))
            @if may_answer {
                (Card::new("answer", "Your answer").padded(&form(
                    &here.form("review_answer", "review/answer", "Answer", vec![Field::new("text", "Answer", Input::Area(3))]),
                    &again.of("review_answer"))))
            }
        }
    }
}

fn figures(here: &InProject, view: &ReviewView) -> Markup {
    let open = view.findings.iter().filter(|finding| finding.counts).count();
    let told = format!("{} critical, {} high", view.critical_open, view.high_open);
    let findings =
        Fig::new("Findings", format!("{open} open"), told).state(if view.critical_open > 0 {
            State::Bad
        } else if open > 0 {
            State::Warn
        } else {
            State::Done
        });
    let workshop = match &view.workshop {
        Some(workshop) => {
            let when =
                workshop.starts.map_or_else(|| "–".to_owned(), |at| words::moment(at, &here.clock));
            Fig::new("Workshop", when, workshop.state.clone())
        }
        None => Fig::new("Workshop", "No date", "with the reviewer"),
    };
    html! { (figs("review-figures", "Review in figures", &[clock(here, view), released(here, view), findings, workshop])) }
}

fn clock(here: &InProject, view: &ReviewView) -> Fig {
    let promise = format!("{} business days, {}", view.report_days, view.calendar);
    match (&view.clock, view.reported_in_time) {
        (Some(clock), _) => {
            let value = match clock.due {
                Some(due) => words::moment(due, &here.clock),
                None => "stands still".to_owned(),
            };
            let state = match (clock.breached, clock.state.as_str()) {
                (true, _) => State::Bad,
                (false, "paused") => State::Held,
                (false, _) => State::Wait,
            };
            let name = if view.state == "to_be_confirmed" {
                "Confirmation due"
            } else {
                "First report due"
            };
            Fig::new(name, value, promise).state(state)
        }
        (None, Some(in_time)) => {
            let (word, state) =
                if in_time { ("kept", State::Done) } else { ("not kept", State::Bad) };
            Fig::new("First report", word, promise).state(state)
        }
        (None, None) => Fig::new("First report", "–", promise),
    }
}

fn released(here: &InProject, view: &ReviewView) -> Fig {
    let word = match view.state.as_str() {
        "planned" | "discover" => ("Not begun", State::Idle),
        "in_review" => ("In review", State::Wait),
        "report_issued" => ("Report issued", State::Run),
        "mitigation" => ("In mitigation", State::Bad),
        "returned" => ("Given back", State::Bad),
        "complete" => ("Released", State::Done),
        _ => ("To be confirmed", State::Stale),
    };
    let note = view.valid_until.map_or_else(
        || "the reviewer releases the project".to_owned(),
        |until| {
            format!("lapses {} unless production is requested", words::moment(until, &here.clock))
        },
    );
    Fig::new("Standing", word.0, note).state(word.1)
}

fn report_card(here: &InProject, view: &ReviewView) -> Markup {
    let Some(summary) = &view.summary else { return html! {} };
    let checklist = Action::go("to-sent", "What was sent", here.at("checklist"))
        .look(Look::Small)
        .icon(Icon::Checklist);
    Card::new("report", "The report").end(action(&checklist)).padded(&html! {
        @for line in summary.lines() { p.small { (line) } }
    })
}
