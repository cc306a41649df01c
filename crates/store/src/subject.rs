//! What is stored as one row: a subject with its id, its version, its state as JSON, and the columns searched by.

use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt::Display;
use std::str::FromStr;

/// A value of a column that is searched by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Column {
    /// A text; searched ones are folded in Rust.
    Text(String),
    /// A number, a time in microseconds, or 0 and 1.
    Int(i64),
}

impl From<&str> for Column {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}
impl From<String> for Column {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}
impl From<i64> for Column {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

/// Something that changes together and is stored as one row.
pub trait Subject: Clone + Serialize + DeserializeOwned + Send + Sync + Unpin + 'static {
    /// Its id.
    type Id: Display + FromStr + Copy + Send + Sync + 'static;
    /// Its table.
    const TABLE: &'static str;
    /// Its name in events and messages: `environment`.
    const KIND: &'static str;
    /// The names of its columns beyond id, project, version and state.
    const COLUMNS: &'static [&'static str] = &[];
    /// The values of these columns, in the same order.
    fn columns(&self) -> Vec<Column> {
        Vec::new()
    }
}

/// A loaded value with the version it had, for the optimistic write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Versioned<T> {
    /// The value.
    pub value: T,
    /// Its version; grows by one with every change.
    pub version: i64,
}
