//! Many projects of the size of the example: members, methodology, milestones, onboarding, requirements, test cases,
//! checklist and cutover plan, all through the API.

use super::calls::{Client, each};
use super::crew::Crew;
use super::server::Server;
use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const PROJECT: &str = include_str!("../../../../examples/contoso/project.toml");
const PEOPLE: &str = include_str!("../../../../examples/contoso/people.toml");
const REQUIREMENTS: &str = include_str!("../../../../examples/contoso/requirements.csv");
const CASES: &str = include_str!("../../../../examples/contoso/test-cases.csv");
const MANAGER: &str = "lena.hoffmann";
/// A person with few projects.
const MEMBER: &str = "rita.reader";
/// So many.
const FEW: usize = 5;

/// The server as it was filled.
pub struct Filled {
    /// Who reads and writes in the load.
    pub manager: Client,
    /// Who has a seat in the first few projects only, as most people have.
    pub member: Client,
    /// The ids of the projects.
    pub projects: Vec<String>,
    /// How long it took.
    pub took: Duration,
}

/// The name of a project in the address of its pages.
pub fn slug(n: usize) -> String {
    format!("contoso-{n}")
}

/// Makes the accounts once, and then the projects.
pub async fn projects(server: &Server, count: usize) -> Result<Filled> {
    let begun = Instant::now();
    let crew: Arc<Crew> = Arc::new(toml::from_str(PEOPLE)?);
    let admin = Arc::new(Client::sign_in(&server.url, "admin", &server.password).await?);
    let organisations = Arc::new(accounts(&admin, &crew, &server.password).await?);
    let manager = Client::sign_in(&server.url, MANAGER, &server.password).await?;
    let manager = manager.with_pages(MANAGER, &server.password).await?;
    let ids = Arc::new(Mutex::new(BTreeMap::new()));
    let (member, kept) = (Arc::new(manager.clone()), ids.clone());
    let filling = each(4, count, move |n| {
        let (admin, member, crew) = (admin.clone(), member.clone(), crew.clone());
        let (organisations, kept) = (organisations.clone(), kept.clone());
        async move {
            let id = project(&admin, (n, &organisations), &crew).await?;
            content(&member, &id).await?;
            kept.lock().expect("nobody panics with it").insert(n, id);
            Ok(())
        }
    });
    filling.await?;
    let projects = ids.lock().expect("nobody panics with it").values().cloned().collect();
    let member = Client::sign_in(&server.url, MEMBER, &server.password).await?;
    let member = member.with_pages(MEMBER, &server.password).await?;
    Ok(Filled { manager, member, projects, took: begun.elapsed() })
}

async fn accounts(admin: &Client, crew: &Crew, password: &str) -> Result<BTreeMap<String, String>> {
    let mut organisations = BTreeMap::new();
    for organisation in &crew.organisation {
        let made = admin.post("/organisations", organisation.body()).await?;
        organisations.insert(organisation.id.clone(), id(&made)?);
    }
    for person in &crew.member {
        admin.post("/users", person.account(password)).await?;
    }
    let body = json!({
        "login": MEMBER, "name": "Rita Reader", "email": "rita@contoso.example",
        "time_zone": "Europe/Berlin", "service_account": false, "password": password,
    });
    admin.post("/users", body).await?;
    Ok(organisations)
}

async fn project(
    admin: &Client,
    (n, organisations): (usize, &BTreeMap<String, String>),
    crew: &Crew,
) -> Result<String> {
    let body = json!({
        "slug": slug(n), "name": format!("Contoso Garden {n}"), "organisation": organisations.get("contoso"),
        "service_model": "managed", "project_type": "new_production", "policy": "policy-2024",
        "calendar": "de", "time_zone": "Europe/Berlin",
    });
    let project = id(&admin.post("/projects", body).await?)?;
    for person in &crew.member {
        admin.post(&format!("/projects/{project}/members"), person.seat(organisations)).await?;
    }
    if n < FEW {
        let body = json!({
            "login": MEMBER, "organisation": organisations.get("contoso"), "side": "customer",
            "roles": [], "project_manager": false, "key_stakeholder": false,
        });
        admin.post(&format!("/projects/{project}/members"), body).await?;
    }
    Ok(project)
}

async fn content(manager: &Client, project: &str) -> Result<()> {
    let of = |rest: &str| format!("/projects/{project}{rest}");
    let body = json!({ "file": "project.toml", "text": PROJECT, "people": PEOPLE });
    manager.post(&of("/apply"), body).await?;
    manager.upload(&of("/requirements?file=requirements.csv"), REQUIREMENTS).await?;
    manager.upload(&of("/cases?file=test-cases.csv"), CASES).await?;
    manager.post(&of("/checklist"), Value::Null).await?;
    manager.post(&of("/cutover-plan/choose"), json!({ "template": "cutover-weekend" })).await?;
    Ok(())
}

fn id(made: &Value) -> Result<String> {
    made["id"].as_str().map(str::to_owned).context("what was made has an id")
}
