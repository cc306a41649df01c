//! The review as it is seen: where it stands, whose clock runs, what is open, and the queue of a reviewer.

use super::{Desk, FindingView, late, workshop};
use crate::views::ActionView;
use crate::{Actor, App, Error, Result};
use golive_core::deadline::Deadline;
use golive_core::id::{ProjectId, UserId};
use golive_core::people::{Action, Side};
use golive_core::review::workshop::Workshop;
use golive_core::review::{Command, Conflict, OpenFindings, Review, State, Submission, Verdict};
use golive_store::Session;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The review of a project.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ReviewView {
    /// Its id.
    pub id: String,
    /// The project.
    pub project: String,
    /// `planned`, `discover`, `in_review`, `report_issued`, `mitigation`, `returned`, `complete` or `to_be_confirmed`.
    pub state: String,
    /// Which round it is.
    pub round: u32,
    /// Who reviews.
    pub reviewer: Option<ReviewerView>,
    /// Who sent the checklist of this round.
    pub submitted_by: Option<String>,
    /// When.
    #[schema(value_type = Option<String>)]
    pub submitted_at: Option<Timestamp>,
    /// The reviewer's clock.
    pub clock: Option<ReviewClockView>,
    /// When the report was issued.
    #[schema(value_type = Option<String>)]
    pub reported_at: Option<Timestamp>,
    /// Whether the report came in time.
    pub reported_in_time: Option<bool>,
    /// What the report says beside the findings.
    pub summary: Option<String>,
    /// When the project was released.
    #[schema(value_type = Option<String>)]
    pub released_at: Option<Timestamp>,
    /// The release lapses then if production is not requested before.
    #[schema(value_type = Option<String>)]
    pub valid_until: Option<Timestamp>,
    /// What changed after the release and must be confirmed.
    pub changes: Vec<String>,
    /// Why it was sent back.
    pub returned_because: Option<String>,
    /// Open findings of severity critical.
    pub critical_open: usize,
    /// Open findings of severity high.
    pub high_open: usize,
    /// All open findings.
    pub open: usize,
    /// Business days that the pack promises for the first report.
    pub report_days: u32,
    /// The calendar that they are counted in.
    pub calendar: String,
    /// The findings that this person may see.
    pub findings: Vec<FindingView>,
    /// The workshop.
    pub workshop: Option<WorkshopView>,
    /// The particulars of the state.
    #[schema(value_type = Object)]
    pub particulars: State,
    /// What could be done here, and why not if not.
    pub actions: Vec<ActionView>,
    /// Its version.
    pub row_version: i64,
}

/// Who reviews.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReviewerView {
    /// The account's id.
    pub user: String,
    /// The name.
    pub name: String,
    /// Named when the reviewer comes from the customer or the partner.
    pub conflict: Option<String>,
}

/// A clock of business days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReviewClockView {
    /// `running`, `paused` or `stopped`.
    pub state: String,
    /// When it runs out; nothing while it stands still.
    #[schema(value_type = Option<String>)]
    pub due: Option<Timestamp>,
    /// What it waits for while it stands still.
    pub waits_for: Option<String>,
    /// Whether the promise is broken.
    pub breached: bool,
}

/// The workshop.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct WorkshopView {
    /// `scheduled`, `held` or `cancelled`.
    pub state: String,
    /// When it begins.
    #[schema(value_type = Option<String>)]
    pub starts: Option<Timestamp>,
    /// Its particulars: appointment, answers, minutes.
    #[schema(value_type = Object)]
    pub particulars: Workshop,
    /// Names of those whom it concerns, by account.
    #[schema(value_type = Object)]
    pub names: std::collections::BTreeMap<String, String>,
}

/// One review in a reviewer's queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReviewQueueItem {
    /// The project.
    pub project: String,
    /// Its name.
    pub name: String,
    /// Its short name in addresses.
    pub slug: String,
    /// Where the review stands.
    pub state: String,
    /// Which round it is.
    pub round: u32,
    /// Who reviews.
    pub reviewer: Option<String>,
    /// When the reviewer's clock runs out.
    #[schema(value_type = Option<String>)]
    pub due: Option<Timestamp>,
    /// Whether that time is over.
    pub breached: bool,
    /// Mitigations that wait for the reviewer.
    pub proposed: usize,
    /// All open findings.
    pub open: usize,
    /// The go-live date.
    pub go_live_date: Option<String>,
}

impl App {
    /// The review of a project.
    pub async fn review_view(&self, actor: &Actor, project: ProjectId) -> Result<ReviewView> {
        let found = self.review_find(actor, project).await?;
        found.ok_or(Error::NotFound { kind: "review", id: project.to_string() })
    }

