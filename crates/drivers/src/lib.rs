//! Real targets and senders: the ports of `golive-app`, implemented. Nothing but the binary knows this crate.
//!
//! [`local`] runs environments as supervised processes of this host; [`mail`] hands mail to an SMTP server or writes it
//! into a folder; [`faults`] lets a test stop a verb between two of its own steps.

pub mod faults;
pub mod local;
pub mod mail;
