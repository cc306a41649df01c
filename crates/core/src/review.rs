//! The go-live review: experts read the checklist, name what is at risk, and release the project or not.
//!
//! ```text
//! Planned ─begin─► Discover ─submit─► InReview ─report─► ReportIssued ─complete─► Complete
//!                     ▲                  (clock)  └──────► Mitigation ──complete──┘   │ late change
//!                     └── not ready (from ReportIssued, Mitigation) ──► Returned      ▼
//!                            submit again from Returned: next round   ToBeConfirmed ─confirm─► Complete
//!                                                                     ToBeConfirmed ─reopen──► Mitigation
//! ```
//!
//! Findings and the workshop are things of their own ([`finding`], [`workshop`]); the counts that matter here are handed
//! in. The reviewer is never the submitter; whoever comes from the customer or the partner is a named conflict of interest.

use crate::deadline::{Deadline, WorkingTime};
use crate::id::{EvidenceId, OrganisationId, UserId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub mod baseline;
mod facts;
pub mod finding;
mod late_change;
mod messages;
pub mod proof;
mod rules;
pub mod workshop;
pub use facts::{Standing, facts};
pub use late_change::LateChange;
pub use messages::{Command, Event, Refusal};
pub use rules::Rules;

/// One review of one project. A new round is the same review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// Who reviews, once somebody is assigned.
    pub reviewer: Option<Reviewer>,
    /// Which round it is, from 1.
    pub round: u32,
    /// Where it stands.
    #[serde(flatten)]
    pub state: State,
}

impl Default for Review {
    fn default() -> Self {
        Self { reviewer: None, round: 1, state: State::Planned }
    }
}

/// Who reviews.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reviewer {
    /// The person.
    pub user: UserId,
    /// Where the person comes from.
    pub organisation: OrganisationId,
    /// Set when that is the customer or the partner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conflict: Option<Conflict>,
}

/// Why somebody may be partial.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Conflict {
    /// The reviewer comes from the customer.
    OfTheCustomer,
    /// The reviewer comes from the partner.
    OfThePartner,
}

/// What was sent to the reviewer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submission {
    /// Who sent it.
    pub by: UserId,
    /// When.
    pub at: Timestamp,
    /// The digest of the checklist as sent.
    pub digest: String,
}

/// What the reviewer wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Who wrote it.
    pub by: UserId,
    /// When it was issued.
    pub at: Timestamp,
    /// The summary: best practices and recommendations; risks are findings.
    pub summary: String,
    /// The report as a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<EvidenceId>,
    /// Whether the promised time was kept.
    pub in_time: bool,
}

/// The reviewer's word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The project may go on to production.
    Ready,
    /// It may not, and must be sent again.
    NotReady,
}

/// The release of the project, and how long it is good for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Release {
    /// Who released it.
    pub by: UserId,
    /// When.
    pub at: Timestamp,
    /// It lapses if production is not requested until then.
    pub valid_until: Timestamp,
}

/// Open findings by severity, as they are when the command is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct OpenFindings {
    /// Critical ones.
    pub critical: usize,
    /// High ones.
    pub high: usize,
    /// All, whatever the severity.
    pub all: usize,
}

/// Where a review stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum State {
    /// Nobody has begun to answer.
    Planned,
    /// The team answers the checklist.
    Discover {
        /// Since when.
        since: Timestamp,
    },
    /// The reviewer reads it.
    InReview {
        /// What was sent.
        submission: Submission,
        /// The clock of the first report; it stands still while the team is asked something.
        clock: Deadline,
    },
    /// The report is out and no critical finding is open; the reviewer's word is missing.
    ReportIssued {
        /// What was sent.
        submission: Submission,
        /// What came back.
        report: Report,
    },
    /// The report is out and something must be mitigated first.
    Mitigation {
        /// What was sent.
        submission: Submission,
        /// What came back.
        report: Report,
    },
    /// Not ready: it must be sent again.
    Returned {
        /// Who said so.
        by: UserId,
        /// When.
        at: Timestamp,
        /// Why.
        reason: String,
    },
    /// Ready; the project is released.
    Complete {
        /// What was sent.
        submission: Submission,
        /// What came back.
        report: Report,
        /// The release.
        release: Release,
    },
    /// Something changed after the release; it does not count until the reviewer confirms.
    ToBeConfirmed {
        /// What was sent.
        submission: Submission,
        /// What came back.
        report: Report,
        /// The release in question.
        release: Release,
        /// What changed.
        changes: Vec<LateChange>,
        /// The reviewer's clock.
        clock: Deadline,
    },
}

/// The review to store and the event to tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The review after.
    pub review: Review,
    /// What happened.
    pub event: Event,
}

