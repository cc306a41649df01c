//! The business: customers and vendors, items, the ledger with its entries, season prices and shop orders.

use super::App;
use super::layout::{Page, Problem, page};
use super::sessions::User;
use crate::database;
use crate::totals::{BALANCES, cents, money};
use axum::extract::State;
use axum::response::Redirect;
use axum::routing::get;
use axum::{Form, Router};
use maud::{Markup, html};
use serde::Deserialize;
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;
use std::sync::Arc;

/// A list shows at most so many rows.
const MOST: i64 = 500;

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/parties", get(parties).post(add_party))
        .route("/items", get(items).post(add_item))
        .route("/ledger", get(ledger).post(add_entry))
        .route("/prices", get(prices))
        .route("/shop", get(shop))
}

async fn parties(State(app): State<Arc<App>>, user: User) -> Result<Page, Problem> {
    let sql = "SELECT code, name, kind, country, email FROM party ORDER BY code LIMIT $1";
    let rows = sqlx::query(sql).bind(MOST).fetch_all(&app.pool).await?;
    let body = html! {
        form.box method="post" {
            label { "Code" input name="code" required maxlength="20"; }
            label { "Name" input name="name" required maxlength="100"; }
            label { "Kind" select name="kind" { option { "customer" } option { "vendor" } } }
            label { "Country" input name="country" required maxlength="2" size="3"; }
            label { "Mail" input name="email" type="email"; }
            button { "Add" }
        }
        (table(&["Code", "Name", "Kind", "Country", "Mail"], 0, rows.iter().map(texts::<5>)))
    };
    Ok(page(&app, Some(&user), "Customers and vendors", &body))
}

#[derive(Deserialize)]
struct Party {
    code: String,
    name: String,
    kind: String,
    country: String,
    email: String,
}

async fn add_party(
    State(app): State<Arc<App>>,
    _: User,
    Form(party): Form<Party>,
) -> Result<Redirect, Problem> {
    sqlx::query("INSERT INTO party (code, name, kind, country, email) VALUES ($1, $2, $3, $4, $5)")
        .bind(party.code.trim())
        .bind(party.name.trim())
        .bind(party.kind)
        .bind(party.country.trim().to_uppercase())
        .bind(party.email.trim())
        .execute(&app.pool)
        .await?;
    Ok(Redirect::to("/parties"))
}

async fn items(State(app): State<Arc<App>>, user: User) -> Result<Page, Problem> {
    let sql = "SELECT code, name, unit, price, stock FROM item ORDER BY code LIMIT $1";
    let rows = sqlx::query(sql).bind(MOST).fetch_all(&app.pool).await?;
    let lines = rows.iter().map(|row| {
        let stock: i64 = row.get(4);
        vec![row.get(0), row.get(1), row.get(2), money(row.get(3)), stock.to_string()]
    });
    let body = html! {
        form.box method="post" {
            label { "Code" input name="code" required maxlength="20"; }
            label { "Name" input name="name" required maxlength="100"; }
            label { "Price" input name="price" required inputmode="decimal"; }
            label { "Stock" input name="stock" required type="number" value="0"; }
            button { "Add" }
        }
        (table(&["Code", "Name", "Unit", "Price", "Stock"], 2, lines))
    };
    Ok(page(&app, Some(&user), "Items", &body))
}

#[derive(Deserialize)]
struct Item {
    code: String,
    name: String,
    price: String,
    stock: i64,
}

async fn add_item(
    State(app): State<Arc<App>>,
    _: User,
    Form(item): Form<Item>,
) -> Result<Redirect, Problem> {
    let price = cents(&item.price)
        .ok_or_else(|| Problem::input("The price must be a number such as 12.50."))?;
    sqlx::query(
        "INSERT INTO item (code, name, unit, price, stock) VALUES ($1, $2, 'piece', $3, $4)",
    )
    .bind(item.code.trim())
    .bind(item.name.trim())
    .bind(price)
    .bind(item.stock)
    .execute(&app.pool)
    .await?;
    Ok(Redirect::to("/items"))
}

async fn ledger(State(app): State<Arc<App>>, user: User) -> Result<Page, Problem> {
    let balances = sqlx::query(BALANCES).fetch_all(&app.pool).await?;
    let sum: i64 = balances.iter().map(|row| row.get::<i64, _>(2)).sum();
    let sql = "SELECT e.id, e.day, e.text, l.account, l.amount, e.author FROM journal_line l
               JOIN journal_entry e ON e.id = l.entry ORDER BY e.id DESC, l.id LIMIT 100";
    let lines = sqlx::query(sql).fetch_all(&app.pool).await?;
    let body = html! {
        (entry_form(&balances))
        h2 { "Balances" }
        (table(&["Account", "Name", "Balance"], 1,
            balances.iter().map(|row| vec![row.get(0), row.get(1), money(row.get(2))])))
        p { "All balances sum to " strong { (money(sum)) } "." }
        h2 { "Last entries" }
        (table(&["Entry", "Day", "Text", "By", "Account", "Amount"], 1, lines.iter().map(|row| {
            let entry: i64 = row.get(0);
            vec![entry.to_string(), row.get(1), row.get(2), row.get(5), row.get(3), money(row.get(4))]
        })))
    };
    Ok(page(&app, Some(&user), "Ledger", &body))
}

