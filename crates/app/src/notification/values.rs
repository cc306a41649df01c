//! What fills the names of a text: from the event, from the subject's state after it, and from the project.

use super::ADDRESS;
use super::crowd::Crowd;
use super::events::page;
use crate::{App, Result};
use golive_core::environment::Environment;
use golive_core::estimate::Kept;
use golive_core::id::{EnvironmentId, EstimateId, OperationId, ProjectId};
use golive_core::methodology::phase::{self, Phase};
use golive_core::methodology::step::Step;
use golive_core::notification::Notification;
use golive_core::portfolio::Project;
use golive_core::service_request::Filed;
use golive_store::{Session, StoredEvent};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;
use std::collections::BTreeMap;

/// A text that a message quotes is no longer than this.
const EXCERPT: usize = 300;

/// What is told: an event, or a reminder that is due.
#[derive(Debug, Clone)]
pub(super) struct Telling<'a> {
    /// The project.
    pub project: &'a Project,
    /// Who did it; empty for a reminder.
    pub actor: String,
    /// The name of who did it.
    pub actor_name: String,
    /// When it happened.
    pub at: Timestamp,
    /// The particulars.
    pub payload: Value,
    /// The subject after it.
    pub state: Value,
    /// Who did the first thing to the subject: whose it is.
    pub first_actor: Option<String>,
    /// Sign-in name of the environment's administrator.
    pub administrator: Option<String>,
    /// The page that shows it.
    pub link: String,
    /// Names with values of their own.
    pub extra: BTreeMap<&'static str, String>,
}