/// What a decision rests on beside state and command.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The business clock.
    pub now: Timestamp,
    /// What the policy pack asks.
    pub rules: &'a Rules,
    /// The calendar of the reviewer's organisation.
    pub time: &'a dyn WorkingTime,
}

/// The whole machine. A pair that is not listed is refused.
pub fn decide(review: &Review, command: Command, context: Context) -> Result<Change, Refusal> {
    use Command as C;
    let mut next = review.clone();
    let (state, event) = match command {
        C::Assign { user, organisation, conflict } => {
            assign(&mut next, Reviewer { user, organisation, conflict }, context)?
        }
        C::Begin | C::Submit { .. } | C::AskTeam { .. } | C::AnswerTeam { .. } => {
            ask(&mut next, command, context)?
        }
        C::IssueReport { .. } | C::FindingsChanged { .. } | C::Decide { .. } => {
            report(&next, command, context)?
        }
        C::NoteChange { .. } | C::Confirm { .. } | C::Reopen { .. } => {
            confirm(&next, command, context)?
        }
    };
    next.state = state;
    Ok(Change { review: next, event })
}

/// Who reviews. It may change at any time before the release.
fn assign(
    next: &mut Review,
    reviewer: Reviewer,
    context: Context,
) -> Result<(State, Event), Refusal> {
    use State as S;
    let Reviewer { user, conflict, .. } = reviewer;
    match &next.state {
        S::Planned | S::Discover { .. } | S::Returned { .. } => {}
        S::InReview { submission, .. }
        | S::ReportIssued { submission, .. }
        | S::Mitigation { submission, .. }
        | S::ToBeConfirmed { submission, .. } => context.rules.check_four_eyes(user, submission)?,
        S::Complete { .. } => {
            return Err(Refusal::WrongState { state: "complete", command: "assign" });
        }
    }
    if let Some(conflict) = conflict.filter(|_| context.rules.other_organisation_only) {
        return Err(Refusal::ConflictOfInterest(conflict));
    }
    next.reviewer = Some(reviewer);
    Ok((next.state.clone(), Event::Assigned { user, conflict }))
}

/// From the first answer to the report: the team answers, the reviewer asks.
fn ask(next: &mut Review, command: Command, context: Context) -> Result<(State, Event), Refusal> {
    use {Command as C, Event as E, State as S};
    let Context { now, rules, time } = context;
    Ok(match (next.state.clone(), command) {
        (S::Planned, C::Begin) => (S::Discover { since: now }, E::Begun),
        (
            from @ (S::Planned | S::Discover { .. } | S::Returned { .. }),
            C::Submit { by, digest, due },
        ) => {
            next.round += u32::from(matches!(from, S::Returned { .. }));
            let submission = Submission { by, at: now, digest: digest.clone() };
            if let Some(reviewer) = &next.reviewer {
                rules.check_four_eyes(reviewer.user, &submission)?;
            }
            let clock = Deadline::start(now, due);
            (S::InReview { submission, clock }, E::Submitted { by, digest, round: next.round, due })
        }
        (S::InReview { submission, clock }, C::AskTeam { by, question }) => {
            next.check_reviewer(by, &submission, rules)?;
            check_said(&question, "a question")?;
            let clock = clock.pause(now, &question, time);
            (S::InReview { submission, clock }, E::TeamAsked { by, question })
        }
        (
            S::InReview { submission, clock: clock @ Deadline::Paused { .. } },
            C::AnswerTeam { by, text },
        ) => {
            check_said(&text, "an answer")?;
            (
                S::InReview { submission, clock: clock.resume(now, time) },
                E::TeamAnswered { by, text },
            )
        }
        (state, command) => return Err(wrong(&state, &command)),
    })
}

/// The report and the reviewer's word.
fn report(review: &Review, command: Command, context: Context) -> Result<(State, Event), Refusal> {
    use {Command as C, Event as E, State as S};
    let Context { now, rules, .. } = context;
    Ok(match (review.state.clone(), command) {
        (S::InReview { submission, clock }, C::IssueReport { by, summary, file, open }) => {
            review.check_reviewer(by, &submission, rules)?;
            check_said(&summary, "a summary")?;
            let in_time = !clock.stop(now).is_breached(now);
            let report = Report { by, at: now, summary, file, in_time };
            (reported(submission, report, open, rules), E::ReportIssued { by, in_time, open })
        }
        (
            S::ReportIssued { submission, report } | S::Mitigation { submission, report },
            C::FindingsChanged { open },
        ) => (reported(submission, report, open, rules), E::FindingsChanged { open }),
        (
            S::ReportIssued { submission, report } | S::Mitigation { submission, report },
            C::Decide { by, verdict: Verdict::Ready, open, workshop_held, .. },
        ) => {
            review.check_reviewer(by, &submission, rules)?;
            rules.check_ready(open, workshop_held)?;
            let release = rules.release(by, now);
            let valid_until = release.valid_until;
            (S::Complete { submission, report, release }, E::Completed { by, valid_until, open })
        }
        (
            S::ReportIssued { submission, .. } | S::Mitigation { submission, .. },
            C::Decide { by, verdict: Verdict::NotReady, reason, .. },
        ) => {
            review.check_reviewer(by, &submission, rules)?;
            check_said(&reason, "a reason")?;
            (S::Returned { by, at: now, reason: reason.clone() }, E::Returned { by, reason })
        }
        (state, command) => return Err(wrong(&state, &command)),
    })
}

