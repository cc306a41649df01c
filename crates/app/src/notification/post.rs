//! One message for each person and channel, stored with what made it. Its id is derived, so it is made once.

use super::ADDRESS;
use super::crowd::{Crowd, Recipient};
use super::events::words;
use super::values::Telling;
use crate::{App, Result};
use golive_core::id::{MessageId, ProjectId};
use golive_core::notification::{Channel, Message as Text, Notification, Urgency, When};
use golive_store::{Message, Write};
use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

/// What makes messages: an event of a log, or a reminder by its name.
pub(super) struct Cause<'a> {
    /// What the ids are derived from: `prj_…/17`.
    pub id: &'a str,
    /// What happened, in the words of the log.
    pub kind: &'a str,
}

impl App {
    /// Stores the messages of one notification.
    pub(super) async fn post(
        &self,
        write: &mut Write,
        project: ProjectId,
        (notification, cause): (&Notification, &Cause<'_>),
        (telling, crowd): (&Telling<'_>, &Crowd),
    ) -> Result<()> {
        for recipient in crowd.recipients(&notification.audience, telling) {
            let reader = Reader::of(&recipient, crowd, telling);
            let text = text(notification, cause, telling, &reader);
            for channel in &notification.channels {
                let (name, address) = match (channel, &reader.user, &reader.email) {
                    (Channel::Page, Some(_), _) => ("page", String::new()),
                    (Channel::Mail, _, Some(email)) => ("mail", email.clone()),
                    // Webhooks and the calendar feed are not messages.
                    (
                        Channel::Page | Channel::Mail | Channel::Webhook | Channel::Calendar,
                        _,
                        _,
                    ) => continue,
                };
                let to = reader.user.clone().unwrap_or_else(|| address.clone());
                let (due, is_digest) = self.due(notification.urgency, &reader.zone, write.now());
                let message = Message {
                    id: MessageId::named(cause.id, &format!("{}/{to}/{name}", notification.id)),
                    project: project.to_string(),
                    recipient: reader.user.clone().unwrap_or_default(),
                    channel: name.to_owned(),
                    kind: notification.id.clone(),
                    subject: text.subject.clone(),
                    body: if name == "mail" {
                        mail_body(&text, telling)
                    } else {
                        text.body.clone()
                    },
                    link: telling.link.clone(),
                    at: telling.at,
                    address,
                    due,
                    is_digest,
                };
                write.add_message(&message).await?;
            }
        }
        Ok(())
    }

    /// When a mail may go out, by what the reader's clock shows, and whether it may go with others.
    fn due(&self, urgency: Urgency, zone: &TimeZone, now: Timestamp) -> (Timestamp, bool) {
        let clock = zone.to_datetime(now).time();
        match self.notification_set().when(urgency, clock) {
            When::Now => (now, false),
            When::After(time) => (next(time, zone, now), false),
            When::Digest(time) => (next(time, zone, now), true),
        }
    }
}

/// The next moment at which clocks in a zone show this time.
fn next(time: Time, zone: &TimeZone, now: Timestamp) -> Timestamp {
    let local = zone.to_datetime(now);
    let day = if local.time() < time {
        Ok(local.date())
    } else {
        local.date().checked_add(Span::new().days(1))
    };
    let at = day.ok().and_then(|day| zone.to_timestamp(day.to_datetime(time)).ok());
    at.unwrap_or(now)
}

/// Who reads it: in which zone, at which address.
struct Reader {
    user: Option<String>,
    email: Option<String>,
    zone: TimeZone,
}

impl Reader {
    fn of(recipient: &Recipient, crowd: &Crowd, telling: &Telling<'_>) -> Self {
        let zone = |name: &str| TimeZone::get(name).unwrap_or(TimeZone::UTC);
        match recipient {
            Recipient::User(user) => {
                let person = crowd.person(*user);
                let email = person.map(|p| p.email.clone()).filter(|email| !email.is_empty());
                let place = person.map_or(&telling.project.time_zone, |person| &person.time_zone);
                Self { user: Some(user.to_string()), email, zone: zone(place) }
            }
            Recipient::Address(address) => Self {
                user: None,
                email: Some(address.clone()),
                zone: zone(&telling.project.time_zone),
            },
        }
    }
}

/// The text with its names filled in. Where one of them is not known, what happened is said plainly instead.
fn text(
    notification: &Notification,
    cause: &Cause<'_>,
    telling: &Telling<'_>,
    reader: &Reader,
) -> Text {
    let values = telling.values(notification, &reader.zone);
    notification.fill(&values).unwrap_or_else(|missing| {
        tracing::debug!(%missing, "a notification is said plainly: {missing}");
        let what = words(cause.kind);
        let when = super::values::moment(telling.at, &reader.zone);
        let who = if telling.actor_name.is_empty() {
            String::new()
        } else {
            format!("By {}, ", telling.actor_name)
        };
        Text {
            subject: notification
                .subject(&values)
                .unwrap_or_else(|| format!("{}: {what}", telling.project.name)),
            body: format!("{who}{when}."),
            action: notification.action.clone(),
        }
    })
}

/// A mail says where to go, if the text does not.
fn mail_body(text: &Text, telling: &Telling<'_>) -> String {
    let address = format!("{ADDRESS}{}", telling.link);
    if text.body.contains(&address) {
        return text.body.clone();
    }
    format!("{}\n\n{}: {address}", text.body, text.action)
}
