//! Packages: uploaded, checked, proven on a sandbox, signed off, and only then brought to production.

use crate::facts::Ground;
use crate::operations::install_package::Params;
use crate::views::ActionView;
use crate::{Actor, App, Error, Result};
use bytes::Bytes;
use futures_util::Stream;
use golive_core::environment::{Environment, Purpose};
use golive_core::fact::Facts;
use golive_core::gate::Gate;
use golive_core::id::{EnvironmentId, PackageId, ProjectId};
use golive_core::operation::Outcome;
use golive_core::package::check::{Report, Target, Trust, check};
use golive_core::package::library::{Command, Entry, Installation, Refusal, State, decide};
use golive_core::package::{Package, Stored, facts as rules};
use golive_core::people::Action;
use golive_core::portfolio::Project;
use golive_core::version_set::VersionSet;
use golive_store::{OperationRow, Session, Versioned, Write};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// A package of the library.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PackageView {
    /// Its id.
    pub id: String,
    /// The project.
    pub project: String,
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its title.
    pub title: String,
    /// What it is for.
    pub kind: String,
    /// The file format.
    pub format: String,
    /// Its modules, `name version`.
    pub modules: Vec<String>,
    /// Modules that it takes away.
    pub removals: Vec<String>,
    /// The digest of the file.
    pub digest: String,
    /// The size of the file in bytes.
    pub bytes: u64,
    /// Where it stands.
    pub state: String,
    /// The particulars of that.
    #[schema(value_type = Object)]
    pub particulars: State,
    /// What could be done here, and why not if not.
    pub actions: Vec<ActionView>,
}

/// What the check of a package against an environment found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PackageCheckView {
    /// True when nothing denies it.
    pub accepted: bool,
    /// Every finding in words.
    pub findings: Vec<String>,
    /// What would happen to each module.
    #[schema(value_type = Object)]
    pub report: Report,
}

/// Where and when a package shall be installed.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InstallRequest {
    /// The environment.
    #[schema(value_type = String)]
    pub environment: EnvironmentId,
    /// When the window begins; at once without it.
    #[serde(default)]
    pub starts: Option<String>,
    /// When the window ends; four hours after its start without it.
    #[serde(default)]
    pub ends: Option<String>,
}

