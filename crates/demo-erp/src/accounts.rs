//! Who may sign in: the administrator's making, the lock for everybody else, and the check of a password.

use crate::args::Args;
use crate::database::{self, Access, now};
use crate::effect::{self, Asker};
use crate::failure::Failure;
use crate::say;
use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use serde_json::{Value, json};
use sqlx::Row as _;
use sqlx::sqlite::SqliteConnection;

/// The hash of a password as it is stored. Slow by design: call it where nothing waits.
pub fn hash(password: &str) -> Result<String, Failure> {
    let hash = Argon2::default().hash_password(password.as_bytes());
    Ok(hash
        .map_err(|error| Failure::refused(format!("the password cannot be hashed: {error}")))?
        .to_string())
}

/// Whether a password fits a stored hash. Slow by design: call it where nothing waits.
pub fn fits(password: &str, stored: &str) -> bool {
    PasswordHash::new(stored)
        .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

/// The command `init`: makes the database with its one administrator; the second time nothing changes.
pub async fn init(args: &Args, password: &str) -> Result<Value, Failure> {
    let login = args.needed("administrator")?;
    let asker = Asker::of(args);
    let mut connection = database::open(&args.path("database")?, Access::Create).await?;
    database::execute(&mut connection, "BEGIN IMMEDIATE").await?;
    let known =
        database::number(&mut connection, "SELECT count(*) FROM account WHERE administrator = 1")
            .await?;
    if known == 0 {
        add(&mut connection, (login, "Administrator"), &hash(password)?, true).await?;
        sqlx::query("INSERT INTO setting (key, value) VALUES ('platform', $1)")
            .bind(crate::PLATFORM)
            .execute(&mut connection)
            .await?;
        effect::record(&mut connection, asker.as_ref(), "init").await?;
    }
    database::execute(&mut connection, "COMMIT").await?;
    database::close(connection).await?;
    say(if known == 0 { "the database is made" } else { "the database was there already" });
    Ok(json!({ "created": known == 0, "administrator": login, "platform": crate::PLATFORM }))
}

/// The command `set_administrator`: gives the administrator the password of the environment that the database is in now. A
/// copied database brings the password of where it came from.
pub async fn set_administrator(args: &Args, password: &str) -> Result<Value, Failure> {
    let asker = Asker::of(args);
    let mut connection = database::open(&args.path("database")?, Access::Write).await?;
    database::execute(&mut connection, "BEGIN IMMEDIATE").await?;
    let stored = sqlx::query("SELECT password_hash FROM account WHERE administrator = 1")
        .fetch_one(&mut connection)
        .await?;
    let changed = !fits(password, stored.get("password_hash"));
    if changed {
        sqlx::query("UPDATE account SET password_hash = $1 WHERE administrator = 1")
            .bind(hash(password)?)
            .execute(&mut connection)
            .await?;
        effect::record(&mut connection, asker.as_ref(), "set_administrator").await?;
    }
    database::execute(&mut connection, "COMMIT").await?;
    database::close(connection).await?;
    say(if changed {
        "the administrator has the password of this environment"
    } else {
        "it was set already"
    });
    Ok(json!({ "changed": changed }))
}

/// Adds one account; one with the same login stays as it is.
pub async fn add(
    connection: &mut SqliteConnection,
    (login, name): (&str, &str),
    password_hash: &str,
    administrator: bool,
) -> Result<u64, Failure> {
    let sql = "INSERT INTO account (login, name, password_hash, administrator, active) VALUES ($1, $2, $3, $4, 1)
               ON CONFLICT (login) DO NOTHING";
    let done = sqlx::query(sql)
        .bind(login)
        .bind(name)
        .bind(password_hash)
        .bind(i64::from(administrator))
        .execute(connection)
        .await?;
    Ok(done.rows_affected())
}

/// The command `accounts`.
pub async fn list(args: &Args) -> Result<Value, Failure> {
    let mut connection = database::open(&args.path("database")?, Access::Read).await?;
    let sql = "SELECT login, name, administrator, active, coalesce(locked_by, '') AS locked_by FROM account ORDER BY login";
    let rows = sqlx::query(sql).fetch_all(&mut connection).await?;
    let accounts: Vec<Value> = rows
        .iter()
        .map(|row| {
            json!({
                "login": row.get::<String, _>("login"),
                "name": row.get::<String, _>("name"),
                "administrator": row.get::<i64, _>("administrator") == 1,
                "active": row.get::<i64, _>("active") == 1,
                "locked_by": row.get::<String, _>("locked_by"),
            })
        })
        .collect();
    database::close(connection).await?;
    let active = accounts.iter().filter(|account| account["active"] == true).count();
    say(format!("{} accounts, {active} of them active", accounts.len()));
    Ok(json!({ "accounts": accounts, "active": active }))
}

/// The command `lock_accounts`: all but the administrator, remembering which were usable; their sessions end.
pub async fn lock(args: &Args) -> Result<Value, Failure> {
    let asker = Asker::of(args);
    let mut connection = database::open(&args.path("database")?, Access::Write).await?;
    database::execute(&mut connection, "BEGIN IMMEDIATE").await?;
    let sql =
        "UPDATE account SET active = 0, locked_by = $1 WHERE active = 1 AND administrator = 0";
    let done = sqlx::query(sql).bind(effect::name(asker.as_ref())).execute(&mut connection).await?;
    let locked = done.rows_affected();
    let ended = database::execute(
        &mut connection,
        "DELETE FROM session WHERE account IN (SELECT id FROM account WHERE active = 0)",
    )
    .await?;
    effect::record_run(&mut connection, asker.as_ref(), "lock_accounts", locked).await?;
    database::execute(&mut connection, "COMMIT").await?;
    database::close(connection).await?;
    say(format!("{locked} accounts locked, {ended} sessions ended"));
    Ok(json!({ "locked": locked, "sessions_ended": ended }))
}

/// The command `unlock_accounts`: exactly those that a lock took, and with `--neutralised yes` those of a copy too.
pub async fn unlock(args: &Args) -> Result<Value, Failure> {
    let asker = Asker::of(args);
    let also = args.maybe("neutralised") == Some("yes");
    let mut connection = database::open(&args.path("database")?, Access::Write).await?;
    database::execute(&mut connection, "BEGIN IMMEDIATE").await?;
    let sql = "UPDATE account SET active = 1, locked_by = NULL
               WHERE locked_by IS NOT NULL AND (locked_by <> $1 OR $2 = 1)";
    let done = sqlx::query(sql)
        .bind(crate::neutralise::MARK)
        .bind(i64::from(also))
        .execute(&mut connection)
        .await?;
    let unlocked = done.rows_affected();
    effect::record_run(&mut connection, asker.as_ref(), "unlock_accounts", unlocked).await?;
    database::execute(&mut connection, "COMMIT").await?;
    database::close(connection).await?;
    say(format!("{unlocked} accounts unlocked"));
    Ok(json!({ "unlocked": unlocked }))
}

/// The command `check_login`: whether this login and password would be let in, and if not, why.
pub async fn check_login(args: &Args, password: &str) -> Result<Value, Failure> {
    let login = args.needed("login")?;
    let mut connection = database::open(&args.path("database")?, Access::Read).await?;
    let found = sqlx::query("SELECT password_hash, active FROM account WHERE login = $1")
        .bind(login)
        .fetch_optional(&mut connection)
        .await?;
    database::close(connection).await?;
    let reason = match found {
        None => "no such account",
        Some(row) if !fits(password, row.get("password_hash")) => "wrong password",
        Some(row) if row.get::<i64, _>("active") == 0 => "account disabled",
        Some(_) => "",
    };
    say(if reason.is_empty() { "let in" } else { reason });
    Ok(json!({ "login": login, "ok": reason.is_empty(), "reason": reason, "at": now() }))
}
