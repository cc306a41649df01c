//! People, organisations, projects and environments, made in one line each.

use crate::test_app::TestApp;
use crate::{Http, http};
use golive_app::environment::NewEnvironment;
use golive_app::people::{NewMember, NewOrganisation};
use golive_app::project::NewProject;
use golive_app::{Actor, Proof, Scope, secrets};
use golive_core::account::{Person, PersonEvent};
use golive_core::environment::Environment;
use golive_core::id::{EnvironmentId, OperationId, ProjectId, TokenId, UserId};
use golive_store::{SERVER, SessionRow, TokenRow};
use jiff::Timestamp;
use std::collections::BTreeSet;

/// The password of everybody who was given one with [`TestApp::give_password`].
pub const PASSWORD: &str = "correct-horse-battery";

/// One day of the machine clock.
const DAY: i64 = 86_400_000_000;

/// A seat in a project.
#[derive(Debug, Clone, Default)]
pub struct Seat<'a> {
    /// `customer`, `partner`, `reviewer` or `operator`.
    pub side: &'a str,
    /// Roles of the vocabulary.
    pub roles: &'a [&'a str],
    /// Leads the project for the side.
    pub project_manager: bool,
    /// Has the last word for the side.
    pub key_stakeholder: bool,
}

impl TestApp {
    /// The server administrator.
    pub async fn administrator(&self) -> Actor {
        self.person("admin", true).await
    }

    /// A person with this login, who has signed in a moment ago. Made on first use.
    pub async fn actor(&self, login: &str) -> Actor {
        self.person(login, false).await
    }

    async fn person(&self, login: &str, server_administrator: bool) -> Actor {
        let id = if server_administrator {
            UserId::named("server", "administrator")
        } else {
            UserId::named("login", login)
        };
        let person = Person {
            login: login.to_owned(),
            name: name_of(login),
            email: format!("{login}@contoso.example"),
            time_zone: "Europe/Berlin".into(),
            server_administrator,
            service_account: login.starts_with("svc-"),
            closed: None,
        };
        let mut write = self.store.write(SERVER, self.own_stamp()).await.expect("the store writes");
        if write.find::<Person>(id).await.expect("the store reads").is_none() {
            write.insert(id, "", &person, &PersonEvent::Created).await.expect("a new login");
            write.commit().await.expect("the store writes");
        }
        Actor {
            user: id,
            name: person.name,
            time_zone: person.time_zone,
            server_administrator,
            scope: Scope::Full,
            key: None,
            proof: Proof::Session { confirmed_at: Timestamp::now().as_microsecond() },
        }
    }

    /// Lets somebody sign in with [`PASSWORD`]. Hashing takes its time.
    pub async fn give_password(&self, login: &str) {
        let user = self.actor(login).await.user;
        self.set_password(user, PASSWORD).await.expect("the password is long enough");
    }

    /// The id of an organisation; made on first use.
    pub async fn organisation(&self, name: &str) -> String {
        let administrator = self.administrator().await;
        let known = self.organisation_list(&administrator).await.expect("the store reads");
        if let Some(found) = known.into_iter().find(|found| found.name == name) {
            return found.id;
        }
        let new = NewOrganisation { name: name.to_owned(), calendar: "de".into() };
        self.organisation_create(&administrator, &new).await.expect("a new organisation").id
    }

    /// A self-service project of a new production, under the pack `policy-2024`.
    pub async fn project(&self, slug: &str) -> ProjectId {
        self.project_with(slug, |_| {}).await
    }

    /// A project that differs from the usual one.
    pub async fn project_with(
        &self,
        slug: &str,
        change: impl FnOnce(&mut NewProject),
    ) -> ProjectId {
        let mut new = NewProject {
            slug: slug.to_owned(),
            name: name_of(slug),
            organisation: self.organisation("Contoso Garden AG").await,
            service_model: "self_service".into(),
            project_type: "new_production".into(),
            policy: "policy-2024".into(),
            calendar: "de".into(),
            time_zone: "Europe/Berlin".into(),
        };
        change(&mut new);
        let administrator = self.administrator().await;
        let project = self.project_create(&administrator, &new).await.expect("a new project");
        project.id.parse().expect("an id that was just shown")
    }

    /// A seat for a login, with an organisation of its side. Returns who sits on it.
    pub async fn member_of(&self, project: ProjectId, login: &str, seat: Seat<'_>) -> Actor {
        let actor = self.actor(login).await;
        let organisation = match seat.side {
            "customer" => "Contoso Garden AG",
            "partner" => "Fabrikam Consulting",
            "reviewer" => "Review Board",
            _ => "Operations",
        };
        let new = NewMember {
            login: login.to_owned(),
            organisation: self.organisation(organisation).await,
            side: seat.side.to_owned(),
            roles: seat.roles.iter().map(ToString::to_string).collect::<BTreeSet<_>>(),
            project_manager: seat.project_manager,
            key_stakeholder: seat.key_stakeholder,
        };
        let administrator = self.administrator().await;
        self.member_add(&administrator, project, &new).await.expect("a free seat");
        actor
    }

