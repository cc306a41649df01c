//! Places inside the irreversible verbs where a test may pause, kill or fail golive.
//!
//! Nothing happens unless a test asks for it: in the process itself with [`Faults::at`], in another process with
//! `GOLIVE_PAUSE_AT` or `GOLIVE_ABORT_AT` and the name of a point.

use golive_app::ports::driver::DriverError;

/// Every point, so that a test can walk through all of them.
pub const POINTS: [&str; 14] = [
    "release.before_rename",
    "release.after_rename",
    "activate.before_rename",
    "activate.after_rename",
    "start.before_spawn",
    "start.after_spawn",
    "stop.after_signal",
    "hook.before_spawn",
    "hook.after_spawn",
    "hook.after_end",
    "copy.before_manifest",
    "copy.after_manifest",
    "swap.before_manifest",
    "swap.after_manifest",
];

/// What happens at a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Wait for ever, holding what is held; somebody will kill the process.
    Pause,
    /// End the process at once, as a crash would.
    Abort,
    /// Give up the verb, as if the process had been killed and its successor looked.
    Fail,
}

/// Which point does what; by default none.
#[derive(Debug, Clone, Default)]
pub struct Faults(Option<(String, Action)>);

impl Faults {
    /// One point with an action.
    pub fn at(point: &str, action: Action) -> Self {
        Self(Some((point.to_owned(), action)))
    }

    /// What the environment variables ask for.
    pub fn from_environment() -> Self {
        let asked = [("GOLIVE_PAUSE_AT", Action::Pause), ("GOLIVE_ABORT_AT", Action::Abort)];
        Self(asked.into_iter().find_map(|(name, action)| Some((std::env::var(name).ok()?, action))))
    }

    /// Called by the verbs; blocks if it is to pause.
    pub(crate) fn point(&self, name: &str) -> Result<(), DriverError> {
        debug_assert!(POINTS.contains(&name), "{name} is not in the list of points");
        match &self.0 {
            Some((point, action)) if point == name => {
                tracing::warn!(point = name, ?action, "fault at {name}");
                act(*action, name)
            }
            Some(_) | None => Ok(()),
        }
    }
}

fn act(action: Action, name: &str) -> Result<(), DriverError> {
    match action {
        Action::Pause => loop {
            std::thread::park();
        },
        Action::Abort => std::process::abort(),
        Action::Fail => Err(DriverError::Retry(format!("a test stopped the verb at {name}"))),
    }
}
