//! One finding: risk and recommendation, whose turn it is, the dialogue, and the next thing that this person can do.

use super::desk::{fields, severity, standing};
use super::{page, refused_of};
use crate::components::action::{Look, action};
use crate::components::feed::{Entry, Voice, thread};
use crate::components::form::{Choice, Field, Form, Input, form};
use crate::components::icon::{Icon, icon_small};
use crate::components::person::Person;
use crate::components::state::{State, badge};
use crate::components::time;
use crate::pages::shell::{Again, InProject, Last, Posted, Shown, Uploaded};
use crate::words;
use axum::Router;
use axum::extract::Path;
use axum::routing::post;
use bytes::Bytes;
use golive_app::review::{FindingForm, FindingView, MitigationForm, PROOF_LIMIT};
use golive_app::{App, Error, Result};
use golive_core::id::FindingId;
use maud::{Markup, html};

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/projects/{slug}/review/findings", post(add))
        .route("/projects/{slug}/review/attach/{id}", post(attach))
        .route("/projects/{slug}/review/findings/{id}/{verb}", post(say))
}

async fn add(here: InProject, posted: Posted) -> Shown {
    let done = match posted.read::<FindingForm>() {
        Ok(form) => here.app.finding_add(&here.actor, here.id, &form).await,
        Err(error) => Err(error),
    };
    settle(&here, done, ("Kept as a draft", ""), &posted).await
}

async fn attach(here: InProject, Last(id): Last<FindingId>, sent: Uploaded) -> Shown {
    let done = keep(&here, id, &sent).await;
    settle(&here, done, ("Attached", &id.to_string()), &sent.posted).await
}

async fn keep(here: &InProject, id: FindingId, sent: &Uploaded) -> Result<FindingView> {
    let (name, bytes) = sent.file("file")?;
    here.app.finding_attach_check(&here.actor, id).await?;
    let chunk = Ok::<Bytes, std::convert::Infallible>(Bytes::copy_from_slice(bytes));
    let kept = here.app.keep_file(futures_util::stream::iter([chunk]), PROOF_LIMIT).await?;
    here.app.finding_attach(&here.actor, id, (name, kept)).await
}

/// Everything that is said about a finding; the verb is the one of the API.
async fn say(
    here: InProject,
    Path((_, id, verb)): Path<(String, String, String)>,
    posted: Posted,
) -> Shown {
    let parsed: FindingId = id.parse().map_err(|_| Error::not_found("finding", &id))?;
    let (app, actor) = (&here.app, &here.actor);
    let reason = posted.text("reason");
    let (done, toast) = match verb.as_str() {
        "edit" => (edit(&here, parsed, &posted).await, "Written anew"),
        "publish" => (app.finding_publish(actor, parsed).await, "The team sees it"),
        "mitigate" => (mitigate(&here, parsed, &posted).await, "The reviewer is asked"),
        "ask-proof" => {
            (app.finding_ask_proof(actor, parsed, posted.text("text")).await, "Proof is asked for")
        }
        "reply" => (app.finding_reply(actor, parsed, posted.text("text")).await, "Said"),
        "accept" => (app.finding_accept(actor, parsed).await, "Accepted"),
        "close" => (app.finding_close(actor, parsed, &posted.list("evidence")).await, "Closed"),
        "withdraw" => (app.finding_withdraw(actor, parsed, reason).await, "Withdrawn"),
        "reopen" => (app.finding_reopen(actor, parsed, reason).await, "Open again"),
        "regrade" => {
            let graded = (posted.text("severity"), reason);
            (app.finding_regrade(actor, parsed, graded).await, "Graded anew")
        }
        _ => (Err(Error::not_found("command for findings", verb)), ""),
    };
    settle(&here, done, (toast, &id), &posted).await
}

async fn edit(here: &InProject, id: FindingId, posted: &Posted) -> Result<FindingView> {
    here.app.finding_edit(&here.actor, id, &posted.read::<FindingForm>()?).await
}

async fn mitigate(here: &InProject, id: FindingId, posted: &Posted) -> Result<FindingView> {
    here.app.finding_mitigate(&here.actor, id, &posted.read::<MitigationForm>()?).await
}

async fn settle(
    here: &InProject,
    done: Result<FindingView>,
    (toast, id): (&str, &str),
    posted: &Posted,
) -> Shown {
    let to = if id.is_empty() { "review".to_owned() } else { format!("review?finding={id}") };
    here.settle(done, (toast, &to), posted, |again| page(here, id, again)).await
}

