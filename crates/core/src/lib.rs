//! The rules of going live, with no input or output.
//!
//! Nothing here reads a clock, a database, a file or the network: every fact a rule needs is an argument, and every
//! answer is a value. That lets a test cover a rule in microseconds and lets a page ask "would this be allowed?"
//! without doing it.

pub mod approval;
pub mod blueprint;
pub mod certificate;
pub mod chain;
pub mod cutover;
pub mod estimate;
pub mod sizing;
pub mod fact;
pub mod gate;
pub mod go_live;
pub mod id;
pub mod operation;
pub mod policy;
pub mod value;
pub mod environment;
pub mod path;
pub mod people;
pub mod request;
pub mod schedule;
pub mod review;
pub mod service_model;
pub mod service_request;
pub mod calendar;
pub mod vocabulary;
pub mod datacopy;
pub mod deadline;
pub mod waiver;
#[cfg(test)]
mod matrix;
pub mod account;
pub mod portfolio;
pub mod project;
pub mod methodology;
pub mod notification;
pub mod onboarding;
pub mod acceptance;
pub mod customisation;
pub mod load_test;
pub mod checklist;
pub mod package;
pub mod version_set;
