//! The workshop with the reviewer: its date, who comes, and what was decided.

use super::{Desk, ReviewView};
use crate::people::one_line;
use crate::{Actor, App, Error, Result};
use golive_core::id::{EvidenceId, ProjectId, UserId};
use golive_core::people::Action;
use golive_core::review::workshop::{
    Appointment, Command, Minutes, Refusal, Resolution, Workshop, decide, schedule,
};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

/// When the workshop is and with whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WorkshopForm {
    /// Local time, such as `2027-04-29T10:00`.
    #[schema(value_type = String)]
    pub starts: DateTime,
    /// IANA zone; the project's if nothing is said.
    #[serde(default)]
    pub zone: Option<String>,
    /// How long, in minutes; as the policy says if nothing is said.
    #[serde(default)]
    pub minutes: Option<u32>,
    /// What will be talked about, in order.
    pub agenda: Vec<String>,
    /// Who must be there: members by full name or id.
    pub mandatory: Vec<String>,
    /// Who may come.
    #[serde(default)]
    pub optional: Vec<String>,
    /// Why, when an earlier date is moved.
    #[serde(default)]
    pub reason: Option<String>,
}

/// What was said in the workshop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MinutesForm {
    /// Who was there: members by full name or id.
    pub attended: Vec<String>,
    /// Who had to be there, was not, and why that is all right: reasons by member.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub excused: BTreeMap<String, String>,
    /// The minutes.
    pub text: String,
    /// What was decided.
    #[serde(default)]
    #[schema(value_type = Vec<Object>)]
    pub resolutions: Vec<ResolutionForm>,
}

/// One decision of the workshop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResolutionForm {
    /// What was decided.
    pub text: String,
    /// Who carries it out: a member by full name or id.
    #[serde(default)]
    pub owner: Option<String>,
    /// Until when.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub due: Option<Date>,
}

impl App {
    /// Sets the date of the workshop, or another one.
    pub async fn review_schedule_workshop(
        &self,
        actor: &Actor,
        project: ProjectId,
        form: &WorkshopForm,
    ) -> Result<ReviewView> {
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        self.either(&mut write, actor, project, [Action::Review, Action::SubmitChecklist]).await?;
        let desk = self.desk(&mut write, project).await?;
        let appointment = self.appointment(&desk, form)?;
        match &desk.workshop {
            None => {
                let (workshop, event) = schedule(appointment).map_err(refused)?;
                write.insert(desk.id, project, &workshop, &event).await?;
            }
            Some(seen) if matches!(seen.value, Workshop::Cancelled { .. }) => {
                let (workshop, event) = schedule(appointment).map_err(refused)?;
                write.change(desk.id, seen.version, &workshop, &event).await?;
            }
            Some(seen) => {
                let reason = form.reason.clone().unwrap_or_default().trim().to_owned();
                let command = Command::Move { appointment, reason };
                let (workshop, event) =
                    decide(&seen.value, command, write.now()).map_err(refused)?;
                write.change(desk.id, seen.version, &workshop, &event).await?;
            }
        }
        write.commit().await?;
        self.review_view(actor, project).await
    }

    /// Says whether one comes to the workshop.
    pub async fn review_answer_invitation(
        &self,
        actor: &Actor,
        project: ProjectId,
        comes: bool,
    ) -> Result<ReviewView> {
        let by = actor.user;
        self.workshop_command(actor, project, [Action::View; 2], |_, _| {
            Ok(Command::Answer { by, comes })
        })
        .await
    }

    /// Records that the workshop was held, with minutes and decisions.
    pub async fn review_record_workshop(
        &self,
        actor: &Actor,
        project: ProjectId,
        form: &MinutesForm,
    ) -> Result<ReviewView> {
        let by = actor.user;
        self.workshop_command(actor, project, [Action::Review; 2], |desk, now| {
            if desk.starts().is_some_and(|starts| starts > now) {
                return Err(Error::NotNow(
                    "the workshop has not begun yet; move its date first".into(),
                ));
            }
            Ok(Command::Hold { by, minutes: minutes(desk, form)? })
        })
        .await
    }

    /// Calls the workshop off.
    pub async fn review_cancel_workshop(
        &self,
        actor: &Actor,
        project: ProjectId,
        reason: &str,
    ) -> Result<ReviewView> {
        let (by, reason) = (actor.user, reason.trim().to_owned());
        let may = [Action::Review, Action::SubmitChecklist];
        self.workshop_command(actor, project, may, |_, _| Ok(Command::Cancel { by, reason })).await
    }

    async fn workshop_command(
        &self,
        actor: &Actor,
        project: ProjectId,
        may: [Action; 2],
        command: impl FnOnce(&Desk, Timestamp) -> Result<Command>,
    ) -> Result<ReviewView> {
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        self.either(&mut write, actor, project, may).await?;
        let desk = self.desk(&mut write, project).await?;
        let seen = desk.workshop.as_ref();
        let seen = seen.ok_or_else(|| Error::NotNow("no workshop has a date yet".into()))?;
        let command = command(&desk, write.now())?;
        let (workshop, event) = decide(&seen.value, command, write.now()).map_err(refused)?;
        write.change(desk.id, seen.version, &workshop, &event).await?;
        write.commit().await?;
        self.review_view(actor, project).await
    }

