//! The go/no-go: measured values, votes by seats, the decision of the authority, minutes.

use super::api::{rows, text};
use super::cutover::LEADER;
use super::people::{AUTHORITY, seats_of_the_table};
use super::story::Demo;
use super::testing::fact;
use anyhow::Result;
use serde_json::{Value, json};

/// The meeting, up to the decision.
pub async fn go(demo: &Demo) -> Result<()> {
    let seen = demo.read(AUTHORITY, "/go-live").await?;
    if matches!(seen["state"].as_str(), Some("go" | "live" | "ended")) {
        return Ok(());
    }
    measured(demo).await?;
    if seen["state"] == "ahead" {
        demo.act(LEADER, "/go-no-go/call", Value::Null).await?;
        demo.tell("Marco Conti calls the go/no-go").await?;
    }
    let table = &demo.read(LEADER, "/go-live").await?["particulars"]["table"];
    for seat in seats_of_the_table() {
        if rows(&table["voting"]).any(|it| it == &json!(seat.id)) {
            let shown = text(&demo.read(&seat.holder, "/go-live").await?, "shown")?;
            let body = json!({ "go": true, "seat": seat.id, "shown": shown, "reason": "" });
            demo.act(&seat.holder, "/go-no-go/vote", body).await?;
        }
    }
    demo.tell("Every seat votes go").await?;
    let shown = text(&demo.read(AUTHORITY, "/go-live").await?, "shown")?;
    let body = json!({ "go": true, "note": "All values are as agreed", "shown": shown });
    demo.act(AUTHORITY, "/go-no-go/decide", body).await?;
    demo.tell("Henrik Brandt decides: go").await
}

/// What the people of the validation have found.
async fn measured(demo: &Demo) -> Result<()> {
    for (who, name, value, note) in [
        (
            "katja.maas",
            "validation.trial_balance_difference",
            "0",
            "Trial balance of the three companies",
        ),
        ("joern.petersen", "validation.receivables_difference", "0", "Open items by customer"),
        ("katja.maas", "validation.payables_difference", "0", "Open items by supplier"),
        (
            "thomas.wendt",
            "validation.stock_quantity_difference",
            "0",
            "Stock by site, lot and serial",
        ),
        ("katja.maas", "validation.stock_value_difference_permille", "0", "Stock value by company"),
        ("daniel.okafor", "validation.open_orders_difference", "0", "Open orders by number"),
        (
            "yusuf.demir",
            "integration.production_proven",
            "100",
            "Every interface has answered once",
        ),
        ("uwe.hartmann", "devices.production_proven", "98", "List of the devices"),
        ("greta.nilsson", "security.sample_passed", "100", "Sample of forty accounts"),
    ] {
        fact(demo, who, name, value, note).await?;
    }
    Ok(())
}

/// Written by one, confirmed by another.
pub async fn minutes(demo: &Demo) -> Result<()> {
    let text = "All seats voted go on the measured values. Henrik Brandt decided: go.";
    let body = |confirm: bool| json!({ "text": text, "confirm": confirm });
    demo.act("jana.svoboda", "/go-no-go/minutes", body(false)).await?;
    demo.act(AUTHORITY, "/go-no-go/minutes", body(true)).await?;
    demo.tell("The minutes are written and confirmed").await
}
