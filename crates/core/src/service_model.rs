//! Who deploys: people of the operator's side, or golive by itself.

use serde::{Deserialize, Serialize};

/// The service model of a project's environments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServiceModel {
    /// People of the operator's side release and deploy; requests may wait in the queue.
    Managed,
    /// golive deploys by itself once the gate is open.
    SelfService,
}

impl ServiceModel {
    /// The name on every floor.
    pub fn name(self) -> &'static str {
        match self {
            Self::Managed => "managed",
            Self::SelfService => "self_service",
        }
    }
}

impl std::str::FromStr for ServiceModel {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        [Self::Managed, Self::SelfService]
            .into_iter()
            .find(|model| model.name() == text)
            .ok_or_else(|| format!("no service model `{text}`; they are managed and self_service"))
    }
}
