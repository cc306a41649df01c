//! The server itself: its health, its blueprints, its logs.

use crate::{Actor, App, Error, Result};
use golive_core::blueprint::Blueprint;
use golive_core::chain::Head;
use golive_core::id::{BlueprintId, ProjectId};
use golive_core::people::Action;
use golive_store::{SERVER, StoredEvent};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

/// How the server is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HealthView {
    /// True when the database answers.
    pub ok: bool,
    /// The version of golive.
    pub version: String,
    /// `SQLite` or `PostgreSQL`.
    pub database: String,
    /// `real` or `simulated`.
    pub clock: String,
    /// Business time.
    #[schema(value_type = String)]
    pub now: Timestamp,
}

/// A blueprint that was brought in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BlueprintView {
    /// Its name.
    pub id: String,
    /// Its version.
    pub version: String,
    /// The application's name.
    pub title: String,
    /// The digest of its file.
    pub digest: String,
}

/// One event of a log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct EventView {
    /// Its place in the log.
    pub seq: i64,
    /// When, by the business clock.
    #[schema(value_type = String)]
    pub at: Timestamp,
    /// When it was written, by the machine clock.
    #[schema(value_type = String)]
    pub recorded_at: Timestamp,
    /// Who.
    pub actor: String,
    /// What it happened to.
    pub subject: String,
    /// What happened.
    pub kind: String,
    /// The particulars; null when erased.
    #[schema(value_type = Object)]
    pub payload: Value,
    /// The hash that the next event builds on.
    pub hash: String,
}

/// What the check of a log found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditView {
    /// The log.
    pub log: String,
    /// True when the chain holds to its end.
    pub holds: bool,
    /// The last event.
    pub seq: i64,
    /// Its hash: keep it elsewhere.
    pub hash: String,
    /// What is wrong, if something is.
    pub fault: Option<String>,
}

impl App {
    /// How the server is; needs no sign-in and says nothing that is not public.
    pub async fn server_health(&self) -> Result<HealthView> {
        self.store.session().await?.meta("clock").await?;
        Ok(HealthView {
            ok: true,
            version: env!("CARGO_PKG_VERSION").into(),
            database: self.store.product().into(),
            clock: self.clock.kind().name().into(),
            now: self.clock.now(),
        })
    }

    /// Brings a blueprint in, or a new version of it.
    pub async fn blueprint_apply(
        &self,
        actor: &Actor,
        file: &str,
        bytes: &[u8],
    ) -> Result<BlueprintView> {
        Self::administrator(actor)?;
        let blueprint = golive_readers::blueprint::read(file, bytes)
            .map_err(|faults| bad_file(file, &faults))?;
        let id = BlueprintId::named("server", &blueprint.id);
        let mut write = self.store.write(SERVER, self.stamp(actor)).await?;
        let event = json!({ "event": "applied", "digest": blueprint.digest });
        match write.find::<Blueprint>(id).await? {
            Some(seen) if seen.value == blueprint => {}
            Some(seen) => write.change(id, seen.version, &blueprint, &event).await?,
            None => write.insert(id, "", &blueprint, &event).await?,
        }
        write.commit().await?;
        Ok(blueprint_view(blueprint))
    }

    /// The blueprints that projects may choose among.
    pub async fn blueprint_list(&self, _actor: &Actor) -> Result<Vec<BlueprintView>> {
        let mut session = self.store.session().await?;
        let all = session.page::<Blueprint>("name", ("", ""), 1000).await?;
        Ok(all.into_iter().map(|(_, seen)| blueprint_view(seen.value)).collect())
    }

    /// The events of a project, newest first, before a place in the log.
    pub async fn audit_list(
        &self,
        actor: &Actor,
        project: ProjectId,
        before: Option<i64>,
    ) -> Result<Vec<EventView>> {
        let mut session = self.store.session().await?;
        self.member(&mut session, actor, project, Action::Audit).await?;
        let events =
            session.events_before(&project.to_string(), before.unwrap_or(i64::MAX), 100).await?;
        Ok(events.into_iter().map(event_view).collect())
    }

    /// Checks the log of a project, or the server's own.
    pub async fn audit_verify(
        &self,
        actor: &Actor,
        project: Option<ProjectId>,
    ) -> Result<AuditView> {
        let mut session = self.store.session().await?;
        let log = if let Some(project) = project {
            self.member(&mut session, actor, project, Action::Audit).await?;
            project.to_string()
        } else {
            Self::administrator(actor)?;
            SERVER.to_owned()
        };
        let kept: Head = session.head(&log).await?;
        let fault = session.verify_log(&log).await?.err().map(|fault| fault.to_string());
        Ok(AuditView { log, holds: fault.is_none(), seq: kept.seq, hash: kept.hash, fault })
    }
}

fn blueprint_view(blueprint: Blueprint) -> BlueprintView {
    BlueprintView {
        id: blueprint.id,
        version: blueprint.version,
        title: blueprint.title,
        digest: blueprint.digest,
    }
}

fn event_view(event: StoredEvent) -> EventView {
    let payload = event.payload();
    let header = event.header;
    EventView {
        seq: header.seq,
        at: header.at,
        recorded_at: header.recorded_at,
        actor: header.actor,
        subject: header.subject,
        kind: header.kind,
        payload,
        hash: header.hash,
    }
}

/// A file with all its faults.
pub(crate) fn bad_file(file: &str, faults: &[golive_readers::source::Invalid]) -> Error {
    Error::BadFile {
        file: file.to_owned(),
        faults: faults.iter().map(ToString::to_string).collect(),
    }
}
