//! The plan: chosen or brought in, signed, confirmed; its tasks with their times; the runs that it had.

use super::super::shell::{Again, InProject, Posted, Shown, Uploaded};
use super::{hours, refused, run_state, word};
use crate::components::action::{Action, Look};
use crate::components::dialog::{Dialog, dialog};
use crate::components::facts::{Card, Fig, figs};
use crate::components::form::{self, Choice, Field, Input};
use crate::components::notice::{banner, empty};
use crate::components::state::{State, badge, tag};
use crate::components::table::{Column, Line, Row, Table, table};
use crate::components::time;
use crate::layout::{self, ProjectPage};
use crate::words;
use axum::Router;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use golive_app::cutover::{
    CutoverPlanView, CutoverRunLine, CutoverSignature, PlanChoice, PlanTaskView, RunRequest,
};
use golive_app::{App, Error};
use golive_core::cutover::signature;
use maud::{Markup, html};

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/projects/{slug}/cutover", get(show))
        .route("/projects/{slug}/cutover/plan.csv", get(export))
        .route("/projects/{slug}/cutover/choose", post(choose))
        .route("/projects/{slug}/cutover/import", post(import))
        .route("/projects/{slug}/cutover/sign", post(sign))
        .route("/projects/{slug}/cutover/withdraw", post(withdraw))
        .route("/projects/{slug}/cutover/confirm", post(confirm))
        .route("/projects/{slug}/cutover/open", post(open))
}

async fn show(here: InProject) -> Shown {
    page(&here, Again::none()).await
}

async fn export(here: InProject) -> Shown {
    let file = here.app.cutover_plan_export(&here.actor, here.id).await?;
    let disposition = format!("attachment; filename=\"{}\"", file.file);
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    Ok((headers, file.text).into_response())
}

async fn choose(here: InProject, posted: Posted) -> Shown {
    let choice = PlanChoice { template: posted.text("template").to_owned() };
    let done = here.app.cutover_plan_choose(&here.actor, here.id, &choice).await;
    here.settle(done, ("The plan is there", "cutover"), &posted, |again| page(&here, again)).await
}

async fn import(here: InProject, sent: Uploaded) -> Shown {
    let dry_run = !sent.posted.flag("apply");
    let done = match sent.file("file") {
        Ok(file) => here.app.cutover_plan_import(&here.actor, here.id, file, dry_run).await,
        Err(error) => Err(error),
    };
    let said = match &done {
        Ok(view) => format!(
            "{}: {} added, {} changed, {} removed, {} as before",
            if view.applied { "Brought in" } else { "It would change" },
            view.added.len(),
            view.changed.len(),
            view.removed.len(),
            view.unchanged
        ),
        Err(_) => String::new(),
    };
    here.settle(done, (&said, "cutover"), &sent.posted, |again| page(&here, again)).await
}

async fn sign(here: InProject, posted: Posted) -> Shown {
    let signature = CutoverSignature {
        digest: posted.text("digest").to_owned(),
        meaning: posted.text("meaning").to_owned(),
    };
    let done = here.app.cutover_plan_sign(&here.actor, here.id, &signature).await;
    here.settle(done, ("Signed", "cutover"), &posted, |again| page(&here, again)).await
}

async fn withdraw(here: InProject, posted: Posted) -> Shown {
    let done = here.app.cutover_plan_withdraw(&here.actor, here.id, posted.text("reason")).await;
    here.settle(done, ("The signature is withdrawn", "cutover"), &posted, |again| {
        page(&here, again)
    })
    .await
}

async fn confirm(here: InProject) -> Shown {
    let done = here.app.cutover_plan_confirm(&here.actor, here.id).await;
    here.done(done, "Confirmed: your tasks are known to you", "cutover")
}

async fn open(here: InProject, posted: Posted) -> Shown {
    let done = match posted.read::<RunRequest>() {
        Ok(wanted) => here.app.cutover_run_open(&here.actor, here.id, &wanted).await,
        Err(error) => Err(error),
    };
    let to = match &done {
        Ok(run) => format!("cutover/run/{}", run.id),
        Err(_) => "cutover".to_owned(),
    };
    here.settle(done, ("The run is open; nothing has started yet", &to), &posted, |again| {
        page(&here, again)
    })
    .await
}

