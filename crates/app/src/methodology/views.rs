//! What is shown of steps: rows for the list, the whole for one.

use super::evidence::AttachmentView;
use crate::views::ActionView;
use crate::{App, Result};
use golive_core::id::{EvidenceId, MemberId, ProjectId, StepId, UserId};
use golive_core::methodology::attachment::Attachment;
use golive_core::methodology::step::{Around, Proof, State, Step};
use golive_core::people::Member;
use golive_core::vocabulary::Verified;
use golive_store::{Session, StoredEvent};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

/// A step that another one waits for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WaitView {
    /// The step.
    pub step: String,
    /// Its number and title.
    pub title: String,
}

/// A step in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[expect(clippy::struct_excessive_bools, reason = "each says one thing of its own about a step")]
pub struct StepRow {
    /// Its id.
    pub id: String,
    /// Its number: `1.3`.
    pub number: String,
    /// Its name in files.
    pub name: String,
    /// The name for people.
    pub title: String,
    /// Its phase, by name.
    pub phase: String,
    /// The phase cannot be completed without it.
    pub required: bool,
    /// Whose work it is.
    pub side: String,
    /// The usual role.
    pub role: String,
    /// `open`, `done`, `set aside` or `not applicable`.
    pub state: String,
    /// True while others come first.
    pub locked: bool,
    /// The steps that come first.
    pub waits_for: Vec<WaitView>,
    /// When it should be done.
    pub planned: Option<String>,
    /// True when that day has passed and it is open.
    pub late: bool,
    /// Who does it.
    pub assigned: Option<String>,
    /// How many things prove it.
    pub proofs: usize,
    /// True when it was marked with many others and without evidence.
    pub flagged: bool,
}

/// Something that proves a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProofView {
    /// `document`, `file`, `link` or `record`.
    pub kind: String,
    /// The file's name, the address, or the record with what it found.
    pub text: String,
    /// The evidence of a file.
    pub evidence: Option<String>,
}

/// A record that may prove a step, as it is now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RecordView {
    /// The record.
    pub record: String,
    /// The fact that is looked at.
    pub fact: String,
    /// What is wanted.
    pub wanted: String,
    /// What is there.
    pub found: String,
    /// The particulars.
    pub details: Vec<String>,
    /// Whether it is so.
    pub holds: bool,
}

/// One line of a history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HistoryLine {
    /// When.
    #[schema(value_type = String)]
    pub at: Timestamp,
    /// Who.
    pub by: String,
    /// What happened: `step.completed`.
    pub kind: String,
    /// The reason or note that was given.
    pub note: String,
}

/// One step, whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct StepView {
    /// What the list shows.
    #[serde(flatten)]
    pub row: StepRow,
    /// The project.
    pub project: String,
    /// What done means.
    pub description: String,
    /// The role's title.
    pub role_title: String,
    /// What may prove it; one of these is enough.
    pub takes: Vec<String>,
    /// Whether the project may declare that it does not apply.
    pub may_not_apply: bool,
    /// Where it comes from.
    pub source: String,
    /// Who marked it, or set it aside.
    pub by: Option<String>,
    /// When.
    #[schema(value_type = Option<String>)]
    pub at: Option<Timestamp>,
    /// The note or reason.
    pub note: String,
    /// The real day of work that was recorded later.
    pub earlier_on: Option<String>,
    /// Who did it then.
    pub earlier_by: Option<String>,
    /// Who confirmed that it does not apply.
    pub confirmed_by: Option<String>,
    /// What proves it.
    pub proven_by: Vec<ProofView>,
    /// Files that were attached to it.
    pub attached: Vec<AttachmentView>,
    /// Records that may prove it, as they are now.
    pub records: Vec<RecordView>,
    /// What happened, oldest first.
    pub history: Vec<HistoryLine>,
    /// What could be done here, and why not if not.
    pub actions: Vec<ActionView>,
    /// Its version, for `If-Match`.
    pub row_version: i64,
}

/// Names of people and seats of one project.
pub(crate) struct Names {
    users: BTreeMap<String, String>,
    members: BTreeMap<MemberId, String>,
}

impl Names {
    /// Reads the seats of a project, also those that were given up.
    pub(crate) async fn read(session: &mut Session, project: ProjectId) -> Result<Self> {
        let mut names = Self { users: BTreeMap::new(), members: BTreeMap::new() };
        for (id, seat) in session.of_project::<Member>(project).await? {
            names.users.insert(seat.value.user.to_string(), seat.value.name.clone());
            names.members.insert(id, seat.value.name);
        }
        Ok(names)
    }

    /// The name of a user; who has no seat here keeps the server's word for it.
    pub(crate) fn user(&self, id: UserId) -> String {
        self.actor(&id.to_string())
    }

    /// The name of whoever an event names.
    pub(crate) fn actor(&self, actor: &str) -> String {
        self.users.get(actor).cloned().unwrap_or_else(|| match actor {
            "golive" => "golive".to_owned(),
            _ => "server administrator".to_owned(),
        })
    }

    fn member(&self, id: MemberId) -> Option<String> {
        self.members.get(&id).cloned()
    }
}

/// What rows are made from.
pub(super) struct Shown<'a> {
    pub around: Around<'a>,
    pub phases: &'a BTreeMap<String, String>,
    pub names: &'a Names,
    pub flagged: &'a BTreeSet<StepId>,
    pub today: Date,
}

