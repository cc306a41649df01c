//! Defects: brought in from a file, typed in, and carried through their life by people.

use super::requirements::{ImportMode, ImportView};
use super::upload::Incoming;
use super::{name_of, names};
use crate::people::one_line;
use crate::views::ActionView;
use crate::{Actor, App, Error, Result};
use golive_core::acceptance::defect::{Command, Defect, State, decide};
use golive_core::acceptance::merge::Merge;
use golive_core::acceptance::result::Cause;
use golive_core::acceptance::scope::Priority;
use golive_core::id::{DefectId, ProjectId, UserId};
use golive_core::people::{Action, Side};
use golive_store::{Session, Versioned};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A defect, typed in.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DefectForm {
    /// Its stable name: `D-204`.
    pub name: String,
    /// In a few words.
    pub title: String,
    /// `critical`, `high`, `medium` or `low`.
    pub severity: String,
    /// Why it is there: `bug`, `configuration`, `gap`, `product`, `design` or `improvement`.
    #[serde(default)]
    pub cause: Option<String>,
    /// The case that found it.
    #[serde(default)]
    pub case: Option<String>,
    /// Who mends it.
    #[serde(default)]
    pub owner: Option<String>,
    /// Until when.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub due: Option<Date>,
}

/// What shall happen to a defect.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DefectChange {
    /// `mitigate`, `accept_mitigation`, `fix`, `verify`, `reject` or `reopen`.
    pub change: String,
    /// The way to live with it, to mitigate.
    #[serde(default)]
    pub mitigation: String,
    /// Who does that, to mitigate.
    #[serde(default)]
    pub owner: String,
    /// Until when it may last, to mitigate.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub until: Option<Date>,
    /// With which version set it is mended, to fix.
    #[serde(default)]
    pub version_set: String,
    /// Why, to reject or reopen.
    #[serde(default)]
    pub reason: String,
}

/// A defect.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DefectView {
    /// Its id.
    pub id: String,
    /// The project.
    pub project: String,
    /// Its stable name.
    pub name: String,
    /// In a few words.
    pub title: String,
    /// How bad it is.
    pub severity: String,
    /// Why it is there, once somebody has looked.
    pub cause: Option<String>,
    /// The case that found it.
    pub case: Option<String>,
    /// Who mends it.
    pub owner: Option<String>,
    /// Until when.
    #[schema(value_type = Option<String>)]
    pub due: Option<Date>,
    /// `open`, `mitigated`, `fixed`, `closed` or `rejected`.
    pub state: String,
    /// The particulars of the state.
    #[schema(value_type = Object)]
    pub particulars: State,
    /// Who of the customer accepted the way to live with it.
    pub accepted_by: Option<String>,
    /// What a blocking one must have and this one lacks.
    pub lacks: Vec<String>,
    /// What could be done here, and why not if not.
    pub actions: Vec<ActionView>,
}

impl App {
    /// Brings defects in from a file, or shows what would change. A file neither mends nor accepts.
    pub async fn defect_import(
        &self,
        actor: &Actor,
        project: ProjectId,
        incoming: &Incoming,
        mode: ImportMode,
    ) -> Result<ImportView> {
        if mode.whole {
            return Err(Error::invalid("whole", "defects are never removed by a file", "whole"));
        }
        let rows = incoming.read(golive_readers::defects::read).await?;
        if mode.dry_run {
            let mut session = self.store.session().await?;
            self.member(&mut session, actor, project, Action::KeepAcceptance).await?;
            let merge = merged(&mut session, project, &rows).await?;
            return Ok(ImportView::of(incoming, mode, &merge, |one| &one.key));
        }
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        self.member(&mut write, actor, project, Action::KeepAcceptance).await?;
        let merge = merged(&mut write, project, &rows).await?;
        let view = ImportView::of(incoming, mode, &merge, |one| &one.key);
        if merge.added.is_empty() && merge.changed.is_empty() {
            return Ok(view);
        }
        let put = merge.changed.into_iter().map(|one| one.after).chain(merge.added);
        let put: Vec<(DefectId, Defect)> = put.map(|one| (id_of(project, &one.key), one)).collect();
        write.put(project, &put).await?;
        write.tell(&project.to_string(), &view.told("defect.imported")).await?;
        self.settle_acceptance(&mut write, project).await?;
        write.commit().await?;
        Ok(view)
    }

