//! The facts that estimates and licences determine.

use super::Estimate;
use super::machine::State;
use crate::fact::{Fact, Facts};
use crate::policy::Policy;
use jiff::civil::Date;
use jiff::{Span, Timestamp, tz::TimeZone};

/// Licences as the project has them; what nobody entered is not judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Licences {
    /// Given to the project. Without a number, those that the active estimate needs on the first day.
    pub allocated: Option<u32>,
    /// Bought by the customer.
    pub bought: Option<u32>,
}

/// What all estimates of a project determine. Days are counted in the project's zone.
pub fn of(
    estimates: &[(&Estimate, &State)],
    licences: Licences,
    policy: &Policy,
    zone: &TimeZone,
    now: Timestamp,
) -> Facts {
    let mut facts = Facts::default();
    let active: Vec<&Estimate> = estimates
        .iter()
        .filter_map(|(estimate, state)| match state {
            State::Active { .. } => Some(*estimate),
            State::Draft | State::Retired { .. } => None,
        })
        .collect();
    facts.set("estimate.count", estimates.len());
    let names = active.iter().map(|estimate| estimate.name.clone());
    facts.set("estimate.active", Fact::from(active.len() == 1).because(names));
    if let [estimate] = active.as_slice() {
        facts.set("estimate.age_days", age(estimate.as_of, zone, now));
        let kinds =
            estimate.licences.iter().map(|kind| format!("{}: {}", kind.title, kind.first_day));
        facts.set("licences.by_kind", kinds.collect::<Vec<String>>());
        facts.set("licences.sufficient", sufficient(estimate, licences, policy));
    }
    facts
}

fn age(as_of: Date, zone: &TimeZone, now: Timestamp) -> Fact {
    let today = zone.to_datetime(now).date();
    let days = as_of.until(today).map_or(0, |span| i64::from(span.get_days()));
    let next = today.checked_add(Span::new().days(1)).ok();
    let midnight = next.and_then(|day| zone.to_timestamp(day.at(0, 0, 0, 0)).ok());
    Fact::from(days).until(midnight)
}

fn sufficient(estimate: &Estimate, licences: Licences, policy: &Policy) -> Fact {
    let needed = estimate.licences_first_day();
    let allocated = licences.allocated.unwrap_or(needed);
    let mut short = Vec::new();
    if allocated < needed {
        short.push(format!("{allocated} allocated, {needed} needed on the first day"));
    }
    if let Some(bought) = licences.bought.filter(|&bought| allocated > bought) {
        short.push(format!("{allocated} allocated, {bought} bought"));
    }
    if let Some(least) =
        policy.number("estimate.licences_min").filter(|&least| f64::from(allocated) < least)
    {
        short.push(format!("{allocated} allocated, at least {least} are asked for"));
    }
    Fact::from(short.is_empty()).because(short)
}
