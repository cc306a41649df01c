//! Load tests: the tool's own file, held against the targets of each process and the peak of the estimate.

use super::analysis::{taken, zone_of};
use super::find_place;
use super::places;
use super::upload::Incoming;
use crate::{Actor, App, Error, Result};
use golive_core::acceptance::book::Targets;
use golive_core::acceptance::place::Subject;
use golive_core::id::{EvidenceId, ProjectId};
use golive_core::load_test::{Judged, Line, LoadTest, Seen, Target, assess};
use golive_core::people::Action;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

/// What the file of a load test does not say itself.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct LoadTestOptions {
    /// The environment that was loaded, by id or name.
    pub environment: String,
    /// The version set, where it is not the one that is installed.
    pub version_set: Option<String>,
    /// The data set, where it is not the one that is loaded.
    pub data_set: Option<String>,
    /// When it was done, where the file does not say.
    pub taken: Option<String>,
}

/// What people saw beside the numbers.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[expect(clippy::struct_excessive_bools, reason = "four things that people looked at")]
pub struct SeenForm {
    /// Users, jobs and integrations ran together.
    pub combined: bool,
    /// Tier and data volume are like production.
    pub like_production: bool,
    /// A server or the database was near its limit.
    pub near_limit: bool,
    /// The night run ended with time to spare.
    pub night_run_in_time: bool,
}

/// What each process must keep under load.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TargetsView {
    /// The digest of the file.
    pub digest: String,
    /// By process.
    #[schema(value_type = Vec<Object>)]
    pub targets: Vec<Target>,
}

/// A load test, held against its targets.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct LoadTestView {
    /// Its id as evidence.
    pub id: String,
    /// The project.
    pub project: String,
    /// The digest of the file.
    pub digest: String,
    /// The tool that made it.
    pub tool: String,
    /// When it was done.
    #[schema(value_type = String)]
    pub taken: Timestamp,
    /// The version set that was loaded.
    pub version_set: String,
    /// The data set.
    pub data_set: String,
    /// The most users at once.
    pub users: Option<u64>,
    /// True when every target and every threshold of the tool was kept.
    pub passed: bool,
    /// The least share of a peak that was reached, in percent.
    pub load_share: Option<f64>,
    /// By process.
    #[schema(value_type = Vec<Object>)]
    pub lines: Vec<Line>,
    /// Thresholds of the tool that were not kept.
    #[schema(value_type = Vec<Object>)]
    pub thresholds_missed: Vec<Judged>,
    /// What people saw.
    #[schema(value_type = Object)]
    pub seen: Seen,
}

impl App {
    /// Sets what each process must keep under load, from a file.
    pub async fn load_test_set_targets(
        &self,
        actor: &Actor,
        project: ProjectId,
        incoming: &Incoming,
    ) -> Result<TargetsView> {
        let targets = incoming.read(golive_readers::load_test::targets).await?;
        let targets = Targets { targets, digest: incoming.digest.clone() };
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        self.member(&mut write, actor, project, Action::KeepAcceptance).await?;
        let event = json!({ "event": "set", "file": incoming.file, "digest": targets.digest });
        match write.find::<Targets>(project).await? {
            Some(seen) if seen.value == targets => {}
            Some(seen) => write.change(project, seen.version, &targets, &event).await?,
            None => write.insert(project, project, &targets, &event).await?,
        }
        write.commit().await?;
        Ok(TargetsView { digest: targets.digest, targets: targets.targets })
    }

    /// Brings a load test in: the summary of k6 or the log of `JMeter`. The same file again changes nothing.
    pub async fn load_test_import(
        &self,
        actor: &Actor,
        project: ProjectId,
        incoming: &Incoming,
        options: &LoadTestOptions,
    ) -> Result<LoadTestView> {
        let report = incoming
            .stream(|name, file| {
                golive_readers::load_test::read(name, std::io::BufReader::new(file))
            })
            .await?;
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        self.member(&mut write, actor, project, Action::KeepAcceptance).await?;
        let targets =
            write.find::<Targets>(project).await?.map(|seen| seen.value).unwrap_or_default();
        let id = EvidenceId::named(
            &project.to_string(),
            &format!("{}/{}", report.digest, targets.digest),
        );
        if write.find::<LoadTest>(id).await?.is_some() {
            drop(write);
            return self.load_test_view(actor, project, Some(id)).await;
        }
        let place = find_place(&places(&mut write, project).await?, options.environment.trim())?;
        let named = (options.version_set.clone(), options.data_set.clone());
        let solution =
            super::cycles::solution(&mut write, project, options.environment.trim(), named).await?;
        let zone = zone_of(&mut write, project).await?;
        let taken = match report.started {
            Some(started) if started > write.now() => {
                return Err(Error::invalid(
                    &incoming.file,
                    "a test that has been done",
                    started.to_string(),
                ));
            }
            Some(started) => started,
            None => taken(options.taken.as_deref(), &zone, write.now())?,
        };
        let subject = Subject {
            environment: place.environment,
            version_set: solution.version_set,
            data_set: solution.data_set,
        };
        let event = json!({ "event": "imported", "file": incoming.file, "digest": report.digest, "tool": report.tool });
        let targets = targets.targets;
        let test =
            LoadTest { evidence: id, subject, taken, report, targets, seen: Seen::default() };
        write.insert(id, project, &test, &event).await?;
        self.settle_acceptance(&mut write, project).await?;
        write.commit().await?;
        self.load_test_view(actor, project, Some(id)).await
    }

    /// The newest load test of a project, or one of the earlier ones.
    pub async fn load_test_view(
        &self,
        actor: &Actor,
        project: ProjectId,
        id: Option<EvidenceId>,
    ) -> Result<LoadTestView> {
        let mut session = self.store.session().await?;
        self.project_seen(&mut session, actor, project).await?;
        let found = match id {
            Some(id) => Some((id, session.get::<LoadTest>(id).await?)),
            None => session.newest::<LoadTest>(project).await?,
        };
        let (id, seen) = found.ok_or_else(|| Error::not_found("load test", "of this project"))?;
        Ok(view(id, project, seen.value))
    }

    /// Records what people saw beside the numbers of the newest load test.
    pub async fn load_test_observe(
        &self,
        actor: &Actor,
        project: ProjectId,
        form: &SeenForm,
    ) -> Result<LoadTestView> {
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        self.member(&mut write, actor, project, Action::KeepAcceptance).await?;
        let found = write.newest::<LoadTest>(project).await?;
        let (id, before) = found.ok_or_else(|| Error::not_found("load test", "of this project"))?;
        let seen = Seen {
            combined: Some(form.combined),
            like_production: Some(form.like_production),
            near_limit: Some(form.near_limit),
            night_run_in_time: Some(form.night_run_in_time),
        };
        let event = json!({ "event": "observed", "seen": seen });
        write.change(id, before.version, &LoadTest { seen, ..before.value }, &event).await?;
        write.commit().await?;
        self.load_test_view(actor, project, Some(id)).await
    }
}

fn view(id: EvidenceId, project: ProjectId, test: LoadTest) -> LoadTestView {
    let assessment = assess(&test.report, &test.targets);
    LoadTestView {
        id: id.to_string(),
        project: project.to_string(),
        passed: assessment.passed(),
        load_share: assessment.load_share,
        lines: assessment.lines,
        thresholds_missed: assessment.thresholds_missed,
        digest: test.report.digest,
        tool: test.report.tool,
        taken: test.taken,
        version_set: test.subject.version_set,
        data_set: test.subject.data_set,
        users: test.report.users,
        seen: test.seen,
    }
}