    /// Records a defect.
    pub async fn defect_record(
        &self,
        actor: &Actor,
        project: ProjectId,
        form: &DefectForm,
    ) -> Result<DefectView> {
        let defect = defect(form)?;
        let id = id_of(project, &defect.key);
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        self.member(&mut write, actor, project, Action::KeepAcceptance).await?;
        write.insert(id, project, &defect, &json!({ "event": "recorded" })).await?;
        self.settle_acceptance(&mut write, project).await?;
        write.commit().await?;
        self.defect_view(actor, id).await
    }

    /// Mitigates, accepts, fixes, verifies, rejects or reopens a defect.
    pub async fn defect_change(
        &self,
        actor: &Actor,
        id: DefectId,
        change: &DefectChange,
    ) -> Result<DefectView> {
        let project: ProjectId = self
            .store
            .session()
            .await?
            .project_of::<Defect>(id)
            .await?
            .parse()
            .map_err(Error::internal)?;
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        let (side, seen) = self.defect_seen(&mut write, actor, id, Action::KeepAcceptance).await?;
        let done = decide(&seen.value.state, command(change, actor.user, side)?, write.now())
            .map_err(|refusal| Error::NotNow(refusal.to_string()))?;
        write
            .change(id, seen.version, &Defect { state: done.state, ..seen.value }, &done.event)
            .await?;
        self.settle_acceptance(&mut write, project).await?;
        write.commit().await?;
        self.defect_view(actor, id).await
    }

    /// One defect.
    pub async fn defect_view(&self, actor: &Actor, id: DefectId) -> Result<DefectView> {
        let mut session = self.store.session().await?;
        let project: ProjectId =
            session.project_of::<Defect>(id).await?.parse().map_err(Error::internal)?;
        let (_, seen) = self.defect_seen(&mut session, actor, id, Action::View).await?;
        Ok(self.views_of_defects(&mut session, actor, project, &[(id, seen)]).await?.remove(0))
    }

    /// The defects of a project, the worst first; all, or those of one severity or state.
    pub async fn defect_list(
        &self,
        actor: &Actor,
        project: ProjectId,
        (severity, state): (Option<&str>, Option<&str>),
    ) -> Result<Vec<DefectView>> {
        let mut session = self.store.session().await?;
        self.project_seen(&mut session, actor, project).await?;
        let mut all = session.of_project::<Defect>(project).await?;
        all.retain(|(_, seen)| severity.is_none_or(|word| word == seen.value.severity.name()));
        all.retain(|(_, seen)| state.is_none_or(|word| word == seen.value.state.name()));
        self.views_of_defects(&mut session, actor, project, &all).await
    }

    pub(super) async fn views_of_defects(
        &self,
        session: &mut Session,
        actor: &Actor,
        project: ProjectId,
        defects: &[(DefectId, Versioned<Defect>)],
    ) -> Result<Vec<DefectView>> {
        let names = names(session, project).await?;
        let seat = self
            .member(session, actor, project, Action::KeepAcceptance)
            .await
            .map(|seat| seat.side);
        let mut sorted: Vec<&(DefectId, Versioned<Defect>)> = defects.iter().collect();
        sorted.sort_by_key(|(_, seen)| {
            (!seen.value.is_open(), seen.value.severity, seen.value.key.clone())
        });
        let view = |(id, seen): &(DefectId, Versioned<Defect>)| DefectView {
            actions: self.defect_actions(actor, &seen.value, &seat),
            ..view((*id, project), &seen.value, &names)
        };
        Ok(sorted.into_iter().map(view).collect())
    }

    fn defect_actions(
        &self,
        actor: &Actor,
        defect: &Defect,
        seat: &Result<Side>,
    ) -> Vec<ActionView> {
        let one = |change: &str| DefectChange {
            change: change.to_owned(),
            mitigation: "-".into(),
            owner: "-".into(),
            until: Some(Date::MAX),
            version_set: "-".into(),
            reason: "-".into(),
        };
        let tried = |change: &&str| {
            let answer = match seat {
                Ok(side) => command(&one(change), actor.user, *side).and_then(|command| {
                    let decided = decide(&defect.state, command, self.clock.now());
                    decided.map_err(|refusal| Error::NotNow(refusal.to_string()))
                }),
                Err(error) => Err(Error::NotNow(error.to_string())),
            };
            ActionView::tried(change, answer)
        };
        CHANGES.iter().map(tried).collect()
    }

