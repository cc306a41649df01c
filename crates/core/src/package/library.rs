//! A package's life in the library, bound to the digest of its file.
//!
//! ```text
//! Uploaded ─► Validated ─► OnSandbox ─► SignedOff (perhaps with issues) ─► Candidate ─► InProduction
//!     └─► Refused   ▲  └─► Failed ─┘ (tried again)
//! from everywhere but production: Withdrawn
//! ```

mod state;

pub use state::{Approval, Candidate, Entry, Installation, SignOff, State};

use self::{Command as C, State as S};
use super::check::Report;
use crate::id::{EnvironmentId, UserId};
use crate::policy::Policy;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What can be asked of a package. Whoever decides names the digest that he was shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Take the check's answer.
    Validate {
        /// The answer.
        report: Report,
    },
    /// An operation installed it on a sandbox.
    RecordInstalled {
        /// Where, by which operation, when.
        installation: Installation,
    },
    /// An operation could not install it on a sandbox.
    RecordFailed {
        /// Where.
        environment: EnvironmentId,
        /// Why.
        why: String,
    },
    /// Sign that it works on the sandbox.
    SignOff {
        /// Who signs.
        by: UserId,
        /// The digest that was shown.
        digest: String,
        /// Issues that are known.
        issues: Vec<String>,
    },
    /// Name it release candidate.
    MarkCandidate {
        /// Who names it.
        by: UserId,
        /// The digest that was shown.
        digest: String,
        /// Whether the policy takes a sign-off with issues.
        issues_accepted: bool,
    },
    /// Give a second person's word for it.
    Approve {
        /// Who gives it.
        by: UserId,
        /// The digest that was shown.
        digest: String,
    },
    /// An operation installed it in production.
    RecordInProduction {
        /// Where, by which operation, when.
        installation: Installation,
    },
    /// Take it out of use.
    Withdraw {
        /// Who says so.
        by: UserId,
        /// Why.
        reason: String,
    },
}

impl Command {
    /// Names a candidate as the policy allows.
    pub fn mark_candidate(by: UserId, digest: String, policy: &Policy) -> Self {
        let issues_accepted = policy.flag("package.sign_off_with_issues_accepted");
        Self::MarkCandidate { by, digest, issues_accepted }
    }

    /// The command's name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Validate { .. } => "validate",
            Self::RecordInstalled { .. } => "record installed",
            Self::RecordFailed { .. } => "record failed",
            Self::SignOff { .. } => "sign off",
            Self::MarkCandidate { .. } => "mark candidate",
            Self::Approve { .. } => "approve",
            Self::RecordInProduction { .. } => "record in production",
            Self::Withdraw { .. } => "withdraw",
        }
    }

    /// The digest that somebody was shown, or that was checked.
    fn digest(&self) -> Option<&str> {
        match self {
            Self::Validate { report } => Some(&report.digest),
            Self::SignOff { digest, .. }
            | Self::MarkCandidate { digest, .. }
            | Self::Approve { digest, .. } => Some(digest),
            Self::RecordInstalled { .. }
            | Self::RecordFailed { .. }
            | Self::RecordInProduction { .. }
            | Self::Withdraw { .. } => None,
        }
    }
}

/// What happened to a package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// It was looked at and can be used.
    Validated {
        /// Against which environment.
        target: String,
    },
    /// It was looked at and cannot be used.
    Refused {
        /// Against which environment.
        target: String,
        /// How many reasons.
        findings: usize,
    },
    /// It was installed on a sandbox.
    Installed {
        /// Where.
        environment: EnvironmentId,
    },
    /// It could not be installed.
    InstallFailed {
        /// Where.
        environment: EnvironmentId,
        /// Why.
        why: String,
    },
    /// It was signed off, perhaps with issues.
    SignedOff {
        /// Who.
        by: UserId,
        /// Known issues.
        issues: Vec<String>,
    },
    /// It was named release candidate.
    CandidateMarked {
        /// Who.
        by: UserId,
        /// Over which digest.
        digest: String,
    },
    /// A second person vouched for it.
    Approved {
        /// Who.
        by: UserId,
    },
    /// It was installed in production.
    InstalledInProduction {
        /// Where.
        environment: EnvironmentId,
    },
    /// It was taken out of use.
    Withdrawn {
        /// Who.
        by: UserId,
        /// Why.
        reason: String,
    },
}

/// Why a command is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The state does not allow it.
    #[error("a package that is {state} cannot be asked to {command}")]
    WrongState {
        /// The state.
        state: &'static str,
        /// The command.
        command: &'static str,
    },
    /// It is about another file.
    #[error("this is about {given}, the package is {package}")]
    OtherDigest {
        /// The digest that was named.
        given: String,
        /// The package's own.
        package: String,
    },
    /// The policy takes no sign-off with issues.
    #[error("signed off with issues: {}", .0.join("; "))]
    HasIssues(Vec<String>),
    /// Whoever brought it does not vouch for it.
    #[error("whoever uploaded it cannot approve it")]
    SamePerson,
    /// A reason is needed.
    #[error("a reason is needed")]
    NoReason,
}

/// The new state and what happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The entry from now on.
    pub entry: Entry,
    /// What happened.
    pub event: Event,
}

