//! The go-live review: begun by the checklist, given to a reviewer, reported, and released or not.
//!
//! Here is what everything else of the review stands on; the reviewer's word is in `review/verdict.rs`, findings in
//! `review/finding.rs`, the workshop in `review/workshop.rs`, what changed after the release in `review/late.rs`, and what
//! is shown in `review/view.rs`.

use crate::checklist::{Sheet, seat_of};
use crate::facts::{Gathered, Ground};
use crate::{Actor, App, Error, Result};
use golive_core::account::Organisation;
use golive_core::calendar::Calendar;
use golive_core::checklist::facts::answers;
use golive_core::checklist::finding::{
    Around, Draft, Kind as DraftKind, Severity as DraftSeverity, draft,
};
use golive_core::deadline::{OfficeHours, WorkingTime as _};
use golive_core::fact::Facts;
use golive_core::id::{FindingId, OrganisationId, ProjectId, ReviewId, UserId};
use golive_core::people::{Action, Member, Side};
use golive_core::portfolio::Project;
use golive_core::request::{Request, State as RequestState};
use golive_core::review::baseline::Baseline;
use golive_core::review::finding::{Content, Finding, Kind, Severity};
use golive_core::review::workshop::Workshop;
use golive_core::review::{
    Change, Command, Conflict, Context, OpenFindings, Refusal, Review, Rules, Standing, decide,
};
use golive_store::{Session, Versioned, Write};
use jiff::Timestamp;
use serde_json::json;

mod finding;
mod finding_view;
mod late;
mod proof;
mod verdict;
mod view;
mod workshop;

pub use finding::{FindingFilter, FindingForm, MitigationForm};
pub use finding_view::{FindingMessageView, FindingView, MitigationView};
pub(crate) use late::note_late_changes;
pub use proof::{FindingFileView, PROOF_LIMIT};
pub use view::{ReviewClockView, ReviewQueueItem, ReviewView, ReviewerView, WorkshopView};
pub use workshop::{MinutesForm, ResolutionForm, WorkshopForm};

/// A project's review with everything that it is judged by.
pub(crate) struct Desk {
    /// Its id.
    pub id: ReviewId,
    /// The project's id.
    pub at: ProjectId,
    /// The project.
    pub project: Project,
    /// The review as it was read.
    pub seen: Versioned<Review>,
    /// Its findings, in the order of their numbers.
    pub findings: Vec<(FindingId, Versioned<Finding>)>,
    /// Its workshop.
    pub workshop: Option<Versioned<Workshop>>,
    /// The project as it was released.
    pub baseline: Option<Versioned<Baseline>>,
    /// The production requests of the project.
    pub requests: Vec<Request>,
    /// Everybody in the project.
    pub members: Vec<Member>,
    /// What the pack asks of it.
    pub rules: Rules,
    /// The calendar of the reviewer's organisation.
    pub calendar: &'static Calendar,
}

impl Desk {
    /// The working time of the reviewer's organisation.
    pub(crate) fn hours(&self) -> Result<OfficeHours<'static>> {
        OfficeHours::new(self.calendar, None).map_err(Error::internal)
    }

    /// Decides about the review.
    pub(crate) fn decide(
        &self,
        review: &Review,
        command: Command,
        now: Timestamp,
    ) -> Result<Change, Error> {
        let hours = self.hours()?;
        let context = Context { now, rules: &self.rules, time: &hours };
        decide(review, command, context).map_err(refused)
    }

    /// The end of so many business days of the reviewer's calendar.
    pub(crate) fn due(&self, now: Timestamp, days: u32) -> Result<Timestamp> {
        Ok(self.hours()?.days_after(now, days))
    }

    /// Findings without their versions.
    pub(crate) fn bare(&self) -> Vec<Finding> {
        self.findings.iter().map(|(_, seen)| seen.value.clone()).collect()
    }

    /// What is open now.
    pub(crate) fn open(&self) -> OpenFindings {
        OpenFindings::of(&self.bare())
    }

    /// The number of the next finding.
    pub(crate) fn next_number(&self, more: usize) -> String {
        format!("F-{}", self.findings.len() + 1 + more)
    }

    /// Whether production was asked for.
    fn requested(&self) -> bool {
        self.requests.iter().any(|request| match request.state {
            RequestState::Configure => false,
            RequestState::Queued { .. }
            | RequestState::Deploying { .. }
            | RequestState::Deployed { .. }
            | RequestState::Failed { .. } => true,
        })
    }

    /// The account of a member who is named by seat, account or full name.
    pub(crate) fn user(&self, name: &str) -> Result<UserId> {
        let seat = seat_of(name, &self.members).ok_or_else(|| Error::not_found("member", name))?;
        let member = self.members.iter().find(|member| member.id == seat);
        member.map(|member| member.user).ok_or_else(|| Error::not_found("member", name))
    }

    /// Whether somebody from this organisation may be partial.
    fn conflict(&self, organisation: OrganisationId) -> Option<Conflict> {
        let of = |side| {
            self.members
                .iter()
                .any(|m| m.side == side && m.organisation == organisation && m.removed.is_none())
        };
        if organisation == self.project.organisation || of(Side::Customer) {
            Some(Conflict::OfTheCustomer)
        } else {
            of(Side::Partner).then_some(Conflict::OfThePartner)
        }
    }
}