impl App {
    /// Takes a package file into the library of a project, and looks inside.
    pub async fn package_upload<E: std::fmt::Display>(
        &self,
        actor: &Actor,
        project: ProjectId,
        file: &str,
        stream: impl Stream<Item = Result<Bytes, E>> + Unpin,
    ) -> Result<PackageView> {
        let mut session = self.store.session().await?;
        self.member(&mut session, actor, project, Action::ServiceSandbox).await?;
        let pack = self.policy(&session.get::<Project>(project).await?.value.policy)?;
        drop(session);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a size that is not negative"
        )]
        let limit = (pack.number("package.upload_max").unwrap_or(1.0).max(0.0) * 1e9) as u64;
        let kept = self.keep_file(stream, limit).await?;
        let package = self.look_inside(file, &kept.digest).await?;
        let entry = Entry {
            digest: package.digest.clone(),
            uploaded_by: actor.user,
            approval: None,
            state: State::Uploaded,
        };
        let id = PackageId::named(&project.to_string(), &package.digest);
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        let event =
            serde_json::json!({ "event": "uploaded", "file": file, "digest": package.digest });
        write.insert(id, project, &Stored { package, entry }, &event).await?;
        write.commit().await?;
        self.package_view(actor, id).await
    }

    async fn look_inside(&self, file: &str, digest: &str) -> Result<Package> {
        let (path, name) = (self.kept_file(digest)?, file.to_owned());
        let read = tokio::task::spawn_blocking(move || {
            let opened = std::fs::File::open(path)?;
            Ok::<_, std::io::Error>(golive_readers::package::read(
                &name,
                std::io::BufReader::new(opened),
            ))
        });
        let read = read.await.map_err(Error::internal)??;
        read.map_err(|faults| crate::server::bad_file(file, &faults))
    }

    /// One package.
    pub async fn package_view(&self, actor: &Actor, id: PackageId) -> Result<PackageView> {
        let mut session = self.store.session().await?;
        let (project, seen) = self.package_seen(&mut session, actor, id, Action::View).await?;
        self.view_of_package(&mut session, actor, (id, project), &seen).await
    }

    /// The library of a project.
    pub async fn package_list(
        &self,
        actor: &Actor,
        project: ProjectId,
    ) -> Result<Vec<PackageView>> {
        let mut session = self.store.session().await?;
        self.project_seen(&mut session, actor, project).await?;
        let mut views = Vec::new();
        for (id, seen) in session.of_project::<Stored>(project).await? {
            views.push(self.view_of_package(&mut session, actor, (id, project), &seen).await?);
        }
        Ok(views)
    }

    /// Checks a package against an environment without touching it, and records the result.
    pub async fn package_check(
        &self,
        actor: &Actor,
        id: PackageId,
        environment: EnvironmentId,
    ) -> Result<PackageCheckView> {
        let project = self.project_of_package(id).await?;
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        let (_, seen) = self.package_seen(&mut write, actor, id, Action::ServiceSandbox).await?;
        let report = self.report(&mut write, project, &seen.value, environment).await?;
        let change =
            decide(&seen.value.entry, Command::Validate { report: report.clone() }, write.now())
                .map_err(refused)?;
        write
            .change(id, seen.version, &Stored { entry: change.entry, ..seen.value }, &change.event)
            .await?;
        write.commit().await?;
        let findings = report.findings.iter().map(ToString::to_string).collect();
        Ok(PackageCheckView { accepted: report.is_accepted(), findings, report })
    }

    /// Installs a package: on a sandbox at once, on production behind its gate and in its window.
    pub async fn package_install(
        &self,
        actor: &Actor,
        id: PackageId,
        wanted: &InstallRequest,
    ) -> Result<crate::operation::OperationView> {
        let project = self.project_of_package(id).await?;
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        let there = write.get::<Environment>(wanted.environment).await?.value;
        let action = match there.spec.purpose {
            Purpose::Production => Action::ServiceProduction,
            Purpose::Sandbox | Purpose::Development | Purpose::GoldenConfiguration => {
                Action::ServiceSandbox
            }
        };
        let (_, seen) = self.package_seen(&mut write, actor, id, action).await?;
        let (starts, ends) = window(wanted, write.now())?;
        self.may_install(
            &mut write,
            project,
            &seen.value,
            (wanted.environment, &there),
            (self.clock.now(), starts, ends),
        )
        .await?;
        let params = serde_json::json!({
            "package": id, "before": there.state.installed(), "filed": write.now(), "starts": starts, "ends": ends,
        });
        let operation = self
            .intend_at(
                &mut write,
                project,
                (wanted.environment, "install_package"),
                (params, starts),
            )
            .await?;
        write.commit().await?;
        self.operation_view(actor, operation).await
    }

    /// Signs that the package works on the sandbox, with the issues that are known.
    pub async fn package_sign_off(
        &self,
        actor: &Actor,
        id: PackageId,
        issues: &[String],
    ) -> Result<PackageView> {
        let (by, issues) = (actor.user, issues.to_vec());
        self.package_command(actor, id, Action::SignAcceptance, |entry| Command::SignOff {
            by,
            digest: entry.digest.clone(),
            issues,
        })
        .await
    }

    /// Names the package the release candidate.
    pub async fn package_mark_candidate(
        &self,
        actor: &Actor,
        id: PackageId,
    ) -> Result<PackageView> {
        let mut session = self.store.session().await?;
        let (project, _) =
            self.package_seen(&mut session, actor, id, Action::ServiceProduction).await?;
        let policy = self.policy(&session.get::<Project>(project).await?.value.policy)?;
        drop(session);
        let by = actor.user;
        self.package_command(actor, id, Action::ServiceProduction, |entry| {
            Command::mark_candidate(by, entry.digest.clone(), policy)
        })
        .await
    }

    /// Vouches for an unsigned package as the second person.
    pub async fn package_approve(&self, actor: &Actor, id: PackageId) -> Result<PackageView> {
        let by = actor.user;
        self.package_command(actor, id, Action::Confirm, |entry| Command::Approve {
            by,
            digest: entry.digest.clone(),
        })
        .await
    }

    /// Takes the package out of use.
    pub async fn package_withdraw(
        &self,
        actor: &Actor,
        id: PackageId,
        reason: &str,
    ) -> Result<PackageView> {
        let (by, reason) = (actor.user, reason.to_owned());
        self.package_command(actor, id, Action::ServiceProduction, |_| Command::Withdraw {
            by,
            reason,
        })
        .await
    }

    async fn package_command(
        &self,
        actor: &Actor,
        id: PackageId,
        action: Action,
        command: impl FnOnce(&Entry) -> Command,
    ) -> Result<PackageView> {
        let project = self.project_of_package(id).await?;
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        let (_, seen) = self.package_seen(&mut write, actor, id, action).await?;
        let change =
            decide(&seen.value.entry, command(&seen.value.entry), write.now()).map_err(refused)?;
        write
            .change(id, seen.version, &Stored { entry: change.entry, ..seen.value }, &change.event)
            .await?;
        write.commit().await?;
        self.package_view(actor, id).await
    }

    /// Every reason against an installation: the check of the file, and on production the whole gate.
    async fn may_install(
        &self,
        session: &mut Session,
        project: ProjectId,
        stored: &Stored,
        (id, environment): (EnvironmentId, &Environment),
        (filed, starts, ends): (Timestamp, Timestamp, Timestamp),
    ) -> Result<()> {
        let report = self.report(session, project, stored, id).await?;
        if environment.spec.purpose == Purpose::Production {
            let policy = self.policy(&session.get::<Project>(project).await?.value.policy)?;
            let asked = rules::Asked {
                entry: &stored.entry,
                report: &report,
                trust: &Trust::Unsigned,
                cutover: None,
            };
            let mut extra = rules::facts(asked, policy, self.clock.now());
            extra.extend(rules::window_facts(filed, starts, ends));
            extra.set("package.freeze_clear", true);
            let verdict = self.judge_with(session, project, Gate::ProductionPackage, extra).await?;
            if !verdict.is_open() {
                return Err(Error::GateShut(Box::new(verdict)));
            }
        }
        if report.is_accepted() {
            return Ok(());
        }
        Err(Error::Refused(report.findings.iter().map(ToString::to_string).collect()))
    }

    async fn report(
        &self,
        session: &mut Session,
        project: ProjectId,
        stored: &Stored,
        environment: EnvironmentId,
    ) -> Result<Report> {
        let there = session.get::<Environment>(environment).await?.value;
        let policy = self.policy(&session.get::<Project>(project).await?.value.policy)?;
        let blueprint = self.blueprint(session, &there.spec.blueprint).await?;
        let modules =
            there.state.installed().map(|installed| installed.modules.clone()).unwrap_or_default();
        let unknown = |bad: String| {
            Error::NotNow(format!("the environment says a version that is none: {bad}"))
        };
        let mut installed =
            VersionSet::parse(&modules).map_err(|bad| unknown(format!("{bad:?}")))?;
        installed.platform =
            Some(blueprint.platform.parse().map_err(|bad| unknown(format!("{bad:?}")))?);
        let target = Target {
            name: there.spec.name.clone(),
            production: there.spec.purpose == Purpose::Production,
            installed,
            vendor_modules: BTreeSet::new(),
        };
        Ok(check(&stored.package, &target, &Trust::Unsigned, policy))
    }

    async fn project_of_package(&self, id: PackageId) -> Result<ProjectId> {
        let project = self.store.session().await?.project_of::<Stored>(id).await?;
        project.parse().map_err(Error::internal)
    }

    async fn package_seen(
        &self,
        session: &mut Session,
        actor: &Actor,
        id: PackageId,
        action: Action,
    ) -> Result<(ProjectId, Versioned<Stored>)> {
        let project: ProjectId =
            session.project_of::<Stored>(id).await?.parse().map_err(Error::internal)?;
        let hidden = |error| match error {
            Error::NotFound { kind: "project", .. } => Error::not_found("package", id),
            other => other,
        };
        self.member(session, actor, project, action).await.map_err(hidden)?;
        Ok((project, session.get::<Stored>(id).await?))
    }

    async fn view_of_package(
        &self,
        session: &mut Session,
        actor: &Actor,
        (id, project): (PackageId, ProjectId),
        seen: &Versioned<Stored>,
    ) -> Result<PackageView> {
        let Stored { package, entry } = &seen.value;
        let (by, digest, now) = (actor.user, entry.digest.clone(), self.clock.now());
        let mut actions = Vec::new();
        for (name, action, command) in [
            (
                "package_sign_off",
                Action::SignAcceptance,
                Command::SignOff { by, digest: digest.clone(), issues: vec![] },
            ),
            (
                "package_mark_candidate",
                Action::ServiceProduction,
                Command::MarkCandidate { by, digest: digest.clone(), issues_accepted: true },
            ),
            ("package_approve", Action::Confirm, Command::Approve { by, digest }),
            (
                "package_withdraw",
                Action::ServiceProduction,
                Command::Withdraw { by, reason: "-".into() },
            ),
        ] {
            let allowed = self.member(session, actor, project, action).await;
            actions.push(ActionView::tried(
                name,
                allowed.and_then(|_| decide(entry, command, now).map_err(refused)),
            ));
        }
        Ok(PackageView {
            id: id.to_string(),
            project: project.to_string(),
            name: package.name.clone(),
            version: package.version.to_string(),
            title: package.title.clone(),
            kind: package.kind.to_string(),
            format: package.format.to_string(),
            modules: package
                .modules
                .iter()
                .map(|module| format!("{} {}", module.name, module.version))
                .collect(),
            removals: package.removals.clone(),
            digest: package.digest.clone(),
            bytes: package.size,
            state: entry.state.name().to_owned(),
            particulars: entry.state.clone(),
            actions,
        })
    }
}