fn entry_form(accounts: &[SqliteRow]) -> Markup {
    let options = html! {
        @for row in accounts {
            option value=(row.get::<String, _>(0)) { (row.get::<String, _>(0)) " " (row.get::<String, _>(1)) }
        }
    };
    html! {
        form.box method="post" {
            label { "Day" input name="day" type="date" required; }
            label { "Text" input name="text" required maxlength="200"; }
            label { "Debit" select name="debit" { (options) } }
            label { "Credit" select name="credit" { (options) } }
            label { "Amount" input name="amount" required inputmode="decimal"; }
            button { "Post" }
        }
    }
}

/// One journal entry: an amount from one account to another.
#[derive(Deserialize)]
pub(super) struct Posting {
    day: String,
    text: String,
    debit: String,
    credit: String,
    amount: String,
}

async fn add_entry(
    State(app): State<Arc<App>>,
    user: User,
    Form(posting): Form<Posting>,
) -> Result<Redirect, Problem> {
    post(&app, &user, &posting).await?;
    Ok(Redirect::to("/ledger"))
}

/// Posts an entry. Both lines or none: the ledger always sums to zero.
pub(super) async fn post(app: &App, user: &User, posting: &Posting) -> Result<i64, Problem> {
    let amount = cents(&posting.amount).filter(|amount| *amount > 0);
    let amount = amount
        .ok_or_else(|| Problem::input("The amount must be a positive number such as 12.50."))?;
    let day: jiff::civil::Date =
        posting.day.parse().map_err(|_| Problem::input("The day must look like 2027-04-05."))?;
    if posting.debit == posting.credit {
        return Err(Problem::input("Debit and credit must be different accounts."));
    }
    let mut write = app.pool.begin_with("BEGIN IMMEDIATE").await?;
    let sql = "SELECT count(*) FROM ledger_account WHERE code IN ($1, $2)";
    let known =
        sqlx::query(sql).bind(&posting.debit).bind(&posting.credit).fetch_one(&mut *write).await?;
    if known.get::<i64, _>(0) != 2 {
        return Err(Problem::input("There is no such ledger account."));
    }
    let entry = sqlx::query("INSERT INTO journal_entry (day, text, author) VALUES ($1, $2, $3)")
        .bind(day.to_string())
        .bind(posting.text.trim())
        .bind(&user.login)
        .execute(&mut *write)
        .await?
        .last_insert_rowid();
    for (account, amount) in [(&posting.debit, amount), (&posting.credit, -amount)] {
        sqlx::query("INSERT INTO journal_line (entry, account, amount) VALUES ($1, $2, $3)")
            .bind(entry)
            .bind(account)
            .bind(amount)
            .execute(&mut *write)
            .await?;
    }
    write.commit().await?;
    app.log(&format!("{}: entry {entry} posted by {}", database::now(), user.login));
    Ok(entry)
}

async fn prices(State(app): State<Arc<App>>, user: User) -> Result<Page, Problem> {
    let sql = "SELECT p.item, i.name, p.season, i.price, p.price FROM season_price p JOIN item i ON i.code = p.item
               ORDER BY p.item, p.season LIMIT $1";
    let rows = sqlx::query(sql).bind(MOST).fetch_all(&app.pool).await?;
    let lines = rows
        .iter()
        .map(|row| vec![row.get(0), row.get(1), row.get(2), money(row.get(3)), money(row.get(4))]);
    let body = table(&["Item", "Name", "Season", "List price", "Season price"], 2, lines);
    Ok(page(&app, Some(&user), "Season prices", &body))
}

async fn shop(State(app): State<Arc<App>>, user: User) -> Result<Page, Problem> {
    let sql = "SELECT number, received, state, total FROM shop_order ORDER BY number DESC LIMIT $1";
    let rows = sqlx::query(sql).bind(MOST).fetch_all(&app.pool).await?;
    let lines = rows.iter().map(|row| vec![row.get(0), row.get(1), row.get(2), money(row.get(3))]);
    let body = table(&["Order", "Received", "State", "Total"], 1, lines);
    Ok(page(&app, Some(&user), "Shop orders", &body))
}

fn texts<const N: usize>(row: &SqliteRow) -> Vec<String> {
    (0..N).map(|index| row.get(index)).collect()
}

/// A table whose last columns are numbers.
fn table(heads: &[&str], numbers: usize, rows: impl Iterator<Item = Vec<String>>) -> Markup {
    let is_number = |index: usize| index + numbers >= heads.len();
    html! {
        table {
            thead { tr { @for (index, head) in heads.iter().enumerate() { th.number[is_number(index)] { (head) } } } }
            tbody {
                @for row in rows {
                    tr { @for (index, cell) in row.iter().enumerate() { td.number[is_number(index)] { (cell) } } }
                }
            }
        }
    }
}