    async fn defect_seen(
        &self,
        session: &mut Session,
        actor: &Actor,
        id: DefectId,
        action: Action,
    ) -> Result<(Side, Versioned<Defect>)> {
        let project: ProjectId =
            session.project_of::<Defect>(id).await?.parse().map_err(Error::internal)?;
        let hidden = |error| match error {
            Error::NotFound { kind: "project", .. } => Error::not_found("defect", id),
            other => other,
        };
        let seat = self.member(session, actor, project, action).await.map_err(hidden)?;
        Ok((seat.side, session.get::<Defect>(id).await?))
    }
}

/// What can be asked of a defect.
const CHANGES: [&str; 6] = ["mitigate", "accept_mitigation", "fix", "verify", "reject", "reopen"];

fn command(change: &DefectChange, by: UserId, side: Side) -> Result<Command> {
    let DefectChange { change, mitigation, owner, until, version_set, reason } = change.clone();
    Ok(match change.as_str() {
        "mitigate" => {
            let until = until
                .ok_or_else(|| Error::invalid("until", "a day such as 2027-05-31", "nothing"))?;
            Command::Mitigate { text: mitigation, owner, until }
        }
        "accept_mitigation" => {
            Command::AcceptMitigation { by, is_customer: side == Side::Customer }
        }
        "fix" => Command::Fix { by, version_set },
        "verify" => Command::Verify { by },
        "reject" => Command::Reject { by, reason },
        "reopen" => Command::Reopen { reason },
        other => return Err(Error::invalid("change", CHANGES.join(", "), other)),
    })
}

fn id_of(project: ProjectId, key: &str) -> DefectId {
    DefectId::named(&project.to_string(), key)
}

async fn merged(
    session: &mut Session,
    project: ProjectId,
    rows: &[Defect],
) -> Result<Merge<Defect>> {
    let have = session.of_project::<Defect>(project).await?;
    let have: BTreeMap<String, Defect> =
        have.into_iter().map(|(_, seen)| (seen.value.key.clone(), seen.value)).collect();
    let rows: Vec<Defect> = rows
        .iter()
        .map(|row| have.get(&row.key).map_or_else(|| row.clone(), |old| old.updated(row)))
        .collect();
    Ok(Merge::of(have.values(), &rows, |one| &one.key))
}

fn defect(form: &DefectForm) -> Result<Defect> {
    let wrong = |field: &str, words: String, found: &str| {
        Error::invalid(field, format!("one of {words}"), found)
    };
    let severity: Priority =
        form.severity.parse().map_err(|words| wrong("severity", words, &form.severity))?;
    let given = |text: &Option<String>| {
        text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let cause: Option<Cause> = given(&form.cause)
        .map(|text| text.parse().map_err(|words| wrong("cause", words, &text)))
        .transpose()?;
    let key = one_line("name", &form.name)?;
    if key.contains(char::is_whitespace) {
        return Err(Error::invalid("name", "a name without spaces such as D-204", key));
    }
    Ok(Defect {
        key,
        title: one_line("title", &form.title)?,
        severity,
        cause,
        case: given(&form.case),
        owner: given(&form.owner),
        due: form.due,
        state: State::Open,
    })
}

fn view(
    (id, project): (DefectId, ProjectId),
    defect: &Defect,
    names: &BTreeMap<UserId, String>,
) -> DefectView {
    let accepted = match &defect.state {
        State::Mitigated { mitigation } => mitigation.accepted_by,
        State::Open | State::Fixed { .. } | State::Closed { .. } | State::Rejected { .. } => None,
    };
    let lacks = if defect.is_open() { defect.lacks() } else { Vec::new() };
    DefectView {
        id: id.to_string(),
        project: project.to_string(),
        name: defect.key.clone(),
        title: defect.title.clone(),
        severity: defect.severity.name().to_owned(),
        cause: defect.cause.map(|cause| cause.name().to_owned()),
        case: defect.case.clone(),
        owner: defect.owner.clone(),
        due: defect.due,
        state: defect.state.name().to_owned(),
        particulars: defect.state.clone(),
        accepted_by: accepted.map(|user| name_of(names, user)),
        lacks: lacks.into_iter().map(str::to_owned).collect(),
        actions: Vec::new(),
    }
}
