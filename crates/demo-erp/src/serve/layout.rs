//! The frame of every page, its style sheet, and the page that says what went wrong.

use super::App;
use super::sessions::User;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use maud::{DOCTYPE, Markup, html};

/// The style sheet; the pages have no style of their own.
pub(super) const STYLE: &str = "
:root { color-scheme: light dark; --line: #8886; --soft: #8881; --accent: #2f6f4f; }
* { box-sizing: border-box; }
body { margin: 0; font: 1rem/1.5 system-ui, sans-serif; }
header { display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; align-items: baseline; padding: .75rem 1.5rem;
         border-bottom: 3px solid var(--accent); }
header strong { font-size: 1.1rem; }
nav { display: flex; flex-wrap: wrap; gap: 1rem; }
header form { margin-left: auto; }
main { max-width: 70rem; margin: 0 auto; padding: 1rem 1.5rem 3rem; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 1.5rem; }
th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
tr:hover td { background: var(--soft); }
form.box { display: flex; flex-wrap: wrap; gap: .75rem; align-items: end; padding: 1rem; margin: 1rem 0;
           border: 1px solid var(--line); border-radius: .4rem; }
form.sign-in { flex-direction: column; align-items: stretch; max-width: 22rem; }
td form { display: inline; }
label { display: grid; gap: .2rem; }
input, select, button { font: inherit; padding: .3rem .5rem; }
button { cursor: pointer; }
.note { padding: .6rem 1rem; border-left: 4px solid var(--accent); background: var(--soft); }
.bad { border-color: #b3261e; }
a { color: inherit; }
@media (max-width: 40rem) { main { padding: 1rem; } table { display: block; overflow-x: auto; } }
";

/// A whole page.
pub(super) type Page = Html<String>;

/// A page with its navigation.
pub(super) fn page(app: &App, user: Option<&User>, title: &str, body: &Markup) -> Page {
    Html(
        html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    title { (title) " · " (app.name) }
                    link rel="stylesheet" href="/style.css";
                }
                body {
                    header {
                        strong { (app.name) }
                        @if let Some(user) = user { (navigation(app, user)) }
                    }
                    main { h1 { (title) } (body) }
                }
            }
        }
        .into_string(),
    )
}

/// Only what is installed can be chosen.
fn navigation(app: &App, user: &User) -> Markup {
    let places = [
        ("party", "/parties", "Customers and vendors"),
        ("item", "/items", "Items"),
        ("ledger", "/ledger", "Ledger"),
        ("garden_pricing", "/prices", "Season prices"),
        ("shop_link", "/shop", "Shop orders"),
    ];
    html! {
        nav aria-label="Main" {
            a href="/" { "Home" }
            @for (module, address, title) in places {
                @if app.release.contains_key(module) { a href=(address) { (title) } }
            }
            a href="/system" { "System" }
        }
        form method="post" action="/logout" { (user.name) " " button { "Sign out" } }
    }
}

/// An answer that is not what was asked for, as a page.
pub(super) struct Problem {
    status: StatusCode,
    text: String,
}

impl Problem {
    pub fn new(status: StatusCode, text: impl Into<String>) -> Self {
        Self { status, text: text.into() }
    }

    /// Whoever is not signed in is sent to the sign-in page.
    pub fn sign_in() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "Please sign in.")
    }

    /// Something typed in a form does not fit.
    pub fn input(text: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, text)
    }

    pub fn status(&self) -> StatusCode {
        self.status
    }

    pub fn text(&self) -> &str {
        &self.text
    }
}

impl From<sqlx::Error> for Problem {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::Database(inner) if inner.is_unique_violation() => {
                Self::input("This code is there already.")
            }
            sqlx::Error::Database(inner) if inner.message().starts_with("no such table") => {
                Self::new(StatusCode::NOT_FOUND, "The module of this page is not installed.")
            }
            other => Self::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                format!("The database answers: {other}"),
            ),
        }
    }
}

impl From<crate::failure::Failure> for Problem {
    fn from(failure: crate::failure::Failure) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, failure.message)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        if self.status == StatusCode::UNAUTHORIZED && self.text == "Please sign in." {
            return Redirect::to("/login").into_response();
        }
        let body = html! {
            (DOCTYPE)
            html lang="en" {
                head { meta charset="utf-8"; title { "Not done" } link rel="stylesheet" href="/style.css"; }
                body { main { h1 { "Not done" } p.note.bad { (self.text) } p { a href="/" { "Home" } } } }
            }
        };
        (self.status, Html(body.into_string())).into_response()
    }
}
