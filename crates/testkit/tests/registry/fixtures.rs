//! One fixture for each kind: what must be there before, and how it is asked for, through the services that people use.

use crate::ground::Scene;
use golive_app::datacopy::CopyRequest;
use golive_app::environment::Servicing;
use golive_app::operation::OperationView;
use golive_app::package::InstallRequest;
use golive_app::ports::BoxFuture;
use golive_core::id::{EnvironmentId, OperationId, PackageId};

/// An operation that was asked for and has not begun.
pub struct Asked {
    /// The environment that it works on, if any.
    pub environment: Option<EnvironmentId>,
    /// The operation.
    pub operation: OperationId,
}

/// Prepares a scene; each run gets one of its own.
pub type Fixture = for<'a> fn(&'a Scene<'a>) -> BoxFuture<'a, Asked>;

/// The fixture of a kind.
pub fn fixture(kind: &str) -> Option<Fixture> {
    let fixture: Fixture = match kind {
        "clean_up" => |scene| Box::pin(clean_up(scene)),
        "copy_database" => |scene| Box::pin(copy_database(scene)),
        "drill" => |scene| Box::pin(drill(scene)),
        "install_package" => |scene| Box::pin(install_package(scene)),
        "lock_accounts" => |scene| Box::pin(lock_accounts(scene)),
        "provision" => |scene| Box::pin(provision(scene)),
        "restore" => |scene| Box::pin(restore(scene)),
        "restore_point" => |scene| Box::pin(restore_point(scene)),
        "seed" => |scene| Box::pin(seed(scene)),
        "start" => |scene| Box::pin(start(scene)),
        "stop" => |scene| Box::pin(stop(scene)),
        "unlock_accounts" => |scene| Box::pin(unlock_accounts(scene)),
        _ => return None,
    };
    Some(fixture)
}

impl Asked {
    fn of(environment: EnvironmentId, operation: &OperationView) -> Self {
        let operation = operation.id.parse().expect("an id that was just shown");
        Self { environment: Some(environment), operation }
    }
}

async fn drill(scene: &Scene<'_>) -> Asked {
    let wanted = golive_app::operation::DrillRequest::default();
    let view = scene.test.operation_drill(scene.manager, scene.project, &wanted).await;
    let operation = view.expect("a manager may drill").id.parse().expect("an id");
    Asked { environment: None, operation }
}

async fn provision(scene: &Scene<'_>) -> Asked {
    let name = scene.name("new");
    let environment = scene.test.environment(scene.manager, scene.project, &name).await;
    let operation = scene.test.environment_deploy(scene.manager, environment).await;
    Asked { environment: Some(environment), operation: operation.expect("a planned sandbox") }
}

/// An environment in use.
async fn running(scene: &Scene<'_>) -> EnvironmentId {
    let name = scene.name("uat");
    scene.test.running_environment(scene.manager, scene.project, &name).await
}

async fn service(scene: &Scene<'_>, environment: EnvironmentId, wanted: Servicing) -> Asked {
    let view = scene.test.environment_service(scene.manager, environment, &wanted).await;
    Asked::of(environment, &view.unwrap_or_else(|error| panic!("{wanted:?}: {error}")))
}

/// Asks for something and sees it done.
async fn done(scene: &Scene<'_>, environment: EnvironmentId, wanted: Servicing) -> OperationId {
    let asked = service(scene, environment, wanted).await;
    scene.test.run_until_idle().await;
    assert_eq!(scene.test.outcome(asked.operation).await, "succeeded", "to prepare the scene");
    asked.operation
}

async fn stop(scene: &Scene<'_>) -> Asked {
    let environment = running(scene).await;
    service(scene, environment, Servicing::Stop).await
}

async fn start(scene: &Scene<'_>) -> Asked {
    let environment = running(scene).await;
    done(scene, environment, Servicing::Stop).await;
    service(scene, environment, Servicing::Start).await
}

