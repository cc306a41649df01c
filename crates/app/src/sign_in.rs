//! Sign-in: passwords, browser sessions, API tokens. Times here are machine times.

use crate::{Actor, App, Error, Proof, Result, Scope, secrets};
use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use golive_core::account::Person;
use golive_core::id::{TokenId, UserId};
use golive_store::{SERVER, SessionRow, TokenRow, Told};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::HashMap;
use std::sync::{LazyLock, Mutex};
use tokio::sync::Semaphore;
use utoipa::ToSchema;

/// A session ends this long after its start.
const SESSION: i64 = 12 * 3600 * 1_000_000;
/// So many wrong passwords for one login are answered before it must wait.
const WRONG_ALLOWED: usize = 5;
/// Wrong passwords are forgotten after this many microseconds.
const WRONG_WINDOW: i64 = 15 * 60 * 1_000_000;
/// The shortest password that is taken.
const PASSWORD_MIN: usize = 12;

/// Hashing is slow on purpose; more at once than cores would only slow everything else.
static HASHING: Semaphore = Semaphore::const_new(2);
static WRONG: LazyLock<Mutex<HashMap<String, Vec<i64>>>> = LazyLock::new(Mutex::default);

/// A new token with its secret, which is shown once.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct NewToken {
    /// Its id, to revoke it by.
    pub id: String,
    /// The secret: send it as `Authorization: Bearer …`. It cannot be shown again.
    pub secret: String,
    /// When it ends.
    #[schema(value_type = String)]
    pub expires: Timestamp,
}

/// A token without its secret.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct TokenView {
    /// Its id.
    pub id: String,
    /// What it is for.
    pub name: String,
    /// `full`, `read` or a project's id.
    pub scope: String,
    /// When it ends.
    #[schema(value_type = String)]
    pub expires: Timestamp,
    /// Whether it was taken back.
    pub revoked: bool,
}

/// What a new token shall be.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenRequest {
    /// What it is for.
    pub name: String,
    /// `full`, `read` or a project's id.
    pub scope: String,
    /// After how many days it ends; the server allows at most 365.
    pub days: i64,
}

/// Now, by the machine clock: passwords grow old in real time, also under a simulated clock.
pub(crate) fn machine_now() -> i64 {
    Timestamp::now().as_microsecond()
}

impl App {
    /// Signs in with login and password and returns the session's secret for the cookie. The answer to an unknown login
    /// takes as long as to a wrong password.
    pub async fn sign_in(&self, login: &str, password: &str, agent: &str) -> Result<String> {
        let login = golive_store::fold(login.trim());
        too_many(&login)?;
        let person = self.checked(&login, password).await?;
        let secret = secrets::random();
        let now = machine_now();
        let row = SessionRow {
            id: secrets::digest(&secret),
            person: person.to_string(),
            created_at: now,
            expires_at: now + SESSION,
            confirmed_at: now,
            agent: agent.chars().take(120).collect(),
        };
        self.store.add_session(&row).await?;
        self.tell_server(&person.to_string(), "sign_in.succeeded", person).await?;
        Ok(secret)
    }

    /// Who has this login and password. A wrong one counts.
    async fn checked(&self, login: &str, password: &str) -> Result<UserId> {
        let mut session = self.store.session().await?;
        let found = session.with::<Person>("login", login).await?.into_iter().next();
        let hash = match &found {
            Some((id, _)) => session.credential(&id.to_string()).await?,
            None => None,
        };
        drop(session);
        let fits = fits(password.to_owned(), hash).await?;
        match found {
            Some((id, person)) if fits && person.value.closed.is_none() => {
                WRONG.lock().expect("nothing panics while it is held").remove(login);
                Ok(id)
            }
            Some(_) | None => {
                WRONG
                    .lock()
                    .expect("nothing panics while it is held")
                    .entry(login.to_owned())
                    .or_default()
                    .push(machine_now());
                Err(Error::invalid("password", "the password of this login", "another one"))
            }
        }
    }

