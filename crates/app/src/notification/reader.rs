//! Reads the logs after its cursor. The messages of a batch of events and the move of the cursor are one write: whatever
//! dies, every event is told once.

use super::crowd::Crowd;
use super::events::told_as;
use super::post::Cause;
use super::values::Telling;
use crate::{App, Result};
use golive_core::id::ProjectId;
use golive_core::notification::Notification;
use golive_core::portfolio::Project;
use golive_store::{StoredEvent, Write};

/// The name of the cursor.
pub(super) const SUBSCRIBER: &str = "notifications";

/// How many events are read at once.
const BATCH: i64 = 200;

impl App {
    /// Makes messages of everything that is new or due; how much there was.
    pub async fn notify(&self) -> Result<usize> {
        let mut seen = 0;
        for work in self.store.work(SUBSCRIBER, 1).await? {
            seen += 1 + self.tell_log(&work.log).await?;
        }
        Ok(seen + self.remind().await?)
    }

    /// One batch of one log.
    async fn tell_log(&self, log: &str) -> Result<usize> {
        let mut write = self.store.write(log, self.own_stamp()).await?;
        let from = write.position(SUBSCRIBER).await?;
        let events = write.events_after(log, from, BATCH).await?;
        let last = events.last().map_or(write.head().seq, |event| event.header.seq);
        if let Ok(project) = log.parse::<ProjectId>() {
            self.tell_events(&mut write, project, &events).await?;
            write.remind_at(log, None).await?;
        }
        self.faults.point("notifications/told");
        write.seen(SUBSCRIBER, last).await?;
        write.commit().await?;
        Ok(events.len())
    }

    async fn tell_events(
        &self,
        write: &mut Write,
        id: ProjectId,
        events: &[StoredEvent],
    ) -> Result<()> {
        let set = self.notification_set();
        let routed = events.iter().filter_map(|event| {
            let of: Vec<&Notification> = set.of_event(told_as(&event.header.kind)?).collect();
            (!of.is_empty()).then_some((event, of))
        });
        let mut ground: Option<(Project, Crowd)> = None;
        for (event, notifications) in routed {
            if ground.is_none() {
                let Some(project) = write.find::<Project>(id).await? else { return Ok(()) };
                ground = Some((project.value, Crowd::of(write, id).await?));
            }
            let Some((project, crowd)) = &ground else { return Ok(()) };
            for notification in notifications {
                let of_event = (crowd, notification.group.as_str());
                let mut telling =
                    Telling::of(write, (project, &project.slug), event, of_event).await?;
                self.more_values(write, notification, &mut telling).await?;
                let cause = format!("{id}/{}", event.header.seq);
                let cause = Cause { id: &cause, kind: &event.header.kind };
                self.post(write, id, (notification, &cause), (&telling, crowd)).await?;
            }
        }
        Ok(())
    }
}