async fn lock_accounts(scene: &Scene<'_>) -> Asked {
    let environment = running(scene).await;
    service(scene, environment, Servicing::LockAccounts).await
}

async fn unlock_accounts(scene: &Scene<'_>) -> Asked {
    let environment = running(scene).await;
    done(scene, environment, Servicing::LockAccounts).await;
    service(scene, environment, Servicing::UnlockAccounts).await
}

async fn restore_point(scene: &Scene<'_>) -> Asked {
    let environment = running(scene).await;
    service(scene, environment, Servicing::RestorePoint).await
}

/// A restore point, and data that were entered after it.
async fn with_restore_point(scene: &Scene<'_>) -> (EnvironmentId, String) {
    let environment = running(scene).await;
    let operation = done(scene, environment, Servicing::RestorePoint).await;
    scene.enter(environment, "entered later");
    (environment, format!("before-{operation}"))
}

async fn restore(scene: &Scene<'_>) -> Asked {
    let (environment, point) = with_restore_point(scene).await;
    service(scene, environment, Servicing::Restore { point }).await
}

/// Into an environment that is empty but for its administrator.
async fn seed(scene: &Scene<'_>) -> Asked {
    let environment = provision(scene).await.environment.expect("it was planned");
    scene.test.run_until_idle().await;
    service(scene, environment, Servicing::Seed { size: 1 }).await
}

async fn clean_up(scene: &Scene<'_>) -> Asked {
    let (environment, name) = with_restore_point(scene).await;
    service(scene, environment, Servicing::CleanUp { kind: "old_database".into(), name }).await
}

async fn copy_database(scene: &Scene<'_>) -> Asked {
    let name = scene.name("source");
    let source = scene.test.running_environment(scene.manager, scene.project, &name).await;
    scene.enter(source, "only in the source");
    let destination = running(scene).await;
    scene.enter(destination, "only in the destination");
    let wanted = CopyRequest {
        source,
        destination,
        typed_name: scene.name("uat"),
        starts: None,
        ends: None,
    };
    let view = scene.test.datacopy_start(scene.manager, scene.project, &wanted).await;
    Asked::of(destination, &view.unwrap_or_else(|error| panic!("copy: {error}")))
}

async fn install_package(scene: &Scene<'_>) -> Asked {
    let package = scene.package("contoso-1.0").await;
    let environment = running(scene).await;
    let wanted = InstallRequest { environment, starts: None, ends: None };
    let view = scene.test.package_install(scene.manager, package, &wanted).await;
    Asked::of(environment, &view.unwrap_or_else(|error| panic!("install: {error}")))
}

impl Scene<'_> {
    /// Adds a row, as a user of the application would.
    fn enter(&self, environment: EnvironmentId, name: &str) {
        self.test.fake.change(environment, |state| {
            let data = &mut state.databases.get_mut("current").expect("it is deployed").data;
            let row = [("code", "C2"), ("name", name)];
            let row = row.map(|(column, value)| (column.to_owned(), value.to_owned()));
            data.tables.entry("party".into()).or_default().push(row.into());
        });
    }

    /// An example package in the project's library; uploaded once.
    async fn package(&self, name: &str) -> PackageId {
        let known = self.test.package_list(self.manager, self.project).await;
        let known = known.expect("a manager sees the library");
        if let Some(found) = known.iter().find(|found| name.ends_with(found.version.as_str())) {
            return found.id.parse().expect("an id that was just shown");
        }
        let sources = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/packages");
        let bytes = golive_demo_erp::package::build(&std::path::Path::new(sources).join(name));
        let bytes = bytes.expect("the example package is complete");
        let stream = futures_util::stream::iter([Ok::<_, std::io::Error>(bytes.into())]);
        let file = format!("{name}.zip");
        let view = self.test.package_upload(self.manager, self.project, &file, stream).await;
        view.expect("the example package is right").id.parse().expect("an id")
    }
}
