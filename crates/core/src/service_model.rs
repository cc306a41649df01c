//! The two service models: who deploys, people of the operator or golive itself.

use serde::{Deserialize, Serialize};

/// How production is released and deployed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServiceModel {
    /// People of the operator's side release and deploy; a request may wait for the review.
    Managed,
    /// golive deploys by itself once the gate is open.
    SelfService,
}

impl ServiceModel {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Managed, Self::SelfService];

    /// The name on every floor: `self_service`.
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
        Self::ALL
            .into_iter()
            .find(|model| model.name() == text)
            .ok_or_else(|| format!("no service model `{text}`; models are managed, self_service"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_leads_back_to_its_model() {
        for model in ServiceModel::ALL {
            assert_eq!(model.name().parse(), Ok(model));
            assert_eq!(serde_json::to_value(model).unwrap(), model.name());
        }
        assert!("iaas".parse::<ServiceModel>().is_err());
    }
}
