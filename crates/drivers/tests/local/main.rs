//! The local driver with real processes, real databases and the demo ERP: each verb done, repeated, cut off, and asked
//! by an owner who woke too late.

mod databases;
mod faults;
mod fence;
mod ground;
mod hooks;
mod service;
