//! Signing in and out, and the first page.

use super::App;
use super::layout::{Page, Problem, STYLE, page};
use super::sessions::{self, User};
use crate::database;
use axum::Form;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use maud::html;
use serde::Deserialize;
use std::sync::Arc;

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/", get(home))
        .route("/login", get(login_page).post(login))
        .route("/logout", post(logout))
        .route("/style.css", get(style))
}

async fn style() -> Response {
    ([(header::CONTENT_TYPE, "text/css")], STYLE).into_response()
}

async fn login_page(State(app): State<Arc<App>>) -> Page {
    sign_in_form(&app, "", None)
}

fn sign_in_form(app: &App, login: &str, refused: Option<&str>) -> Page {
    let body = html! {
        @if let Some(text) = refused { p.note.bad role="alert" { (text) } }
        form.box.sign-in method="post" {
            label { "Login" input name="login" value=(login) autocomplete="username" required autofocus; }
            label { "Password" input name="password" type="password" autocomplete="current-password" required; }
            button { "Sign in" }
        }
    };
    page(app, None, "Sign in", &body)
}

#[derive(Deserialize)]
struct Login {
    login: String,
    password: String,
}

async fn login(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Form(login): Form<Login>,
) -> Result<Response, Problem> {
    sessions::same_origin(&headers)?;
    match sessions::open(&app, login.login.trim(), login.password).await {
        Ok(token) => Ok(([(header::SET_COOKIE, sessions::set_cookie(&token))], Redirect::to("/"))
            .into_response()),
        Err(problem) => {
            Ok((problem.status(), sign_in_form(&app, &login.login, Some(problem.text())))
                .into_response())
        }
    }
}

async fn logout(State(app): State<Arc<App>>, headers: HeaderMap) -> Result<Response, Problem> {
    sessions::close(&app, &headers).await?;
    Ok(([(header::SET_COOKIE, sessions::set_cookie(""))], Redirect::to("/login")).into_response())
}

async fn home(State(app): State<Arc<App>>, user: User) -> Result<Page, Problem> {
    let counts = counts(&app).await?;
    let body = html! {
        p.note { "This is " strong { (app.name) } ", platform " (crate::PLATFORM) ". Signed in as " (user.login) "." }
        @if app.release.is_empty() { p { "No module is installed yet." } }
        table {
            thead { tr { th { "What" } th.number { "Records" } } }
            tbody { @for (title, count) in counts { tr { td { (title) } td.number { (count) } } } }
        }
        h2 { "Modules" }
        table {
            thead { tr { th { "Module" } th { "Version" } } }
            tbody { @for (name, version) in &app.release { tr { td { (name) } td { (version) } } } }
        }
    };
    Ok(page(&app, Some(&user), "Home", &body))
}

async fn counts(app: &App) -> Result<Vec<(&'static str, i64)>, Problem> {
    let mut connection = app.pool.acquire().await?;
    let mut counts = Vec::new();
    for (table, title) in [
        ("party", "Customers and vendors"),
        ("item", "Items"),
        ("journal_entry", "Journal entries"),
        ("open_item", "Open items"),
        ("shop_order", "Shop orders"),
    ] {
        if database::has_table(&mut connection, table).await? {
            counts.push((
                title,
                database::number(&mut connection, &format!("SELECT count(*) FROM {table}")).await?,
            ));
        }
    }
    Ok(counts)
}
