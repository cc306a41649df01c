//! The rules of going live, with no input or output.
//!
//! Nothing here reads a clock, a database, a file or the network: every fact a rule needs is an argument, and every
//! answer is a value. That lets a test cover a rule in microseconds and lets a page ask "would this be allowed?"
//! without doing it.

pub mod acceptance;
pub mod account;
pub mod approval;
pub mod blueprint;
pub mod calendar;
pub mod certificate;
pub mod chain;
pub mod checklist;
pub mod customisation;
pub mod cutover;
pub mod datacopy;
pub mod deadline;
pub mod environment;
pub mod estimate;
pub mod fact;
pub mod gate;
pub mod go_live;
pub mod id;
pub mod load_test;
#[cfg(test)]
mod matrix;
pub mod methodology;
pub mod notification;
pub mod onboarding;
pub mod operation;
pub mod package;
pub mod path;
pub mod people;
pub mod policy;
pub mod portfolio;
pub mod project;
pub mod request;
pub mod review;
pub mod schedule;
pub mod service_model;
pub mod service_request;
pub mod sizing;
pub mod value;
pub mod version_set;
pub mod vocabulary;
pub mod waiver;