impl Shown<'_> {
    /// A step as a list shows it.
    pub(super) fn row(&self, step: &Step) -> StepRow {
        let is_open = matches!(step.state, State::Open);
        let mut waits = if is_open { self.around.waiting(step) } else { Vec::new() };
        waits.sort_by_cached_key(|w| {
            super::number_key(w.title.split(' ').next().unwrap_or_default())
        });
        let wait = |w: golive_core::methodology::step::Waiting| WaitView {
            step: w.step.to_string(),
            title: w.title,
        };
        StepRow {
            id: step.id.to_string(),
            number: step.number.clone(),
            name: step.name.clone(),
            title: step.title.clone(),
            phase: self.phases.get(&step.phase.to_string()).cloned().unwrap_or_default(),
            required: step.required,
            side: step.side.name().to_owned(),
            role: step.role.clone(),
            state: step.state.name().to_owned(),
            locked: !waits.is_empty(),
            waits_for: waits.into_iter().map(wait).collect(),
            planned: step.planned.map(|day| day.to_string()),
            late: is_open && step.planned.is_some_and(|day| day < self.today),
            assigned: step.assigned.and_then(|member| self.names.member(member)),
            proofs: proofs(&step.state).len(),
            flagged: self.flagged.contains(&step.id),
        }
    }

    /// A step, whole.
    pub(super) fn view(
        &self,
        (step, row_version): (&Step, i64),
        (attached, events): (&[Attachment], &[StoredEvent]),
        actions: Vec<ActionView>,
    ) -> StepView {
        let told = told(&step.state);
        let name = |id: UserId| self.names.user(id);
        let file = |attachment: &Attachment| {
            super::evidence::view(attachment, &self.names.user(attachment.by))
        };
        StepView {
            row: self.row(step),
            project: step.project.to_string(),
            description: step.description.clone(),
            role_title: step.role.replace('-', " "),
            takes: step.evidence.iter().map(golive_core::vocabulary::EvidenceKind::name).collect(),
            may_not_apply: step.may_not_apply || !step.required,
            source: step.source.clone(),
            by: told.by.map(name),
            at: told.at,
            note: told.note,
            earlier_on: told.earlier.as_ref().map(|earlier| earlier.0.to_string()),
            earlier_by: told.earlier.map(|earlier| earlier.1),
            confirmed_by: told.confirmed_by.map(name),
            proven_by: proofs(&step.state).iter().map(|p| proof_view(p, attached)).collect(),
            attached: attached.iter().map(file).collect(),
            records: self.records(step),
            history: history(events, self.names),
            actions,
            row_version,
        }
    }

    fn records(&self, step: &Step) -> Vec<RecordView> {
        use golive_core::vocabulary::EvidenceKind as E;
        let record = |kind: &E| match kind {
            E::Record(record) => self.around.records.get(record).map(record_view),
            E::Document | E::Link | E::File => None,
        };
        step.evidence.iter().filter_map(record).collect()
    }
}

fn record_view(verified: &Verified) -> RecordView {
    RecordView {
        record: verified.record.clone(),
        fact: verified.fact.to_string(),
        wanted: verified.wanted.to_string(),
        found: verified.found.value.to_string(),
        details: verified.found.details.clone(),
        holds: verified.holds,
    }
}

/// What proves a step; only what is done is proven.
fn proofs(state: &State) -> &[Proof] {
    match state {
        State::Done { proofs, .. } => proofs,
        State::Open | State::SetAside { .. } | State::NotApplicable { .. } => &[],
    }
}

fn proof_view(proof: &Proof, attached: &[Attachment]) -> ProofView {
    let named = |id: &EvidenceId| {
        attached.iter().find(|a| a.id == *id).map_or_else(|| id.to_string(), |a| a.name.clone())
    };
    let (kind, text) = match proof {
        Proof::Document { evidence } => ("document", named(evidence)),
        Proof::File { evidence } => ("file", named(evidence)),
        Proof::Link { url } => ("link", url.clone()),
        Proof::Record { record, found } => ("record", format!("{record}: {found}")),
    };
    let evidence = proof.evidence().map(|evidence| evidence.to_string());
    ProofView { kind: kind.to_owned(), text, evidence }
}

/// Who, when and why, whatever the state.
#[derive(Default)]
struct Told {
    by: Option<UserId>,
    at: Option<Timestamp>,
    note: String,
    earlier: Option<(Date, String)>,
    confirmed_by: Option<UserId>,
}

fn told(state: &State) -> Told {
    match state {
        State::Open => Told::default(),
        State::Done { by, at, note, earlier, .. } => Told {
            by: Some(*by),
            at: Some(*at),
            note: note.clone(),
            earlier: earlier.as_ref().map(|e| (e.on, e.done_by.clone())),
            confirmed_by: None,
        },
        State::SetAside { by, at, reason } => {
            Told { by: Some(*by), at: Some(*at), note: reason.clone(), ..Told::default() }
        }
        State::NotApplicable { by, confirmed_by, at, reason } => Told {
            by: Some(*by),
            at: Some(*at),
            note: reason.clone(),
            confirmed_by: Some(*confirmed_by),
            earlier: None,
        },
    }
}

/// Events as lines: who, when, what, and the reason that was given.
pub(crate) fn history(events: &[StoredEvent], names: &Names) -> Vec<HistoryLine> {
    let line = |event: &StoredEvent| {
        let payload = event.payload();
        let text = |key: &str| payload.get(key).and_then(serde_json::Value::as_str);
        let note = text("reason").or(text("note")).unwrap_or_default().to_owned();
        HistoryLine {
            at: event.header.at,
            by: names.actor(&event.header.actor),
            kind: event.header.kind.clone(),
            note,
        }
    };
    events.iter().map(line).collect()
}

impl App {
    /// The title of a role of the vocabulary.
    pub(crate) fn role_title(&self, role: &str) -> String {
        self.content.vocabulary.role_title(role).to_owned()
    }
}
