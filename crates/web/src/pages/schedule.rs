//! The schedule: everything counted back from the go-live date, the milestones and their plan, the history of the date.

mod milestone;

use super::shell::{Again, InProject, Posted, Shown};
use crate::components::action::{Action, Look, action};
use crate::components::chart::timeline::{
    Band, BandKind, Bar, BarLook, Lane, Mark, Timeline, timeline,
};
use crate::components::dialog::{Dialog, dialog};
use crate::components::facts::{Card, Fig, figs};
use crate::components::form::{Field, Input};
use crate::components::notice::banner;
use crate::components::state::{State, badge, st};
use crate::components::table::{Column, Row, Table, table};
use crate::components::time;
use crate::layout::{self, ProjectPage};
use crate::words;
use axum::Router;
use axum::routing::{get, post};
use golive_app::App;
use golive_app::schedule::{LineView, MilestoneView, MilestonesView, ScheduleView};
use golive_app::views::ActionView;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use maud::{Markup, html};

/// The pages of this subject.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/projects/{slug}/schedule", get(show))
        .route("/projects/{slug}/schedule/go-live-date", post(move_date))
        .route("/projects/{slug}/schedule/publish", post(publish))
        .route("/projects/{slug}/schedule/confirm", post(confirm))
        .route("/projects/{slug}/schedule/recount", post(recount))
        .merge(milestone::routes())
}

async fn show(here: InProject) -> Shown {
    page(&here, Again::none()).await
}

async fn move_date(here: InProject, posted: Posted) -> Shown {
    let done = match posted.value::<Date>("date", "a date such as 2027-04-05") {
        Ok(date) => {
            here.app.go_live_date_set(&here.actor, here.id, date, posted.text("reason")).await
        }
        Err(error) => Err(error),
    };
    let to = ("The go-live date is set", "schedule");
    here.settle(done, to, &posted, |again| page(&here, again)).await
}

async fn publish(here: InProject) -> Shown {
    let done = here.app.milestone_publish(&here.actor, here.id).await;
    here.done(done, "The plan is published", "schedule")
}

async fn confirm(here: InProject) -> Shown {
    let done = here.app.milestone_confirm(&here.actor, here.id).await;
    here.done(done, "Confirmed: the dates hold", "schedule")
}

async fn recount(here: InProject, posted: Posted) -> Shown {
    let done = here.app.milestone_recount(&here.actor, here.id, posted.text("reason")).await;
    let to = ("Counted back again", "schedule");
    here.settle(done, to, &posted, |again| page(&here, again)).await
}

async fn page(here: &InProject, again: Again) -> Shown {
    let schedule = here.app.schedule_view(&here.actor, here.id).await?;
    let plan = here.app.milestone_list(&here.actor, here.id).await?;
    let dialogs = [date_dialog(here, &schedule), recount_dialog(here)];
    let body = html! {
        (layout::head("Schedule", &lead(&schedule), &date_action(&schedule)))
        @for fault in &schedule.faults {
            (banner("fault", State::Warn, "There is no schedule yet.", &html! { (words::role(fault)) "." }, &[]))
        }
        @if schedule.go_live.is_some() { (figures(here, &schedule)) }
        div.stack.gap5 {
            @if !schedule.lines.is_empty() {
                (chart(here, &schedule))
                (lines(here, &schedule))
            }
            (milestones(here, &plan))
            @if !schedule.date_history.is_empty() { (history(here, &schedule)) }
            @if !schedule.clashes.is_empty() { (clashes(&schedule)) }
        }
        @for it in &dialogs { (dialog(it, &again.of(&it.form.id))) }
    };
    here.live_page(ProjectPage::Schedule, "Schedule", body).await
}

