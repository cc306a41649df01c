//! Sign-ins and tokens. Their secrets are stored as digests only; their times are machine times.

use crate::Store;
use crate::error::Result;
use crate::session::Session;
use sqlx::Row;
use sqlx::any::AnyRow;

/// A browser session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// Digest of the cookie's value.
    pub id: String,
    /// Who signed in: a user's id.
    pub person: String,
    /// When, in microseconds of the machine clock.
    pub created_at: i64,
    /// When it ends.
    pub expires_at: i64,
    /// When the password was last given.
    pub confirmed_at: i64,
    /// The browser, for the list of sessions.
    pub agent: String,
}

/// An API token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRow {
    /// Its id.
    pub id: String,
    /// Digest of the secret.
    pub secret: String,
    /// Whose it is.
    pub person: String,
    /// What it is for.
    pub name: String,
    /// `read` or `write`, or a project's id.
    pub scope: String,
    /// When it was made, in microseconds of the machine clock.
    pub created_at: i64,
    /// When it ends.
    pub expires_at: i64,
    /// Whether it was taken back.
    pub revoked: bool,
}

impl Store {
    /// Keeps a new sign-in.
    pub async fn add_session(&self, row: &SessionRow) -> Result<()> {
        sqlx::query("INSERT INTO sign_in (id, person, created_at, expires_at, confirmed_at, agent) VALUES ($1, $2, $3, $4, $5, $6)")
            .bind(row.id.clone())
            .bind(row.person.clone())
            .bind(row.created_at)
            .bind(row.expires_at)
            .bind(row.confirmed_at)
            .bind(row.agent.clone())
            .execute(&self.writers)
            .await?;
        Ok(())
    }

    /// Notes that the password was given again.
    pub async fn confirm_session(&self, id: &str, at: i64) -> Result<()> {
        sqlx::query("UPDATE sign_in SET confirmed_at = $2 WHERE id = $1")
            .bind(id.to_owned())
            .bind(at)
            .execute(&self.writers)
            .await?;
        Ok(())
    }

    /// Ends one sign-in.
    pub async fn remove_session(&self, id: &str) -> Result<()> {
        sqlx::query("DELETE FROM sign_in WHERE id = $1")
            .bind(id.to_owned())
            .execute(&self.writers)
            .await?;
        Ok(())
    }

    /// Ends all sign-ins of a person, or of everybody.
    pub async fn remove_sessions(&self, person: Option<&str>) -> Result<()> {
        let sql = if person.is_some() {
            "DELETE FROM sign_in WHERE person = $1"
        } else {
            "DELETE FROM sign_in WHERE $1 = $1"
        };
        sqlx::query(sql).bind(person.unwrap_or_default().to_owned()).execute(&self.writers).await?;
        Ok(())
    }

    /// Keeps a new token.
    pub async fn add_token(&self, row: &TokenRow) -> Result<()> {
        sqlx::query("INSERT INTO token (id, secret, person, name, scope, created_at, expires_at, revoked) VALUES ($1, $2, $3, $4, $5, $6, $7, 0)")
            .bind(row.id.clone())
            .bind(row.secret.clone())
            .bind(row.person.clone())
            .bind(row.name.clone())
            .bind(row.scope.clone())
            .bind(row.created_at)
            .bind(row.expires_at)
            .execute(&self.writers)
            .await?;
        Ok(())
    }

    /// Keeps the hash of a password, or of an invitation's secret.
    pub async fn set_credential(&self, id: &str, hash: &str) -> Result<()> {
        let mut tx = self.writers.begin_with(self.dialect.begin_write()).await?;
        credential(&mut tx, id, hash).await?;
        Ok(tx.commit().await?)
    }

    /// Takes a token back, or all tokens if none is named.
    pub async fn revoke_token(&self, id: Option<&str>) -> Result<()> {
        let sql = if id.is_some() {
            "UPDATE token SET revoked = 1 WHERE id = $1"
        } else {
            "UPDATE token SET revoked = 1 WHERE $1 = $1"
        };
        sqlx::query(sql).bind(id.unwrap_or_default().to_owned()).execute(&self.writers).await?;
        Ok(())
    }
}

impl crate::Write {
    /// Keeps the hash of a password together with the account that it belongs to.
    pub async fn keep_credential(&mut self, id: &str, hash: &str) -> Result<()> {
        credential(self.connection(), id, hash).await
    }
}

async fn credential(connection: &mut sqlx::AnyConnection, id: &str, hash: &str) -> Result<()> {
    sqlx::query(
        "INSERT INTO credential (id, hash, changed_at) VALUES ($1, $2, $3)
         ON CONFLICT (id) DO UPDATE SET hash = excluded.hash, changed_at = excluded.changed_at",
    )
    .bind(id.to_owned())
    .bind(hash.to_owned())
    .bind(jiff::Timestamp::now().as_microsecond())
    .execute(connection)
    .await?;
    Ok(())
}

impl Session {
    /// The sign-in with this digest.
    pub async fn sign_in(&mut self, id: &str) -> Result<Option<SessionRow>> {
        let row = sqlx::query("SELECT id, person, created_at, expires_at, confirmed_at, agent FROM sign_in WHERE id = $1")
            .bind(id.to_owned())
            .fetch_optional(self.connection())
            .await?;
        row.as_ref().map(parse_session).transpose()
    }

    /// The hash of a password, or of an invitation's secret.
    pub async fn credential(&mut self, id: &str) -> Result<Option<String>> {
        let row = sqlx::query("SELECT hash FROM credential WHERE id = $1")
            .bind(id.to_owned())
            .fetch_optional(self.connection())
            .await?;
        row.map(|row| Ok(row.try_get("hash")?)).transpose()
    }

    /// The token with this digest.
    pub async fn token(&mut self, secret: &str) -> Result<Option<TokenRow>> {
        let row = sqlx::query("SELECT id, secret, person, name, scope, created_at, expires_at, revoked FROM token WHERE secret = $1")
            .bind(secret.to_owned())
            .fetch_optional(self.connection())
            .await?;
        row.as_ref().map(parse_token).transpose()
    }

    /// The tokens of a person.
    pub async fn tokens(&mut self, person: &str) -> Result<Vec<TokenRow>> {
        let rows = sqlx::query("SELECT id, secret, person, name, scope, created_at, expires_at, revoked FROM token WHERE person = $1 ORDER BY id")
            .bind(person.to_owned())
            .fetch_all(self.connection())
            .await?;
        rows.iter().map(parse_token).collect()
    }
}

fn parse_session(row: &AnyRow) -> Result<SessionRow> {
    Ok(SessionRow {
        id: row.try_get("id")?,
        person: row.try_get("person")?,
        created_at: row.try_get("created_at")?,
        expires_at: row.try_get("expires_at")?,
        confirmed_at: row.try_get("confirmed_at")?,
        agent: row.try_get("agent")?,
    })
}

fn parse_token(row: &AnyRow) -> Result<TokenRow> {
    let revoked: i64 = row.try_get("revoked")?;
    Ok(TokenRow {
        id: row.try_get("id")?,
        secret: row.try_get("secret")?,
        person: row.try_get("person")?,
        name: row.try_get("name")?,
        scope: row.try_get("scope")?,
        created_at: row.try_get("created_at")?,
        expires_at: row.try_get("expires_at")?,
        revoked: revoked != 0,
    })
}
