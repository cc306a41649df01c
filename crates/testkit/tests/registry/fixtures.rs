//! One fixture for each kind: what must be there before, and what is asked.

use crate::ground::Scene;
use golive_app::ports::BoxFuture;
use golive_core::id::EnvironmentId;
use serde_json::{Value, json};

/// What an operation shall do.
pub struct Asked {
    /// Its kind.
    pub kind: &'static str,
    /// The environment that it works on, if any.
    pub environment: Option<EnvironmentId>,
    /// What its steps need to know.
    pub params: Value,
}

/// Prepares a scene; each run gets one of its own.
pub type Fixture = for<'a> fn(&'a Scene<'a>) -> BoxFuture<'a, Asked>;

/// The fixture of a kind.
pub fn fixture(kind: &str) -> Option<Fixture> {
    match kind {
        "drill" => Some(drill),
        "provision" => Some(provision),
        _ => None,
    }
}

fn drill<'a>(_scene: &'a Scene<'a>) -> BoxFuture<'a, Asked> {
    Box::pin(async { Asked { kind: "drill", environment: None, params: json!({}) } })
}

fn provision<'a>(scene: &'a Scene<'a>) -> BoxFuture<'a, Asked> {
    Box::pin(async move {
        let environment =
            scene.test.environment(scene.manager, scene.project, &scene.name("uat")).await;
        Asked { kind: "provision", environment: Some(environment), params: json!({}) }
    })
}