/// The whole in one sentence.
fn lead(schedule: &ScheduleView) -> Markup {
    let name = |item: &Option<String>| item.as_deref().map(item_words);
    html! {
        @if schedule.go_live.is_none() { "Everything is counted back from the go-live date, the first day of live operations." }
        @else if let Some(missed) = name(&schedule.first_miss) {
            "Planned back from the go-live date. It no longer fits: the first thing that missed its latest moment is " b { (missed) } "."
        } @else if schedule.next.is_none() {
            "Planned back from the go-live date. Nothing is left to do."
        } @else {
            "Planned back from the go-live date. Everything fits"
            @if let Some(next) = name(&schedule.next) { "; next is " b { (next) } }
            "."
        }
    }
}

fn date_action(schedule: &ScheduleView) -> Vec<Action> {
    let label = if schedule.go_live.is_some() {
        "Move the go-live date…"
    } else {
        "Set the go-live date…"
    };
    let open = Action::open("go_live_date_set.open", label, "move-date");
    vec![open.look(Look::Primary).refused(refused_of(&schedule.actions, "go_live_date_set"))]
}

fn date_dialog(here: &InProject, schedule: &ScheduleView) -> Dialog {
    let is_move = schedule.go_live.is_some();
    let mut reason = Field::new("reason", "Why", Input::Area(2));
    if !is_move {
        reason = reason.optional();
    }
    let date = Field::new("date", "First day of live operations", Input::Line("date"))
        .value(schedule.go_live.clone().unwrap_or_default())
        .hint("In the project's zone; the cutover starts before it.");
    Dialog {
        id: "move-date".to_owned(),
        title: if is_move { "Move the go-live date" } else { "Set the go-live date" }.to_owned(),
        text: html! {
            @if is_move { "The history keeps every move. A move beyond the policy's tolerance makes the reviewer confirm again." }
            @else { "Milestones and steps without a day of their own are counted back from it." }
        },
        keep: schedule
            .go_live
            .as_deref()
            .map_or_else(|| "Not yet".to_owned(), |date| format!("Keep {date}")),
        form: here.form(
            "go_live_date_set",
            "schedule/go-live-date",
            if is_move { "Move it" } else { "Set it" },
            vec![date, reason],
        ),
        is_danger: false,
    }
}

fn recount_dialog(here: &InProject) -> Dialog {
    let reason = Field::new("reason", "Why", Input::Area(2))
        .hint("A published date moves only with a reason.")
        .optional();
    Dialog {
        id: "recount".to_owned(),
        title: "Count the dates back again".to_owned(),
        text: html! { "Every milestone that lies ahead gets the day that its template counts back from the go-live date. Days set by hand are replaced." },
        keep: "Keep the days".to_owned(),
        form: here.form("milestone_recount", "schedule/recount", "Count back", vec![reason]),
        is_danger: false,
    }
}

fn figures(here: &InProject, schedule: &ScheduleView) -> Markup {
    let date: Option<Date> = schedule.go_live.as_deref().and_then(|date| date.parse().ok());
    let open = schedule.lines.iter().filter(|line| line.fit == "fits" || line.fit == "missed");
    let least = open.filter(|line| line.item != "date_set").min_by_key(|line| line.slack_minutes);
    let fitting = schedule.first_fitting.as_deref().and_then(|date| date.parse().ok());
    let moved = schedule.date_history.len().saturating_sub(1);
    let figures = [
        Fig::new(
            "Go-live",
            date.map_or_else(|| "not set".to_owned(), words::date_short),
            date.map_or_else(String::new, |date| words::t_minus(date, here.today())),
        ),
        match least {
            Some(line) => Fig::new("Least slack", slack_words(line), item_words(&line.item))
                .state(line_state(line)),
            None => Fig::new("Least slack", "–", "nothing is left to do"),
        },
        match (fitting, least) {
            (None, None) => Fig::new("Earliest that fits", "–", "nothing is left to do"),
            (fitting, _) => Fig::new(
                "Earliest that fits",
                fitting.map_or_else(|| "none in a year".to_owned(), words::date_short),
                "if nothing takes longer",
            ),
        },
        Fig::new(
            "Moved",
            if moved == 0 { "never".to_owned() } else { words::count(moved, "time", "times") },
            "since it was first set",
        ),
    ];
    html! { div.mb5 { (figs("figures", "Slack", &figures)) } }
}

