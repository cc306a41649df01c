//! What is shown of a usage profile and of its size.

use super::{around, batch_weight, headroom};
use crate::service_request::names;
use crate::views::ActionView;
use crate::{Actor, App, Result};
use golive_core::estimate::machine::{Around, Command, State, decide};
use golive_core::estimate::{Derived, Estimate, Kept, Licence};
use golive_core::id::{EstimateId, ProjectId};
use golive_core::people::Action;
use golive_core::policy::Policy;
use golive_core::portfolio::Project;
use golive_core::sizing::{Computed, Exceeded, Size, compute};
use golive_store::Session;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A usage profile in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct EstimateView {
    /// Its id.
    pub id: String,
    /// The project.
    pub project: String,
    /// Its name in files.
    pub file_id: String,
    /// Its name for people.
    pub name: String,
    /// Its version.
    pub estimate_version: u32,
    /// The day of its numbers.
    pub as_of: String,
    /// Who answers for it.
    pub author: String,
    /// `draft`, `active` or `retired`.
    pub state: String,
    /// The particulars of the state.
    #[schema(value_type = Object)]
    pub particulars: State,
    /// The file that it was read from.
    pub file: String,
    /// Its digest.
    pub digest: String,
    /// Who brought it in.
    pub imported_by: String,
    /// When.
    #[schema(value_type = String)]
    pub imported_at: Timestamp,
    /// People at work at the same time, by the customer's own word.
    pub stated_peak_users: u32,
    /// Licences of the first day.
    pub licences: u32,
    /// The size under the project's policy; none when it cannot be sized.
    pub size: Option<SizeView>,
    /// What keeps it from being sized.
    pub faults: Vec<String>,
    /// What could be done here, and why not if not.
    pub actions: Vec<ActionView>,
    /// Its version, for `If-Match`.
    pub row_version: i64,
}

/// A size in one line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SizeView {
    /// Its name, for requests: `6+2/db-24`.
    pub name: String,
    /// The rules that it was computed by.
    pub rules: String,
    /// Application servers for people.
    pub interactive_servers: u32,
    /// Application servers for jobs.
    pub batch_servers: u32,
    /// Cores of each server.
    pub cores_per_server: u32,
    /// The database class.
    pub database_class: String,
    /// Its memory.
    pub database_memory_gb: f64,
    /// Storage.
    pub storage_gb: f64,
    /// The tier for performance tests.
    pub performance_test_tier: String,
    /// True when no limit was exceeded.
    pub is_automatic: bool,
    /// The limits that were exceeded.
    #[schema(value_type = Vec<Object>)]
    pub exceeded: Vec<Exceeded>,
}

/// What one wave needs: the same profile with the wave's load.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct WaveView {
    /// Its number.
    pub number: u32,
    /// Its date.
    pub date: String,
    /// Its title.
    pub title: String,
    /// The load once it is live, the first wave being 1.
    pub load_factor: f64,
    /// The size that it needs; none when it cannot be sized.
    pub size: Option<SizeView>,
}

/// A usage profile with everything behind it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct EstimateDetails {
    /// The profile in one line.
    pub estimate: EstimateView,
    /// The whole profile.
    #[schema(value_type = Object)]
    pub profile: Estimate,
    /// The sums that sizing starts from.
    #[schema(value_type = Object)]
    pub derived: Derived,
    /// Every formula with the value of each term and the result.
    #[schema(value_type = Vec<Object>)]
    pub sheet: Vec<Computed>,
    /// Lines of each hour of the day: client, integration, batch.
    #[schema(value_type = Vec<Vec<f64>>)]
    pub load_by_hour: Vec<[f64; 3]>,
    /// Licences by kind.
    #[schema(value_type = Vec<Object>)]
    pub licences: Vec<Licence>,
    /// What later waves need.
    pub waves: Vec<WaveView>,
}

impl From<&Size> for SizeView {
    fn from(size: &Size) -> Self {
        Self {
            name: size.name(),
            rules: size.rules.clone(),
            interactive_servers: size.interactive_servers,
            batch_servers: size.batch_servers,
            cores_per_server: size.cores_per_server,
            database_class: size.database_class.clone(),
            database_memory_gb: size.database_memory_gb,
            storage_gb: size.storage_gb,
            performance_test_tier: size.performance_test_tier.clone(),
            is_automatic: size.is_automatic(),
            exceeded: size.exceeded.clone(),
        }
    }
}

