//! The judge: who may say what at the table, and what stands in the way of a decision.

use super::{
    Command, Condition, ConditionState, Decision, Event, Live, Minutes, Proposed, Say, Seat, State,
    Table, Taken, Vote,
};
use crate::gate::Verdict;
use crate::id::UserId;
use crate::policy::Policy;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Why a command is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Not from this state.
    #[error("going live is {state}: no {command}")]
    WrongState {
        /// The state.
        state: &'static str,
        /// The command.
        command: &'static str,
    },
    /// One or more things stand in the way.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    NotNow(Vec<Obstacle>),
}

/// Something that stands in the way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "obstacle", rename_all = "snake_case")]
pub enum Obstacle {
    /// Other values are on the table than were shown.
    #[error("the measured values have changed since they were shown")]
    ShownOther,
    /// There is no such seat, or it does not vote.
    #[error("`{seat}` is no seat that votes")]
    NoSeat {
        /// The seat.
        seat: String,
    },
    /// Neither holder nor deputy.
    #[error("only the holder or the deputy speaks for `{seat}`")]
    NotYourSeat {
        /// The seat.
        seat: String,
    },
    /// One person, one seat.
    #[error("the same person already spoke for `{seat}`")]
    SecondSeat {
        /// The seat.
        seat: String,
    },
    /// The authority is not of the customer's side.
    #[error("the authority must be the customer's")]
    NotTheCustomer,
    /// Whoever called the meeting does not decide it.
    #[error("whoever called the meeting does not decide it")]
    OwnCall,
    /// A no must be answered.
    #[error("the no of `{seat}` is not answered")]
    NoUnanswered {
        /// The seat.
        seat: String,
    },
    /// A condition lacks owner or date.
    #[error("the condition `{condition}` has no owner or no date")]
    ConditionIncomplete {
        /// The condition.
        condition: String,
    },
    /// The gate is shut; the verdict says why.
    #[error("the gate {gate} is shut by {}", criteria.join(", "))]
    GateShut {
        /// The gate.
        gate: String,
        /// The criteria that shut it.
        criteria: Vec<String>,
    },
    /// The gate was not judged.
    #[error("the gate was not judged")]
    NotJudged,
    /// Words are needed.
    #[error("words are needed: {what}")]
    NoWords {
        /// What for.
        what: String,
    },
    /// There is no such condition, or it is settled.
    #[error("no open condition `{condition}`")]
    NoCondition {
        /// The condition.
        condition: String,
    },
    /// The line is not on the hand-over list.
    #[error("`{line}` is not on the hand-over list")]
    NoLine {
        /// The line.
        line: String,
    },
    /// What has not happened is not recorded.
    #[error("{since} is in the future")]
    Future {
        /// The moment.
        since: Timestamp,
    },
    /// Live before the decision.
    #[error("{since} is before the decision")]
    BeforeDecision {
        /// The moment.
        since: Timestamp,
    },
}

/// The settings that the table is judged by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a setting of the pack")]
pub struct Rules {
    /// `go_no_go.authority_is_customer`.
    pub authority_is_customer: bool,
    /// `go_no_go.conditions_have_owner_and_date`.
    pub conditions_complete: bool,
    /// `approval.one_person_one_seat`.
    pub one_person_one_seat: bool,
    /// `request.requester_is_not_approver`.
    pub caller_is_not_decider: bool,
}

impl Rules {
    /// Reads them from the pack.
    pub fn of(policy: &Policy) -> Self {
        Self {
            authority_is_customer: policy.flag("go_no_go.authority_is_customer"),
            conditions_complete: policy.flag("go_no_go.conditions_have_owner_and_date"),
            one_person_one_seat: policy.flag("approval.one_person_one_seat"),
            caller_is_not_decider: policy.flag("request.requester_is_not_approver"),
        }
    }
}

/// What the judge must know.
#[derive(Debug, Clone, Copy)]
pub struct Around<'a> {
    /// Who sits where.
    pub table: &'a Table,
    /// The gate before the command: the go/no-go, or the end of hypercare.
    pub verdict: Option<&'a Verdict>,
    /// The lines of the hand-over list.
    pub handover: &'a [&'a str],
    /// What the policy pack says.
    pub rules: Rules,
}

/// A new state and what happened.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The new state.
    pub state: State,
    /// What happened.
    pub event: Event,
}

