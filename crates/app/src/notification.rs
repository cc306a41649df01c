//! Notifications: events and due reminders become messages to people, each once whatever dies; the page and mail show them.
//!
//! - [`reader`]: reads the logs after its cursor; what it makes of the events is stored with the cursor
//! - [`events`]: which event of a log is told as which notification of the content
//! - [`values`]: what fills the names of a text
//! - [`crowd`]: who is meant by an audience
//! - [`post`]: one message for each person and channel, with when a mail may go out
//! - [`reminders`]: what is due by the business clock
//! - [`outbox`]: hands mail over, with bounded retries
//! - [`reactions`]: what golive itself does when something has happened

mod crowd;
mod events;
mod outbox;
mod post;
mod reactions;
mod reader;
mod reminders;
mod values;

pub use events::TOLD_AS;
pub use reminders::ANCHORS;

use crate::facts::Ground;
use crate::{Actor, App, Error, Result};
use golive_core::fact::Facts;
use golive_core::id::MessageId;
use golive_core::notification::Set;
use golive_store::{Queued, Session};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use tokio::sync::watch;
use utoipa::ToSchema;

/// How many messages a person is shown.
const SHOWN: i64 = 200;

/// Before an address within golive, where a text names one; whoever shows the text puts the right beginning there.
const ADDRESS: &str = "golive:";

/// How long the readers sleep at most when nothing is told.
const LOOK_AGAIN: Duration = Duration::from_secs(2);
/// So long news gather, so that the commits of a busy moment are read together.
const GATHER: Duration = Duration::from_millis(100);

/// A message to the one who asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MessageView {
    /// Its id.
    pub id: String,
    /// The project that it is about, or empty.
    pub project: String,
    /// The notification that it comes from.
    pub kind: String,
    /// One line.
    pub subject: String,
    /// Plain text.
    pub body: String,
    /// The page to go to.
    pub link: String,
    /// When.
    #[schema(value_type = String)]
    pub at: Timestamp,
    /// True until it is read.
    pub is_unread: bool,
}

/// Which messages have been read.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MessageRead {
    /// One message; without it, all that there are.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub message: Option<MessageId>,
}

impl App {
    /// One's own messages, the newest first.
    pub async fn message_list(&self, actor: &Actor, only_unread: bool) -> Result<Vec<MessageView>> {
        let mut session = self.store.session().await?;
        let all = session.messages(&actor.user.to_string(), "page", SHOWN).await?;
        let views = all.into_iter().map(message_view);
        Ok(views.filter(|view| view.is_unread || !only_unread).collect())
    }

    /// Marks one's own messages as read: one of them, or all that there are now.
    pub async fn message_read(
        &self,
        actor: &Actor,
        read: &MessageRead,
    ) -> Result<Vec<MessageView>> {
        match actor.scope {
            crate::Scope::Full => {}
            crate::Scope::Read | crate::Scope::Project(_) => {
                return Err(Error::forbidden("this token does not reach one's own messages"));
            }
        }
        let user = actor.user.to_string();
        self.store.messages_read(&user, read.message, self.clock.now()).await?;
        self.message_list(actor, false).await
    }

    /// The texts of all notifications.
    pub(crate) fn notification_set(&self) -> &Set {
        self.content.notifications.values().next().expect("the shipped content has notifications")
    }

    /// Makes messages of events and due reminders until told to stop.
    pub async fn run_notifications(self, stop: watch::Receiver<bool>) {
        self.clone().keep_looking(stop, "notifications", || self.notify()).await;
    }

    /// Reacts to events until told to stop.
    pub async fn run_reactions(self, stop: watch::Receiver<bool>) {
        self.clone().keep_looking(stop, "reactions", || self.react()).await;
    }

    /// Looks again after every commit, after every move of the clock, and now and then without being told.
    async fn keep_looking<F: Future<Output = Result<usize>>>(
        self,
        mut stop: watch::Receiver<bool>,
        who: &str,
        look: impl Fn() -> F,
    ) {
        let mut changes = self.store.changes();
        let mut nudges = self.live.nudges();
        while !*stop.borrow() {
            changes.mark_unchanged();
            if let Err(error) = look().await {
                tracing::error!(?error, "{who} could not go on; tried again");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
            tokio::select! {
                _ = changes.changed() => tokio::time::sleep(GATHER).await,
                _ = nudges.recv() => {}
                () = tokio::time::sleep(LOOK_AGAIN) => {}
                _ = stop.changed() => {}
            }
        }
    }
}

fn message_view(queued: Queued) -> MessageView {
    let message = queued.message;
    MessageView {
        id: message.id.to_string(),
        project: message.project,
        kind: message.kind,
        subject: message.subject,
        body: message.body.replace(&format!("{ADDRESS}{}", message.link), "").trim().to_owned(),
        link: message.link,
        at: message.at,
        is_unread: queued.phase == "new",
    }
}

/// The facts that this subject knows of a project: none, messages decide nothing.
pub(crate) async fn facts(
    _app: &App,
    _session: &mut Session,
    _ground: &Ground<'_>,
    _facts: &mut Facts,
) -> Result<()> {
    Ok(())
}