/// A thing of the schedule, in words.
pub(crate) fn item_words(item: &str) -> String {
    let known = match item {
        "date_set" => "Go-live date set",
        "checklist_sent" => "Checklist to the reviewer",
        "review_started" => "Review started",
        "review_received" => "Reviewer has all he needs",
        "review_complete" => "Review complete",
        "production_signed_off" => "Production requested",
        "production_deployed" => "Production deployed",
        "package_filed" => "Package for production filed",
        "package_started" => "Package installation starts",
        "copy_filed" => "Database copy filed",
        "copy_started" => "Database copy starts",
        "cutover_started" => "Cutover starts",
        "cutover_ended" => "Cutover ends",
        "go_live" => "First day of live operations",
        other => return words::role(&other.replace('_', " ")),
    };
    known.to_owned()
}

fn slack_words(line: &LineView) -> String {
    let Some(minutes) = line.slack_minutes else { return "done".to_owned() };
    let size = words::span(SignedDuration::from_mins(minutes.abs()));
    if minutes < 0 { format!("{size} late") } else { size }
}

/// Less than a week is tight.
fn line_state(line: &LineView) -> State {
    const TIGHT: i64 = 7 * 24 * 60;
    match (line.fit.as_str(), line.slack_minutes) {
        ("done", _) => State::Done,
        ("done_late", _) => State::Warn,
        ("missed", _) if line.enforcement.as_deref() == Some("warn") => State::Warn,
        ("missed", _) => State::Bad,
        (_, Some(minutes)) if minutes < TIGHT => State::Warn,
        (_, _) => State::Idle,
    }
}

fn chart(here: &InProject, schedule: &ScheduleView) -> Markup {
    let now = here.clock.now;
    let last = schedule.lines.iter().map(|line| line.latest).max().unwrap_or(now);
    let week = SignedDuration::from_hours(7 * 24);
    let ahead = schedule.lines.iter().filter(|line| line.latest > now - week * 2);
    let lanes: Vec<Lane> = ahead.map(|line| lane(here, line)).collect();
    let zone = project_zone(here);
    let midnight = |day: &str| {
        let day: Option<Date> = day.parse().ok();
        day.and_then(|day| zone.to_timestamp(day.at(0, 0, 0, 0)).ok())
    };
    let bands = schedule.clashes.iter().filter_map(|clash| {
        let to = midnight(&clash.ends)?.checked_add(SignedDuration::from_hours(24)).ok()?;
        Some(Band { from: midnight(&clash.starts)?, to, kind: BandKind::Freeze })
    });
    let (from, to) = (now.min(last) - week, last.max(now) + week);
    let chart = Timeline {
        id: "latest".to_owned(),
        label: sentence(schedule),
        from,
        to,
        shows_now: true,
        lanes,
        marks: vec![Mark { at: last, label: "Go-live".to_owned(), is_last_chance: false }],
        bands: bands.filter(|band| band.from < to && band.to > from).collect(),
    };
    let end = html! { span.tag { (schedule.reviewer_calendar) } };
    Card::new("chart", "Latest start of everything").end(end).around(&timeline(&chart, &here.clock))
}

fn sentence(schedule: &ScheduleView) -> String {
    let date = schedule.go_live.as_deref().unwrap_or("no date");
    match &schedule.first_miss {
        Some(item) => {
            format!("Schedule planned back from {date}. Missed first: {}.", item_words(item))
        }
        None => format!("Schedule planned back from {date}. Everything fits."),
    }
}

