//! The cutover: its plan, the board of a run, one task, and runs compared.

mod board;
mod compare;
mod incident;
mod plan;
mod task;
mod tiles;

use crate::components::state::State;
use axum::Router;
use golive_app::App;
use golive_app::cutover::CutoverTaskView;
use golive_app::views::ActionView;

/// The pages of this subject.
pub fn routes() -> Router<App> {
    Router::new()
        .merge(plan::routes())
        .merge(board::routes())
        .merge(task::routes())
        .merge(compare::routes())
        .merge(incident::routes())
}

/// Why something cannot be done now; empty when it can.
fn refused(actions: &[ActionView], op: &str) -> Vec<String> {
    actions.iter().find(|a| a.name == op).map(|a| a.refused.clone()).unwrap_or_default()
}

/// Minutes as `2:05`.
fn hours(minutes: u32) -> String {
    format!("{}:{:02}", minutes / 60, minutes % 60)
}

/// A difference in minutes as `+0:20` or `−1:05`.
fn signed(minutes: i64) -> String {
    let size = u32::try_from(minutes.unsigned_abs()).unwrap_or(u32::MAX);
    format!("{}{}", if minutes < 0 { "−" } else { "+" }, hours(size))
}

/// A text of ours with its underscores as spaces, beginning with a capital.
fn word(name: &str) -> String {
    let text = name.replace(['_', '-'], " ");
    let mut letters = text.chars();
    letters
        .next()
        .map_or(String::new(), |c| c.to_uppercase().collect::<String>() + letters.as_str())
}

fn task_state(task: &CutoverTaskView) -> State {
    match task.state.as_str() {
        "done" | "passed" => State::Done,
        "running" | "operating" if task.late_minutes.is_some() => State::Warn,
        "running" | "operating" => State::Run,
        "failed" => State::Bad,
        "held" => State::Held,
        "settled" => State::Warn,
        "skipped" => State::Waive,
        _ if task.startable => State::Wait,
        _ => State::Idle,
    }
}

fn run_state(state: &str) -> State {
    match state {
        "running" => State::Run,
        "paused" => State::Held,
        "going_back" | "went_back" => State::Warn,
        "completed" => State::Done,
        _ => State::Idle,
    }
}
