//! Signing in: sessions in the database (only a hash of the token is stored), and who is asking.

use super::App;
use super::layout::Problem;
use crate::accounts;
use crate::database::{now, text};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use sha2::{Digest as _, Sha256};
use sqlx::Row as _;
use std::sync::Arc;

const COOKIE: &str = "erp_session";
const HOURS: i64 = 12;

/// Who is asking.
pub(super) struct User {
    pub login: String,
    pub name: String,
    pub administrator: bool,
}

impl User {
    /// Refuses everybody but the administrator.
    pub fn must_administer(&self) -> Result<(), Problem> {
        if self.administrator {
            return Ok(());
        }
        Err(Problem::new(StatusCode::FORBIDDEN, "Only the administrator may do this."))
    }
}

impl FromRequestParts<Arc<App>> for User {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let by_cookie = cookie(&parts.headers);
        if by_cookie.is_some() && parts.method != Method::GET {
            same_origin(&parts.headers)?;
        }
        let token = by_cookie.or_else(|| bearer(&parts.headers)).ok_or_else(Problem::sign_in)?;
        let sql = "SELECT a.login, a.name, a.administrator FROM session s JOIN account a ON a.id = s.account
                   WHERE s.token_hash = $1 AND s.ends > $2 AND a.active = 1";
        let row =
            sqlx::query(sql).bind(hashed(&token)).bind(now()).fetch_optional(&app.pool).await?;
        let row = row.ok_or_else(Problem::sign_in)?;
        Ok(Self { login: row.get(0), name: row.get(1), administrator: row.get::<i64, _>(2) == 1 })
    }
}

/// Checks login and password and opens a session. A wrong password and a disabled account get the same answer.
pub(super) async fn open(app: &App, login: &str, password: String) -> Result<String, Problem> {
    let sql = "SELECT id, password_hash, active FROM account WHERE login = $1";
    let row = sqlx::query(sql).bind(login).fetch_optional(&app.pool).await?;
    // An unknown login takes as long as a known one, so that logins cannot be found out by the clock.
    let stored = row.as_ref().map_or_else(decoy, |row| row.get::<String, _>("password_hash"));
    let fits = tokio::task::spawn_blocking(move || accounts::fits(&password, &stored))
        .await
        .unwrap_or(false);
    let usable = row.filter(|row| fits && row.get::<i64, _>("active") == 1);
    let Some(row) = usable else {
        app.log("sign-in refused");
        return Err(Problem::new(
            StatusCode::UNAUTHORIZED,
            "Login or password is wrong, or the account is disabled.",
        ));
    };
    let token = hex::encode(rand::random::<[u8; 32]>());
    let started = jiff::Timestamp::now();
    let ends = started.saturating_add(jiff::SignedDuration::from_hours(HOURS)).unwrap_or(started);
    sqlx::query("INSERT INTO session (token_hash, account, started, ends) VALUES ($1, $2, $3, $4)")
        .bind(hashed(&token))
        .bind(row.get::<i64, _>("id"))
        .bind(text(started))
        .bind(text(ends))
        .execute(&app.pool)
        .await?;
    Ok(token)
}

/// Ends the session of this request.
pub(super) async fn close(app: &App, headers: &HeaderMap) -> Result<(), Problem> {
    same_origin(headers)?;
    if let Some(token) = cookie(headers) {
        sqlx::query("DELETE FROM session WHERE token_hash = $1")
            .bind(hashed(&token))
            .execute(&app.pool)
            .await?;
    }
    Ok(())
}

/// The cookie of a session; an empty token removes it.
pub(super) fn set_cookie(token: &str) -> String {
    let age = if token.is_empty() { 0 } else { HOURS * 3600 };
    format!("{COOKIE}={token}; Path=/; HttpOnly; SameSite=Strict; Max-Age={age}")
}

/// A browser says where a form came from; other sites' forms are refused.
pub(super) fn same_origin(headers: &HeaderMap) -> Result<(), Problem> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let host = text(header::HOST).unwrap_or_default();
    match text(header::ORIGIN) {
        Some(origin) if origin.split_once("://").is_none_or(|(_, from)| from != host) => {
            Err(Problem::new(StatusCode::FORBIDDEN, "This form came from another site."))
        }
        Some(_) | None => Ok(()),
    }
}

fn cookie(headers: &HeaderMap) -> Option<String> {
    let all = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    let mut pairs =
        all.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == COOKIE).map(|(_, token)| token.to_owned())
}

fn bearer(headers: &HeaderMap) -> Option<String> {
    headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ").map(str::to_owned)
}

fn hashed(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}

fn decoy() -> String {
    static DECOY: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    DECOY.get_or_init(|| accounts::hash("nobody has this password").unwrap_or_default()).clone()
}
