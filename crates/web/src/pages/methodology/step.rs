//! One step: what done means, what proves it, what it waits for, what can be done, what happened.

use super::history::history;
use super::{refused_of, stands, upload_form, waits};
use crate::components::action::{Action, Look, action_explained, command};
use crate::components::dialog::{Dialog, dialog};
use crate::components::facts::{Card, kv};
use crate::components::feed::feed;
use crate::components::form::{Choice, Field, Input, form};
use crate::components::icon::{Icon, icon_small};
use crate::components::notice::banner;
use crate::components::state::{State, badge, st};
use crate::components::table::{Column, Row, Table, table};
use crate::components::time;
use crate::layout::{self, ProjectPage};
use crate::pages::shell::{Again, InProject, Last, Posted, Shown, Wrong};
use crate::words;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Multipart};
use axum::routing::{get, post};
use golive_app::methodology::{EarlierForm, ProofForm, StepView};
use golive_app::{App, Error};
use golive_core::id::StepId;
use maud::{Markup, html};

/// The pages of one step.
pub(super) fn routes() -> Router<App> {
    let upload = Router::new()
        .route("/projects/{slug}/methodology/evidence/{step}", post(evidence))
        .layer(DefaultBodyLimit::disable()); // The service has its own limit.
    Router::new()
        .merge(upload)
        .route("/projects/{slug}/methodology/steps/{step}", get(show))
        .route("/projects/{slug}/methodology/done/{step}", post(complete))
        .route("/projects/{slug}/methodology/later/{step}", post(record_later))
        .route("/projects/{slug}/methodology/again/{step}", post(reopen))
        .route("/projects/{slug}/methodology/aside/{step}", post(not_applicable))
        .route("/projects/{slug}/methodology/confirm/{step}", post(confirm))
        .route("/projects/{slug}/methodology/assign/{step}", post(assign))
        .route("/projects/{slug}/methodology/plan/{step}", post(plan))
        .route("/projects/{slug}/methodology/require/{step}", post(require))
}

async fn show(here: InProject, Last(id): Last<StepId>) -> Shown {
    page(&here, id, Again::none()).await
}

/// After a form of this page: back to it, with a toast or with what was wrong.
async fn settled(
    here: InProject,
    id: StepId,
    posted: &Posted,
    (done, toast): (Result<StepView, Error>, &str),
) -> Shown {
    let to = format!("methodology/steps/{id}");
    here.settle(done, (toast, &to), posted, |again| page(&here, id, again)).await
}

async fn complete(here: InProject, Last(id): Last<StepId>, posted: Posted) -> Shown {
    let proof = ProofForm { links: posted.list("links"), note: posted.text("note").to_owned() };
    let done = here.app.step_complete(&here.actor, id, &proof).await;
    settled(here, id, &posted, (done, "The step is done")).await
}

async fn record_later(here: InProject, Last(id): Last<StepId>, posted: Posted) -> Shown {
    let earlier = EarlierForm {
        on: posted.text("on").to_owned(),
        done_by: posted.text("done_by").to_owned(),
        links: posted.list("links"),
        note: posted.text("note").to_owned(),
    };
    let done = here.app.step_record_later(&here.actor, id, &earlier).await;
    settled(here, id, &posted, (done, "The step is recorded")).await
}

async fn reopen(here: InProject, Last(id): Last<StepId>, posted: Posted) -> Shown {
    let done = here.app.step_reopen(&here.actor, id, posted.text("reason")).await;
    settled(here, id, &posted, (done, "The step is open again")).await
}

async fn not_applicable(here: InProject, Last(id): Last<StepId>, posted: Posted) -> Shown {
    let done = here.app.step_not_applicable(&here.actor, id, posted.text("reason")).await;
    settled(here, id, &posted, (done, "Set aside; a second person confirms it")).await
}

async fn confirm(here: InProject, Last(id): Last<StepId>) -> Shown {
    let done = here.app.step_confirm_not_applicable(&here.actor, id).await;
    here.done(done, "The step does not apply", &format!("methodology/steps/{id}"))
}

async fn assign(here: InProject, Last(id): Last<StepId>, posted: Posted) -> Shown {
    let member = Some(posted.text("member")).filter(|text| !text.is_empty());
    let done = here.app.step_assign(&here.actor, id, member).await;
    settled(here, id, &posted, (done, "Assigned")).await
}

async fn plan(here: InProject, Last(id): Last<StepId>, posted: Posted) -> Shown {
    let on = Some(posted.text("on")).filter(|text| !text.is_empty());
    let done = here.app.step_plan(&here.actor, id, on).await;
    settled(here, id, &posted, (done, "Planned")).await
}

async fn require(here: InProject, Last(id): Last<StepId>, posted: Posted) -> Shown {
    let wanted = (posted.text("required") == "yes", posted.text("reason"));
    let done = here.app.step_require(&here.actor, id, wanted).await;
    settled(here, id, &posted, (done, "Changed in this project")).await
}