/// Decides one command.
pub fn decide(
    state: &State,
    command: Command,
    around: Around<'_>,
    now: Timestamp,
) -> Result<Change, Refusal> {
    use {Command as C, State as S};
    match (state.clone(), command) {
        (S::Ahead | S::NoGo { .. }, C::Call { by, shown }) => Ok(call(by, shown, now)),
        (meeting @ S::Meeting { .. }, C::Show { shown }) => Ok(show(meeting, shown)),
        (meeting @ S::Meeting { .. }, command @ C::Vote { .. }) => {
            vote(meeting, command, around, now)
        }
        (meeting @ S::Meeting { .. }, command @ C::Propose { .. }) => propose(meeting, command),
        (S::Meeting { .. }, command @ C::Decide { .. }) => conclude(state, command, around, now),
        (S::Go { decision }, C::GoLive { by, since }) => go_live(decision, by, since, now),
        (S::Live { decision, live, handed_over }, C::End { by }) => {
            let verdict =
                opened(around.verdict).map_err(|obstacle| Refusal::NotNow(vec![obstacle]))?;
            let state = S::Ended { decision, live, handed_over, by, at: now };
            Ok(Change {
                state,
                event: Event::HypercareEnded { by, verdict: Box::new(verdict.clone()) },
            })
        }
        (S::Live { decision, live, handed_over }, C::TakeOver { by, line, note }) => {
            none(around.handover.contains(&line.as_str()), || Obstacle::NoLine {
                line: line.clone(),
            })?;
            let mut handed_over = handed_over;
            handed_over.insert(line.clone(), Taken { by, at: now, note });
            Ok(Change {
                state: S::Live { decision, live, handed_over },
                event: Event::TakenOver { by, line },
            })
        }
        (
            decided @ (S::Go { .. } | S::NoGo { .. } | S::Live { .. }),
            command @ (C::WriteMinutes { .. }
            | C::ConfirmMinutes { .. }
            | C::Fulfil { .. }
            | C::Release { .. }),
        ) => follow_up(decided, command, around, now),
        (state, command) => {
            Err(Refusal::WrongState { state: state.name(), command: command.name() })
        }
    }
}

fn none(holds: bool, obstacle: impl FnOnce() -> Obstacle) -> Result<(), Refusal> {
    if holds { Ok(()) } else { Err(Refusal::NotNow(vec![obstacle()])) }
}

fn words(text: &str, what: &str) -> Result<(), Refusal> {
    none(!text.trim().is_empty(), || Obstacle::NoWords { what: what.to_owned() })
}

fn call(by: UserId, shown: String, now: Timestamp) -> Change {
    let state = State::Meeting {
        called_by: by,
        since: now,
        shown: shown.clone(),
        votes: BTreeMap::new(),
        superseded: Vec::new(),
        conditions: BTreeMap::new(),
    };
    Change { state, event: Event::MeetingCalled { by, shown } }
}

/// Other values end the votes that were given on the old ones.
fn show(mut meeting: State, new: String) -> Change {
    let mut ended = Vec::new();
    if let State::Meeting { shown, votes, superseded, .. } = &mut meeting
        && *shown != new
    {
        ended = std::mem::take(votes).into_values().collect();
        superseded.extend(ended.iter().cloned());
        shown.clone_from(&new);
    }
    Change { state: meeting, event: Event::ValuesChanged { shown: new, superseded: ended } }
}

fn vote(
    mut meeting: State,
    command: Command,
    around: Around<'_>,
    now: Timestamp,
) -> Result<Change, Refusal> {
    let (
        State::Meeting { shown, votes, superseded, .. },
        Command::Vote { by, seat, say, reason, shown: saw },
    ) = (&mut meeting, command)
    else {
        unreachable!("the caller matched a vote in a meeting")
    };
    if say == Say::NoGo {
        words(&reason, "why not")?;
    }
    let obstacles = vote_obstacles((by, &seat), votes, around, saw == *shown);
    if !obstacles.is_empty() {
        return Err(Refusal::NotNow(obstacles));
    }
    let vote = Vote { seat: seat.clone(), by, at: now, say, reason, shown: saw };
    let before = votes.insert(seat, vote.clone());
    superseded.extend(before.clone());
    Ok(Change { state: meeting, event: Event::Voted { vote, superseded: before } })
}

