//! The sizing of a project as it is kept: where it stands, and which requests stand still for it.

use super::machine::State;
use crate::id::RequestId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The one sizing of a project.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Sizing {
    /// Where it stands.
    #[serde(flatten)]
    pub state: State,
    /// Production requests whose clock it has stopped, and will start again.
    #[serde(default)]
    pub paused: BTreeSet<RequestId>,
}