/// The card of the finding that is looked at.
pub(super) fn card(
    here: &InProject,
    finding: &FindingView,
    names: &[String],
    again: &Again,
) -> Markup {
    let (state, stands) = standing(finding);
    let whose = match finding.waits_for.as_deref() {
        Some("team") if finding.counts => badge(State::Wait, "Waiting for the team"),
        Some("reviewer") if finding.counts => badge(State::Wait, "Waiting for the reviewer"),
        _ => badge(state, stands),
    };
    html! {
        section.card id=(format!("finding-{}", finding.id)) aria-labelledby="finding-h" {
            div.card-h {
                span.mono.xs.faint { (finding.number) }
                h2 id="finding-h" { (finding.title) }
                (severity(finding))
                div.end { (whose) }
            }
            div.card-b.stack {
                div.cols-2.gap46 {
                    div.stack-s { h3 { "Risk" } p.small { (finding.risk) } }
                    div.stack-s { h3 { "Recommendation" } p.small { (finding.recommendation) } }
                }
                (sources(here, finding))
                (files(finding))
            }
            @if !finding.thread.is_empty() { (thread(&entries(finding), &here.clock)) }
            (forms(here, finding, names, again))
        }
    }
}

/// The answers that it came from.
fn sources(here: &InProject, finding: &FindingView) -> Markup {
    let question = |id: &String| here.app.content.checklists.values().find_map(|t| t.question(id));
    html! {
        @if !finding.source.is_empty() {
            div.row.small.gap24 {
                @for id in &finding.source {
                    span.row.row-tight {
                        (icon_small(Icon::Link))
                        @match question(id) {
                            Some(question) => {
                                a href=(here.at(&format!("checklist?section={}#q-{}", question.section, question.id))) {
                                    "Answer " (question.number) ": " (question.text)
                                }
                            },
                            None => (id),
                        }
                    }
                }
                @if finding.counts && finding.severity == "critical" {
                    span.row.row-tight { (icon_small(Icon::Gate)) a href=(here.at("gates/production_request")) { "Shuts the production gate" } }
                }
            }
        }
    }
}

fn files(finding: &FindingView) -> Markup {
    html! {
        @if !finding.files.is_empty() {
            div.row {
                @for file in &finding.files {
                    a.tag href=(format!("/api/v1/proofs/{}", file.id)) {
                        (icon_small(Icon::File)) " " (file.name) ", " (words::bytes(file.bytes)) ", by " (file.by)
                    }
                }
            }
        }
    }
}

/// The dialogue; a mitigation says its version, owner and date.
fn entries(finding: &FindingView) -> Vec<Entry> {
    let mut versions = finding.mitigations.iter().peekable();
    let mut entries = Vec::new();
    for (n, message) in finding.thread.iter().enumerate() {
        let id = Some(format!("{}-{n}", finding.number));
        if n == 0 {
            let text = html! { "Finding raised by " (message.by) };
            entries.push(Entry {
                id,
                voice: Voice::System(Icon::Eye, State::Idle),
                at: message.at,
                text,
            });
            continue;
        }
        let person = Person::named(&message.by);
        let offered = versions.next_if(|m| m.by == message.by && m.text == message.text);
        let (person, text) = match offered {
            Some(mitigation) => (
                person.as_role(format!("Mitigation, version {}", mitigation.version)),
                html! {
                    p { (mitigation.text) }
                    p.xs.muted { (mitigation.owner) " until " (time::day(mitigation.due))
                        @if !mitigation.evidence.is_empty() { ", with " (words::count(mitigation.evidence.len(), "file", "files")) } }
                },
            ),
            None => (person, html! { p { (message.text) } }),
        };
        entries.push(Entry { id, voice: Voice::Person(person), at: message.at, text });
    }
    entries
}

