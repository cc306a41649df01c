//! A drill: an operation that changes nothing but its own file, shipped so that recovery can be practised where it counts.
//! It can be asked to fail, to need attention, or to take its time.

use super::{End, Kind, Step, Trouble, Work, done};
use crate::Result;
use crate::ports::BoxFuture;
use serde::Deserialize;
use serde_json::json;
use std::path::PathBuf;
use std::time::Duration;

/// What the drill shall do.
#[derive(Debug, Default, Deserialize)]
struct Params {
    /// The step, from 1, that refuses.
    #[serde(default)]
    refuse_at: usize,
    /// The step, from 1, that needs attention.
    #[serde(default)]
    attention_at: usize,
    /// The step, from 1, whose undo fails.
    #[serde(default)]
    undo_fails_at: usize,
    /// How long each step takes, in milliseconds.
    #[serde(default)]
    step_millis: u64,
}

/// Three steps, each of which leaves a file.
pub(super) struct Drill(Vec<Box<dyn Step>>);

impl Default for Drill {
    fn default() -> Self {
        Self(vec![
            Box::new(Mark(1, "first", "Leave the first mark")),
            Box::new(Mark(2, "second", "Leave the second mark")),
            Box::new(Mark(3, "third", "Leave the third mark")),
        ])
    }
}

impl Kind for Drill {
    fn name(&self) -> &'static str {
        "drill"
    }
    fn title(&self) -> &'static str {
        "Drill"
    }
    fn steps(&self) -> &[Box<dyn Step>] {
        &self.0
    }
}

struct Mark(usize, &'static str, &'static str);

impl Mark {
    fn file(&self, work: &Work<'_>) -> PathBuf {
        work.app.folders.operation(work.operation.id).join(format!("mark-{}", self.0))
    }
}

impl Step for Mark {
    fn name(&self) -> &'static str {
        self.1
    }

    fn title(&self) -> &'static str {
        self.2
    }

    fn apply<'a>(&'a self, work: &'a Work<'a>) -> BoxFuture<'a, Result<End, Trouble>> {
        Box::pin(async move {
            let params: Params = work.params()?;
            tokio::time::sleep(Duration::from_millis(params.step_millis)).await;
            let file = self.file(work);
            let chosen = work
                .log
                .iter()
                .any(|record| matches!(record, golive_core::operation::Record::Chosen { .. }));
            if params.attention_at == self.0 && !chosen {
                return Err(Trouble::NeedsAttention("the drill asked for a person".into()));
            }
            std::fs::create_dir_all(file.parent().expect("it lies in the operation's folder"))
                .and_then(|()| std::fs::write(&file, "here"))
                .map_err(|error| Trouble::Retry(error.to_string()))?;
            work.say(format!("left mark {}", self.0));
            if params.refuse_at == self.0 {
                return Err(Trouble::Refused("the drill asked to refuse".into()));
            }
            done(json!({ "mark": self.0 }))
        })
    }

    fn undo<'a>(&'a self, work: &'a Work<'a>) -> BoxFuture<'a, Result<(), Trouble>> {
        Box::pin(async move {
            let params: Params = work.params()?;
            let chosen = work
                .log
                .iter()
                .any(|record| matches!(record, golive_core::operation::Record::Chosen { .. }));
            if params.undo_fails_at == self.0 && !chosen {
                return Err(Trouble::NeedsAttention(
                    "the drill asked for an undo that fails".into(),
                ));
            }
            match std::fs::remove_file(self.file(work)) {
                Ok(()) => work.say(format!("took mark {} back", self.0)),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => return Err(Trouble::Retry(error.to_string())),
            }
            Ok(())
        })
    }
}