impl<'a> Telling<'a> {
    /// An event as it is told to people.
    pub async fn of(
        session: &mut Session,
        (project, slug): (&'a Project, &str),
        event: &StoredEvent,
        (crowd, group): (&Crowd, &str),
    ) -> Result<Self> {
        let header = &event.header;
        let first_actor = session.first_actor(&header.subject).await?;
        let state = event.state_after();
        let mut telling = Self {
            project,
            actor: header.actor.clone(),
            actor_name: crowd.name(&header.actor),
            at: header.at,
            payload: event.payload(),
            administrator: None,
            state,
            first_actor,
            link: link(slug, &page(group, &header.subject)),
            extra: BTreeMap::new(),
        };
        telling.administrator = telling.at_path("/configuration/administrator");
        telling.look_around(session, header).await?;
        Ok(telling)
    }

    /// A text or number of the event, or else of the subject.
    pub fn text(&self, name: &str) -> Option<String> {
        [&self.payload, &self.state].into_iter().find_map(|part| plain(part.get(name)?))
    }

    fn at_path(&self, path: &str) -> Option<String> {
        [&self.payload, &self.state].into_iter().find_map(|part| plain(part.pointer(path)?))
    }

    /// What stands in other subjects: the environment's name, the next phase, the size.
    async fn look_around(
        &mut self,
        session: &mut Session,
        header: &golive_core::chain::EventHeader,
    ) -> Result<()> {
        if let Ok(id) = header.subject.parse::<OperationId>() {
            let row = session.operation(id).await?;
            self.extra.insert("operation", words(&row.kind));
            self.extra.insert("activity", id.to_string());
            self.first_actor = Some(row.requested_by.clone());
            let took = self.at.duration_since(row.created_at);
            self.extra.insert("duration", lasted(took.as_mins().max(1)));
            if let Ok(environment) = row.environment.parse::<EnvironmentId>() {
                self.name_environment(session, environment).await?;
            }
        }
        if let Some(id) = self.text("environment").and_then(|text| text.parse().ok()) {
            self.name_environment(session, id).await?;
        }
        if let Some(id) = self.text("estimate").and_then(|text| text.parse::<EstimateId>().ok())
            && let Some(kept) = session.find::<Kept>(id).await?
        {
            self.extra.insert("estimate", kept.value.profile.name);
        }
        if header.kind == "phase.completed" || header.kind == "phase.reopened" {
            self.next_phase(session).await?;
        }
        if header.kind == "request.signed_off" {
            let linked = session.with::<Filed>("linked", header.subject.clone()).await?;
            let newest = linked.into_iter().max_by_key(|(_, seen)| seen.value.number);
            let none = "of its own: none".to_owned();
            self.extra
                .insert("service_request", newest.map_or(none, |(_, seen)| seen.value.name()));
        }
        Ok(())
    }

    async fn name_environment(&mut self, session: &mut Session, id: EnvironmentId) -> Result<()> {
        if let Some(seen) = session.find::<Environment>(id).await? {
            self.extra.insert("environment", seen.value.spec.name);
        }
        Ok(())
    }

    async fn next_phase(&mut self, session: &mut Session) -> Result<()> {
        let Some(project) = self.text("project").and_then(|id| id.parse::<ProjectId>().ok()) else {
            return Ok(());
        };
        let phases =
            session.of_project::<Phase>(project).await?.into_iter().map(|(_, seen)| seen.value);
        let open = phases.filter(|phase| matches!(phase.state, phase::State::Open));
        let Some(next) = open.min_by_key(|phase| phase.number) else {
            self.extra.insert("next_phase", "none".to_owned());
            self.extra.insert("open_steps", "0".to_owned());
            return Ok(());
        };
        let steps = session.with::<Step>("phase", next.id.to_string()).await?;
        let open = steps.iter().filter(|(_, seen)| !seen.value.state.is_settled()).count();
        self.extra.insert("next_phase", next.title);
        self.extra.insert("open_steps", open.to_string());
        Ok(())
    }

    /// Every name of a notification that can be filled in for a reader in this zone.
    pub fn values<'n>(
        &self,
        notification: &'n Notification,
        zone: &TimeZone,
    ) -> BTreeMap<&'n str, String> {
        let names = notification.variables.iter().map(String::as_str);
        names.filter_map(|name| Some((name, self.value(name, zone)?))).collect()
    }

    fn value(&self, name: &str, zone: &TimeZone) -> Option<String> {
        if let Some(value) = self.extra.get(name) {
            return Some(value.clone());
        }
        match name {
            "project" => Some(self.project.name.clone()),
            "member" | "inviter" | "members" | "reviewer" | "requester" => {
                Some(self.actor_name.clone())
            }
            "time" => Some(moment(self.at, zone)),
            "link" => Some(format!("{ADDRESS}{}", self.link)),
            "phase" | "cycle" | "section" | "finding" => {
                self.text("title").or_else(|| self.text("name"))
            }
            "service_request" => {
                Some(format!("SR-{}, {}", self.text("number")?, self.text("title")?))
            }
            "status" => self.text("state").map(|state| words(&state)),
            "excerpt" => self.said().map(|text| excerpt(&text)),
            "question" => Some(self.text("question").unwrap_or_else(|| "see the page".to_owned())),
            "window_start" => {
                Some(self.time_at("/window/start", zone).unwrap_or_else(|| "open".to_owned()))
            }
            "window_end" => {
                Some(self.time_at("/window/end", zone).unwrap_or_else(|| "open".to_owned()))
            }
            "old_date" => self.text("from"),
            "new_date" => self.text("to"),
            "role" => {
                self.at_path("/roles/0").map(|role| words(&role)).or_else(|| self.text("side"))
            }
            "region" => self.at_path("/configuration/region"),
            "size" => self.text("size").or_else(|| self.at_path("/configuration/topology")),
            "version_set" => {
                self.at_path("/configuration/version").or_else(|| self.text("version"))
            }
            "administrator" => self.administrator.clone(),
            "diagnosis" => self
                .text("diagnosis")
                .or_else(|| self.text("why"))
                .or_else(|| self.at_path("/outcome/why")),
            "activity" => self.text("activity").or_else(|| self.text("operation")),
            "criterion" => self.at_path("/proposal/criterion"),
            "compensation" => self.at_path("/proposal/measure"),
            "expires_on" => {
                self.time_at("/proposal/expires", zone).or_else(|| self.time_at("/expires", zone))
            }
            "valid_until" => self.time_at("/valid_until", zone),
            "reason" => self
                .text("reason")
                .or_else(|| self.at_path("/proposal/reason"))
                .or_else(|| self.at_path("/outcome/why")),
            "critical" | "high" => self.at_path(&format!("/open/{name}")),
            "changes" => self.listed("changed").or_else(|| self.listed("changes")),
            "package" => self.text("name").or_else(|| self.at_path("/package/name")),
            "date" => self.time_at("/due", zone),
            other => self.text(other),
        }
    }

    /// What somebody said with the event, or last about the subject.
    fn said(&self) -> Option<String> {
        let last = self.state.get("comments").and_then(Value::as_array).and_then(|all| all.last());
        let last = last.and_then(|comment| plain(comment.get("text")?));
        self.text("question").or_else(|| self.text("text")).or(last)
    }

    fn time_at(&self, path: &str, zone: &TimeZone) -> Option<String> {
        let text = self.at_path(path)?;
        text.parse().map_or(Some(text), |at| Some(moment(at, zone)))
    }

    fn listed(&self, name: &str) -> Option<String> {
        let all =
            [&self.payload, &self.state].into_iter().find_map(|part| part.get(name)?.as_array());
        let words: Vec<String> = all?.iter().filter_map(plain).collect();
        (!words.is_empty()).then(|| words.join(", "))
    }
}