/// What this person can do next. What cannot be done now is left out, except the one thing that everybody waits for.
fn forms(here: &InProject, finding: &FindingView, names: &[String], again: &Again) -> Markup {
    let may = |op: &str| refused_of(&finding.actions, op).is_empty();
    let to = |verb: &str| format!("review/findings/{}/{verb}", finding.id);
    let text = |op: &str, verb: &str, submit: &str, label: &str, name: &str| -> Form {
        here.form(op, &to(verb), submit, vec![Field::new(name, label, Input::Area(2))]).plain()
    };
    html! {
        @if may("finding_mitigate") { div.card-b.reply { (mitigation(here, finding, names, again)) } }
        @if may("finding_accept") || may("finding_close") || may("finding_publish") || finding.state == "proposed" {
            div.card-b.reply.row {
                @if finding.state == "draft" { (action(&here.act(&finding.actions, "finding_publish", &finding.id, ("Publish now", &to("publish"))).look(Look::Primary))) }
                @if finding.state == "proposed" { (action(&here.act(&finding.actions, "finding_accept", &finding.id, ("Accept the mitigation", &to("accept"))).look(Look::Primary))) }
                @if may("finding_close") { (action(&here.act(&finding.actions, "finding_close", &finding.id, ("What was promised is done", &to("close"))))) }
            }
        }
        @let more: Vec<(&str, &str, Form)> = [
            ("finding_reply", "Say something", text("finding_reply", "reply", "Say it", "What you want to say", "text")),
            ("finding_ask_proof", "Ask for proof", text("finding_ask_proof", "ask-proof", "Ask", "What must be shown", "text")),
            ("finding_edit", "Write it anew", here.form("finding_edit", &to("edit"), "Save", fields(Some(finding))).plain()),
            ("finding_regrade", "Grade it anew", regrade(here, &to("regrade"), finding)),
            ("finding_withdraw", if finding.state == "draft" { "Drop the draft" } else { "Withdraw it" }, text("finding_withdraw", "withdraw", "Withdraw", "Why it is none", "reason")),
            ("finding_reopen", "Open it again", text("finding_reopen", "reopen", "Open again", "Why it is not settled", "reason")),
        ].into_iter().filter(|(op, ..)| may(op)).collect();
        @if !more.is_empty() {
            div.card-b.stack-s.line-t {
                @for (op, label, it) in &more {
                    @let filled = again.of(op);
                    details open[filled.is_refused()] { summary.small { (label) } (form(it, &filled)) }
                }
                @if may("finding_reply") || may("finding_publish") { (attach_form(here, finding, again)) }
            }
        }
    }
}

fn mitigation(here: &InProject, finding: &FindingView, names: &[String], again: &Again) -> Markup {
    let version = finding.mitigations.len() + 1;
    let last = finding.mitigations.last();
    let owners = names.iter().map(|name| Choice::new(name, name)).collect();
    let fields = vec![
        Field::new("text", format!("Mitigation, version {version}"), Input::Area(3)),
        Field::new("owner", "Owner", Input::Select(owners))
            .value(last.map(|m| m.owner.clone()).unwrap_or_default()),
        Field::new("due", "Until", Input::Line("date"))
            .value(last.map(|m| m.due.to_string()).unwrap_or_default()),
    ];
    let to = format!("review/findings/{}/mitigate", finding.id);
    let mut it = here.form("finding_mitigate", &to, &format!("Send version {version}"), fields);
    for file in &finding.files {
        it = it.with("evidence", &file.id);
    }
    html! {
        (form(&it, &again.of("finding_mitigate")))
        @if !finding.files.is_empty() { p.xs.muted { "The files attached above go with it." } }
        p.xs.muted { "Sending asks the reviewer and starts the reviewer's clock. Nobody accepts a mitigation of their own." }
    }
}

fn regrade(here: &InProject, to: &str, finding: &FindingView) -> Form {
    let grades = ["critical", "high", "medium", "low"].map(|word| Choice::new(word, word)).into();
    let severity =
        Field::new("severity", "Severity", Input::Select(grades)).value(&finding.severity);
    let reason = Field::new("reason", "Why", Input::Area(2));
    here.form("finding_regrade", to, "Grade anew", vec![severity, reason]).plain()
}

fn attach_form(here: &InProject, finding: &FindingView, again: &Again) -> Markup {
    let filled = again.of("finding_attach");
    let field = Field::new("file", "A file that shows it", Input::File(""))
        .hint("Up to 2 MB here; larger ones with `golive finding attach`.");
    let to = format!("review/attach/{}", finding.id);
    let it = here.form("finding_attach", &to, "Attach", vec![field]).plain();
    html! { details open[filled.is_refused()] { summary.small { "Attach a file" } (form(&it, &filled)) } }
}