    /// The actor of a browser session.
    pub async fn session_actor(&self, secret: &str) -> Result<Actor> {
        let id = secrets::digest(secret);
        let mut session = self.store.session().await?;
        let row = session
            .sign_in(&id)
            .await?
            .filter(|row| row.expires_at > machine_now())
            .ok_or(Error::SignInFirst)?;
        let user = row.person.parse().map_err(|_| Error::SignInFirst)?;
        let person = session.get::<Person>(user).await?.value;
        let proof = Proof::Session { confirmed_at: row.confirmed_at };
        actor(user, person, Scope::Full, proof)
    }

    /// The actor of an API token.
    pub async fn token_actor(&self, secret: &str) -> Result<Actor> {
        let mut session = self.store.session().await?;
        let row = session.token(&secrets::digest(secret)).await?;
        let row = row
            .filter(|row| !row.revoked && row.expires_at > machine_now())
            .ok_or(Error::SignInFirst)?;
        let user = row.person.parse().map_err(|_| Error::SignInFirst)?;
        let person = session.get::<Person>(user).await?.value;
        actor(user, person, scope(&row.scope)?, Proof::Token)
    }

    /// Ends a browser session.
    pub async fn sign_out(&self, secret: &str) -> Result<()> {
        Ok(self.store.remove_session(&secrets::digest(secret)).await?)
    }

    /// Takes the password again, for a signature.
    pub async fn confirm_password(
        &self,
        actor: &Actor,
        secret: &str,
        password: &str,
    ) -> Result<()> {
        let login = self.store.session().await?.get::<Person>(actor.user).await?.value.login;
        too_many(&login)?;
        self.checked(&login, password).await?;
        Ok(self.store.confirm_session(&secrets::digest(secret), machine_now()).await?)
    }

    /// Sets a person's password and ends all of the person's sessions.
    pub async fn set_password(&self, user: UserId, password: &str) -> Result<()> {
        let hash = hashed(password).await?;
        self.store.set_credential(&user.to_string(), &hash).await?;
        Ok(self.store.remove_sessions(Some(&user.to_string())).await?)
    }

    /// Changes one's own password; the old one must be given.
    pub async fn password_change(&self, actor: &Actor, old: &str, new: &str) -> Result<()> {
        let login = self.store.session().await?.get::<Person>(actor.user).await?.value.login;
        too_many(&login)?;
        self.checked(&login, old).await?;
        self.set_password(actor.user, new).await?;
        self.tell_server(&actor.user.to_string(), "user.password_changed", actor.user).await
    }

    /// Makes a token of one day from login and password, for the command line.
    pub async fn token_sign_in(&self, login: &str, password: &str) -> Result<NewToken> {
        let secret = self.sign_in(login, password, "command line").await?;
        let actor = self.session_actor(&secret).await?;
        self.sign_out(&secret).await?;
        let wanted = TokenRequest { name: "command line".into(), scope: "full".into(), days: 1 };
        self.token_create(&actor, &wanted).await
    }

    /// Makes an API token for oneself.
    pub async fn token_create(&self, actor: &Actor, wanted: &TokenRequest) -> Result<NewToken> {
        if actor.scope != Scope::Full {
            return Err(Error::forbidden("a limited token makes no tokens"));
        }
        scope(&wanted.scope)?;
        if !(1..=365).contains(&wanted.days) {
            return Err(Error::invalid("days", "1 to 365", wanted.days.to_string()));
        }
        let now = machine_now();
        let secret = format!("golive_{}", secrets::random());
        let row = TokenRow {
            id: TokenId::named(&actor.user.to_string(), &secret).to_string(),
            secret: secrets::digest(&secret),
            person: actor.user.to_string(),
            name: wanted.name.chars().take(80).collect(),
            scope: wanted.scope.clone(),
            created_at: now,
            expires_at: now + wanted.days * 86_400_000_000,
            revoked: false,
        };
        self.store.add_token(&row).await?;
        self.tell_server(&row.id, "token.created", actor.user).await?;
        Ok(NewToken { id: row.id.clone(), secret, expires: view(row).expires })
    }

    /// One's own tokens.
    pub async fn token_list(&self, actor: &Actor) -> Result<Vec<TokenView>> {
        let rows = self.store.session().await?.tokens(&actor.user.to_string()).await?;
        Ok(rows.into_iter().map(view).collect())
    }