/// What happens when the project changes after the release.
fn confirm(review: &Review, command: Command, context: Context) -> Result<(State, Event), Refusal> {
    use {Command as C, Event as E, State as S};
    let Context { now, rules, .. } = context;
    Ok(match (review.state.clone(), command) {
        (S::Complete { .. } | S::ToBeConfirmed { .. }, C::NoteChange { change, .. })
            if !rules.matters(&change) =>
        {
            return Err(Refusal::Tolerated);
        }
        (S::Complete { submission, report, release }, C::NoteChange { change, due }) => {
            let (clock, changes) = (Deadline::start(now, due), vec![change.clone()]);
            (
                S::ToBeConfirmed { submission, report, release, changes, clock },
                E::ToBeConfirmed { change, due },
            )
        }
        (
            S::ToBeConfirmed { submission, report, release, mut changes, clock },
            C::NoteChange { change, due },
        ) => {
            changes.push(change.clone());
            (
                S::ToBeConfirmed { submission, report, release, changes, clock },
                E::ToBeConfirmed { change, due },
            )
        }
        (S::ToBeConfirmed { submission, report, changes, .. }, C::Confirm { by, open }) => {
            review.check_reviewer(by, &submission, rules)?;
            rules.check_ready(open, true)?;
            let release = rules.release(by, now);
            (S::Complete { submission, report, release }, E::Confirmed { by, changes })
        }
        (
            S::ToBeConfirmed { submission, report, .. } | S::Complete { submission, report, .. },
            C::Reopen { by, reason },
        ) => {
            review.check_reviewer(by, &submission, rules)?;
            check_said(&reason, "a reason")?;
            (S::Mitigation { submission, report }, E::Reopened { by, reason })
        }
        (state, command) => return Err(wrong(&state, &command)),
    })
}

/// Where a review stands after its report: mitigation while a critical finding is open.
fn reported(submission: Submission, report: Report, open: OpenFindings, rules: &Rules) -> State {
    if open.critical > rules.critical_most {
        State::Mitigation { submission, report }
    } else {
        State::ReportIssued { submission, report }
    }
}

impl Review {
    /// Only the assigned reviewer speaks for the review, and never about what he sent himself.
    fn check_reviewer(
        &self,
        by: UserId,
        submission: &Submission,
        rules: &Rules,
    ) -> Result<(), Refusal> {
        let reviewer = self.reviewer.as_ref().ok_or(Refusal::NoReviewer)?;
        if reviewer.user != by {
            return Err(Refusal::NotTheReviewer);
        }
        rules.check_four_eyes(by, submission)
    }
}

fn check_said(text: &str, what: &'static str) -> Result<(), Refusal> {
    if text.trim().is_empty() { Err(Refusal::Missing(what)) } else { Ok(()) }
}

fn wrong(state: &State, command: &Command) -> Refusal {
    Refusal::WrongState { state: state.name(), command: command.name() }
}

impl State {
    /// The name on every floor.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Discover { .. } => "discover",
            Self::InReview { .. } => "in_review",
            Self::ReportIssued { .. } => "report_issued",
            Self::Mitigation { .. } => "mitigation",
            Self::Returned { .. } => "returned",
            Self::Complete { .. } => "complete",
            Self::ToBeConfirmed { .. } => "to_be_confirmed",
        }
    }

    /// The report, once it is out.
    pub fn report(&self) -> Option<&Report> {
        match self {
            Self::ReportIssued { report, .. }
            | Self::Mitigation { report, .. }
            | Self::Complete { report, .. }
            | Self::ToBeConfirmed { report, .. } => Some(report),
            Self::Planned
            | Self::Discover { .. }
            | Self::InReview { .. }
            | Self::Returned { .. } => None,
        }
    }

    /// The reviewer's clock, where one runs or stands still.
    pub fn clock(&self) -> Option<&Deadline> {
        match self {
            Self::InReview { clock, .. } | Self::ToBeConfirmed { clock, .. } => Some(clock),
            Self::Planned
            | Self::Discover { .. }
            | Self::ReportIssued { .. }
            | Self::Mitigation { .. }
            | Self::Returned { .. }
            | Self::Complete { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests;