fn lane(here: &InProject, line: &LineView) -> Lane {
    let day = SignedDuration::from_hours(24);
    let planned = line.planned.as_deref().and_then(|day| day.parse::<Date>().ok());
    let planned =
        planned.and_then(|date| project_zone(here).to_timestamp(date.at(0, 0, 0, 0)).ok());
    let bar = match (line.done_at, planned) {
        (Some(at), _) => Some((at - day, at, BarLook::Done)),
        (None, Some(at)) if at > line.latest => Some((at, at + day, BarLook::Bad)),
        (None, Some(at)) => Some((at, at + day, BarLook::Plan)),
        (None, None) => Some((line.latest - day, line.latest, BarLook::Idle)),
    };
    let bars = bar.map(|(from, to, look)| Bar::new(&line.item, from, to, look));
    Lane::new(item_words(&line.item), bars.into_iter().collect())
        .latest(line.latest, slack_words(line))
}

fn project_zone(here: &InProject) -> TimeZone {
    TimeZone::get(&here.project().time_zone).unwrap_or(TimeZone::UTC)
}

/// The same in figures.
fn lines(here: &InProject, schedule: &ScheduleView) -> Markup {
    let columns = vec![
        Column::name("What must happen"),
        Column::short("Latest"),
        Column::short("Recommended").wide_only(),
        Column::short("Planned"),
        Column::summary("Slack"),
        Column::plain("What fixes that moment"),
    ];
    let moment = |at: Option<Timestamp>| html! { @match at { Some(at) => (time::time(at, &here.clock)), None => { span.faint { "–" } } } };
    let rows = schedule.lines.iter().map(|line| {
        let state = line_state(line);
        let planned = line.planned.as_deref().and_then(|day| day.parse().ok()).map(words::date_short);
        let word = match line.fit.as_str() {
            "done" => "Done".to_owned(),
            "done_late" => "Done late".to_owned(),
            _ => slack_words(line),
        };
        let row = Row::new(
            &line.item,
            vec![
                html! { (item_words(&line.item))
                    @if !line.calendar_covers { div.xs.muted.fw4 { "the reviewer's holidays of that time are not known yet" } } },
                html! { span.strong { (time::time(line.latest, &here.clock)) } },
                moment(line.recommended),
                html! { @match planned { Some(day) => (day), None => { span.faint { "–" } } } },
                badge(state, word.as_str()),
                html! { @if line.settings.is_empty() { span.muted { "what comes after it" } }
                    @for (n, setting) in line.settings.iter().enumerate() { @if n > 0 { ", " } code.xs { (setting) } } },
            ],
        );
        if state == State::Bad { row.state(State::Bad) } else { row }
    });
    Card::new("lines", "In figures")
        .around(&table(&Table::new("Latest moments", columns, rows).folding()))
}

fn milestones(here: &InProject, plan: &MilestonesView) -> Markup {
    let columns = vec![
        Column::name("Milestone"),
        Column::short("Planned"),
        Column::short("Counted back").wide_only(),
        Column::summary("State"),
        Column::plain("Phase"),
    ];
    let rows = plan.milestones.iter().map(|it| milestone_row(here, it));
    let published = plan.state == "published";
    let act = |op: &str, label: &str, to: &str| {
        here.act(&plan.actions, op, "", (label, to)).look(Look::Small)
    };
    let recount = Action::open("milestone_recount", "Count back again…", "recount")
        .look(Look::Small)
        .refused(refused_of(&plan.actions, "milestone_recount"));
    let end = html! {
        (badge(if published { State::Done } else { State::Idle }, if published { "Published" } else { "Draft" }))
        (action(&recount))
        @if published { (action(&act("milestone_confirm", "Dates hold", "schedule/confirm"))) }
        @else { (action(&act("milestone_publish", "Publish", "schedule/publish").look(Look::SmallPrimary))) }
    };
    let foot = html! {
        @if let (Some(by), Some(at)) = (&plan.confirmed_by, plan.confirmed_at) { "Last confirmed by " (by) ", " (time::ago(at, &here.clock)) ". " }
        "A published date moves only with a reason, and the history keeps it."
    };
    let card = Card::new("milestones", "Milestones").end(end).foot(foot);
    if plan.milestones.is_empty() {
        return Card::new("milestones", "Milestones").padded(&html! {
            p.muted { "They come with the " a href=(here.at("methodology")) { "methodology" } "." }
        });
    }
    card.around(&table(&Table::new("Milestones", columns, rows)))
}