    fn appointment(&self, desk: &Desk, form: &WorkshopForm) -> Result<Appointment> {
        let zone = form.zone.clone().filter(|zone| !zone.trim().is_empty());
        let zone = zone.unwrap_or_else(|| desk.project.time_zone.clone());
        let starts = golive_core::calendar::instant(form.starts, &zone)
            .map_err(|_| Error::invalid("zone", "a zone such as Europe/Berlin", &zone))?;
        if starts <= self.clock.now() {
            return Err(Error::invalid("starts", "a time in the future", form.starts.to_string()));
        }
        let policy = self.policy(&desk.project.policy)?;
        let usual = policy.whole("review.workshop_length").and_then(|n| u32::try_from(n).ok());
        let lines = form.agenda.iter().filter(|line| !line.trim().is_empty());
        Ok(Appointment {
            starts: form.starts,
            zone,
            minutes: form.minutes.or(usual).unwrap_or_default(),
            agenda: lines.map(|line| one_line("agenda", line)).collect::<Result<_>>()?,
            mandatory: users(desk, &form.mandatory)?,
            optional: users(desk, &form.optional)?,
        })
    }
}

impl Desk {
    /// When the workshop begins, by the rules of its zone as they are now.
    pub(super) fn starts(&self) -> Option<Timestamp> {
        match self.workshop.as_ref().map(|seen| &seen.value) {
            Some(Workshop::Scheduled { appointment, .. } | Workshop::Held { appointment, .. }) => {
                golive_core::calendar::instant(appointment.starts, &appointment.zone).ok()
            }
            Some(Workshop::Cancelled { .. }) | None => None,
        }
    }
}

fn users(desk: &Desk, names: &[String]) -> Result<BTreeSet<UserId>> {
    let names = names.iter().filter(|name| !name.trim().is_empty());
    names.map(|name| desk.user(name)).collect()
}

fn minutes(desk: &Desk, form: &MinutesForm) -> Result<Minutes> {
    let excused = form.excused.iter().filter(|(_, why)| !why.trim().is_empty());
    let excused = excused.map(|(name, why)| Ok((desk.user(name)?, why.trim().to_owned())));
    let resolution = |form: &ResolutionForm| {
        let owner = form.owner.as_ref().filter(|name| !name.trim().is_empty());
        Ok(Resolution {
            text: one_line("resolutions", &form.text)?,
            owner: owner.map(|name| desk.user(name)).transpose()?,
            due: form.due,
        })
    };
    Ok(Minutes {
        attended: users(desk, &form.attended)?,
        excused: excused.collect::<Result<_>>()?,
        text: form.text.trim().to_owned(),
        resolutions: form.resolutions.iter().map(resolution).collect::<Result<_>>()?,
        files: Vec::<EvidenceId>::new(),
    })
}

fn refused(refusal: Refusal) -> Error {
    match refusal {
        Refusal::Missing(what) => Error::invalid(what, "some words", "nothing"),
        Refusal::NotInvited => Error::forbidden(refusal.to_string()),
        Refusal::WrongState { .. } | Refusal::Absent(_) => Error::NotNow(refusal.to_string()),
    }
}

/// What could be done with the workshop, tried without storing.
pub(super) fn tried(desk: &Desk, by: UserId, now: Timestamp) -> Vec<(&'static str, Result<()>)> {
    let Some(seen) = &desk.workshop else {
        let none = || Err(Error::NotNow("no workshop has a date yet".into()));
        return vec![
            ("review_schedule_workshop", Ok(())),
            ("review_record_workshop", none()),
            ("review_cancel_workshop", none()),
        ];
    };
    let attempt = |command| decide(&seen.value, command, now).map(|_| ()).map_err(refused);
    let held = match &seen.value {
        Workshop::Scheduled { .. } if desk.starts().is_some_and(|starts| starts > now) => {
            Err(Error::NotNow("the workshop has not begun yet".into()))
        }
        Workshop::Scheduled { .. } => Ok(()),
        Workshop::Held { .. } => Err(Error::NotNow("the workshop was held".into())),
        Workshop::Cancelled { .. } => Err(Error::NotNow("the workshop was called off".into())),
    };
    let moved = match &seen.value {
        Workshop::Held { .. } => Err(Error::NotNow("the workshop was held".into())),
        Workshop::Scheduled { .. } | Workshop::Cancelled { .. } => Ok(()),
    };
    vec![
        ("review_schedule_workshop", moved),
        ("review_answer_invitation", attempt(Command::Answer { by, comes: true })),
        ("review_record_workshop", held),
        ("review_cancel_workshop", attempt(Command::Cancel { by, reason: "-".into() })),
    ]
}
