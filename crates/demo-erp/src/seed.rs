//! The command `seed`: sample master data and opening balances, always the same for the same size.
//!
//! It fills only the tables that the installed modules have made, and each table once.

use crate::accounts;
use crate::args::Args;
use crate::database::{self, Access};
use crate::effect::{self, Asker};
use crate::failure::Failure;
use crate::protect::Key;
use crate::say;
use serde_json::{Map, Value, json};
use sqlx::sqlite::SqliteConnection;

const PEOPLE: [(&str, &str); 8] = [
    ("anna.keller", "Anna Keller"),
    ("bruno.marchand", "Bruno Marchand"),
    ("carla.weiss", "Carla Weiss"),
    ("david.shaw", "David Shaw"),
    ("emma.lindner", "Emma Lindner"),
    ("felix.garnier", "Felix Garnier"),
    ("grace.hall", "Grace Hall"),
    ("svc-bank", "Bank interface"),
];
const TOOLS: [&str; 8] =
    ["Spade", "Rake", "Pruner", "Hose", "Bench", "Parasol", "Planter", "Lantern"];
const COUNTRIES: [&str; 4] = ["DE", "FR", "GB", "US"];

/// The parts, each with the table without which it is left out.
const PARTS: [(&str, &str); 6] = [
    ("system", "account"),
    ("parties", "party"),
    ("items", "item"),
    ("ledger", "journal_entry"),
    ("prices", "season_price"),
    ("shop", "shop_order"),
];

/// What every part needs to know.
struct Plan {
    size: i64,
    password_hash: String,
    key: Key,
}

/// Fills what is still empty.
pub async fn run(args: &Args, password: &str) -> Result<Value, Failure> {
    let size: i64 = args.parsed("size", 100)?;
    if !(1..=1_000_000).contains(&size) {
        return Err(Failure::usage("--size: expected a number from 1 to 1000000"));
    }
    let plan = Plan {
        size,
        password_hash: accounts::hash(password)?,
        key: Key::open(&args.path("key")?)?,
    };
    let asker = Asker::of(args);
    let mut connection = database::open(&args.path("database")?, Access::Write).await?;
    let mut added = Map::new();
    for (part, table) in PARTS {
        if !database::has_table(&mut connection, table).await? {
            continue;
        }
        database::execute(&mut connection, "BEGIN IMMEDIATE").await?;
        let rows = if is_new(&mut connection, part, size).await? {
            fill(&mut connection, part, &plan).await?
        } else {
            0
        };
        if rows > 0 {
            effect::record(&mut connection, asker.as_ref(), &format!("seed {part}")).await?;
        }
        database::execute(&mut connection, "COMMIT").await?;
        say(format!("{part}: {rows} rows"));
        added.insert(part.to_owned(), json!(rows));
    }
    database::close(connection).await?;
    Ok(json!({ "added": added, "size": size }))
}

async fn is_new(connection: &mut SqliteConnection, part: &str, size: i64) -> Result<bool, Failure> {
    let sql =
        "INSERT INTO setting (key, value) VALUES ('seed.' || $1, $2) ON CONFLICT (key) DO NOTHING";
    let done = sqlx::query(sql).bind(part).bind(size.to_string()).execute(connection).await?;
    Ok(done.rows_affected() == 1)
}

async fn fill(connection: &mut SqliteConnection, part: &str, plan: &Plan) -> Result<u64, Failure> {
    match part {
        "system" => system(connection, plan).await,
        "parties" => parties(connection, plan.size).await,
        "items" => items(connection, plan.size).await,
        "ledger" => ledger(connection, plan.size).await,
        "prices" => prices(connection).await,
        _ => shop(connection, plan.size).await,
    }
}

async fn system(connection: &mut SqliteConnection, plan: &Plan) -> Result<u64, Failure> {
    let mut rows = 0;
    for (login, name) in PEOPLE {
        rows += accounts::add(connection, (login, name), &plan.password_hash, false).await?;
    }
    for number in 1..=plan.size / 10 {
        let (login, name) = (format!("user{number:04}"), format!("User {number}"));
        rows += accounts::add(connection, (&login, &name), &plan.password_hash, false).await?;
    }
    rows += database::execute(
        connection,
        "INSERT INTO session (token_hash, account, started, ends)
         SELECT 'seeded-' || id, id, '2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z' FROM account WHERE administrator = 0",
    )
    .await?;
    rows += database::execute(
        connection,
        "INSERT INTO job VALUES ('dunning', 'Send reminders', 'waiting'), ('stock-value', 'Value the stock', 'waiting'),
         ('bank-fetch', 'Fetch bank statements', 'waiting') ON CONFLICT DO NOTHING",
    )
    .await?;
    rows += database::execute(
        connection,
        "INSERT INTO mail_server VALUES ('default', 'smtp.contoso.example', 'erp@contoso.example') ON CONFLICT DO NOTHING",
    )
    .await?;
    rows += database::execute(
        connection,
        "INSERT INTO endpoint VALUES ('bank', 'Bank', 'https://bank.example/statements', 1),
         ('product-data', 'Product information', 'https://pim.contoso.example/', 1) ON CONFLICT DO NOTHING",
    )
    .await?;
    for (name, title) in
        [("bank-pin", "Bank access code"), ("mail-password", "Password of the mail server")]
    {
        rows += protect(connection, &plan.key, name, title).await?;
    }
    Ok(rows)
}

