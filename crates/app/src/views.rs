//! What a person or a program sees. Pages render these, the API returns them, the command line prints them.

use golive_core::gate::Verdict;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Something that could be done here. `refused` is what `decide` would answer, so a greyed-out button and a refusal can
/// never disagree.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ActionView {
    /// The operation id of the API: `request_sign_off`.
    pub name: String,
    /// Why not, if not; empty when it can be done now.
    pub refused: Vec<String>,
}

impl ActionView {
    /// An action with what a trial of it answered.
    pub fn tried<T>(name: &str, answer: Result<T, crate::Error>) -> Self {
        let refused = match answer {
            Ok(_) => Vec::new(),
            Err(crate::Error::GateShut(verdict)) => {
                verdict.reasons().map(|reason| reason.title.clone()).collect()
            }
            Err(crate::Error::Refused(reasons)) => reasons,
            Err(error) => vec![error.to_string()],
        };
        Self { name: name.to_owned(), refused }
    }

    /// True when it can be done now.
    pub fn is_open(&self) -> bool {
        self.refused.is_empty()
    }
}

/// A verdict with what pages and the API add to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct GateView {
    /// The project.
    pub project: String,
    /// Whether the gate is open.
    pub open: bool,
    /// The whole verdict.
    #[schema(value_type = Object)]
    pub verdict: Verdict,
}
