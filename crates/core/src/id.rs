//! Identifiers: one type per kind of thing, one prefix per type.
//!
//! An id is `prefix_` and 32 hexadecimal digits. Because the prefix is part of the text, an id that is
//! pasted into the wrong place is refused instead of looked up.

use sha2::{Digest, Sha256};

/// Declares an id type with its prefix.
macro_rules! id_type {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(uuid::Uuid);

        impl $name {
            /// What the text form starts with, without the underscore.
            pub const PREFIX: &'static str = $prefix;

            /// Wraps a raw id, usually a fresh UUID v7 that the caller was handed.
            pub const fn from_uuid(raw: uuid::Uuid) -> Self {
                Self(raw)
            }

            /// The id that a thing with this name has within its owner, always the same one.
            ///
            /// Things that come from files have stable names; deriving their ids makes an import repeatable.
            pub fn named(owner: &str, name: &str) -> Self {
                Self($crate::id::named(concat!($prefix, "\0"), owner, name))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!($prefix, "_{}"), self.0.simple())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::id::BadId;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let bad = || $crate::id::BadId { kind: $prefix, text: text.chars().take(60).collect() };
                let raw = text.strip_prefix(concat!($prefix, "_")).ok_or_else(bad)?;
                let lower = raw.len() == 32 && raw.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
                if !lower {
                    return Err(bad());
                }
                uuid::Uuid::try_parse(raw).map(Self).map_err(|_| bad())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(d)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

/// A text that is not an id of the kind that was expected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not an id of the form {kind}_ and 32 hexadecimal digits")]
pub struct BadId {
    /// The prefix that was expected.
    pub kind: &'static str,
    /// What was given, cut to 60 characters.
    pub text: String,
}

/// The first 128 bits of a hash over kind, owner and name, each ended by a zero byte.
fn named(kind: &str, owner: &str, name: &str) -> uuid::Uuid {
    let mut hash = Sha256::new();
    for part in [kind, owner, "\0", name] {
        hash.update(part.as_bytes());
    }
    let mut raw = [0; 16];
    raw.copy_from_slice(&hash.finalize()[..16]);
    uuid::Uuid::from_bytes(raw)
}

id_type!(/// A company or department that takes part in projects.
    OrganisationId, "org");
id_type!(/// A project that takes one customer live.
    ProjectId, "prj");
id_type!(/// A person or service account known to the server.
    UserId, "usr");
id_type!(/// A user's seat in one project.
    MemberId, "mbr");
id_type!(/// An invitation to join the server or a project.
    InvitationId, "inv");
id_type!(/// An API token.
    TokenId, "tok");
id_type!(/// A browser session.
    SessionId, "ses");
id_type!(/// One environment of a project.
    EnvironmentId, "env");
id_type!(/// A durable operation.
    OperationId, "op");
id_type!(/// A production request.
    RequestId, "req");
id_type!(/// A service request: the conversation with the operator.
    ServiceRequestId, "srq");
id_type!(/// A deployable package.
    PackageId, "pkg");
id_type!(/// A typed file or record that proves something.
    EvidenceId, "evd");
id_type!(/// A recorded exception to a criterion.
    WaiverId, "wvr");
id_type!(/// A phase of a project's methodology.
    PhaseId, "phs");
id_type!(/// A step of a project's methodology.
    StepId, "stp");
id_type!(/// A milestone of a project.
    MilestoneId, "mst");
id_type!(/// A section of a project's onboarding.
    SectionId, "ons");
id_type!(/// A requirement.
    RequirementId, "rqm");
id_type!(/// A test case.
    CaseId, "tc");
id_type!(/// A batch of test results.
    ResultsId, "res");
id_type!(/// A test cycle.
    CycleId, "cyc");
id_type!(/// A defect.
    DefectId, "dft");
id_type!(/// A filled-in checklist.
    ChecklistId, "chk");
id_type!(/// A section of a filled-in checklist.
    ChecklistSectionId, "cks");
id_type!(/// A go-live review.
    ReviewId, "rvw");
id_type!(/// A finding of a review.
    FindingId, "fnd");
id_type!(/// A usage profile.
    EstimateId, "est");
id_type!(/// A cutover plan.
    PlanId, "pln");
id_type!(/// A run of a cutover plan, rehearsal or live.
    RunId, "run");
id_type!(/// A task of a cutover run.
    TaskId, "tsk");
id_type!(/// A message to be sent.
    MessageId, "msg");
id_type!(/// A restore point of an environment.
    RestorePointId, "rpt");
id_type!(/// A blueprint as it was brought in.
    BlueprintId, "blp");
id_type!(/// An incident of a cutover run.
    IncidentId, "inc");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_of_another_kind_is_refused() {
        let project = ProjectId::from_uuid(uuid::Uuid::from_u128(7));
        let text = project.to_string();
        assert_eq!(text.parse::<ProjectId>(), Ok(project));
        assert!(text.parse::<EnvironmentId>().is_err());
        assert!(text.to_uppercase().parse::<ProjectId>().is_err());
        assert!(format!("{text} ").parse::<ProjectId>().is_err());
    }

    #[test]
    fn a_named_id_is_repeatable_and_depends_on_every_part() {
        let id = StepId::named("prj_a", "fit-gap");
        assert_eq!(id, StepId::named("prj_a", "fit-gap"));
        assert_ne!(id, StepId::named("prj_b", "fit-gap"));
        assert_ne!(id, StepId::named("prj_a", "fit"));
        assert_ne!(id.to_string()[4..], PhaseId::named("prj_a", "fit-gap").to_string()[4..]);
    }
}