async fn protect(
    connection: &mut SqliteConnection,
    key: &Key,
    name: &str,
    title: &str,
) -> Result<u64, Failure> {
    let sql = "INSERT INTO protected_value (name, title, cipher) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING";
    let cipher = key.protect(&format!("sample-{name}"));
    let done = sqlx::query(sql).bind(name).bind(title).bind(cipher).execute(connection).await?;
    Ok(done.rows_affected())
}

async fn parties(connection: &mut SqliteConnection, size: i64) -> Result<u64, Failure> {
    for number in 1..=size {
        let customer = number % 3 != 0;
        let (letter, kind) = if customer { ('C', "customer") } else { ('V', "vendor") };
        let country = pick(&COUNTRIES, number / 3);
        sqlx::query(
            "INSERT INTO party (code, name, kind, country, email) VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(format!("{letter}{number:05}"))
        .bind(format!("{} {number}", if customer { "Garden centre" } else { "Supplier" }))
        .bind(kind)
        .bind(country)
        .bind(format!("office{number}@party.example"))
        .execute(&mut *connection)
        .await?;
    }
    Ok(size.unsigned_abs())
}

async fn items(connection: &mut SqliteConnection, size: i64) -> Result<u64, Failure> {
    for number in 1..=size {
        sqlx::query(
            "INSERT INTO item (code, name, unit, price, stock) VALUES ($1, $2, 'piece', $3, $4)",
        )
        .bind(format!("I{number:05}"))
        .bind(format!("{} {number}", pick(&TOOLS, number)))
        .bind(495 + spread(number, 20_000))
        .bind(spread(number * 7, 400))
        .execute(&mut *connection)
        .await?;
    }
    Ok(size.unsigned_abs())
}

/// Opening balances: an open item per party, booked against the account for opening balances, and the bank.
async fn ledger(connection: &mut SqliteConnection, size: i64) -> Result<u64, Failure> {
    let mut rows =
        entry(connection, "Opening balance, bank", "1200", 25_000_000 + size * 100).await?;
    for number in 1..=size {
        let customer = number % 3 != 0;
        let amount = 10_000 + spread(number * 13, 900_000);
        let (kind, account, sign, letter) =
            if customer { ("receivable", "1400", 1, 'C') } else { ("payable", "3300", -1, 'V') };
        let text = format!("Opening balance, {letter}{number:05}");
        rows += entry(connection, &text, account, sign * amount).await?;
        let sql = "INSERT INTO open_item (kind, party, document, due, amount, settled) VALUES ($1, $2, $3, $4, $5, 0)";
        sqlx::query(sql)
            .bind(kind)
            .bind(format!("{letter}{number:05}"))
            .bind(format!("OP-{number:05}"))
            .bind(format!("2027-{:02}-{:02}", 1 + number % 6, 1 + number % 28))
            .bind(amount)
            .execute(&mut *connection)
            .await?;
        rows += 1;
    }
    Ok(rows)
}

async fn entry(
    connection: &mut SqliteConnection,
    text: &str,
    account: &str,
    amount: i64,
) -> Result<u64, Failure> {
    let sql = "INSERT INTO journal_entry (day, text, author) VALUES ('2026-12-31', $1, 'seed')";
    let done = sqlx::query(sql).bind(text).execute(&mut *connection).await?;
    let entry = done.last_insert_rowid();
    for (account, amount) in [(account, amount), ("9000", -amount)] {
        sqlx::query("INSERT INTO journal_line (entry, account, amount) VALUES ($1, $2, $3)")
            .bind(entry)
            .bind(account)
            .bind(amount)
            .execute(&mut *connection)
            .await?;
    }
    Ok(3)
}

async fn prices(connection: &mut SqliteConnection) -> Result<u64, Failure> {
    database::execute(
        connection,
        "INSERT INTO season_price (item, season, price)
         SELECT code, season, price * factor / 100 FROM item
         JOIN (SELECT 'spring' AS season, 95 AS factor UNION ALL SELECT 'winter', 80)",
    )
    .await
}

async fn shop(connection: &mut SqliteConnection, size: i64) -> Result<u64, Failure> {
    let orders = size / 4;
    for number in 1..=orders {
        sqlx::query(
            "INSERT INTO shop_order (number, received, total, state) VALUES ($1, $2, $3, $4)",
        )
        .bind(format!("W{number:06}"))
        .bind(format!("2027-01-{:02}", 1 + number % 28))
        .bind(1_500 + spread(number * 3, 30_000))
        .bind(if number % 5 == 0 { "waiting" } else { "taken" })
        .execute(&mut *connection)
        .await?;
    }
    Ok(orders.unsigned_abs())
}

/// A number that looks scattered but is always the same.
fn spread(number: i64, below: i64) -> i64 {
    number.wrapping_mul(2_654_435_761).rem_euclid(below)
}

fn pick<'a>(list: &[&'a str], number: i64) -> &'a str {
    let length = i64::try_from(list.len()).unwrap_or(1);
    usize::try_from(number.rem_euclid(length))
        .ok()
        .and_then(|index| list.get(index))
        .copied()
        .unwrap_or_default()
}
