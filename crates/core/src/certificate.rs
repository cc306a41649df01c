//! The certificate: one file that says how a project went live, and that anybody can check without a server.
//!
//! It is a DSSE envelope (ed25519) around a [`Statement`]. The statement carries the headers of the project's log, so the
//! chain can be followed to the head that it names, and the bodies of the events that matter, so a verdict cannot be
//! replaced. Only a pinned key (or a head that was kept elsewhere) tells a true certificate from one that was made up
//! from beginning to end; without it the answer is "consistent, signer unknown".

mod envelope;
mod statement;
mod verify;
pub use envelope::{Envelope, PAYLOAD_TYPE, Signature, fingerprint, pre_authentication, sign};
pub use statement::{
    Clock, Disclosed, LogPart, ProjectEntry, SCHEMA, Server, SignedApproval, SignedBy, Statement,
    UsedEvidence, UsedWaiver, VerdictEntry,
};
pub use verify::{Check, Fault, MOST_BYTES, Outcome, Unreadable, Verification, verify};

#[cfg(test)]
mod tests;