/// The work starts: everything is judged again, in the write of the operation's first record.
pub(crate) async fn start_installing(
    app: &App,
    write: &mut Write,
    operation: &OperationRow,
) -> Result<()> {
    let params: Params =
        serde_json::from_value(operation.params.clone()).map_err(Error::internal)?;
    let instant = |name: &str| {
        operation
            .params
            .get(name)
            .and_then(|at| at.as_str()?.parse().ok())
            .unwrap_or(operation.created_at)
    };
    let project: ProjectId = operation.project.parse().map_err(Error::internal)?;
    let environment: EnvironmentId = operation.environment.parse().map_err(Error::internal)?;
    let stored = write.get::<Stored>(params.package).await?.value;
    let there = write.get::<Environment>(environment).await?.value;
    let times = (instant("filed"), instant("starts"), instant("ends"));
    if write.now() > times.2 {
        return Err(Error::NotNow(format!("the window ended at {}", times.2)));
    }
    app.may_install(write, project, &stored, (environment, &there), times).await
}

/// The work has ended: the library learns how.
pub(crate) async fn end_installing(
    write: &mut Write,
    operation: &OperationRow,
    outcome: &Outcome,
) -> Result<()> {
    let params: Params =
        serde_json::from_value(operation.params.clone()).map_err(Error::internal)?;
    let environment: EnvironmentId = operation.environment.parse().map_err(Error::internal)?;
    let production =
        write.get::<Environment>(environment).await?.value.spec.purpose == Purpose::Production;
    let seen = write.get::<Stored>(params.package).await?;
    let installation = Installation { environment, operation: operation.id, at: write.now() };
    let command = match outcome {
        Outcome::Succeeded if production => Command::RecordInProduction { installation },
        Outcome::Succeeded => Command::RecordInstalled { installation },
        Outcome::RolledBack { why }
        | Outcome::Cancelled { why }
        | Outcome::RollbackFailed { why, .. } => {
            Command::RecordFailed { environment, why: why.clone() }
        }
    };
    match decide(&seen.value.entry, command, write.now()) {
        Ok(change) => {
            let stored = Stored { entry: change.entry, ..seen.value };
            Ok(write.change(params.package, seen.version, &stored, &change.event).await?)
        }
        // A package that was withdrawn meanwhile, or never validated, learns nothing more.
        Err(_) => Ok(()),
    }
}

