//! Many projects of the size of the example: members, methodology, milestones, onboarding, requirements, test cases,
//! checklist and cutover plan, all through the API.

use super::calls::{Client, each};
use super::server::Server;
use anyhow::{Context as _, Result};
use serde::Deserialize;
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

#[derive(Deserialize)]
struct File {
    organisation: Vec<Organisation>,
    member: Vec<Person>,
}

#[derive(Deserialize)]
struct Organisation {
    id: String,
    name: String,
}

#[derive(Deserialize)]
struct Person {
    id: String,
    name: String,
    organisation: String,
    side: String,
    roles: Vec<String>,
    email: String,
    time_zone: String,
    #[serde(default)]
    service_account: bool,
    #[serde(default)]
    project_manager: bool,
    #[serde(default)]
    key_stakeholder: bool,
}

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
    let file: Arc<File> = Arc::new(toml::from_str(PEOPLE)?);
    let admin = Arc::new(Client::sign_in(&server.url, "admin", &server.password).await?);
    let organisations = Arc::new(accounts(&admin, &file, &server.password).await?);
    let manager = Client::sign_in(&server.url, MANAGER, &server.password).await?;
    let manager = manager.with_pages(MANAGER, &server.password).await?;
    let ids = Arc::new(Mutex::new(BTreeMap::new()));
    let (member, kept) = (Arc::new(manager.clone()), ids.clone());
    let filling = each(4, count, move |n| {
        let (admin, member, file) = (admin.clone(), member.clone(), file.clone());
        let (organisations, kept) = (organisations.clone(), kept.clone());
        async move {
            let id = project(&admin, (n, &organisations), &file).await?;
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

async fn accounts(admin: &Client, file: &File, password: &str) -> Result<BTreeMap<String, String>> {
    let mut organisations = BTreeMap::new();
    for organisation in &file.organisation {
        let body = json!({ "name": organisation.name, "calendar": "de" });
        let made = admin.post("/organisations", body).await?;
        organisations.insert(organisation.id.clone(), id(&made)?);
    }
    for person in &file.member {
        let body = json!({
            "login": person.id, "name": person.name, "email": person.email,
            "time_zone": person.time_zone, "service_account": person.service_account,
            "password": password,
        });
        admin.post("/users", body).await?;
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
    file: &File,
) -> Result<String> {
    let body = json!({
        "slug": slug(n), "name": format!("Contoso Garden {n}"), "organisation": organisations.get("contoso"),
        "service_model": "managed", "project_type": "new_production", "policy": "policy-2024",
        "calendar": "de", "time_zone": "Europe/Berlin",
    });
    let project = id(&admin.post("/projects", body).await?)?;
    for person in &file.member {
        let body = json!({
            "login": person.id, "organisation": organisations.get(&person.organisation),
            "side": person.side, "roles": person.roles,
            "project_manager": person.project_manager, "key_stakeholder": person.key_stakeholder,
        });
        admin.post(&format!("/projects/{project}/members"), body).await?;
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
