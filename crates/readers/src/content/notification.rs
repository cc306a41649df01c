//! Notifications from TOML: `[set]` and `[[notification]]`.

use super::{LIMIT, Words, is_id};
use crate::source::Invalid;
use crate::source::tables::{Document, Located};
use golive_core::notification::{Audience, Channel, Notification, Set, Trigger, Urgency};
use jiff::civil::Time;
use serde::Deserialize;
use std::collections::BTreeSet;

/// The schema line of a set of notifications.
pub const SCHEMA: &str = "golive.notifications/1";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    id: String,
    version: String,
    language: String,
    quiet_hours: Quiet,
    digest_at: Time,
    note: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Quiet {
    start: Time,
    end: Time,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    id: String,
    group: String,
    event: Option<String>,
    schedule: Option<String>,
    audience: BTreeSet<Audience>,
    channels: BTreeSet<Channel>,
    urgency: Urgency,
    subject: String,
    body: String,
    action: String,
    variables: BTreeSet<String>,
    source: String,
}

/// Reads one set of notifications.
pub fn read(file: &str, bytes: &[u8], words: &Words) -> Result<Set, Vec<Invalid>> {
    let mut document = Document::parse(file, bytes, LIMIT, SCHEMA)?;
    let head = document.one::<Head>("set");
    let rows = document.many::<Row>("notification");
    document.refuse_twice("notification", rows.iter().map(|row| (row.line, row.id.as_str())));
    let notifications =
        rows.into_iter().filter_map(|row| notification(&mut document, row, words)).collect();
    document.finish()?;
    let head = head.expect("a missing head is an error, and there was none").row;
    Ok(Set {
        id: head.id,
        version: head.version,
        language: head.language,
        quiet_from: head.quiet_hours.start,
        quiet_until: head.quiet_hours.end,
        digest_at: head.digest_at,
        note: head.note,
        notifications,
    })
}

fn notification(
    document: &mut Document,
    Located { line, row }: Located<Row>,
    words: &Words,
) -> Option<Notification> {
    let id = row.id.clone();
    let mut refuse =
        |expected: &str, found: String| document.refuse(line, "notification", &id, expected, found);
    if !is_id(&id) {
        refuse("an id of lower-case words", format!("`{id}`"));
    }
    if row.audience.is_empty() || row.channels.is_empty() {
        refuse("somebody to tell, and a way to tell it", "an empty list".to_owned());
    }
    let trigger = match (row.event, row.schedule) {
        (Some(event), None) => Trigger::Event(event),
        (None, Some(setting)) => {
            if !setting.starts_with("reminder.") || !words.knows_setting(&setting) {
                refuse("a reminder.* setting of the policy pack", format!("`{setting}`"));
            }
            Trigger::Schedule(setting)
        }
        (Some(_), Some(_)) => {
            refuse("either event or schedule", "both".to_owned());
            return None;
        }
        (None, None) => {
            refuse("event or schedule", "none".to_owned());
            return None;
        }
    };
    let notification = Notification {
        id: row.id,
        group: row.group,
        trigger,
        audience: row.audience,
        channels: row.channels,
        urgency: row.urgency,
        subject: row.subject,
        body: row.body.trim().to_owned(),
        action: row.action,
        variables: row.variables,
        source: row.source,
    };
    let used = notification.names_used();
    for name in used.symmetric_difference(&notification.variables) {
        let found = if used.contains(name) { "in the text only" } else { "in the list only" };
        document.refuse(
            line,
            "notification",
            &id,
            "every {name} in text and list",
            format!("`{name}` {found}"),
        );
    }
    Some(notification)
}
