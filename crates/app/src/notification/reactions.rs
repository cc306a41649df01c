//! What golive itself does when something has happened: the deployment clock of a request that waits in Queued starts when
//! its gate has opened.

use crate::{App, Result};
use golive_core::gate::Gate;
use golive_core::id::ProjectId;
use golive_core::request::{Command, Request, State, decide};
use golive_store::Write;

/// The name of the cursor.
const SUBSCRIBER: &str = "reactions";

impl App {
    /// Reacts to everything that is new; how much there was.
    pub async fn react(&self) -> Result<usize> {
        let work = self.store.work(SUBSCRIBER, 1).await?;
        for one in &work {
            let mut write = self.store.write(&one.log, self.own_stamp()).await?;
            let mut seen = write.head().seq;
            if let Ok(project) = one.log.parse::<ProjectId>() {
                self.release_requests(&mut write, project).await?;
                // What was done here is news only to others.
                seen = write.head().seq;
            }
            write.seen(SUBSCRIBER, seen).await?;
            write.commit().await?;
        }
        Ok(work.len())
    }

    /// Starts the clock of requests that are signed off and whose gate is open now.
    async fn release_requests(&self, write: &mut Write, project: ProjectId) -> Result<()> {
        for (id, seen) in write.of_project::<Request>(project).await? {
            let waits =
                matches!(&seen.value.state, State::Queued { clock, .. } if clock.started.is_none());
            if !waits || !self.judge(write, project, Gate::ProductionRequest).await?.is_open() {
                continue;
            }
            let Ok(change) = decide(&seen.value, Command::Release, write.now()) else { continue };
            write.change(id, seen.version, &change.request, &change.event).await?;
            crate::service_request::follow(self, write, project, (id, &change)).await?;
        }
        Ok(())
    }
}