/// The file goes to the service as it arrives; nothing of it is held here.
async fn evidence(here: InProject, Last(id): Last<StepId>, mut sent: Multipart) -> Shown {
    let broken = |error: axum::extract::multipart::MultipartError| {
        Wrong(Error::invalid("file", "a whole form", error.body_text()))
    };
    let mut kind = None;
    while let Some(field) = sent.next_field().await.map_err(broken)? {
        match (field.name(), field.file_name().map(str::to_owned)) {
            (Some("kind"), None) => kind = Some(field.text().await.map_err(broken)?),
            (Some("file"), Some(name)) => {
                let stream = Box::pin(field);
                let file = (name.as_str(), kind.as_deref());
                let done = here.app.step_evidence(&here.actor, id, file, stream).await;
                return here.done(done, "Attached", &format!("methodology/steps/{id}"));
            }
            (_, _) => {}
        }
    }
    Err(Wrong(Error::invalid("file", "a file", "none")))
}

async fn page(here: &InProject, id: StepId, again: Again) -> Shown {
    let step = here.app.step_view(&here.actor, id).await?;
    let members = here.app.member_list(&here.actor, here.id).await?;
    let (state, word) = stands(&step.row);
    let lead = html! {
        a href=(format!("{}?phase={}", here.at("methodology"), step.row.phase)) { "Step " (step.row.number) } ", "
        @if step.row.required { "required" } @else { "optional" }
        ", " (whose(&step.row.side)) "; usually done by: " (step.role_title) "."
    };
    let dialogs = dialogs(here, &step);
    let body = html! {
        (layout::head(&step.row.title, &lead, &head_actions(here, &step)))
        (waiting(here, &step))
        div.cols {
            div.stack.gap5 {
                (Card::new("meaning", "What done means").end(badge(state, word)).padded(&html! {
                    p { (step.description) }
                    p.small.muted { "Proven by " (proofs_words(&step.takes)) "." }
                }))
                @if step.row.state == "open" || step.row.state == "set aside" { (to_do(here, &step, &again)) }
                @if step.row.state == "done" { (proven(here, &step)) }
            }
            div.stack.gap5 {
                (facts(&step))
                (planning(here, &step, &members, &again))
                (Card::new("history", "What happened").padded(&feed(&history(&step.history), &here.clock)))
            }
        }
        @for it in &dialogs { (dialog(it, &again.of(&it.form.id))) }
    };
    here.live_page(ProjectPage::Methodology, &step.row.title, body).await
}

fn whose(side: &str) -> String {
    match side {
        "both" => "work of customer and partner together".to_owned(),
        side => format!("work of the {side}"),
    }
}

/// Any one of these is enough.
fn proofs_words(takes: &[String]) -> String {
    takes.iter().map(|kind| kind_words(kind)).collect::<Vec<_>>().join(", or ")
}

fn kind_words(kind: &str) -> String {
    match kind.strip_prefix("record:") {
        Some(record) => {
            format!("the record “{}”, which golive looks up itself", words::role(record))
        }
        None => match kind {
            "document" => "a document".to_owned(),
            "file" => "a file that golive reads".to_owned(),
            _ => "a link".to_owned(),
        },
    }
}

fn waiting(here: &InProject, step: &StepView) -> Markup {
    if step.row.waits_for.is_empty() {
        return html! {};
    }
    let title = "Locked until other steps are done.";
    banner(
        "locked",
        State::Lock,
        title,
        &html! { "It waits for " (waits(here, &step.row)) "." },
        &[],
    )
}

/// Buttons of the head: what does not need the page's own forms.
fn head_actions(here: &InProject, step: &StepView) -> Vec<Action> {
    let opens = |op: &str, label: &str| {
        let open = Action::open(op, label, format!("dialog-{op}"));
        open.refused(refused_of(&step.actions, op))
    };
    match step.row.state.as_str() {
        "done" | "not applicable" => vec![opens("step_reopen", "Reopen…")],
        "set aside" => {
            let to = format!("methodology/confirm/{}", step.row.id);
            let label = ("Confirm: it does not apply", to.as_str());
            let confirm = here.act(&step.actions, "step_confirm_not_applicable", "", label);
            vec![opens("step_reopen", "Reopen…"), confirm.look(Look::Primary)]
        }
        _ => vec![
            opens("step_not_applicable", "Does not apply…"),
            opens(
                "step_require",
                if step.row.required { "Make optional…" } else { "Make required…" },
            ),
        ],
    }
}

