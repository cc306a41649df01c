//! The cutover: the plan and its signature, the runs and their tasks, times and forecasts, what was learnt.
//!
//! What lives here: the runbook as data ([`Plan`]), the machines of plan, run and task, the arithmetic of time (forward
//! and backward pass, simulation, forecast, the way back) and the facts that gates judge. The go/no-go is
//! [`crate::go_live`]. Reading plans from files is `golive-readers`' work.

pub mod advice;
pub mod check;
pub mod drift;
pub mod facts;
pub mod forecast;
pub mod graph;
pub mod incident;
pub mod kept;
pub mod merge;
pub mod plan;
pub mod run;
pub mod signature;
pub mod simulate;
pub mod task;
pub mod timetable;

pub use check::Problem;
pub use forecast::{Forecast, forecast};
pub use graph::Graph;
pub use plan::{DayTime, Durations, Kind, Plan, Section, Stream, Task};
pub use timetable::{Anchor, Slot, Timetable, timetable};

#[cfg(test)]
mod tests;