async fn page(here: &InProject, again: Again) -> Shown {
    let plan = match here.app.cutover_plan_view(&here.actor, here.id).await {
        Ok(plan) => plan,
        Err(Error::NotFound { .. }) => return none_yet(here, again).await,
        Err(other) => return Err(other.into()),
    };
    let runs = here.app.cutover_run_list(&here.actor, here.id).await?;
    let dialogs = [
        sign_dialog(here, &plan),
        withdraw_dialog(here),
        import_dialog(here),
        open_dialog(here).await?,
    ];
    let body = html! {
        (layout::head("Cutover plan", &lead(&plan), &does(here, &plan)))
        div.mb5 { (stands(here, &plan)) }
        (figures(here, &plan, &runs))
        div.stack.gap5 {
            @if !runs.is_empty() { (runs_card(here, &runs)) }
            @if !plan.problems.is_empty() { (problems(&plan)) }
            (tasks_card(here, &plan))
        }
        @for it in &dialogs { (dialog(it, &again.of(&it.form.id))) }
    };
    here.live_page(ProjectPage::CutoverPlan, "Cutover plan", body).await
}

async fn none_yet(here: &InProject, again: Again) -> Shown {
    let choices = here.app.cutover_templates().into_iter();
    let choices =
        choices.map(|it| Choice::new(it.id, it.title).note(format!("{} tasks", it.tasks)));
    let field = Field::new("template", "Begin with", Input::Radios(choices.collect()));
    let choose = here.form("cutover_plan_choose", "cutover/choose", "Take this plan", vec![field]);
    let upload = import_form(here);
    let body = html! {
        (layout::head("Cutover plan", &html! { "The runbook of the days on which the business moves over." }, &[]))
        div.stack.gap5 {
            (Card::new("choose", "There is no plan yet").padded(&form::form(&choose, &again.of("cutover_plan_choose"))))
            (Card::new("import", "Or bring one in").padded(&form::form(&upload.plain(), &again.of("cutover_plan_import"))))
        }
    };
    here.page(ProjectPage::CutoverPlan, "Cutover plan", body).await
}

fn lead(plan: &CutoverPlanView) -> Markup {
    html! {
        (plan.title) ", version " (plan.version) ", saved " (words::count(plan.number as usize, "time", "times")) ". "
        (plan.tasks.len()) " tasks, a window of " (plan.window_hours) " hours."
    }
}

fn does(here: &InProject, plan: &CutoverPlanView) -> Vec<Action> {
    let open = |op: &str, label: &str, dialog: &str| {
        Action::open(format!("{op}.open"), label, dialog).refused(refused(&plan.actions, op))
    };
    let mut does = vec![
        Action::go("export", "Export", here.at("cutover/plan.csv")),
        open("cutover_plan_import", "Import…", "import-dialog"),
        here.post("cutover_plan_confirm", "Confirm my tasks", "cutover/confirm"),
        open("cutover_run_open", "Open a run…", "open-dialog"),
    ];
    if plan.state == "signed" {
        does.push(open("cutover_plan_withdraw", "Withdraw the signature…", "withdraw-dialog"));
    } else {
        does.push(open("cutover_plan_sign", "Sign…", "sign-dialog").look(Look::Primary));
    }
    does
}

fn stands(here: &InProject, plan: &CutoverPlanView) -> Markup {
    let by = plan.signed_by.as_deref().unwrap_or("somebody");
    match &plan.particulars {
        signature::State::Draft => banner(
            "stands",
            State::Wait,
            "Not signed.",
            &html! { "The customer signs exactly this version; a change needs a new signature." },
            &[],
        ),
        signature::State::Signed { signature } => banner(
            "stands",
            State::Done,
            "Signed.",
            &html! { (by) ", " (time::ago(signature.at, &here.clock)) ": “" (signature.meaning) "”" },
            &[],
        ),
        signature::State::Superseded { since, reason, .. } => banner(
            "stands",
            State::Stale,
            "The signature holds no more.",
            &html! { (by) " had signed; " (time::ago(*since, &here.clock)) ": " (reason) ". It must be signed again." },
            &[],
        ),
    }
}