    /// The review of a project, if there is one.
    pub async fn review_find(
        &self,
        actor: &Actor,
        project: ProjectId,
    ) -> Result<Option<ReviewView>> {
        let mut session = self.store.session().await?;
        self.project_seen(&mut session, actor, project).await?;
        let Some(desk) = self.desk_if_any(&mut session, project).await? else { return Ok(None) };
        let facts = self.facts(&mut session, project).await?.facts;
        let review = late::as_of_now(&mut session, &desk, &facts, self.clock.now()).await?;
        let findings = self.findings_of(&mut session, actor, &desk).await?;
        let mut view = desk.as_seen(&review, self.clock.now());
        view.findings = findings;
        view.actions = self.review_tried(&mut session, actor, (&desk, &review)).await?;
        Ok(Some(view))
    }

    /// The reviews of all projects in which this person sits on the reviewer's side, most urgent first.
    pub async fn review_queue(&self, actor: &Actor) -> Result<Vec<ReviewQueueItem>> {
        let mut session = self.store.session().await?;
        let now = self.clock.now();
        let mut queue = Vec::new();
        for seat in self.seats(&mut session, actor).await? {
            if seat.side != Side::Reviewer {
                continue;
            }
            if self.member(&mut session, actor, seat.project, Action::View).await.is_err() {
                continue;
            }
            let Some(desk) = self.desk_if_any(&mut session, seat.project).await? else { continue };
            let facts = self.facts(&mut session, seat.project).await?.facts;
            let review = late::as_of_now(&mut session, &desk, &facts, now).await?;
            queue.push(desk.in_queue(&review, now));
        }
        queue.sort_by_key(|item| (item.due.is_none(), item.due, item.slug.clone()));
        Ok(queue)
    }

    async fn review_tried(
        &self,
        session: &mut Session,
        actor: &Actor,
        (desk, review): (&Desk, &Review),
    ) -> Result<Vec<ActionView>> {
        let reviews = self.member(session, actor, desk.at, Action::Review).await.map(|_| ());
        let mitigates = self.member(session, actor, desk.at, Action::Mitigate).await.map(|_| ());
        let leads = [Action::Review, Action::SubmitChecklist];
        let leads = self.either(session, actor, desk.at, leads).await.map(|_| ());
        let now = self.clock.now();
        let mut actions: Vec<ActionView> = commands(desk, actor.user)
            .into_iter()
            .map(|(name, command)| {
                let allowed = if name == "review_answer" { &mitigates } else { &reviews };
                attempt(name, allowed, || desk.decide(review, command, now).map(|_| ()))
            })
            .collect();
        for (name, tried) in workshop::tried(desk, actor.user, now) {
            let everybody = Ok(());
            let allowed = match name {
                "review_record_workshop" => &reviews,
                "review_answer_invitation" => &everybody,
                _ => &leads,
            };
            actions.push(attempt(name, allowed, || tried));
        }
        Ok(actions)
    }
}

fn attempt(name: &str, allowed: &Result<()>, tried: impl FnOnce() -> Result<()>) -> ActionView {
    match allowed {
        Ok(()) => ActionView::tried(name, tried()),
        Err(error) => ActionView { name: name.to_owned(), refused: vec![error.to_string()] },
    }
}

/// What could be asked of the review, with words in place of what a person would say.
fn commands(desk: &Desk, by: UserId) -> Vec<(&'static str, Command)> {
    let words = || "-".to_owned();
    let (open, workshop_held) = (desk.open(), desk.workshop_held());
    let seat = desk.members.iter().find(|member| member.user == by);
    let organisation = seat.map_or(desk.project.organisation, |seat| seat.organisation);
    let verdict = |verdict| Command::Decide { by, verdict, reason: words(), open, workshop_held };
    let conflict = desk.conflict(organisation);
    vec![
        ("review_assign", Command::Assign { user: by, organisation, conflict }),
        ("review_ask", Command::AskTeam { by, question: words() }),
        ("review_answer", Command::AnswerTeam { by, text: words() }),
        ("review_issue_report", Command::IssueReport { by, summary: words(), file: None, open }),
        ("review_complete", verdict(Verdict::Ready)),
        ("review_refuse", verdict(Verdict::NotReady)),
        ("review_confirm", Command::Confirm { by, open }),
        ("review_reopen", Command::Reopen { by, reason: words() }),
    ]
}