fn vote_obstacles(
    (by, seat): (UserId, &str),
    votes: &BTreeMap<String, Vote>,
    around: Around<'_>,
    saw_the_same: bool,
) -> Vec<Obstacle> {
    let mut found = Vec::new();
    if !saw_the_same {
        found.push(Obstacle::ShownOther);
    }
    match around.table.seat(seat).filter(|seat| seat.id != super::AUTHORITY) {
        None => found.push(Obstacle::NoSeat { seat: seat.to_owned() }),
        Some(place) if !place.is_held_by(by) => {
            found.push(Obstacle::NotYourSeat { seat: seat.to_owned() });
        }
        Some(_) => {}
    }
    found.extend(second_seat(by, votes, seat, around.rules));
    found
}

/// The seat for which the same person spoke already, if it is another one.
fn second_seat(
    by: UserId,
    votes: &BTreeMap<String, Vote>,
    seat: &str,
    rules: Rules,
) -> Option<Obstacle> {
    let other = votes.values().find(|vote| vote.by == by && vote.seat != seat);
    other
        .filter(|_| rules.one_person_one_seat)
        .map(|vote| Obstacle::SecondSeat { seat: vote.seat.clone() })
}

fn propose(mut meeting: State, command: Command) -> Result<Change, Refusal> {
    let (State::Meeting { conditions, .. }, Command::Propose { by, condition, what, owner, due }) =
        (&mut meeting, command)
    else {
        unreachable!("the caller matched a proposal in a meeting")
    };
    words(&what, "what must be done")?;
    conditions.insert(condition.clone(), Proposed { what: what.clone(), by, owner, due });
    Ok(Change { state: meeting, event: Event::ConditionProposed { by, condition, what } })
}

fn conclude(
    meeting: &State,
    command: Command,
    around: Around<'_>,
    now: Timestamp,
) -> Result<Change, Refusal> {
    let (
        State::Meeting { called_by, votes, shown, conditions, .. },
        Command::Decide { by, go, answers, note, shown: saw },
    ) = (meeting.clone(), command)
    else {
        unreachable!("the caller matched a decision in a meeting")
    };
    let mut found = Vec::new();
    if saw != shown {
        found.push(Obstacle::ShownOther);
    }
    found.extend(not_the_authority(by, called_by, around));
    found.extend(second_seat(by, &votes, super::AUTHORITY, around.rules));
    let verdict = if go {
        found.extend(go_obstacles(&votes, &answers, &conditions, around.rules));
        opened(around.verdict)
    } else {
        if note.trim().is_empty() {
            found.push(Obstacle::NoWords { what: "why not".to_owned() });
        }
        around.verdict.ok_or(Obstacle::NotJudged)
    };
    let verdict = verdict.map_err(|obstacle| {
        found.push(obstacle);
        Refusal::NotNow(found.clone())
    })?;
    if !found.is_empty() {
        return Err(Refusal::NotNow(found));
    }
    let conditions = if go { settled(conditions) } else { BTreeMap::new() };
    let minutes = Minutes::Missing;
    let decision =
        Decision { by, at: now, called_by, shown, votes, answers, note, conditions, minutes };
    let state = if go { State::Go { decision } } else { State::NoGo { decision } };
    Ok(Change { state, event: Event::Decided { by, go, verdict: Box::new(verdict.clone()) } })
}

fn not_the_authority(by: UserId, called_by: UserId, around: Around<'_>) -> Vec<Obstacle> {
    let mut found = Vec::new();
    let authority = around.table.authority();
    if !authority.is_some_and(|seat| seat.is_held_by(by)) {
        found.push(Obstacle::NotYourSeat { seat: super::AUTHORITY.to_owned() });
    }
    if around.rules.authority_is_customer && !around.table.customer.contains(&by) {
        found.push(Obstacle::NotTheCustomer);
    }
    if around.rules.caller_is_not_decider && by == called_by {
        found.push(Obstacle::OwnCall);
    }
    found
}

fn go_obstacles(
    votes: &BTreeMap<String, Vote>,
    answers: &BTreeMap<String, String>,
    conditions: &BTreeMap<String, Proposed>,
    rules: Rules,
) -> Vec<Obstacle> {
    let answered =
        |seat: &String| answers.get(seat).is_some_and(|answer| !answer.trim().is_empty());
    let against = votes.values().filter(|vote| vote.say == Say::NoGo && !answered(&vote.seat));
    let mut found: Vec<Obstacle> =
        against.map(|vote| Obstacle::NoUnanswered { seat: vote.seat.clone() }).collect();
    let open = conditions
        .iter()
        .filter(|(_, c)| rules.conditions_complete && (c.owner.is_none() || c.due.is_none()));
    found.extend(open.map(|(name, _)| Obstacle::ConditionIncomplete { condition: name.clone() }));
    found
}

