//! The facts that the table, the decision and hypercare determine.

use super::{ConditionState, Decision, Minutes, Proposed, Say, State, Table, Vote};
use crate::fact::{Fact, Facts};
use crate::id::UserId;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// What people and state determine; `required` are the lines of the hand-over list that must be signed.
pub fn of(state: &State, table: &Table, required: &[&str], now: Timestamp) -> Facts {
    let mut facts = of_table(table);
    let (votes, proposed): (&BTreeMap<String, Vote>, Option<&BTreeMap<String, Proposed>>) =
        match state {
            State::Ahead => (&BTreeMap::new(), None),
            State::Meeting { votes, conditions, .. } => (votes, Some(conditions)),
            State::NoGo { decision }
            | State::Go { decision }
            | State::Live { decision, .. }
            | State::Ended { decision, .. } => (&decision.votes, None),
        };
    facts.set("go_no_go.votes_share", votes_share(votes, table));
    let against = votes.values().filter(|vote| vote.say == Say::NoGo);
    let against: Vec<String> =
        against.map(|vote| format!("{}: {}", vote.seat, vote.reason)).collect();
    facts.set("go_no_go.no_votes", Fact::from(against.len()).because(against));
    let incomplete =
        proposed.into_iter().flatten().filter(|(_, c)| c.owner.is_none() || c.due.is_none());
    let incomplete: Vec<String> = incomplete.map(|(name, _)| name.clone()).collect();
    facts
        .set("go_no_go.conditions_without_owner", Fact::from(incomplete.len()).because(incomplete));
    facts.set("go_no_go.conditions_open", conditions_open(state.decision()));
    facts.set("go_no_go.minutes_recorded", minutes_recorded(state.decision()));
    facts.set("go_no_go.decided_go", state.is_go());
    facts.extend(of_hypercare(state, required, now));
    facts
}

/// What the seats determine before anybody meets.
pub fn of_table(table: &Table) -> Facts {
    let mut facts = Facts::default();
    let names = |user: UserId| user.to_string();
    let authority = table.authority().map(|seat| {
        std::iter::once(seat.holder).chain(seat.deputy).map(names).collect::<Vec<String>>()
    });
    facts.set("go_no_go.authority", authority.unwrap_or_default());
    let customer = |user: &UserId| table.customer.contains(user);
    let is_customer = table
        .authority()
        .is_some_and(|seat| customer(&seat.holder) && seat.deputy.as_ref().is_none_or(customer));
    facts.set("go_no_go.authority_is_customer", is_customer);
    let gaps = gaps(table);
    facts.set("people.seats_filled", Fact::from(gaps.is_empty()).because(gaps));
    facts
}

/// Seats that are missing, have no deputy, or whose holder holds another one.
fn gaps(table: &Table) -> Vec<String> {
    let wanted = table.voting.iter().map(String::as_str).chain([super::AUTHORITY]);
    let missing =
        wanted.filter(|id| table.seat(id).is_none()).map(|id| format!("{id}: no such seat"));
    let mut gaps: Vec<String> = missing.collect();
    let mut holders: BTreeMap<UserId, &str> = BTreeMap::new();
    for seat in &table.seats {
        if seat.deputy.is_none_or(|deputy| deputy == seat.holder) {
            gaps.push(format!("{}: no deputy", seat.id));
        }
        if let Some(other) = holders.insert(seat.holder, &seat.id) {
            gaps.push(format!("{}: its holder also holds {other}", seat.id));
        }
    }
    gaps
}

fn votes_share(votes: &BTreeMap<String, Vote>, table: &Table) -> Fact {
    if table.voting.is_empty() {
        return Fact::default();
    }
    let missing: Vec<String> =
        table.voting.iter().filter(|seat| !votes.contains_key(*seat)).cloned().collect();
    #[expect(clippy::cast_precision_loss, reason = "a table has few seats")]
    let share = (table.voting.len() - missing.len()) as f64 * 100.0 / table.voting.len() as f64;
    Fact::from(share).because(missing)
}

fn conditions_open(decision: Option<&Decision>) -> Fact {
    let conditions = decision.into_iter().flat_map(|decision| &decision.conditions);
    let open = conditions.filter(|(_, condition)| condition.state == ConditionState::Open);
    let open: Vec<String> =
        open.map(|(name, condition)| format!("{name}, due {}", condition.due)).collect();
    Fact::from(open.len()).because(open)
}

fn minutes_recorded(decision: Option<&Decision>) -> bool {
    decision.is_some_and(|decision| match decision.minutes {
        Minutes::Confirmed { .. } => true,
        Minutes::Missing | Minutes::Draft { .. } => false,
    })
}

fn of_hypercare(state: &State, required: &[&str], now: Timestamp) -> Facts {
    let mut facts = Facts::default();
    facts.set("project.live", state.live().is_some());
    facts.set("hypercare.started", state.live().is_some());
    if let Some(live) = state.live() {
        let days = (now.as_second() - live.since.as_second()).div_euclid(DAY.as_secs());
        let next = live.since.checked_add(DAY * i32::try_from(days + 1).unwrap_or(i32::MAX)).ok();
        facts.set("hypercare.days", Fact::from(days).until(next));
    }
    if let State::Live { handed_over, .. } | State::Ended { handed_over, .. } = state {
        let missing: Vec<&str> =
            required.iter().copied().filter(|line| !handed_over.contains_key(*line)).collect();
        facts.set("handover.signed", Fact::from(missing.is_empty()).because(missing));
    } else {
        facts.set("handover.signed", false);
    }
    facts
}
