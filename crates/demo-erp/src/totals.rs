//! The command `totals`: the figures that a bookkeeper would compare after a copy, each a named query, read only.

use crate::args::Args;
use crate::database::{self, Access};
use crate::failure::Failure;
use crate::say;
use serde_json::{Value, json};

/// One figure: its id, its name, its unit, the table without which it is zero, and its query.
struct Total(&'static str, &'static str, &'static str, &'static str, &'static str);

const TOTALS: [Total; 8] = [
    Total(
        "trial_balance",
        "Trial balance, all accounts",
        "EUR",
        "journal_line",
        "SELECT coalesce(sum(amount), 0) FROM journal_line",
    ),
    Total(
        "receivables_open",
        "Receivables, open",
        "EUR",
        "open_item",
        "SELECT coalesce(sum(amount), 0) FROM open_item WHERE kind = 'receivable' AND settled = 0",
    ),
    Total(
        "payables_open",
        "Payables, open",
        "EUR",
        "open_item",
        "SELECT coalesce(sum(amount), 0) FROM open_item WHERE kind = 'payable' AND settled = 0",
    ),
    Total(
        "stock_value",
        "Stock value",
        "EUR",
        "item",
        "SELECT coalesce(sum(price * stock), 0) FROM item",
    ),
    Total(
        "open_items",
        "Open items",
        "lines",
        "open_item",
        "SELECT count(*) FROM open_item WHERE settled = 0",
    ),
    Total("parties", "Customers and vendors", "records", "party", "SELECT count(*) FROM party"),
    Total("items", "Items", "records", "item", "SELECT count(*) FROM item"),
    Total(
        "journal_entries",
        "Journal entries",
        "records",
        "journal_entry",
        "SELECT count(*) FROM journal_entry",
    ),
];

/// Runs the command.
pub async fn run(args: &Args) -> Result<Value, Failure> {
    let mut connection = database::open(&args.path("database")?, Access::Read).await?;
    database::execute(&mut connection, "BEGIN").await?;
    let mut totals = Vec::new();
    for Total(id, title, unit, table, sql) in TOTALS {
        let there = database::has_table(&mut connection, table).await?;
        let raw = if there { database::number(&mut connection, sql).await? } else { 0 };
        let value = if unit == "EUR" { money(raw) } else { raw.to_string() };
        say(format!("{title}: {value} {unit}"));
        totals.push(json!({ "id": id, "title": title, "unit": unit, "value": value }));
    }
    let balances = balances(&mut connection).await?;
    database::execute(&mut connection, "COMMIT").await?;
    database::close(connection).await?;
    Ok(json!({ "totals": totals, "balances": balances }))
}

/// The balance of each ledger account.
async fn balances(connection: &mut sqlx::sqlite::SqliteConnection) -> Result<Vec<Value>, Failure> {
    use sqlx::Row as _;
    if !database::has_table(connection, "journal_line").await? {
        return Ok(Vec::new());
    }
    let rows = sqlx::query(BALANCES).fetch_all(connection).await?;
    let one = |row: &sqlx::sqlite::SqliteRow| json!({ "account": row.get::<String, _>(0), "name": row.get::<String, _>(1), "balance": money(row.get(2)) });
    Ok(rows.iter().map(one).collect())
}

/// Code, name and balance in cents of every ledger account.
pub(crate) const BALANCES: &str = "
    SELECT a.code, a.name, coalesce(sum(l.amount), 0) FROM ledger_account a
    LEFT JOIN journal_line l ON l.account = a.code GROUP BY a.code, a.name ORDER BY a.code";

/// Cents as a decimal number.
pub fn money(cents: i64) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    let cents = cents.unsigned_abs();
    format!("{sign}{}.{:02}", cents / 100, cents % 100)
}

/// A decimal number with at most two decimals as cents.
pub fn cents(text: &str) -> Option<i64> {
    let text = text.trim().replace(',', ".");
    let (sign, digits) = text.strip_prefix('-').map_or((1, text.as_str()), |rest| (-1, rest));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 12 || part.len() > 2 || !plain(whole) || !plain(part) {
        return None;
    }
    let part: i64 = format!("{part:0<2}").parse().ok()?;
    Some(sign * (whole.parse::<i64>().ok()? * 100 + part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_written_and_read_to_the_cent() {
        for (text, value) in
            [("0.00", 0), ("12.05", 1205), ("-0.50", -50), ("1234567.89", 123_456_789)]
        {
            assert_eq!((cents(text), money(value)), (Some(value), text.to_owned()));
        }
        assert_eq!(cents("3,5"), Some(350));
        for bad in ["", "1.234", "a", "1.-5", "--1", "1e3"] {
            assert_eq!(cents(bad), None, "{bad}");
        }
    }
}