fn figures(here: &InProject, plan: &CutoverPlanView, runs: &[CutoverRunLine]) -> Markup {
    let moment = |at| words::moment(at, &here.clock);
    let ends = plan.moments.map(|moments| moments.window_ends);
    let end = match (plan.planned_end, ends) {
        (Some(end), Some(last)) => {
            Fig::new("Planned end", moment(end), format!("window ends {}", moment(last)))
                .state(if end <= last { State::Done } else { State::Bad })
        }
        (_, _) => Fig::new("Planned end", "–", "set the go-live date first"),
    };
    let done =
        runs.iter().filter(|run| run.kind == "rehearsal" && run.measured_minutes.is_some()).count();
    let chain = plan.longest_chain_minutes.map_or_else(|| "–".to_owned(), hours);
    let problems = plan.problems.len();
    let figures = [
        end,
        Fig::new(
            "Longest chain",
            chain,
            format!("{} tasks, waiting not counted", plan.longest_chain.len()),
        ),
        Fig::new("Rehearsals", done.to_string(), "finished from opening to closing"),
        Fig::new("Incomplete", problems.to_string(), "owner, backup, check, undo, order")
            .state(if problems == 0 { State::Done } else { State::Warn }),
    ];
    html! { div.mb5 { (figs("figures", "The plan in figures", &figures)) } }
}

fn runs_card(here: &InProject, runs: &[CutoverRunLine]) -> Markup {
    let columns = vec![
        Column::name("Run"),
        Column::summary("State"),
        Column::short("Counts from"),
        Column::figure("Tasks over"),
        Column::figure("Window, measured"),
    ];
    let rows = runs.iter().rev().map(|run| {
        let measured = run.measured_minutes.map(|minutes| {
            let took = u32::try_from(minutes.max(0)).unwrap_or(u32::MAX);
            format!("{} of {}", hours(took), hours(u32::try_from(run.window_minutes).unwrap_or(u32::MAX)))
        });
        Row::new(
            &run.title,
            vec![
                html! { a href=(here.at(&format!("cutover/run/{}", run.id))) { (run.title) } " " (tag(&run.kind)) },
                badge(run_state(&run.state), word(&run.state).as_str()),
                html! { (words::day(&run.day_zero)) },
                html! { (run.over) " of " (run.tasks) },
                html! { (measured.unwrap_or_else(|| "–".to_owned())) },
            ],
        )
    });
    let end = html! { a href=(here.at("cutover/compare")) { "Compare" } };
    Card::new("runs", "Runs")
        .count(runs.len())
        .end(end)
        .around(&table(&Table::new("Runs", columns, rows).folding()))
}

fn problems(plan: &CutoverPlanView) -> Markup {
    let shown = plan.problems.iter().take(40);
    Card::new("problems", "Incomplete").count(plan.problems.len()).state(State::Warn).padded(&html! {
        ul { @for problem in shown { li { (problem) } } }
        @if plan.problems.len() > 40 { p.muted.small { "and " (plan.problems.len() - 40) " more" } }
    })
}

fn tasks_card(here: &InProject, plan: &CutoverPlanView) -> Markup {
    let columns = vec![
        Column::id("#"),
        Column::name("Task"),
        Column::plain("Owner"),
        Column::summary("Start"),
        Column::figure("Plan"),
        Column::figure("Slack").wide_only(),
        Column::plain("After").wide_only(),
    ];
    let number = |id: &str| {
        plan.tasks
            .iter()
            .find(|it| it.task.id == id)
            .map_or_else(|| id.to_owned(), |it| format!("#{}", it.task.number))
    };
    let mut lines: Vec<Line> = Vec::new();
    for (id, title) in &plan.sections {
        let of: Vec<&PlanTaskView> =
            plan.tasks.iter().filter(|it| it.task.section == *id).collect();
        lines.push(Line::Group(title.clone(), words::count(of.len(), "task", "tasks")));
        lines.extend(of.into_iter().map(|it| Line::Row(task_row(here, plan, it, &number))));
    }
    Card::new("tasks", "Tasks")
        .count(plan.tasks.len())
        .around(&table(&Table::new("Tasks", columns, lines).folding()))
}