impl App {
    /// The values that only a few texts need and that rules compute.
    pub(super) async fn more_values(
        &self,
        session: &mut Session,
        notification: &Notification,
        telling: &mut Telling<'_>,
    ) -> Result<()> {
        let policy = self.policy(&telling.project.policy)?;
        match notification.id.as_str() {
            "estimate-activated" => {
                let size = |seen: Option<golive_store::Versioned<Kept>>| {
                    let kept = seen.map(|seen| self.size_of(policy, &seen.value.profile));
                    kept.and_then(Result::ok).map_or_else(|| "none".to_owned(), |size| size.name())
                };
                let old = telling.text("replaces").and_then(|id| id.parse().ok());
                let old = match old {
                    Some(id) => session.find::<Kept>(id).await?,
                    None => None,
                };
                telling.extra.insert("old_size", size(old));
                let new: Option<Kept> = serde_json::from_value(telling.state.clone()).ok();
                let name = new.as_ref().map(|kept| kept.profile.name.clone()).unwrap_or_default();
                let new = new.map(|value| golive_store::Versioned { value, version: 1 });
                telling.extra.insert("new_size", size(new));
                telling.extra.insert("estimate", name);
                let effect = match policy.text("estimate.change_after_sign_off") {
                    Some("clear_sign_off") => {
                        "A production request that waits in Queued must be signed off again."
                    }
                    Some(_) | None => {
                        "A production request that is signed off keeps the size it was signed with."
                    }
                };
                telling.extra.insert("effect", effect.to_owned());
            }
            "sizing-done" => {
                let sheet = |path: &str| telling.at_path(path);
                let size = sheet("/size/rules").is_some();
                let part = if size { "/size" } else { "/computed" };
                let found = telling.state.pointer(part).and_then(|v| {
                    serde_json::from_value::<golive_core::sizing::Size>(v.clone()).ok()
                });
                let number = |id: &str| {
                    let number = found.as_ref().and_then(|size| size.number(id));
                    number.map_or_else(|| "?".to_owned(), |n| n.round().to_string())
                };
                let name = found.as_ref().map(golive_core::sizing::Size::name).unwrap_or_default();
                let (lines, users) = (number("design_lines"), number("design_users"));
                let method = if size { "automatic" } else { "by hand" };
                telling.extra.insert("lines", lines);
                telling.extra.insert("users", users);
                telling.extra.insert("method", method.to_owned());
                telling.extra.insert("size", name);
            }
            "request-signed" => {
                let note = match telling.project.model {
                    golive_core::service_model::ServiceModel::Managed => {
                        "It waits in Queued until the gate is open."
                    }
                    golive_core::service_model::ServiceModel::SelfService => {
                        "golive deploys it now."
                    }
                };
                telling.extra.insert("queue_note", note.to_owned());
            }
            "sign-off-cleared" => {
                telling.extra.insert("reason", "taken back by the customer".to_owned());
            }
            "go-live-moved" => {
                let effect = "the review may have to be confirmed again";
                telling.extra.insert("review_effect", effect.to_owned());
            }
            _another => {}
        }
        Ok(())
    }
}

/// A page below a project's own address.
pub(super) fn link(slug: &str, page: &str) -> String {
    if page.is_empty() { format!("/projects/{slug}") } else { format!("/projects/{slug}/{page}") }
}

/// A moment as clocks in a zone show it, with the offset.
pub(super) fn moment(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned_datetime(zone.clone()).strftime("%a %-d %b %Y %H:%M %:z").to_string()
}

/// How long something took: `12 min`, `3 h 05`, `2 d 4 h`.
fn lasted(minutes: i64) -> String {
    match minutes {
        ..60 => format!("{minutes} min"),
        60..2_880 => format!("{} h {:02}", minutes / 60, minutes % 60),
        _ => format!("{} d {} h", minutes / 1_440, minutes / 60 % 24),
    }
}

/// A text, number or flag as people read it; nothing for what has parts of its own.
fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(if *flag { "yes" } else { "no" }.to_owned()),
        Value::String(_) | Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn words(name: &str) -> String {
    name.replace(['_', '-'], " ")
}

fn excerpt(text: &str) -> String {
    if text.chars().count() <= EXCERPT {
        return text.to_owned();
    }
    text.chars().take(EXCERPT).chain("…".chars()).collect()
}