fn refused(refusal: Refusal) -> Error {
    Error::NotNow(refusal.to_string())
}

pub(crate) fn window(wanted: &InstallRequest, now: Timestamp) -> Result<(Timestamp, Timestamp)> {
    let read = |name: &str, text: &Option<String>| -> Result<Option<Timestamp>> {
        let parsed = text.as_ref().map(|text| text.parse::<Timestamp>());
        parsed.transpose().map_err(|_| {
            Error::invalid(
                name,
                "an instant such as 2027-04-02T16:00:00Z",
                text.clone().unwrap_or_default(),
            )
        })
    };
    let starts = read("starts", &wanted.starts)?.unwrap_or(now);
    let ends = read("ends", &wanted.ends)?.unwrap_or(starts + jiff::SignedDuration::from_hours(4));
    if starts < now || ends <= starts {
        return Err(Error::invalid(
            "starts and ends",
            "a window that has not begun and ends after its start",
            format!("{starts} to {ends}"),
        ));
    }
    Ok((starts, ends))
}

/// The facts that this subject knows of a project.
pub(crate) async fn facts(
    _app: &App,
    session: &mut Session,
    ground: &Ground<'_>,
    facts: &mut Facts,
) -> Result<()> {
    let library = session.of_project::<Stored>(ground.id).await?;
    facts.extend(rules::library_facts(
        library.iter().map(|(_, seen)| (seen.value.package.name.as_str(), &seen.value.entry)),
    ));
    let practised =
        library.iter().filter(|(_, seen)| seen.value.entry.state.proven().is_some()).count();
    facts.set("servicing.packages", practised);
    Ok(())
}
