//! What is shown of a service request.

use super::{Desk, of_right_side};
use crate::views::ActionView;
use crate::{Actor, App, Error, Result};
use golive_core::deadline::Deadline;
use golive_core::id::{ProjectId, ServiceRequestId, UserId};
use golive_core::people::{Action, Member};
use golive_core::service_request::{Command, Filed, State, Window};
use golive_store::{Session, Versioned};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// The names of a project's people, also of those who have left.
pub(crate) type Names = BTreeMap<UserId, String>;

/// The names of a project's people.
pub(crate) async fn names(session: &mut Session, project: ProjectId) -> Result<Names> {
    let members = session.of_project::<Member>(project).await?;
    Ok(members.into_iter().map(|(_, seen)| (seen.value.user, seen.value.name)).collect())
}

/// One message of the conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CommentView {
    /// Who: the account's id.
    pub by: String,
    /// The name for people.
    pub name: String,
    /// When.
    #[schema(value_type = String)]
    pub at: Timestamp,
    /// What.
    pub text: String,
}

/// A service request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ServiceRequestView {
    /// Its id.
    pub id: String,
    /// The project.
    pub project: String,
    /// Its short name: `SR-12`.
    pub number: String,
    /// What is asked.
    pub kind: String,
    /// It in a few words.
    pub title: String,
    /// `submitted`, `waiting_for_customer`, `in_progress`, `denied`, `cancelled`, `done`, `signed_off` or `failed`.
    pub state: String,
    /// True while it still needs somebody.
    pub is_open: bool,
    /// The particulars of the state.
    #[schema(value_type = Object)]
    pub particulars: State,
    /// The environment that it is about.
    pub environment: Option<String>,
    /// The production request that it belongs to.
    pub linked_request: Option<String>,
    /// Who asked; nobody when golive did.
    pub requested_by: Option<String>,
    /// Who has it in hand.
    pub operator: Option<String>,
    /// When it was filed.
    #[schema(value_type = String)]
    pub submitted_at: Timestamp,
    /// The downtime that is offered.
    #[schema(value_type = Option<Object>)]
    pub window: Option<Window>,
    /// The first moment at which a window filed now could start.
    #[schema(value_type = String)]
    pub earliest: Timestamp,
    /// The operator's clock.
    #[schema(value_type = Object)]
    pub clock: Deadline,
    /// When it runs out; nothing while it stands still.
    #[schema(value_type = Option<String>)]
    pub due: Option<Timestamp>,
    /// True when the promise is broken.
    pub is_late: bool,
    /// What was warned of when it was filed.
    pub warnings: Vec<String>,
    /// The conversation, oldest first.
    pub comments: Vec<CommentView>,
    /// What could be done here, and why not if not.
    pub actions: Vec<ActionView>,
    /// Its version, for `If-Match`.
    pub row_version: i64,
}

impl App {
    pub(super) async fn filed_as_seen(
        &self,
        session: &mut Session,
        (actor, project): (&Actor, ProjectId),
        (id, seen): (ServiceRequestId, Versioned<Filed>),
        names: &Names,
    ) -> Result<ServiceRequestView> {
        let now = self.clock.now();
        let desk = Desk::of(self, session, project).await?;
        let filed = seen.value;
        let actions = self.tried_on_filed(session, (actor, project), &filed, &desk).await;
        let name = |user: UserId| names.get(&user).cloned().unwrap_or_else(|| user.to_string());
        let (number, operator) = (filed.name(), filed.operator().map(name));
        let request = filed.request;
        let comments = request.comments.into_iter().map(|comment| CommentView {
            by: comment.by.to_string(),
            name: name(comment.by),
            at: comment.at,
            text: comment.text,
        });
        Ok(ServiceRequestView {
            id: id.to_string(),
            project: project.to_string(),
            number,
            kind: request.kind.name().to_owned(),
            title: request.title,
            state: request.state.name().to_owned(),
            is_open: request.state.is_open(),
            particulars: request.state,
            environment: request.environment.map(|id| id.to_string()),
            linked_request: request.linked.map(|id| id.to_string()),
            requested_by: request.requested_by.map(name),
            operator,
            submitted_at: filed.filed_at,
            window: request.window,
            earliest: desk.due(request.kind, now),
            due: request.clock.due(),
            is_late: request.clock.is_breached(now),
            clock: request.clock,
            warnings: filed.warnings.iter().map(ToString::to_string).collect(),
            comments: comments.collect(),
            actions,
            row_version: seen.version,
        })
    }

    async fn tried_on_filed(
        &self,
        session: &mut Session,
        (actor, project): (&Actor, ProjectId),
        filed: &Filed,
        desk: &Desk<'_>,
    ) -> Vec<ActionView> {
        let now = self.clock.now();
        let mut actions = Vec::new();
        for (name, action, command) in trials(actor.user, filed, now) {
            let allowed = self.member(session, actor, project, action).await;
            let tried = allowed.and_then(|member| {
                of_right_side(member.side, filed, &command)?;
                let time = desk.time(filed.request.kind);
                filed.decide(command, now, time.as_ref()).map_err(Error::from)
            });
            actions.push(ActionView::tried(name, tried));
        }
        actions
    }
}

/// Every command with words that are enough for a trial.
fn trials(by: UserId, filed: &Filed, now: Timestamp) -> Vec<(&'static str, Action, Command)> {
    let text = || "-".to_owned();
    let operator = Some(by);
    let begin = if matches!(filed.request.state, State::Failed { .. }) {
        Command::Retry { operator }
    } else {
        Command::Start { operator }
    };
    let window = Window { start: now, end: now };
    vec![
        ("service_request_comment", Action::Converse, Command::Comment { by, text: text() }),
        ("service_request_take_up", Action::Operate, begin),
        ("service_request_ask", Action::Operate, Command::Ask { operator: by, question: text() }),
        ("service_request_answer", Action::Converse, Command::Answer { by, text: text() }),
        (
            "service_request_deny",
            Action::Operate,
            Command::Deny { operator: by, reason: text(), suggestion: text() },
        ),
        (
            "service_request_resubmit",
            Action::Converse,
            Command::Resubmit { by, window: None, due: now },
        ),
        ("service_request_move_window", Action::Converse, Command::MoveWindow { by, window }),
        ("service_request_cancel", Action::Converse, Command::Cancel { by, reason: text() }),
        ("service_request_finish", Action::Operate, Command::Finish),
        (
            "service_request_fail",
            Action::Operate,
            Command::Fail { activity: None, diagnosis: text() },
        ),
        ("service_request_sign_off", Action::Converse, Command::SignOff { by, issues: None }),
    ]
}
