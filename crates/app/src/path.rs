//! The path of a project, computed: nine stages, what blocks them, and those of all projects.
//!
//! A path depends on the project's log, on the day, and on when its verdicts cease to hold. What was computed is kept
//! under the head of the log, so that a page costs nothing while nothing happens.

use crate::project::ProjectView;
use crate::{Actor, App, Result};
use golive_core::chain::Head;
use golive_core::gate::Gate;
use golive_core::id::ProjectId;
use golive_core::path::{Block, Inputs, Stage, State, path};
use golive_store::Session;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex};
use utoipa::ToSchema;

/// A path is computed again after this long even if nothing says that it must be.
const FRESH: SignedDuration = SignedDuration::from_secs(60);
/// No more paths than this are kept.
const KEPT: usize = 20_000;

static COMPUTED: LazyLock<Mutex<HashMap<ProjectId, Arc<PathView>>>> = LazyLock::new(Mutex::default);

/// A project's path to live operations.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PathView {
    /// The project.
    pub project: ProjectView,
    /// The nine stages in order.
    #[schema(value_type = Vec<Object>)]
    pub stages: Vec<Stage>,
    /// The number of the stage that it stands in; none once it is live.
    pub stage: Option<u8>,
    /// The first thing that blocks it, if something does.
    #[schema(value_type = Option<Object>)]
    pub next_block: Option<Block>,
    /// How many gates are open.
    pub gates_open: usize,
    /// How many gates there are.
    pub gates: usize,
    /// When it was computed.
    #[schema(value_type = String)]
    pub as_of: Timestamp,
    /// The first instant at which time alone could change it.
    #[schema(value_type = Option<String>)]
    pub holds_until: Option<Timestamp>,
    /// The last event of the project's log that it rests on.
    pub log_seq: i64,
    /// The hash of that event.
    pub log_hash: String,
}

impl App {
    /// The path of a project.
    pub async fn path_view(&self, actor: &Actor, project: ProjectId) -> Result<PathView> {
        let mut session = self.store.session().await?;
        self.path_seen(&mut session, actor, project).await
    }

    /// The paths of all projects that the actor may see, by name.
    pub async fn paths(&self, actor: &Actor) -> Result<Vec<Arc<PathView>>> {
        let mut session = self.store.session().await?;
        let heads = session.heads().await?.into_iter();
        let heads: HashMap<ProjectId, Head> =
            heads.filter_map(|head| Some((head.log.parse().ok()?, head))).collect();
        let seen: Vec<ProjectId> = if Self::administrator(actor).is_ok() {
            heads.keys().copied().collect()
        } else {
            let seats = self.seats(&mut session, actor).await?;
            seats.into_iter().map(|seat| seat.project).collect()
        };
        let mut paths = Vec::with_capacity(seen.len());
        for id in seen {
            if let Some(head) = heads.get(&id) {
                paths.push(self.path_at(&mut session, id, head).await?);
            }
        }
        paths.sort_by_cached_key(|path| path.project.name.to_lowercase());
        Ok(paths)
    }

    async fn path_seen(
        &self,
        session: &mut Session,
        actor: &Actor,
        project: ProjectId,
    ) -> Result<PathView> {
        self.project_seen(session, actor, project).await?;
        let head = session.head(&project.to_string()).await?;
        Ok(self.path_at(session, project, &head).await?.as_ref().clone())
    }

    /// The path as it was computed for this head of the log, or computed now.
    async fn path_at(
        &self,
        session: &mut Session,
        project: ProjectId,
        head: &Head,
    ) -> Result<Arc<PathView>> {
        let now = self.clock.now();
        let kept = COMPUTED.lock().expect("nothing panics while it is held").get(&project).cloned();
        if let Some(kept) = kept.filter(|kept| kept.log_hash == head.hash && holds(kept, now)) {
            return Ok(kept);
        }
        let fresh = Arc::new(self.compute(session, project, head).await?);
        let mut computed = COMPUTED.lock().expect("nothing panics while it is held");
        if computed.len() >= KEPT {
            computed.clear();
        }
        computed.insert(project, fresh.clone());
        Ok(fresh)
    }

    async fn compute(&self, session: &mut Session, id: ProjectId, head: &Head) -> Result<PathView> {
        let (gathered, verdicts) = self.judge_all(session, id, &Gate::ALL).await?;
        let dates = self.stage_dates(session, id, &gathered.project).await?;
        let inputs = Inputs {
            model: gathered.project.model,
            facts: &gathered.facts,
            verdicts: &verdicts,
            dates: &dates,
            today: self.today(&gathered.project),
        };
        let stages = path(&inputs);
        let here = stages.iter().find(|stage| stage.state != State::Done);
        Ok(PathView {
            project: self.project_as_seen(id, &gathered.project),
            stage: here.map(|stage| stage.number),
            next_block: here.and_then(|stage| stage.blocks.first().cloned()),
            gates_open: verdicts.iter().filter(|verdict| verdict.is_open()).count(),
            gates: verdicts.len(),
            as_of: self.clock.now(),
            holds_until: verdicts.iter().filter_map(|verdict| verdict.holds_until).min(),
            log_seq: head.seq,
            log_hash: head.hash.clone(),
            stages,
        })
    }
}

/// Whether what was computed is still true at this moment, as far as time goes.
fn holds(kept: &PathView, now: Timestamp) -> bool {
    let zone = jiff::tz::TimeZone::get(&kept.project.time_zone).unwrap_or(jiff::tz::TimeZone::UTC);
    let same_day = zone.to_datetime(kept.as_of).date() == zone.to_datetime(now).date();
    let age = now.duration_since(kept.as_of);
    same_day
        && age < FRESH
        && age >= SignedDuration::ZERO
        && kept.holds_until.is_none_or(|until| now < until)
}
