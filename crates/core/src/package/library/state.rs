//! Where a package stands in the library, and what is on record about it.

use crate::id::{EnvironmentId, OperationId, UserId};
use crate::package::check::Finding;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// An installation that went well.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Installation {
    /// Where.
    pub environment: EnvironmentId,
    /// By which operation.
    pub operation: OperationId,
    /// When it ended.
    pub at: Timestamp,
}

/// The signature over a package that was proven on a sandbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignOff {
    /// Where it was proven.
    pub proven: Installation,
    /// Who signed.
    pub by: UserId,
    /// When.
    pub at: Timestamp,
    /// Issues that are known; none for a plain sign-off.
    pub issues: Vec<String>,
}

/// A release candidate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// The signature it rests on.
    pub sign_off: SignOff,
    /// Who named it.
    pub by: UserId,
    /// When.
    pub at: Timestamp,
}

/// Where a package stands.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum State {
    /// The file is there and nobody has looked inside.
    #[default]
    Uploaded,
    /// It cannot be used.
    Refused {
        /// When it was looked at.
        at: Timestamp,
        /// Why.
        findings: Vec<Finding>,
    },
    /// It can be installed on a sandbox.
    Validated {
        /// When it was looked at.
        at: Timestamp,
    },
    /// It could not be installed on a sandbox; it may be tried again.
    Failed {
        /// Where.
        environment: EnvironmentId,
        /// Why.
        why: String,
        /// When.
        at: Timestamp,
    },
    /// It is installed on a sandbox.
    OnSandbox {
        /// Where, by which operation, when.
        proven: Installation,
    },
    /// Somebody has signed that it works there.
    SignedOff {
        /// The signature.
        sign_off: SignOff,
    },
    /// It may go to production.
    Candidate {
        /// What makes it one.
        candidate: Candidate,
    },
    /// It is, or was, installed in production.
    InProduction {
        /// What made it a candidate.
        candidate: Candidate,
        /// Where, by which operation, when.
        installed: Installation,
    },
    /// It is not to be used any more.
    Withdrawn {
        /// Who says so.
        by: UserId,
        /// When.
        at: Timestamp,
        /// Why.
        reason: String,
    },
}

impl State {
    /// The state's name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Uploaded => "uploaded",
            Self::Refused { .. } => "refused",
            Self::Validated { .. } => "validated",
            Self::Failed { .. } => "failed",
            Self::OnSandbox { .. } => "on_sandbox",
            Self::SignedOff { .. } => "signed_off",
            Self::Candidate { .. } => "candidate",
            Self::InProduction { .. } => "in_production",
            Self::Withdrawn { .. } => "withdrawn",
        }
    }

    /// What makes it a release candidate, if it is one.
    pub fn candidate(&self) -> Option<&Candidate> {
        match self {
            Self::Candidate { candidate } | Self::InProduction { candidate, .. } => Some(candidate),
            Self::Uploaded
            | Self::Refused { .. }
            | Self::Validated { .. }
            | Self::Failed { .. }
            | Self::OnSandbox { .. }
            | Self::SignedOff { .. }
            | Self::Withdrawn { .. } => None,
        }
    }

    /// Where it was proven on a sandbox, if it was.
    pub fn proven(&self) -> Option<&Installation> {
        match self {
            Self::OnSandbox { proven } => Some(proven),
            Self::SignedOff { sign_off } => Some(&sign_off.proven),
            Self::Candidate { candidate } | Self::InProduction { candidate, .. } => {
                Some(&candidate.sign_off.proven)
            }
            Self::Uploaded
            | Self::Refused { .. }
            | Self::Validated { .. }
            | Self::Failed { .. }
            | Self::Withdrawn { .. } => None,
        }
    }
}

/// A second person's word for an unsigned package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// Who.
    pub by: UserId,
    /// When.
    pub at: Timestamp,
}

/// A package in a project's library.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The digest of the file, which everything below is bound to.
    pub digest: String,
    /// Who brought it.
    pub uploaded_by: UserId,
    /// A second person's word for it.
    pub approval: Option<Approval>,
    /// Where it stands.
    #[serde(flatten)]
    pub state: State,
}
