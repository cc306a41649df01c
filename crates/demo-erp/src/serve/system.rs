//! The system page: modules, accounts, jobs, mail, connected systems and encrypted fields. Here the administrator does
//! what a database copy leaves to people.

use super::App;
use super::layout::{Page, Problem, page};
use super::sessions::User;
use axum::extract::State;
use axum::response::Redirect;
use axum::routing::{get, post};
use axum::{Form, Router};
use maud::{Markup, html};
use serde::Deserialize;
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;
use std::sync::Arc;

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new().route("/system", get(show)).route("/system/change", post(change))
}

async fn show(State(app): State<Arc<App>>, user: User) -> Result<Page, Problem> {
    let all = async |sql: &'static str| sqlx::query(sql).fetch_all(&app.pool).await;
    let accounts =
        all("SELECT login, name, administrator, active FROM account ORDER BY login LIMIT 500")
            .await?;
    let jobs = all("SELECT name, title, status FROM job ORDER BY name").await?;
    let mail = all("SELECT name, host, sender FROM mail_server ORDER BY name").await?;
    let endpoints = all("SELECT name, title, url, enabled FROM endpoint ORDER BY name").await?;
    let fields = all("SELECT name, title, cipher FROM protected_value ORDER BY name").await?;
    let may = user.administrator;
    let body = html! {
        h2 { "Accounts" }
        (list(&["Login", "Name", "State", ""], accounts.iter().map(|row| account(row, may))))
        h2 { "Jobs" }
        (list(&["Job", "Title", "State", ""], jobs.iter().map(|row| job(row, may))))
        h2 { "Mail" }
        (list(&["Name", "Host", "Sender", ""], mail.iter().map(|row| mail_server(row, may))))
        h2 { "Connected systems" }
        (list(&["Name", "Title", "Address", ""], endpoints.iter().map(|row| endpoint(row, may))))
        h2 { "Encrypted fields" }
        (list(&["Name", "Title", "State", ""], fields.iter().map(|row| field(&app, row, may))))
    };
    Ok(page(&app, Some(&user), "System", &body))
}

fn list(heads: &[&str], rows: impl Iterator<Item = Markup>) -> Markup {
    html! {
        table {
            thead { tr { @for head in heads { th { (head) } } } }
            tbody { @for row in rows { tr { (row) } } }
        }
    }
}

fn account(row: &SqliteRow, may: bool) -> Markup {
    let (login, name): (String, String) = (row.get(0), row.get(1));
    let (administrator, active) = (row.get::<i64, _>(2) == 1, row.get::<i64, _>(3) == 1);
    html! {
        td { (login) } td { (name) }
        td { @if administrator { "administrator" } @else if active { "active" } @else { "disabled" } }
        td { @if may && !administrator && !active { (button("enable-account", &login, "Enable", None)) } }
    }
}

fn job(row: &SqliteRow, may: bool) -> Markup {
    let (name, title, status): (String, String, String) = (row.get(0), row.get(1), row.get(2));
    html! {
        td { (name) } td { (title) } td { (status) }
        td { @if may && status == "held" { (button("release-job", &name, "Release", None)) } }
    }
}

fn mail_server(row: &SqliteRow, may: bool) -> Markup {
    let (name, host, sender): (String, String, String) = (row.get(0), row.get(1), row.get(2));
    html! {
        td { (name) } td { (or_empty(&host)) } td { (or_empty(&sender)) }
        td { @if may { (button("set-mail-host", &name, "Set host", Some("text"))) } }
    }
}

fn endpoint(row: &SqliteRow, may: bool) -> Markup {
    let (name, title, url): (String, String, String) = (row.get(0), row.get(1), row.get(2));
    html! {
        td { (name) } td { (title) } td { (or_empty(&url)) }
        td { @if may { (button("set-address", &name, "Set address", Some("url"))) } }
    }
}

fn field(app: &App, row: &SqliteRow, may: bool) -> Markup {
    let (name, title, cipher): (String, String, Vec<u8>) = (row.get(0), row.get(1), row.get(2));
    let state = match (cipher.is_empty(), app.key.reveal(&cipher)) {
        (true, _) => "empty",
        (false, Some(_)) => "set",
        (false, None) => "cannot be read with the key of this environment",
    };
    html! {
        td { (name) } td { (title) } td { (state) }
        td { @if may { (button("set-field", &name, "Enter", Some("password"))) } }
    }
}

fn or_empty(text: &str) -> &str {
    if text.is_empty() { "empty" } else { text }
}

fn button(action: &str, name: &str, title: &str, input: Option<&str>) -> Markup {
    html! {
        form method="post" action="/system/change" {
            input type="hidden" name="action" value=(action);
            input type="hidden" name="name" value=(name);
            @if let Some(kind) = input {
                input type=(kind) name="value" required aria-label=(format!("{title}, {name}")) autocomplete="off";
                " "
            }
            button { (title) }
        }
    }
}

#[derive(Deserialize)]
struct Change {
    action: String,
    name: String,
    #[serde(default)]
    value: String,
}

async fn change(
    State(app): State<Arc<App>>,
    user: User,
    Form(change): Form<Change>,
) -> Result<Redirect, Problem> {
    user.must_administer()?;
    let (sql, value) = match change.action.as_str() {
        "enable-account" => {
            ("UPDATE account SET active = 1, locked_by = NULL WHERE login = $1", None)
        }
        "release-job" => ("UPDATE job SET status = 'waiting' WHERE name = $1", None),
        "set-mail-host" => {
            ("UPDATE mail_server SET host = $2 WHERE name = $1", Some(change.value.clone()))
        }
        "set-address" => (
            "UPDATE endpoint SET url = $2, enabled = 1 WHERE name = $1",
            Some(change.value.clone()),
        ),
        "set-field" => return set_field(&app, &change).await,
        other => return Err(Problem::input(format!("There is no action {other}."))),
    };
    let query = sqlx::query(sql).bind(&change.name);
    let query = if let Some(value) = value { query.bind(value) } else { query };
    query.execute(&app.pool).await?;
    app.log(&format!("{} {} by {}", change.action, change.name, user.login));
    Ok(Redirect::to("/system"))
}

async fn set_field(app: &App, change: &Change) -> Result<Redirect, Problem> {
    sqlx::query("UPDATE protected_value SET cipher = $2 WHERE name = $1")
        .bind(&change.name)
        .bind(app.key.protect(&change.value))
        .execute(&app.pool)
        .await?;
    Ok(Redirect::to("/system"))
}