/// Judges one command.
pub fn decide(entry: &Entry, command: Command, now: Timestamp) -> Result<Change, Refusal> {
    if let Some(given) = command.digest().filter(|given| *given != entry.digest) {
        return Err(Refusal::OtherDigest {
            given: given.to_owned(),
            package: entry.digest.clone(),
        });
    }
    if let Command::Approve { by, .. } = command {
        return approve(entry, by, now);
    }
    let (state, event) = step(entry.state.clone(), command, now)?;
    Ok(Change { entry: Entry { state, ..entry.clone() }, event })
}

fn approve(entry: &Entry, by: UserId, now: Timestamp) -> Result<Change, Refusal> {
    match &entry.state {
        State::Refused { .. } | State::Withdrawn { .. } => {
            Err(Refusal::WrongState { state: entry.state.name(), command: "approve" })
        }
        State::Uploaded
        | State::Validated { .. }
        | State::Failed { .. }
        | State::OnSandbox { .. }
        | State::SignedOff { .. }
        | State::Candidate { .. }
        | State::InProduction { .. } => {
            if by == entry.uploaded_by {
                return Err(Refusal::SamePerson);
            }
            let entry = Entry { approval: Some(Approval { by, at: now }), ..entry.clone() };
            Ok(Change { entry, event: Event::Approved { by } })
        }
    }
}

fn step(state: State, command: Command, now: Timestamp) -> Result<(State, Event), Refusal> {
    Ok(match (state, command) {
        (
            S::Uploaded | S::Refused { .. } | S::Validated { .. } | S::Failed { .. },
            C::Validate { report },
        ) => validated(report, now),
        // A candidate that is looked at again, against another environment, stays what it is.
        (
            state @ (S::OnSandbox { .. } | S::SignedOff { .. } | S::Candidate { .. }),
            C::Validate { report },
        ) => {
            let (_, event) = validated(report, now);
            (state, event)
        }
        (
            S::Validated { .. } | S::Failed { .. } | S::OnSandbox { .. },
            C::RecordInstalled { installation },
        ) => {
            let event = Event::Installed { environment: installation.environment };
            (S::OnSandbox { proven: installation }, event)
        }
        // Proven is proven: further sandboxes change nothing.
        (
            state @ (S::SignedOff { .. } | S::Candidate { .. } | S::InProduction { .. }),
            C::RecordInstalled { installation },
        ) => (state, Event::Installed { environment: installation.environment }),
        (S::Validated { .. } | S::Failed { .. }, C::RecordFailed { environment, why }) => (
            S::Failed { environment, why: why.clone(), at: now },
            Event::InstallFailed { environment, why },
        ),
        (
            state @ (S::OnSandbox { .. }
            | S::SignedOff { .. }
            | S::Candidate { .. }
            | S::InProduction { .. }),
            C::RecordFailed { environment, why },
        ) => (state, Event::InstallFailed { environment, why }),
        (S::OnSandbox { proven }, C::SignOff { by, issues, .. }) => {
            let event = Event::SignedOff { by, issues: issues.clone() };
            (S::SignedOff { sign_off: SignOff { proven, by, at: now, issues } }, event)
        }
        (S::SignedOff { sign_off }, C::MarkCandidate { issues_accepted: false, .. })
            if !sign_off.issues.is_empty() =>
        {
            return Err(Refusal::HasIssues(sign_off.issues));
        }
        (S::SignedOff { sign_off }, C::MarkCandidate { by, digest, .. }) => {
            let candidate = Candidate { sign_off, by, at: now };
            (S::Candidate { candidate }, Event::CandidateMarked { by, digest })
        }
        (
            S::Candidate { candidate } | S::InProduction { candidate, .. },
            C::RecordInProduction { installation },
        ) => {
            let event = Event::InstalledInProduction { environment: installation.environment };
            (S::InProduction { candidate, installed: installation }, event)
        }
        (state, C::Withdraw { by, reason }) => withdraw(&state, by, reason, now)?,
        (state, command) => {
            return Err(Refusal::WrongState { state: state.name(), command: command.name() });
        }
    })
}

fn withdraw(
    state: &State,
    by: UserId,
    reason: String,
    now: Timestamp,
) -> Result<(State, Event), Refusal> {
    match state {
        State::InProduction { .. } | State::Withdrawn { .. } => {
            Err(Refusal::WrongState { state: state.name(), command: "withdraw" })
        }
        State::Uploaded
        | State::Refused { .. }
        | State::Validated { .. }
        | State::Failed { .. }
        | State::OnSandbox { .. }
        | State::SignedOff { .. }
        | State::Candidate { .. } => {
            if reason.trim().is_empty() {
                return Err(Refusal::NoReason);
            }
            let event = Event::Withdrawn { by, reason: reason.clone() };
            Ok((State::Withdrawn { by, at: now, reason }, event))
        }
    }
}

fn validated(report: Report, now: Timestamp) -> (State, Event) {
    let target = report.target.clone();
    if report.is_accepted() {
        (State::Validated { at: now }, Event::Validated { target })
    } else {
        let findings = report.findings;
        let event = Event::Refused { target, findings: findings.len() };
        (State::Refused { at: now, findings }, event)
    }
}
