//! The JSON API: health with a real query, sign-in, and the business in numbers.

use super::App;
use super::business::{Posting, post};
use super::layout::Problem;
use super::sessions::{self, User};
use crate::modules;
use crate::totals::{BALANCES, money};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};
use sqlx::Row as _;
use std::sync::Arc;

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/health", get(health))
        .route("/api/login", axum::routing::post(login))
        .route("/api/me", get(me))
        .route("/api/modules", get(installed))
        .route("/api/parties", get(parties))
        .route("/api/items", get(items))
        .route("/api/ledger/balances", get(balances))
        .route("/api/journal", axum::routing::post(journal))
}

/// A problem as JSON.
pub(super) struct Refused(Problem);

impl<T: Into<Problem>> From<T> for Refused {
    fn from(problem: T) -> Self {
        Self(problem.into())
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        (self.0.status(), Json(json!({ "error": self.0.text() }))).into_response()
    }
}

/// Healthy means: the database answers, and its modules are those of the release that runs.
async fn health(State(app): State<Arc<App>>) -> Response {
    let (status, body) = match look(&app).await {
        Ok(body) => (StatusCode::OK, body),
        Err(problem) => (
            StatusCode::SERVICE_UNAVAILABLE,
            json!({ "status": "failing", "environment": app.environment, "detail": problem.text() }),
        ),
    };
    (status, Json(body)).into_response()
}

async fn look(app: &App) -> Result<Value, Problem> {
    let mut connection = app.pool.acquire().await?;
    let modules = modules::installed(&mut connection).await?;
    let active: i64 = sqlx::query("SELECT count(*) FROM account WHERE active = 1")
        .fetch_one(&mut *connection)
        .await?
        .get(0);
    if modules != app.release {
        let text =
            format!("the database has the modules {modules:?}, the release {:?}", app.release);
        return Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, text));
    }
    Ok(json!({
        "status": "ok", "environment": app.environment, "name": app.name, "platform": crate::PLATFORM,
        "modules": modules, "active_accounts": active,
    }))
}

#[derive(Deserialize)]
struct Login {
    login: String,
    password: String,
}

async fn login(
    State(app): State<Arc<App>>,
    Json(login): Json<Login>,
) -> Result<Json<Value>, Refused> {
    let token = sessions::open(&app, &login.login, login.password).await?;
    Ok(Json(json!({ "token": token })))
}

async fn me(who: Result<User, Problem>) -> Result<Json<Value>, Refused> {
    let user = who?;
    Ok(Json(json!({ "login": user.login, "name": user.name, "administrator": user.administrator })))
}

async fn installed(
    State(app): State<Arc<App>>,
    who: Result<User, Problem>,
) -> Result<Json<Value>, Refused> {
    who?;
    let mut connection = app.pool.acquire().await?;
    Ok(Json(
        json!({ "modules": modules::installed(&mut connection).await?, "release": app.release }),
    ))
}

async fn parties(
    State(app): State<Arc<App>>,
    who: Result<User, Problem>,
) -> Result<Json<Value>, Refused> {
    who?;
    let rows = sqlx::query("SELECT code, name, kind, country FROM party ORDER BY code")
        .fetch_all(&app.pool)
        .await?;
    let list = rows.iter().map(|row| {
        json!({ "code": row.get::<String, _>(0), "name": row.get::<String, _>(1), "kind": row.get::<String, _>(2),
                "country": row.get::<String, _>(3) })
    });
    Ok(Json(list.collect()))
}

async fn items(
    State(app): State<Arc<App>>,
    who: Result<User, Problem>,
) -> Result<Json<Value>, Refused> {
    who?;
    let rows = sqlx::query("SELECT code, name, price, stock FROM item ORDER BY code")
        .fetch_all(&app.pool)
        .await?;
    let list = rows.iter().map(|row| {
        json!({ "code": row.get::<String, _>(0), "name": row.get::<String, _>(1), "price": money(row.get(2)),
                "stock": row.get::<i64, _>(3) })
    });
    Ok(Json(list.collect()))
}

async fn balances(
    State(app): State<Arc<App>>,
    who: Result<User, Problem>,
) -> Result<Json<Value>, Refused> {
    who?;
    let rows = sqlx::query(BALANCES).fetch_all(&app.pool).await?;
    let list = rows.iter().map(|row| {
        json!({ "account": row.get::<String, _>(0), "name": row.get::<String, _>(1), "balance": money(row.get(2)) })
    });
    Ok(Json(list.collect()))
}

async fn journal(
    State(app): State<Arc<App>>,
    who: Result<User, Problem>,
    Json(posting): Json<Posting>,
) -> Result<Json<Value>, Refused> {
    let user = who?;
    let entry = post(&app, &user, &posting).await?;
    Ok(Json(json!({ "entry": entry })))
}
