//! Notifications: what is said to whom, by which channel and when.
//!
//! The texts are content; here stand their type, how names are filled in, and how quiet hours and the daily digest are kept.

use jiff::civil::Time;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What makes a notification go out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trigger {
    /// An event of the audit log, by name.
    Event(String),
    /// A reminder series of the policy pack, by setting.
    Schedule(String),
}

/// How a message reaches people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Channel {
    /// On the page.
    Page,
    /// By mail.
    Mail,
    /// To a program.
    Webhook,
    /// In the calendar feed.
    Calendar,
}

/// How much it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Urgency {
    /// May wait for the daily digest.
    Info,
    /// Somebody must do something.
    Action,
    /// Something is about to go wrong.
    Warning,
    /// Sent at once, also in quiet hours; nobody can switch it off.
    Urgent,
}

/// Who gets it. Who these people are follows from the project and from the event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Audience {
    /// Project managers of both sides.
    ProjectManagers,
    /// Key stakeholders of both sides.
    KeyStakeholders,
    /// Everybody in the project.
    AllMembers,
    /// All of the customer.
    Customer,
    /// All of the partner.
    Partner,
    /// The reviewers of the project.
    Reviewers,
    /// The reviewer in charge.
    LeadReviewer,
    /// The operators.
    Operators,
    /// Who asked for it.
    Requester,
    /// Who sent it in.
    Submitter,
    /// Whom it belongs to.
    Owner,
    /// Whom it was given to.
    Assignee,
    /// Those whose approval is asked.
    Approvers,
    /// The deputies of those who do not answer.
    Deputies,
    /// Those who take part.
    Participants,
    /// Those who hold a seat.
    Voters,
    /// Who decides go or no-go.
    Authority,
    /// Those with a task in the cutover plan.
    CutoverTeam,
    /// The addresses that the project lists.
    NotificationList,
    /// The administrator of the environment.
    EnvironmentAdministrator,
    /// Who was invited.
    Invitee,
    /// Those who signed.
    Signers,
    /// Those who follow it.
    Followers,
    /// The support team.
    Support,
    /// The owners of data.
    DataOwners,
    /// The administrators of the server.
    Administrators,
}

/// One kind of message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notification {
    /// The name in files: `phase-completed`.
    pub id: String,
    /// What it is about, for people's settings.
    pub group: String,
    /// What makes it go out.
    pub trigger: Trigger,
    /// Who gets it.
    pub audience: BTreeSet<Audience>,
    /// How.
    pub channels: BTreeSet<Channel>,
    /// How much it matters.
    pub urgency: Urgency,
    /// The subject, with `{names}`.
    pub subject: String,
    /// The text, with `{names}`.
    pub body: String,
    /// The label of the link.
    pub action: String,
    /// All names that occur.
    pub variables: BTreeSet<String>,
    /// Where it comes from.
    pub source: String,
}

/// All kinds of message, with when they may be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Set {
    /// The name of the set.
    pub id: String,
    /// Its version.
    pub version: String,
    /// The language of the texts.
    pub language: String,
    /// Nothing but the urgent goes out from then…
    pub quiet_from: Time,
    /// … until then, in the reader's zone.
    pub quiet_until: Time,
    /// When the digest goes out, in the reader's zone.
    pub digest_at: Time,
    /// What else to know.
    pub note: Option<String>,
    /// The messages in the order of the file.
    pub notifications: Vec<Notification>,
}

impl Set {
    /// The notifications that an event makes go out.
    pub fn of_event<'s>(&'s self, event: &'s str) -> impl Iterator<Item = &'s Notification> {
        self.notifications
            .iter()
            .filter(move |n| matches!(&n.trigger, Trigger::Event(name) if name == event))
    }

    /// The notifications of a reminder series.
    pub fn of_schedule<'s>(&'s self, setting: &'s str) -> impl Iterator<Item = &'s Notification> {
        self.notifications
            .iter()
            .filter(move |n| matches!(&n.trigger, Trigger::Schedule(name) if name == setting))
    }

    /// When a mail goes out, by what the reader's clock shows.
    pub fn when(&self, urgency: Urgency, clock: Time) -> When {
        let quiet = if self.quiet_from <= self.quiet_until {
            (self.quiet_from..self.quiet_until).contains(&clock)
        } else {
            clock >= self.quiet_from || clock < self.quiet_until
        };
        match urgency {
            Urgency::Info => When::Digest(self.digest_at),
            Urgency::Action | Urgency::Warning if quiet => When::After(self.quiet_until),
            Urgency::Action | Urgency::Warning | Urgency::Urgent => When::Now,
        }
    }
}

/// When a mail goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// At once.
    Now,
    /// At this time, when quiet hours end.
    After(Time),
    /// With others in the next digest, at this time.
    Digest(Time),
}

/// A message with its names filled in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// The subject, on one line.
    pub subject: String,
    /// The text.
    pub body: String,
    /// The label of the link.
    pub action: String,
}