fn dialogs(here: &InProject, step: &StepView) -> Vec<Dialog> {
    let id = &step.row.id;
    let one = |op: &str, slug: &str, title: &str, text: &str, submit: &str| Dialog {
        id: format!("dialog-{op}"),
        title: title.to_owned(),
        text: html! { (text) },
        keep: "Leave it".to_owned(),
        form: here.form(
            &format!("{op}.{id}"),
            &format!("methodology/{slug}/{id}"),
            submit,
            vec![Field::new("reason", "Why", Input::Area(2))],
        ),
        is_danger: false,
    };
    let mut require = one(
        "step_require",
        "require",
        if step.row.required { "Make it optional" } else { "Make it required" },
        "Only in this project; the template stays as it is. The reviewer sees it.",
        "Change it",
    );
    let wanted = if step.row.required { "no" } else { "yes" };
    require.form = require.form.with("required", wanted);
    vec![
        one(
            "step_reopen",
            "again",
            "Reopen the step",
            "What proved it stays in the history.",
            "Reopen",
        ),
        one(
            "step_not_applicable",
            "aside",
            "It does not apply",
            "A second person of the customer, or the reviewer, confirms it.",
            "Set it aside",
        ),
        require,
    ]
}

/// The forms that get a step done.
fn to_do(here: &InProject, step: &StepView, again: &Again) -> Markup {
    let id = &step.row.id;
    let takes = |kind: &str| step.takes.iter().any(|taken| taken == kind);
    let mut fields = Vec::new();
    if takes("link") {
        fields.push(
            Field::new("links", "Links", Input::Area(2))
                .optional()
                .hint("One address on each line."),
        );
    }
    fields.push(Field::new("note", "A word about it", Input::Area(2)).optional());
    let refused = refused_of(&step.actions, "step_complete");
    let complete =
        here.form("step_complete", &format!("methodology/done/{id}"), "Mark as done", fields);
    html! {
        @if !step.records.is_empty() { (records(step)) }
        @if takes("document") || takes("file") || !step.records.is_empty() { (files(here, step)) }
        (Card::new("complete", "Mark as done").padded(&html! {
            @if refused.is_empty() { (form(&complete, &again.of("step_complete"))) }
            @else {
                (action_explained(&here.act(&step.actions, "step_complete", "", ("Mark as done", &format!("methodology/done/{id}")))))
            }
            p.xs.muted.mt3 { "Or " (command(&format!("golive step complete {id}"))) }
        }))
        (later(here, step, again))
    }
}

/// Work that was done before golive knew of the project.
fn later(here: &InProject, step: &StepView, again: &Again) -> Markup {
    let id = &step.row.id;
    let refused = refused_of(&step.actions, "step_record_later");
    if !refused.is_empty() {
        return html! {};
    }
    let fields = vec![
        Field::new("on", "The real day", Input::Line("date")),
        Field::text("done_by", "Who did it")
            .hint("By name: not everybody of then is a member now."),
        Field::new("links", "Links", Input::Area(2))
            .optional()
            .hint("One address on each line; a link or an attached file is needed."),
        Field::new("note", "A word about it", Input::Area(2)).optional(),
    ];
    let filled = again.of("step_record_later");
    let record = here
        .form("step_record_later", &format!("methodology/later/{id}"), "Record it", fields)
        .plain();
    html! {
        details.card.card-b open[filled.is_refused()] {
            summary { "It was done before: record it later" }
            div.mt3 { (form(&record, &filled)) }
        }
    }
}

fn records(step: &StepView) -> Markup {
    let columns = vec![
        Column::name("Record"),
        Column::plain("Wanted"),
        Column::plain("Found"),
        Column::summary("State"),
    ];
    let rows = step.records.iter().map(|record| {
        let (state, word) =
            if record.holds { (State::Done, "Holds") } else { (State::Bad, "Does not hold") };
        Row::new(
            &record.record,
            vec![
                html! { (words::role(&record.record)) div.xs.muted.fw4 { code { (record.fact) } } },
                html! { (record.wanted) },
                html! { (record.found) @for detail in record.details.iter().take(5) { div.xs.muted { (detail) } } },
                badge(state, word),
            ],
        )
    });
    let foot = html! { "golive looks these up itself, now and when the step is marked; nobody claims them." };
    Card::new("records", "What golive verifies")
        .foot(foot)
        .around(&table(&Table::new("Records", columns, rows)))
}