/// The verdict, if it is open.
fn opened(verdict: Option<&Verdict>) -> Result<&Verdict, Obstacle> {
    let verdict = verdict.ok_or(Obstacle::NotJudged)?;
    if verdict.is_open() {
        return Ok(verdict);
    }
    let criteria = verdict.reasons().map(|judged| judged.id.clone()).collect();
    Err(Obstacle::GateShut { gate: verdict.gate.name().to_owned(), criteria })
}

/// Conditions of the decision: without owner it is the proposer's, without date it is due at once.
fn settled(proposed: BTreeMap<String, Proposed>) -> BTreeMap<String, Condition> {
    let settle = |(name, c): (String, Proposed)| {
        let (owner, due) = (c.owner.unwrap_or(c.by), c.due.unwrap_or(jiff::civil::Date::MIN));
        (name, Condition { what: c.what, owner, due, state: ConditionState::Open })
    };
    proposed.into_iter().map(settle).collect()
}

fn go_live(
    decision: Decision,
    by: UserId,
    since: Timestamp,
    now: Timestamp,
) -> Result<Change, Refusal> {
    none(since <= now, || Obstacle::Future { since })?;
    none(since >= decision.at, || Obstacle::BeforeDecision { since })?;
    let live = Live { since, by, recorded: now };
    let state = State::Live { decision, live, handed_over: BTreeMap::new() };
    Ok(Change { state, event: Event::WentLive { by, since } })
}

/// Minutes and conditions after the decision.
fn follow_up(
    mut decided: State,
    command: Command,
    around: Around<'_>,
    now: Timestamp,
) -> Result<Change, Refusal> {
    let (State::Go { decision } | State::NoGo { decision } | State::Live { decision, .. }) =
        &mut decided
    else {
        unreachable!("the caller matched a decided state")
    };
    let event = match command {
        Command::WriteMinutes { by, text } => {
            words(&text, "the minutes")?;
            decision.minutes = Minutes::Draft { text, by };
            Event::MinutesWritten { by }
        }
        Command::ConfirmMinutes { by, text } => confirm(decision, by, text, (around, now))?,
        Command::Fulfil { by, condition, note } => {
            words(&note, "what was done")?;
            open_condition(decision, &condition)?.state =
                ConditionState::Fulfilled { by, at: now, note };
            Event::ConditionFulfilled { by, condition }
        }
        Command::Release { by, condition, reason } => {
            words(&reason, "why it is released")?;
            authority(by, around)?;
            let state = ConditionState::Released { by, at: now, reason: reason.clone() };
            open_condition(decision, &condition)?.state = state;
            Event::ConditionReleased { by, condition, reason }
        }
        other => return Err(Refusal::WrongState { state: decided.name(), command: other.name() }),
    };
    Ok(Change { state: decided, event })
}

fn authority(by: UserId, around: Around<'_>) -> Result<(), Refusal> {
    let holds = around.table.authority().is_some_and(|seat: &Seat| seat.is_held_by(by));
    none(holds, || Obstacle::NotYourSeat { seat: super::AUTHORITY.to_owned() })
}

fn confirm(
    decision: &mut Decision,
    by: UserId,
    read: String,
    (around, now): (Around<'_>, Timestamp),
) -> Result<Event, Refusal> {
    authority(by, around)?;
    match &decision.minutes {
        Minutes::Draft { text, by: written_by } => {
            none(*text == read, || Obstacle::ShownOther)?;
            decision.minutes =
                Minutes::Confirmed { text: read, written_by: *written_by, by, at: now };
            Ok(Event::MinutesConfirmed { by })
        }
        Minutes::Missing | Minutes::Confirmed { .. } => {
            Err(Refusal::NotNow(vec![Obstacle::NoWords { what: "new minutes".to_owned() }]))
        }
    }
}

fn open_condition<'d>(
    decision: &'d mut Decision,
    name: &str,
) -> Result<&'d mut Condition, Refusal> {
    let found = decision
        .conditions
        .get_mut(name)
        .filter(|condition| condition.state == ConditionState::Open);
    found.ok_or_else(|| Refusal::NotNow(vec![Obstacle::NoCondition { condition: name.to_owned() }]))
}