/// A project has one review; a new round is the same review.
pub(crate) fn review_id(project: ProjectId) -> ReviewId {
    ReviewId::named(&project.to_string(), "review")
}

impl App {
    /// Opens the review of a project before the checklist is sent, so that a reviewer can be named early.
    pub async fn review_open(&self, actor: &Actor, project: ProjectId) -> Result<ReviewView> {
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        self.either(&mut write, actor, project, [Action::SubmitChecklist, Action::Review]).await?;
        let event = json!({ "event": "opened" });
        write.insert(review_id(project), project, &Review::default(), &event).await?;
        write.commit().await?;
        self.review_view(actor, project).await
    }

    /// Names the reviewer: oneself, or another member of the reviewer's side.
    pub async fn review_assign(
        &self,
        actor: &Actor,
        project: ProjectId,
        person: Option<&str>,
    ) -> Result<ReviewView> {
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        self.member(&mut write, actor, project, Action::Review).await?;
        let desk = self.desk(&mut write, project).await?;
        let user = person.map_or(Ok(actor.user), |name| desk.user(name))?;
        let seat = desk.members.iter().find(|m| m.user == user && m.side == Side::Reviewer);
        let seat = seat.filter(|seat| seat.removed.is_none()).ok_or_else(|| {
            Error::invalid(
                "person",
                "a member of the reviewer's side",
                person.unwrap_or("yourself"),
            )
        })?;
        let organisation = seat.organisation;
        let conflict = desk.conflict(organisation);
        let command = Command::Assign { user, organisation, conflict };
        let change = desk.decide(&desk.seen.value, command, write.now())?;
        write.change(desk.id, desk.seen.version, &change.review, &change.event).await?;
        write.commit().await?;
        self.review_view(actor, project).await
    }

    /// Asks the team something: the reviewer's clock stands still.
    pub async fn review_ask(
        &self,
        actor: &Actor,
        project: ProjectId,
        question: &str,
    ) -> Result<ReviewView> {
        let command = Command::AskTeam { by: actor.user, question: question.trim().to_owned() };
        self.review_command(actor, project, (Action::Review, command)).await
    }

    /// Answers the reviewer: the clock runs on.
    pub async fn review_answer(
        &self,
        actor: &Actor,
        project: ProjectId,
        text: &str,
    ) -> Result<ReviewView> {
        let command = Command::AnswerTeam { by: actor.user, text: text.trim().to_owned() };
        self.review_command(actor, project, (Action::Mitigate, command)).await
    }

    /// Load, decide, store, for commands that need nothing but the review.
    async fn review_command(
        &self,
        actor: &Actor,
        project: ProjectId,
        (action, command): (Action, Command),
    ) -> Result<ReviewView> {
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        self.member(&mut write, actor, project, action).await?;
        let desk = self.desk(&mut write, project).await?;
        let change = desk.decide(&desk.seen.value, command, write.now())?;
        write.change(desk.id, desk.seen.version, &change.review, &change.event).await?;
        write.commit().await?;
        self.review_view(actor, project).await
    }

    /// The review of a project, if there is one.
    pub(crate) async fn desk_if_any(
        &self,
        session: &mut Session,
        at: ProjectId,
    ) -> Result<Option<Desk>> {
        let id = review_id(at);
        let Some(seen) = session.find::<Review>(id).await? else { return Ok(None) };
        let project = session.get::<Project>(at).await?.value;
        let mut findings = session.of_project::<Finding>(at).await?;
        findings.sort_by_key(|(_, seen)| number_of(&seen.value));
        let members = session.of_project::<Member>(at).await?;
        let members: Vec<Member> = members.into_iter().map(|(_, seen)| seen.value).collect();
        let requests = session.of_project::<Request>(at).await?;
        let calendar = self.calendar_of(session, (&seen.value, &members), &project).await?;
        Ok(Some(Desk {
            id,
            at,
            rules: Rules::of(self.policy(&project.policy)?),
            project,
            seen,
            findings,
            workshop: session.find(id).await?,
            baseline: session.find(id).await?,
            requests: requests.into_iter().map(|(_, seen)| seen.value).collect(),
            members,
            calendar,
        }))
    }

    /// The review of a project.
    pub(crate) async fn desk(&self, session: &mut Session, project: ProjectId) -> Result<Desk> {
        let desk = self.desk_if_any(session, project).await?;
        desk.ok_or(Error::NotFound { kind: "review", id: project.to_string() })
    }

