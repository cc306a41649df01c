//! A plan held against the policy pack: what a reviewer would say about its dates and its completeness.

use super::check::Problem;
use super::plan::Plan;
use super::timetable::{Anchor, moments};
use crate::calendar::Calendar;
use crate::policy::{Enforcement, Policy};
use crate::value::Value;
use jiff::Span;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// One remark.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Advice {
    /// The setting that it comes from.
    pub setting: String,
    /// How strictly the pack takes it.
    pub enforcement: Enforcement,
    /// What the plan has.
    pub value: Value,
    /// What the pack asks for.
    pub threshold: Value,
    /// The particulars: tasks, days.
    pub details: Vec<String>,
}

/// A calendar with the region that counts, for holidays at a site in scope.
#[derive(Debug, Clone, Copy)]
pub struct Site<'a> {
    /// The calendar.
    pub calendar: &'a Calendar,
    /// Its region.
    pub region: Option<&'a str>,
}

/// Everything in which the plan is not as the pack asks, what is switched off left out.
pub fn advice(plan: &Plan, anchor: &Anchor, sites: &[Site<'_>], policy: &Policy) -> Vec<Advice> {
    let mut found = Vec::new();
    found.extend(window(plan, policy));
    found.extend(undo(plan, policy));
    found.extend(retry(plan, policy));
    if let Ok(moments) = moments(plan, anchor) {
        let day = |at: jiff::Timestamp| anchor.zone.to_datetime(at).date();
        let days = (day(moments.window_opens), day(moments.window_ends));
        found.extend(month_end(days, policy));
        found.extend(holidays(days, sites, policy));
    }
    found.retain(|advice| advice.enforcement != Enforcement::Off);
    found
}

fn remark(
    policy: &Policy,
    setting: &'static str,
    value: impl Into<Value>,
    details: Vec<String>,
) -> Advice {
    Advice {
        setting: setting.to_owned(),
        enforcement: policy.enforcement(setting),
        value: value.into(),
        threshold: policy.setting(setting).map(|setting| setting.value.clone()).unwrap_or_default(),
        details,
    }
}

fn window(plan: &Plan, policy: &Policy) -> Option<Advice> {
    let most = policy.number("cutover.window_max")?;
    let is_long = f64::from(plan.window_hours) > most;
    is_long.then(|| remark(policy, "cutover.window_max", i64::from(plan.window_hours), Vec::new()))
}

fn undo(plan: &Plan, policy: &Policy) -> Option<Advice> {
    let least = policy.number("cutover.undo_described")?;
    let problems = plan.problems();
    let without: Vec<String> = problems
        .iter()
        .filter(|problem| matches!(problem, Problem::NoUndo { .. }))
        .filter_map(|problem| problem.task().map(str::to_owned))
        .collect();
    #[expect(clippy::cast_precision_loss, reason = "tasks are counted in hundreds")]
    let share = 100.0 - without.len() as f64 * 100.0 / plan.tasks.len().max(1) as f64;
    (share < least).then(|| remark(policy, "cutover.undo_described", share, without))
}

fn retry(plan: &Plan, policy: &Policy) -> Option<Advice> {
    let asked = policy.flag("cutover.retry_date_named");
    (asked && plan.retry_after_days.is_none())
        .then(|| remark(policy, "cutover.retry_date_named", false, Vec::new()))
}

/// Days between two spans of days; none when they touch.
fn apart((first, last): (Date, Date), day: Date) -> i64 {
    let days = |from: Date, to: Date| from.until(to).map_or(0, |span| i64::from(span.get_days()));
    if day < first { days(day, first) } else { days(last, day).max(0) }
}

/// The days around the window, so many on either side.
fn around((first, last): (Date, Date), days: f64) -> impl Iterator<Item = Date> {
    #[expect(clippy::cast_possible_truncation, reason = "a setting in days; what is absurd is cut")]
    let span = Span::new().days((days.ceil() as i64).clamp(0, 366));
    let from = first.checked_sub(span).unwrap_or(first);
    let until = last.checked_add(span).unwrap_or(last);
    from.series(Span::new().days(1)).take_while(move |day| *day <= until)
}

fn month_end(window: (Date, Date), policy: &Policy) -> Option<Advice> {
    let least = policy.number("cutover.month_end_distance")?;
    let ends = around(window, least).filter(|day| day.day() == day.days_in_month());
    nearest(
        policy,
        "cutover.month_end_distance",
        ends.map(|day| (apart(window, day), day.to_string())),
        least,
    )
}

fn holidays(window: (Date, Date), sites: &[Site<'_>], policy: &Policy) -> Option<Advice> {
    let least = policy.number("cutover.holiday_distance")?;
    let days = around(window, least).flat_map(|day| {
        sites.iter().filter_map(move |site| {
            let holiday = site.calendar.holiday(day, site.region)?;
            Some((apart(window, day), format!("{day}: {} ({})", holiday.name, site.calendar.title)))
        })
    });
    nearest(policy, "cutover.holiday_distance", days, least)
}

/// The remark about everything nearer than the pack asks, measured by the nearest.
fn nearest(
    policy: &Policy,
    setting: &'static str,
    days: impl Iterator<Item = (i64, String)>,
    least: f64,
) -> Option<Advice> {
    #[expect(clippy::cast_precision_loss, reason = "days around a window are few")]
    let near: Vec<(i64, String)> =
        days.filter(|(distance, _)| (*distance as f64) < least).collect();
    let distance = near.iter().map(|(distance, _)| *distance).min()?;
    Some(remark(policy, setting, distance, near.into_iter().map(|(_, what)| what).collect()))
}
