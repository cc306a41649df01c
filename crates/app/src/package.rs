//! Packages: uploaded, checked, proven on a sandbox, signed off, and only then brought to production.

mod installing;
mod views;

pub(crate) use installing::{end_installing, start_installing};
pub use views::{InstallRequest, PackageCheckView, PackageView};

use crate::facts::Ground;
use crate::views::ActionView;
use crate::{Actor, App, Error, Result};
use bytes::Bytes;
use futures_util::Stream;
use golive_core::environment::{Environment, Purpose};
use golive_core::fact::Facts;
use golive_core::gate::Gate;
use golive_core::id::{EnvironmentId, PackageId, ProjectId};
use golive_core::package::check::{Report, Target, Trust, check};
use golive_core::package::library::{Command, Entry, Refusal, State, decide};
use golive_core::package::{Package, Stored, facts as rules};
use golive_core::people::Action;
use golive_core::portfolio::Project;
use golive_core::version_set::VersionSet;
use golive_store::{Session, Versioned};
use jiff::Timestamp;
use std::collections::BTreeSet;

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
        let project = self.project_of_package(id).await?;
        self.signs(actor, project, Action::SignAcceptance, "you sign a package off").await?;
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
        let project = self.project_of_package(id).await?;
        self.signs(actor, project, Action::Confirm, "you vouch for a package").await?;
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