/// Names that the sender did not fill in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the notification {notification} needs {}", .names.join(", "))]
pub struct Unfilled {
    /// The notification.
    pub notification: String,
    /// The names.
    pub names: Vec<String>,
}

impl Notification {
    /// Fills in the names. A value is put in as it is: it cannot bring names of its own.
    pub fn fill(&self, values: &BTreeMap<&str, String>) -> Result<Message, Unfilled> {
        let missing = self.variables.iter().filter(|name| !values.contains_key(name.as_str()));
        let names: Vec<String> = missing.cloned().collect();
        if !names.is_empty() {
            return Err(Unfilled { notification: self.id.clone(), names });
        }
        Ok(Message {
            subject: self.one_line(values),
            body: filled(&self.body, values),
            action: filled(&self.action, values),
        })
    }

    /// The subject alone, where all of its own names are known: the body may lack one.
    pub fn subject(&self, values: &BTreeMap<&str, String>) -> Option<String> {
        let is_known = names(&self.subject).iter().all(|name| values.contains_key(name.as_str()));
        is_known.then(|| self.one_line(values))
    }

    fn one_line(&self, values: &BTreeMap<&str, String>) -> String {
        filled(&self.subject, values).replace(['\r', '\n'], " ")
    }

    /// The names that its texts use.
    pub fn names_used(&self) -> BTreeSet<String> {
        [&self.subject, &self.body, &self.action].into_iter().flat_map(|text| names(text)).collect()
    }
}

/// The `{names}` of a text.
fn names(text: &str) -> BTreeSet<String> {
    pieces(text).filter_map(Result::err).map(str::to_owned).collect()
}

fn filled(text: &str, values: &BTreeMap<&str, String>) -> String {
    let mut out = String::with_capacity(text.len());
    for piece in pieces(text) {
        match piece {
            Ok(plain) => out.push_str(plain),
            Err(name) => out.push_str(values.get(name).map_or("", String::as_str)),
        }
    }
    out
}

/// A text in pieces: plain text (`Ok`) and names (`Err`). Braces around anything but a name are plain.
fn pieces(text: &str) -> impl Iterator<Item = Result<&str, &str>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        if let Some((name, after)) =
            rest.strip_prefix('{').and_then(|inside| inside.split_once('}'))
            && !name.is_empty()
            && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        {
            rest = after;
            return Some(Err(name));
        }
        let from = usize::from(rest.starts_with('{'));
        let end = rest[from..].find('{').map_or(rest.len(), |at| at + from);
        let (plain, after) = rest.split_at(end);
        rest = after;
        Some(Ok(plain))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::time;

    fn notification() -> Notification {
        Notification {
            id: "phase-completed".into(),
            group: "steps".into(),
            trigger: Trigger::Event("phase.completed".into()),
            audience: [Audience::AllMembers].into(),
            channels: [Channel::Page].into(),
            urgency: Urgency::Info,
            subject: "{phase} is complete".into(),
            body: "{who} completed {phase}. {not a name} {".into(),
            action: "Open".into(),
            variables: ["phase".to_owned(), "who".to_owned()].into(),
            source: "S F024".into(),
        }
    }

    #[test]
    fn names_are_filled_in_once_and_values_bring_no_names() {
        let values = [("phase", "{who}\nAnalysis".to_owned()), ("who", "Lena".to_owned())].into();
        let message = notification().fill(&values).unwrap();
        assert_eq!(message.subject, "{who} Analysis is complete");
        assert_eq!(message.body, "Lena completed {who}\nAnalysis. {not a name} {");
    }

    #[test]
    fn a_name_that_is_not_filled_in_is_refused() {
        let refused = notification().fill(&[("who", "Lena".to_owned())].into()).unwrap_err();
        assert_eq!(refused.to_string(), "the notification phase-completed needs phase");
        assert_eq!(notification().names_used(), notification().variables);
    }

    #[test]
    fn only_the_urgent_goes_out_in_quiet_hours() {
        let set = Set {
            id: "s".into(),
            version: "1".into(),
            language: "en".into(),
            quiet_from: time(20, 0, 0, 0),
            quiet_until: time(7, 0, 0, 0),
            digest_at: time(7, 30, 0, 0),
            note: None,
            notifications: vec![notification()],
        };
        let night = time(23, 0, 0, 0);
        assert_eq!(set.when(Urgency::Urgent, night), When::Now);
        assert_eq!(set.when(Urgency::Warning, night), When::After(time(7, 0, 0, 0)));
        assert_eq!(set.when(Urgency::Action, time(6, 59, 0, 0)), When::After(time(7, 0, 0, 0)));
        assert_eq!(set.when(Urgency::Action, time(7, 0, 0, 0)), When::Now);
        assert_eq!(set.when(Urgency::Info, time(12, 0, 0, 0)), When::Digest(time(7, 30, 0, 0)));
        assert_eq!(set.of_event("phase.completed").count(), 1);
        assert_eq!(set.of_schedule("phase.completed").count(), 0);
    }
}