impl Desk {
    fn as_seen(&self, review: &Review, now: Timestamp) -> ReviewView {
        let open = OpenFindings::of(&self.bare());
        let sent = submission(&review.state);
        let report = review.state.report();
        let release = match &review.state {
            State::Complete { release, .. } | State::ToBeConfirmed { release, .. } => Some(release),
            State::Planned
            | State::Discover { .. }
            | State::InReview { .. }
            | State::ReportIssued { .. }
            | State::Mitigation { .. }
            | State::Returned { .. } => None,
        };
        ReviewView {
            id: self.id.to_string(),
            project: self.at.to_string(),
            state: review.state.name().to_owned(),
            round: review.round,
            reviewer: self.reviewer(review),
            submitted_by: sent.map(|sent| self.name(sent.by)),
            submitted_at: sent.map(|sent| sent.at),
            clock: review.state.clock().map(|clock| clock_view(clock, now)),
            reported_at: report.map(|report| report.at),
            reported_in_time: report.map(|report| report.in_time),
            summary: report.map(|report| report.summary.clone()),
            released_at: release.map(|release| release.at),
            valid_until: release.map(|release| release.valid_until),
            changes: match &review.state {
                State::ToBeConfirmed { changes, .. } => {
                    changes.iter().map(golive_core::review::LateChange::words).collect()
                }
                State::Planned
                | State::Discover { .. }
                | State::InReview { .. }
                | State::ReportIssued { .. }
                | State::Mitigation { .. }
                | State::Returned { .. }
                | State::Complete { .. } => Vec::new(),
            },
            returned_because: returned(&review.state),
            critical_open: open.critical,
            high_open: open.high,
            open: open.all,
            report_days: self.rules.report_days,
            calendar: self.calendar.title.clone(),
            findings: Vec::new(),
            workshop: self.workshop_view(),
            particulars: review.state.clone(),
            actions: Vec::new(),
            row_version: self.seen.version,
        }
    }

    fn reviewer(&self, review: &Review) -> Option<ReviewerView> {
        let reviewer = review.reviewer.as_ref()?;
        let conflict = reviewer.conflict.map(|conflict| match conflict {
            Conflict::OfTheCustomer => "comes from the customer",
            Conflict::OfThePartner => "comes from the partner",
        });
        Some(ReviewerView {
            user: reviewer.user.to_string(),
            name: self.name(reviewer.user),
            conflict: conflict.map(str::to_owned),
        })
    }

    fn workshop_view(&self) -> Option<WorkshopView> {
        let workshop = &self.workshop.as_ref()?.value;
        let names =
            self.members.iter().map(|member| (member.user.to_string(), member.name.clone()));
        Some(WorkshopView {
            state: workshop.name().to_owned(),
            starts: self.starts(),
            particulars: workshop.clone(),
            names: names.collect(),
        })
    }

    fn in_queue(&self, review: &Review, now: Timestamp) -> ReviewQueueItem {
        let clock = review.state.clock();
        let proposed =
            self.findings.iter().filter(|(_, seen)| seen.value.state.name() == "proposed");
        ReviewQueueItem {
            project: self.at.to_string(),
            name: self.project.name.clone(),
            slug: self.project.slug.clone(),
            state: review.state.name().to_owned(),
            round: review.round,
            reviewer: review.reviewer.as_ref().map(|reviewer| self.name(reviewer.user)),
            due: clock.and_then(Deadline::due),
            breached: clock.is_some_and(|clock| clock.is_breached(now)),
            proposed: proposed.count(),
            open: self.open().all,
            go_live_date: self.project.go_live.as_ref().map(|set| set.date.to_string()),
        }
    }
}

fn returned(state: &State) -> Option<String> {
    if let State::Returned { reason, .. } = state { Some(reason.clone()) } else { None }
}

fn submission(state: &State) -> Option<&Submission> {
    match state {
        State::InReview { submission, .. }
        | State::ReportIssued { submission, .. }
        | State::Mitigation { submission, .. }
        | State::Complete { submission, .. }
        | State::ToBeConfirmed { submission, .. } => Some(submission),
        State::Planned | State::Discover { .. } | State::Returned { .. } => None,
    }
}

fn clock_view(clock: &Deadline, now: Timestamp) -> ReviewClockView {
    let (state, waits_for) = match clock {
        Deadline::Running { .. } => ("running", None),
        Deadline::Paused { why, .. } => ("paused", Some(why.clone())),
        Deadline::Stopped { .. } => ("stopped", None),
    };
    ReviewClockView {
        state: state.to_owned(),
        due: clock.due(),
        waits_for,
        breached: clock.is_breached(now),
    }
}