    /// Takes one of one's own tokens back.
    pub async fn token_revoke(&self, actor: &Actor, id: &str) -> Result<()> {
        let mine = self.store.session().await?.tokens(&actor.user.to_string()).await?;
        if !mine.iter().any(|token| token.id == id) {
            return Err(Error::not_found("token", id));
        }
        self.store.revoke_token(Some(id)).await?;
        self.tell_server(id, "token.revoked", actor.user).await
    }

    async fn tell_server(&self, subject: &str, kind: &str, by: UserId) -> Result<()> {
        let stamp = golive_store::Stamp { at: self.clock.now(), actor: by.to_string(), key: None };
        let mut write = self.store.write(SERVER, stamp).await?;
        write.tell(subject, &Told::plain(kind, json!({}))).await?;
        write.commit().await?;
        Ok(())
    }
}

fn actor(user: UserId, person: Person, scope: Scope, proof: Proof) -> Result<Actor> {
    if person.closed.is_some() {
        return Err(Error::SignInFirst);
    }
    Ok(Actor {
        user,
        name: person.name,
        time_zone: person.time_zone,
        server_administrator: person.server_administrator,
        scope,
        key: None,
        proof,
    })
}

fn scope(text: &str) -> Result<Scope> {
    match text {
        "full" => Ok(Scope::Full),
        "read" => Ok(Scope::Read),
        other => {
            let project = other.parse().map(Scope::Project);
            project.map_err(|_| Error::invalid("scope", "full, read or a project's id", other))
        }
    }
}

fn view(row: TokenRow) -> TokenView {
    let expires = Timestamp::from_microsecond(row.expires_at).unwrap_or(Timestamp::MAX);
    TokenView { id: row.id, name: row.name, scope: row.scope, expires, revoked: row.revoked }
}

fn too_many(login: &str) -> Result<()> {
    let now = machine_now();
    let mut wrong = WRONG.lock().expect("nothing panics while it is held");
    wrong.retain(|_, times| {
        times.retain(|at| now - at < WRONG_WINDOW);
        !times.is_empty()
    });
    match wrong.get(login) {
        Some(times) if times.len() >= WRONG_ALLOWED => {
            let oldest = times.iter().min().copied().unwrap_or(now);
            let after = (WRONG_WINDOW - (now - oldest)) / 1_000_000;
            Err(Error::TooMany { after_seconds: u64::try_from(after).unwrap_or(1).max(1) })
        }
        Some(_) | None => Ok(()),
    }
}

/// The slow hash of a password that is long enough.
pub(crate) async fn hashed(password: &str) -> Result<String> {
    if password.chars().count() < PASSWORD_MIN {
        return Err(Error::invalid(
            "password",
            format!("at least {PASSWORD_MIN} characters"),
            "fewer",
        ));
    }
    let password = password.to_owned();
    let _place = HASHING.acquire().await.map_err(Error::internal)?;
    let hashed = tokio::task::spawn_blocking(move || {
        Argon2::default().hash_password(password.as_bytes()).map(|hash| hash.to_string())
    });
    let hashed = hashed.await.map_err(Error::internal)?;
    hashed.map_err(|error| Error::internal(std::io::Error::other(error.to_string())))
}

async fn fits(password: String, stored: Option<String>) -> Result<bool> {
    /// Compared with when there is no such login, so that the answer takes as long.
    static NOBODY: LazyLock<String> = LazyLock::new(|| {
        Argon2::default()
            .hash_password(secrets::random().as_bytes())
            .map(|hash| hash.to_string())
            .unwrap_or_default()
    });
    let _place = HASHING.acquire().await.map_err(Error::internal)?;
    let checked = tokio::task::spawn_blocking(move || {
        let known = stored.is_some();
        let stored = stored.unwrap_or_else(|| NOBODY.clone());
        let parsed = PasswordHash::new(&stored);
        known
            & parsed.is_ok_and(|hash| {
                Argon2::default().verify_password(password.as_bytes(), &hash).is_ok()
            })
    });
    checked.await.map_err(Error::internal)
}
