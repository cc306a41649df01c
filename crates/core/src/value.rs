//! Measured values and thresholds: what a fact, a setting and a criterion hold.

use serde::{Deserialize, Serialize};

/// A value without its unit; the unit belongs to the setting or the fact that holds it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[serde(untagged)]
pub enum Value {
    /// Nobody has measured or answered it.
    #[default]
    Missing,
    /// Yes or no.
    Flag(bool),
    /// A whole number.
    Count(i64),
    /// Any other number, also percentages (0 to 100).
    Number(f64),
    /// A word, a date (`2027-04-05`) or a time.
    Text(String),
    /// Several words.
    List(Vec<String>),
}

impl Value {
    /// The value as a number, if it is one.
    pub fn number(&self) -> Option<f64> {
        match self {
            #[expect(
                clippy::cast_precision_loss,
                reason = "counts of this process stay far below 2^52"
            )]
            Self::Count(n) => Some(*n as f64),
            Self::Number(n) => Some(*n),
            Self::Missing | Self::Flag(_) | Self::Text(_) | Self::List(_) => None,
        }
    }

    /// True when nothing was measured.
    pub fn is_missing(&self) -> bool {
        *self == Self::Missing
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Flag(value)
    }
}
impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Count(value)
    }
}
impl From<usize> for Value {
    fn from(value: usize) -> Self {
        Self::Count(i64::try_from(value).unwrap_or(i64::MAX))
    }
}
impl From<f64> for Value {
    fn from(value: f64) -> Self {
        Self::Number(value)
    }
}
impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}
impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}
impl From<Vec<String>> for Value {
    fn from(value: Vec<String>) -> Self {
        Self::List(value)
    }
}
impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Missing, Into::into)
    }
}

impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Missing => f.write_str("not measured"),
            Self::Flag(true) => f.write_str("yes"),
            Self::Flag(false) => f.write_str("no"),
            Self::Count(n) => write!(f, "{n}"),
            Self::Number(n) => write!(f, "{}", (n * 100.0).round() / 100.0),
            Self::Text(text) => f.write_str(text),
            Self::List(list) if list.is_empty() => f.write_str("none"),
            Self::List(list) => f.write_str(&list.join(", ")),
        }
    }
}