fn task_row(
    here: &InProject,
    plan: &CutoverPlanView,
    it: &PlanTaskView,
    number: &dyn Fn(&str) -> String,
) -> Row {
    let task = &it.task;
    let after: Vec<String> = task.predecessors.iter().map(|id| number(id)).collect();
    let is_long = plan.longest_chain.contains(&task.id);
    Row::new(
        &task.title,
        vec![
            html! { "#" (task.number) },
            html! {
                (task.title) " "
                @if task.is_checkpoint() { (tag("checkpoint")) }
                @if let Some(operation) = task.kind.operation() { (tag(operation)) }
                @if task.point_of_no_return { (tag("no return")) }
                @if is_long { " " span.xs.c-bad { "critical" } }
            },
            html! { (words::role(&task.owner)) div.xs.muted { "backup " (words::role(&task.backup)) } },
            html! { @match it.slot { Some(slot) => (time::time(slot.earliest_start, &here.clock)), None => { span.faint { "–" } } } },
            html! { (hours(task.durations.planned)) },
            html! { @match it.slot { Some(slot) => (super::signed(slot.slack_minutes)), None => { span.faint { "–" } } } },
            html! { span.xs { (after.join(" ")) } },
        ],
    )
}

fn sign_dialog(here: &InProject, plan: &CutoverPlanView) -> Dialog {
    let meaning = Field::new("meaning", "What the signature says", Input::Area(2))
        .value("We have read this plan and will carry it out as it stands.");
    Dialog {
        id: "sign-dialog".to_owned(),
        title: "Sign the plan".to_owned(),
        text: html! { "For the customer. It binds to exactly this version: " code.xs { (words::digest(&plan.digest)) } },
        keep: "Not yet".to_owned(),
        form: here
            .form("cutover_plan_sign", "cutover/sign", "Sign", vec![meaning])
            .with("digest", plan.digest.clone()),
        is_danger: false,
    }
}

fn withdraw_dialog(here: &InProject) -> Dialog {
    Dialog {
        id: "withdraw-dialog".to_owned(),
        title: "Withdraw the signature".to_owned(),
        text: html! { "The gate before the live run shuts until the plan is signed again." },
        keep: "Keep it signed".to_owned(),
        form: here.form(
            "cutover_plan_withdraw",
            "cutover/withdraw",
            "Withdraw",
            vec![Field::new("reason", "Why", Input::Area(2))],
        ),
        is_danger: true,
    }
}

fn import_form(here: &InProject) -> form::Form {
    let file = Field::new(
        "file",
        "A plan (.toml), or its tasks (.csv, .xlsx)",
        Input::File(".toml,.csv,.xlsx"),
    );
    let apply = Field::new("apply", "Bring it in", Input::Check)
        .hint("Without this only what would change is told.")
        .optional();
    here.form("cutover_plan_import", "cutover/import", "Read it", vec![file, apply])
}

fn import_dialog(here: &InProject) -> Dialog {
    Dialog {
        id: "import-dialog".to_owned(),
        title: "Bring in a plan".to_owned(),
        text: html! { "Tasks are joined by their ids. A signature ends when anything changes." },
        keep: "Keep the plan".to_owned(),
        form: import_form(here),
        is_danger: false,
    }
}

async fn open_dialog(here: &InProject) -> Result<Dialog, Error> {
    let places = here.app.environment_list(&here.actor, here.id).await?;
    let places =
        places.into_iter().map(|it| Choice::new(it.id, format!("{} ({})", it.name, it.purpose)));
    let fields = vec![
        Field::new(
            "kind",
            "What for",
            Input::Radios(vec![
                Choice::new("rehearsal", "Rehearsal").note("to learn how long things take"),
                Choice::new("live", "Live")
                    .note("in production, on the go-live date, behind its gate"),
            ]),
        )
        .value("rehearsal"),
        Field::new("environment", "Where", Input::Select(places.collect())),
        Field::text("title", "Title").optional(),
        Field::new("day_zero", "Day that counts as the go-live day", Input::Line("date"))
            .hint("A rehearsal may have any; without it the window opens today.")
            .optional(),
    ];
    Ok(Dialog {
        id: "open-dialog".to_owned(),
        title: "Open a run".to_owned(),
        text: html! { "It takes the plan as it stands now. Nothing starts yet." },
        keep: "Not now".to_owned(),
        form: here.form("cutover_run_open", "cutover/open", "Open it", fields),
        is_danger: false,
    })
}

/// Before there is a run.
pub(super) fn no_run(here: &InProject) -> Markup {
    let go = Action::go("to-plan", "To the plan", here.at("cutover"));
    html! { (empty("No run yet", "A rehearsal or the live run is opened from the plan.", std::slice::from_ref(&go))) }
}