    /// The calendar of the reviewer's organisation; until somebody is assigned, of whoever sits on that side; else the
    /// project's own.
    async fn calendar_of(
        &self,
        session: &mut Session,
        (review, members): (&Review, &[Member]),
        project: &Project,
    ) -> Result<&'static Calendar> {
        let assigned = review.reviewer.as_ref().map(|reviewer| reviewer.organisation);
        let seat = members.iter().find(|m| m.side == Side::Reviewer && m.removed.is_none());
        let name = match assigned.or(seat.map(|seat| seat.organisation)) {
            Some(organisation) => session.get::<Organisation>(organisation).await?.value.calendar,
            None => project.calendar.clone(),
        };
        self.content.calendars.get(&name).ok_or_else(|| Error::not_found("calendar", name))
    }

    /// The seat of somebody who may do one of two things.
    pub(crate) async fn either(
        &self,
        session: &mut Session,
        actor: &Actor,
        project: ProjectId,
        [one, other]: [Action; 2],
    ) -> Result<Member> {
        match self.member(session, actor, project, one).await {
            Err(Error::Forbidden(_)) => self.member(session, actor, project, other).await,
            done => done,
        }
    }
}

/// `F-12` comes after `F-2`.
fn number_of(finding: &Finding) -> u32 {
    finding.number.trim_start_matches("F-").parse().unwrap_or(u32::MAX)
}

/// The checklist was sent: the review begins or goes into its next round, its clock starts, and findings are drafted from
/// the answers.
pub(crate) async fn begin(
    app: &App,
    write: &mut Write,
    sheet: &Sheet,
    (by, digest): (UserId, String),
    gathered: &Gathered,
) -> Result<()> {
    let project = sheet.seen.value.project;
    if write.find::<Review>(review_id(project)).await?.is_none() {
        let event = json!({ "event": "opened" });
        write.insert(review_id(project), project, &Review::default(), &event).await?;
    }
    let desk = app.desk(write, project).await?;
    let due = desk.due(write.now(), desk.rules.report_days)?;
    let command = Command::Submit { by, digest, due };
    let change = desk.decide(&desk.seen.value, command, write.now())?;
    write.change(desk.id, desk.seen.version, &change.review, &change.event).await?;
    draft_findings(app, write, sheet, (&desk, gathered)).await
}

/// Drafts what the rules of the checklist find. What a rule has found before stays as the reviewer left it.
async fn draft_findings(
    app: &App,
    write: &mut Write,
    sheet: &Sheet,
    (desk, gathered): (&Desk, &Gathered),
) -> Result<()> {
    let sections = sheet.bare();
    let given = answers(&sections);
    let around = Around {
        facts: &gathered.facts,
        policy: app.policy(&gathered.project.policy)?,
        sent: app.today(&gathered.project),
        go_live: gathered.project.go_live.as_ref().map(|set| set.date),
    };
    let drafts = draft(sheet.template, |id| given.get(id).map(|given| &given.answer), &around);
    let mut more = 0;
    for draft in drafts {
        let id = FindingId::named(&desk.at.to_string(), &draft.rule);
        if desk.findings.iter().any(|(known, _)| *known == id) {
            continue;
        }
        let finding = Finding::draft(&desk.next_number(more), content(draft));
        write.insert(id, desk.at, &finding, &json!({ "event": "drafted" })).await?;
        more += 1;
    }
    Ok(())
}

fn content(draft: Draft) -> Content {
    Content {
        kind: match draft.kind {
            DraftKind::Risk => Kind::Risk,
            DraftKind::Issue => Kind::Issue,
            DraftKind::Recommendation => Kind::Recommendation,
        },
        severity: match draft.severity {
            DraftSeverity::Low => Severity::Low,
            DraftSeverity::Medium => Severity::Medium,
            DraftSeverity::High => Severity::High,
            DraftSeverity::Critical => Severity::Critical,
        },
        title: draft.title,
        risk: draft.risk,
        recommendation: draft.recommendation,
        source: vec![draft.question],
    }
}

/// A refusal in the terms of a caller.
pub(crate) fn refused(refusal: Refusal) -> Error {
    match refusal {
        Refusal::NotTheReviewer | Refusal::SubmitterReviews | Refusal::ConflictOfInterest(_) => {
            Error::forbidden(refusal.to_string())
        }
        Refusal::Missing(what) => Error::invalid(what, "some words", "nothing"),
        Refusal::WrongState { .. }
        | Refusal::NoReviewer
        | Refusal::CriticalOpen { .. }
        | Refusal::HighOpen { .. }
        | Refusal::NoWorkshop
        | Refusal::Tolerated => Error::NotNow(refusal.to_string()),
    }
}

/// The facts that this subject knows of a project. It looks at the scope that other subjects know, so it comes after them.
pub(crate) async fn facts(
    app: &App,
    session: &mut Session,
    ground: &Ground<'_>,
    facts: &mut Facts,
) -> Result<()> {
    let Some(desk) = app.desk_if_any(session, ground.id).await? else {
        let nothing = Standing { review: None, findings: &[], workshop: None, requested: false };
        facts.extend(golive_core::review::facts(&nothing, ground.now));
        return Ok(());
    };
    let review = late::as_of_now(session, &desk, facts, ground.now).await?;
    let standing = Standing {
        review: Some(&review),
        findings: &desk.bare(),
        workshop: desk.workshop.as_ref().map(|seen| &seen.value),
        requested: desk.requested(),
    };
    facts.extend(golive_core::review::facts(&standing, ground.now));
    Ok(())
}