fn milestone_row(here: &InProject, it: &MilestoneView) -> Row {
    let day = |text: &Option<String>| {
        text.as_deref().and_then(|day| day.parse().ok()).map(words::date_short)
    };
    let (state, word) = milestone_state(it);
    Row::new(
        &it.title,
        vec![
            html! { a.ink href=(here.at(&format!("schedule/milestones/{}", it.id))) { (it.title) } div.xs.muted.fw4 { (it.meaning) } },
            html! { @match day(&it.planned) { Some(day) => (day), None => { span.faint { "no day" } } } },
            html! { @if it.counted == it.planned { span.faint { "same" } } @else if let Some(day) = day(&it.counted) { (day) } },
            badge(state, word.as_str()),
            html! { (words::role(&it.phase)) },
        ],
    )
}

/// How a milestone stands, with how late it is or was.
fn milestone_state(it: &MilestoneView) -> (State, String) {
    let days = it.days_late.unwrap_or(0);
    let late = |n: i32| words::count(usize::try_from(n.unsigned_abs()).unwrap_or(0), "day", "days");
    match (it.state.as_str(), it.late) {
        ("reached", _) if days > 0 => (State::Done, format!("Reached, {} late", late(days))),
        ("reached", _) => (State::Done, "Reached".to_owned()),
        (_, true) => (State::Bad, format!("{} late", late(days))),
        (_, false) if it.planned.is_none() => (State::Idle, "No day".to_owned()),
        (_, false) => (State::Idle, format!("In {}", late(days))),
    }
}

fn history(here: &InProject, schedule: &ScheduleView) -> Markup {
    let columns = vec![
        Column::short("When"),
        Column::name("To"),
        Column::figure("Days"),
        Column::plain("Why"),
        Column::short("Who"),
    ];
    let rows = schedule.date_history.iter().rev().map(|moved| {
        Row::new(
            &moved.to,
            vec![
                time::time(moved.at, &here.clock),
                html! { (words::day(&moved.to)) @if let Some(from) = &moved.from { div.xs.muted.fw4 { "from " (words::day(from)) } } },
                html! { @if moved.from.is_some() { (moved.days) } @else { span.faint { "first" } } },
                html! { @if moved.reason.is_empty() { span.faint { "–" } } @else { (moved.reason) } },
                html! { (moved.by) },
            ],
        )
    });
    Card::new("date-history", "The go-live date, every setting")
        .count(schedule.date_history.len())
        .around(&table(&Table::new("History of the go-live date", columns, rows)))
}

fn clashes(schedule: &ScheduleView) -> Markup {
    let columns = vec![
        Column::name("What"),
        Column::short("From"),
        Column::short("To"),
        Column::plain("What is done about it"),
    ];
    let rows = schedule.clashes.iter().map(|clash| {
        let day = |text: &str| text.parse().map_or_else(|_| text.to_owned(), words::date_short);
        Row::new(
            &clash.what,
            vec![
                html! { (clash.what) },
                html! { (day(&clash.starts)) },
                html! { (day(&clash.ends)) },
                html! { @if clash.plan.is_empty() { (st(State::Warn, "nothing yet")) } @else { (clash.plan) } },
            ],
        )
    });
    Card::new("clashes", "In the way").count(schedule.clashes.len()).around(&table(&Table::new(
        "Freezes, holidays, campaigns",
        columns,
        rows,
    )))
}

/// Why something that a view offers cannot be done now.
fn refused_of(actions: &[ActionView], op: &str) -> Vec<String> {
    actions.iter().find(|action| action.name == op).map(|a| a.refused.clone()).unwrap_or_default()
}