/// Files that are attached, and one more.
fn files(here: &InProject, step: &StepView) -> Markup {
    let id = &step.row.id;
    let kinds = vec![
        Choice::new("document", "A document that people read"),
        Choice::new("file", "A file that golive reads too"),
    ];
    let takes_both =
        step.takes.iter().any(|k| k == "document") && step.takes.iter().any(|k| k == "file");
    let only =
        if step.takes.iter().any(|k| k == "file") && !takes_both { "file" } else { "document" };
    let mut fields = Vec::new();
    if takes_both {
        fields.push(Field::new("kind", "Kind", Input::Select(kinds)).value(only));
    }
    let takes_none = !step.takes.iter().any(|kind| kind == "document" || kind == "file");
    let mut file = Field::new("file", "File", Input::File(""));
    if takes_none {
        file = file
            .hint("A file proves this step only when it is recorded later, as work of the past.");
    }
    fields.push(file);
    let mut upload = upload_form(
        "step_evidence",
        &here.at(&format!("methodology/evidence/{id}")),
        "Attach",
        fields,
    )
    .plain();
    if !takes_both {
        upload = upload.with("kind", only);
    }
    Card::new("files", "Files").count(step.attached.len()).padded(&html! {
        @if !step.attached.is_empty() {
            ul.list.small {
                @for file in &step.attached {
                    li {
                        (icon_small(Icon::File))
                        div.grow { a href=(format!("/api/v1/evidence/{}", file.id)) { (file.name) }
                            div.muted.xs { (words::bytes(file.bytes)) ", " (file.by) ", " (time::ago(file.at, &here.clock)) } }
                    }
                }
            }
        }
        (form(&upload, &crate::components::form::Filled::default()))
    })
}

/// What proved a step that is done.
fn proven(here: &InProject, step: &StepView) -> Markup {
    Card::new("proof", "What shows it").count(step.proven_by.len()).padded(&html! {
        @if step.proven_by.is_empty() { p { (st(State::Warn, "Nothing shows it")) } }
        ul.list.small {
            @for proof in &step.proven_by {
                li {
                    (icon_small(if proof.kind == "link" { Icon::Link } else { Icon::File }))
                    div.grow {
                        @match (proof.kind.as_str(), &proof.evidence) {
                            ("link", _) => { a href=(proof.text) rel="noopener noreferrer" { (proof.text) } },
                            (_, Some(evidence)) => { a href=(format!("/api/v1/evidence/{evidence}")) { (proof.text) } },
                            (_, None) => { (proof.text) },
                        }
                        div.muted.xs { (proof.kind) }
                    }
                }
            }
        }
        @if !step.note.is_empty() { p.small { "“" (step.note) "”" } }
        @if let (Some(on), Some(by)) = (&step.earlier_on, &step.earlier_by) {
            p.small.muted { "Recorded later: done on " (on) " by " (by) "." }
        }
        @if let (Some(by), Some(at)) = (&step.by, step.at) { p.small.muted { "Marked by " (by) ", " (time::time(at, &here.clock)) "." } }
    })
}

fn facts(step: &StepView) -> Markup {
    let day = step.row.planned.as_deref().and_then(|day| day.parse().ok()).map(words::date);
    let mut lines = vec![
        ("Due", html! { (day.unwrap_or_else(|| "no day".to_owned())) }),
        ("Assigned to", html! { (step.row.assigned.as_deref().unwrap_or("nobody yet")) }),
        ("Usual role", html! { (step.role_title) }),
        ("Name in files", html! { code { (step.row.name) } }),
        ("Source", html! { (step.source) }),
    ];
    if step.row.state == "not applicable" || step.row.state == "set aside" {
        lines.insert(0, ("Why it does not apply", html! { (step.note) }));
        lines.insert(1, ("Said by", html! { (step.by.as_deref().unwrap_or_default()) }));
        let confirmed = step.confirmed_by.as_deref().unwrap_or("nobody yet");
        lines.insert(2, ("Confirmed by", html! { (confirmed) }));
    }
    Card::new("facts", "Facts").padded(&kv(&lines))
}

/// Who does it, and when.
fn planning(
    here: &InProject,
    step: &StepView,
    members: &[golive_app::people::MemberView],
    again: &Again,
) -> Markup {
    let id = &step.row.id;
    if !refused_of(&step.actions, "step_assign").is_empty() {
        return html! {};
    }
    let people = members.iter().filter(|member| !member.service_account);
    let choices: Vec<Choice> = people.map(|m| Choice::new(&m.id, &m.name)).collect();
    let mine = members.iter().find(|member| Some(&member.name) == step.row.assigned.as_ref());
    let member = Field::new("member", "Assigned to", Input::Select(choices))
        .optional()
        .value(mine.map(|member| member.id.clone()).unwrap_or_default());
    let assign = here
        .form("step_assign", &format!("methodology/assign/{id}"), "Assign", vec![member])
        .plain();
    let day = Field::new("on", "Due", Input::Line("date"))
        .optional()
        .value(step.row.planned.clone().unwrap_or_default());
    let plan = here.form("step_plan", &format!("methodology/plan/{id}"), "Plan", vec![day]).plain();
    let can_plan = refused_of(&step.actions, "step_plan").is_empty();
    Card::new("planning", "Who and when").padded(&html! {
        (form(&assign, &again.of("step_assign")))
        @if can_plan { div.mt3 { (form(&plan, &again.of("step_plan"))) } }
    })
}