    /// The customer's project manager, `henrik`, who is a key stakeholder as well.
    pub async fn manager(&self, project: ProjectId) -> Actor {
        let seat = Seat {
            side: "customer",
            project_manager: true,
            key_stakeholder: true,
            ..Seat::default()
        };
        self.member_of(project, "henrik", seat).await
    }

    /// One seat on each side, all project managers and key stakeholders: `henrik` (customer), `priya` (partner), `rita`
    /// (reviewer), `oskar` (operator).
    pub async fn team(&self, project: ProjectId) -> [Actor; 4] {
        let seat =
            |side| Seat { side, project_manager: true, key_stakeholder: true, ..Seat::default() };
        [
            self.member_of(project, "henrik", seat("customer")).await,
            self.member_of(project, "priya", seat("partner")).await,
            self.member_of(project, "rita", seat("reviewer")).await,
            self.member_of(project, "oskar", seat("operator")).await,
        ]
    }

    /// A planned sandbox of tier 2 on the fake, administered by the service account `svc-erp`.
    pub async fn environment(
        &self,
        actor: &Actor,
        project: ProjectId,
        name: &str,
    ) -> EnvironmentId {
        self.actor("svc-erp").await;
        let new = NewEnvironment {
            name: name.to_owned(),
            purpose: "sandbox".into(),
            tier: 2,
            hosting: "self_service".into(),
            region: "eu".into(),
            blueprint: "demo-erp".into(),
            target: "fake".into(),
            version: "1.0".into(),
            administrator: "svc-erp".into(),
        };
        let made = self.environment_create(actor, project, &new).await.expect("a new environment");
        made.id.parse().expect("an id that was just shown")
    }

    /// A sandbox that is deployed and in use on the fake: with a few rows, and users who may sign in.
    pub async fn running_environment(
        &self,
        actor: &Actor,
        project: ProjectId,
        name: &str,
    ) -> EnvironmentId {
        let id = self.environment(actor, project, name).await;
        self.environment_deploy(actor, id).await.expect("a planned sandbox is deployed");
        self.run_until_idle().await;
        self.fake.change(id, |state| {
            let data = &mut state.databases.get_mut("current").expect("it was deployed").data;
            crate::fake::fill(data);
        });
        let unlock = golive_app::environment::Servicing::UnlockAccounts;
        self.environment_service(actor, id, &unlock).await.expect("it runs");
        self.run_until_idle().await;
        id
    }

    /// An environment as it is stored.
    pub async fn stored(&self, id: EnvironmentId) -> Environment {
        let mut session = self.store.session().await.expect("the store reads");
        session.get::<Environment>(id).await.expect("the environment is there").value
    }

    /// How an operation stands: its name on every floor.
    pub async fn outcome(&self, id: OperationId) -> String {
        let mut session = self.store.session().await.expect("the store reads");
        let row = session.operation(id).await.expect("the operation is there");
        row.outcome
            .as_ref()
            .map_or(row.phase.name(), golive_core::operation::Outcome::name)
            .to_owned()
    }

    /// HTTP as nobody.
    pub fn http(&self) -> Http {
        let router = golive_web::router::router(self.app().clone());
        http::Http { router, token: None, cookie: None }
    }

    /// HTTP as somebody: with a token for the API and a session for the pages.
    pub async fn http_as(&self, actor: &Actor) -> Http {
        self.http_signed_in(actor, 0).await
    }

    /// The same, with a session whose password was given so many minutes ago.
    pub async fn http_signed_in(&self, actor: &Actor, minutes_ago: i64) -> Http {
        let (token, cookie) = (secrets::random(), secrets::random());
        let now = Timestamp::now().as_microsecond();
        let row = TokenRow {
            id: TokenId::named(&actor.user.to_string(), &token).to_string(),
            secret: secrets::digest(&token),
            person: actor.user.to_string(),
            name: "test".into(),
            scope: "full".into(),
            created_at: now,
            expires_at: now + DAY,
            revoked: false,
        };
        self.store.add_token(&row).await.expect("the store writes");
        let row = SessionRow {
            id: secrets::digest(&cookie),
            person: actor.user.to_string(),
            created_at: now,
            expires_at: now + DAY,
            confirmed_at: now - minutes_ago * 60_000_000,
            agent: "test".into(),
        };
        self.store.add_session(&row).await.expect("the store writes");
        Http { token: Some(token), cookie: Some(cookie), ..self.http() }
    }
}

/// `henrik` is Henrik.
fn name_of(login: &str) -> String {
    let mut letters = login.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
