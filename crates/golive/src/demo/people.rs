//! Organisations, people and their seats, as the people file has them.

use super::api::{ADMIN, rows, text};
use super::crew::{Crew, Person};
use super::files;
use super::story::Demo;
use anyhow::{Context as _, Result};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// Project manager of the customer.
pub const MANAGER: &str = "lena.hoffmann";
/// Project manager of the partner.
pub const PARTNER: &str = "victor.lindqvist";
/// Who decides for the customer.
pub const AUTHORITY: &str = "henrik.brandt";
/// The sponsor.
pub const SPONSOR: &str = "martina.vogel";
/// The lead reviewer.
pub const REVIEWER: &str = "andrea.lee";
/// The operator.
pub const OPERATOR: &str = "kenji.mori";

/// The people file: the crew, and the table of the go/no-go.
#[derive(Debug, Deserialize)]
struct File {
    #[serde(flatten)]
    crew: Crew,
    seat: Vec<Seat>,
}

/// A seat at the table of the go/no-go.
#[derive(Debug, Deserialize)]
pub struct Seat {
    /// Its name.
    pub id: String,
    /// Who sits on it.
    pub holder: String,
}

static FILE: LazyLock<File> =
    LazyLock::new(|| toml::from_str(files::PEOPLE).expect("the example is tested"));

/// Who has this role.
pub fn with_role(role: &str) -> Option<&'static str> {
    let person = FILE.crew.member.iter().find(|person| person.roles.iter().any(|it| it == role));
    person.map(|person| person.id.as_str())
}

/// Who can be asked: everybody but the service account.
pub fn persons() -> impl Iterator<Item = &'static str> {
    FILE.crew
        .member
        .iter()
        .filter(|person| !person.service_account)
        .map(|person| person.id.as_str())
}

/// The seats of the go/no-go.
pub fn seats_of_the_table() -> &'static [Seat] {
    &FILE.seat
}

/// Makes what is not there yet: accounts, the blueprint, the project, the seats.
pub async fn arrive(demo: &mut Demo) -> Result<()> {
    let organisations = organisations(demo).await?;
    accounts(demo).await?;
    demo.api
        .post(ADMIN, "/blueprints", json!({ "file": "demo-erp.toml", "text": files::BLUEPRINT }))
        .await?;
    project(demo, &organisations).await?;
    seats(demo, &organisations).await
}

async fn organisations(demo: &Demo) -> Result<BTreeMap<String, String>> {
    let mut known = BTreeMap::new();
    for row in rows(&demo.api.get(ADMIN, "/organisations").await?) {
        known.insert(text(row, "name")?, text(row, "id")?);
    }
    let mut ids = BTreeMap::new();
    for organisation in &FILE.crew.organisation {
        let id = if let Some(id) = known.get(&organisation.name) {
            id.clone()
        } else {
            text(&demo.api.post(ADMIN, "/organisations", organisation.body()).await?, "id")?
        };
        ids.insert(organisation.id.clone(), id);
    }
    Ok(ids)
}

async fn accounts(demo: &Demo) -> Result<()> {
    let known = names(&demo.api.get(ADMIN, "/users").await?, "login");
    let missing: Vec<&Person> =
        FILE.crew.member.iter().filter(|it| !known.contains(&it.id)).collect();
    if !missing.is_empty() {
        demo.tell(&format!("The administrator makes {} accounts", missing.len())).await?;
    }
    for person in missing {
        let body = person.account(&demo.api.password().await);
        demo.api.post(ADMIN, "/users", body).await?;
    }
    Ok(())
}

async fn project(demo: &mut Demo, organisations: &BTreeMap<String, String>) -> Result<()> {
    let seen = demo.api.get(ADMIN, "/projects").await?;
    if let Some(project) = rows(&seen).find(|row| row["slug"] == "contoso") {
        demo.project = text(project, "id")?;
        return Ok(());
    }
    let customer = organisations.get("contoso").context("the people file has the customer")?;
    let body = json!({
        "slug": "contoso",
        "name": "Contoso Garden: one ERP",
        "organisation": customer,
        "service_model": "managed",
        "project_type": "new_production",
        "policy": "policy-2024",
        "calendar": "de",
        "time_zone": "Europe/Berlin",
    });
    demo.project = text(&demo.api.post(ADMIN, "/projects", body).await?, "id")?;
    demo.tell("The project Contoso begins").await
}

async fn seats(demo: &Demo, organisations: &BTreeMap<String, String>) -> Result<()> {
    // The administrator gives seats and has none; only who has a seat can look.
    let known = match demo.read(MANAGER, "/members").await {
        Ok(members) => names(&members, "name"),
        Err(_) => BTreeSet::new(),
    };
    for person in FILE.crew.member.iter().filter(|it| !known.contains(&it.name)) {
        demo.act(ADMIN, "/members", person.seat(organisations)).await?;
    }
    Ok(())
}

fn names(body: &Value, field: &str) -> BTreeSet<String> {
    rows(body).filter_map(|row| row[field].as_str().map(str::to_owned)).collect()
}