impl App {
    pub(super) async fn estimate_as_seen(
        &self,
        session: &mut Session,
        actor: &Actor,
        (project, id): (ProjectId, EstimateId),
    ) -> Result<EstimateView> {
        let seen = session.get::<Kept>(id).await?;
        let policy = self.policy(&session.get::<Project>(project).await?.value.policy)?;
        let rows = session.of_project::<Kept>(project).await?;
        let size = self.size_of(policy, &seen.value.profile);
        let names = names(session, project).await?;
        let around = around(&rows, &size);
        let allowed = self.member(session, actor, project, Action::KeepEstimates).await;
        let allowed = allowed.map(drop).map_err(|error| error.to_string());
        let actions = self.tried_on_estimate(actor, &seen.value, around, &allowed);
        let faults = size.as_ref().err().cloned().unwrap_or_default();
        let kept = seen.value;
        Ok(EstimateView {
            id: id.to_string(),
            project: project.to_string(),
            file_id: kept.profile.id.clone(),
            name: kept.profile.name.clone(),
            estimate_version: kept.profile.version,
            as_of: kept.profile.as_of.to_string(),
            author: kept.profile.author.clone(),
            state: kept.state.name().to_owned(),
            imported_by: names
                .get(&kept.imported_by)
                .cloned()
                .unwrap_or_else(|| kept.imported_by.to_string()),
            imported_at: kept.imported_at,
            stated_peak_users: kept.profile.stated_peak_users,
            licences: kept.profile.licences_first_day(),
            particulars: kept.state,
            file: kept.file,
            digest: kept.digest,
            size: size.as_ref().ok().map(SizeView::from),
            faults,
            actions,
            row_version: seen.version,
        })
    }

    fn tried_on_estimate(
        &self,
        actor: &Actor,
        kept: &Kept,
        around: Around<'_>,
        allowed: &Result<(), String>,
    ) -> Vec<ActionView> {
        let by = actor.user;
        let commands = [
            ("estimate_activate", Command::Activate { by, replaces: around.active }),
            ("estimate_discard", Command::Discard { by, reason: "-".into() }),
        ];
        let tried = commands.map(|(name, command)| {
            let allowed = allowed.clone().map_err(crate::Error::Forbidden);
            let decided = allowed.and_then(|()| {
                decide(&kept.state, command, around, self.clock.now()).map_err(crate::Error::from)
            });
            ActionView::tried(name, decided)
        });
        tried.into()
    }

    pub(super) fn details(
        &self,
        policy: &Policy,
        estimate: EstimateView,
        profile: Estimate,
    ) -> Result<EstimateDetails> {
        let rules = self.sizing_rules();
        let derived = Derived::of(&profile, batch_weight(rules));
        let sized = |derived: &Derived| compute(rules, derived, &headroom(policy)).ok();
        let waves = profile.waves.iter().map(|wave| WaveView {
            number: wave.number,
            date: wave.date.to_string(),
            title: wave.title.clone(),
            load_factor: wave.load_factor,
            size: sized(&loaded(&derived, wave.load_factor)).as_ref().map(SizeView::from),
        });
        Ok(EstimateDetails {
            estimate,
            sheet: sized(&derived).map(|size| size.sheet).unwrap_or_default(),
            load_by_hour: profile.load_chart(),
            licences: profile.licences.clone(),
            waves: waves.collect(),
            derived,
            profile,
        })
    }
}

/// The same sums with more load: lines and people grow, what is there on the first day does not.
fn loaded(derived: &Derived, factor: f64) -> Derived {
    let people = |n: &u32| {
        let more = (f64::from(*n) * factor).ceil();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a number of people is small and not negative"
        )]
        let more = more as u32;
        more
    };
    Derived {
        client_peak: derived.client_peak * factor,
        integration_peak: derived.integration_peak * factor,
        batch_peak: derived.batch_peak * factor,
        users_at_busiest_hour: derived
            .users_at_busiest_hour
            .iter()
            .map(|(class, users)| (class.clone(), people(users)))
            .collect(),
        stated_peak_users: derived.stated_peak_users * factor,
        process_users_sum: derived.process_users_sum * factor,
        night_lines: derived.night_lines * factor,
        stored_lines_per_day: derived.stored_lines_per_day * factor,
        client_lines_per_day: derived.client_lines_per_day * factor,
        integration_lines_per_day: derived.integration_lines_per_day * factor,
        ..derived.clone()
    }
}
