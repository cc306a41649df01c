//! Stage 9: the table votes, the authority decides, doors open, the first day is recorded; the certificate proves it.

use super::{ADA, CHARLES, LUIGI, MARY};
use crate::desk::Desk;
use crate::server::golive;
use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use std::path::PathBuf;
use std::time::Duration;

/// Who sits at the table: seat, its title, its holder.
const TABLE: [(&str, &str, &str); 4] = [
    ("authority", "Authority", "Charles Babbage"),
    ("business", "Business", "Ada King"),
    ("it", "Operations", "Luigi Menabrea"),
    ("partner", "Partner", "Mary Somerville"),
];
/// What was measured on the last day.
const MEASURED: [(&str, &str); 8] = [
    ("validation.trial_balance_difference", "0"),
    ("validation.receivables_difference", "0"),
    ("validation.payables_difference", "0"),
    ("validation.stock_quantity_difference", "0"),
    ("validation.stock_value_difference_permille", "0"),
    ("validation.open_orders_difference", "0"),
    ("integration.production_proven", "100"),
    ("security.sample_passed", "100"),
];

pub(super) async fn walk(desk: &Desk<'_>) -> Result<()> {
    desk.recorded(&MEASURED).await?;
    desk.page("go-live").await?;
    for (seat, title, holder) in TABLE {
        desk.form("seat_set", &[("seat", seat), ("title", title), ("holder", holder)]).await?;
    }
    decision(desk).await.context("the decision")?;
    doors(desk).await.context("the doors")?;
    recorded(desk).await.context("the first day")?;
    certificate(desk).await.context("the certificate")
}

/// Called by one, voted by each seat, decided by the authority alone.
async fn decision(desk: &Desk<'_>) -> Result<()> {
    desk.next(MARY).await?;
    desk.page("go-live").await?;
    desk.press("go_no_go_call").await?;
    desk.refused("go_no_go_decide").await?;
    for (person, seat) in [(MARY, "partner"), (ADA, "business"), (LUIGI, "it")] {
        desk.next(person).await?;
        desk.page("go-live").await?;
        desk.form("go_no_go_vote", &[("seat", seat), ("go", "true")]).await?;
    }
    desk.next(CHARLES).await?;
    desk.page("go-live").await?;
    let decided = [("go", "true"), ("note", "All values are as agreed")];
    desk.form("go_no_go_decide", &decided).await?;
    desk.shows("main", "Decided by Charles Babbage").await?;
    desk.decided("cp-go").await
}

/// The minutes are written; the window closes; golive lets the people in.
async fn doors(desk: &Desk<'_>) -> Result<()> {
    desk.next(MARY).await?;
    desk.page("go-live").await?;
    desk.form("go_no_go_minutes", &[("text", "Every seat said go; so did the authority.")]).await?;
    desk.done("window-closes").await?;
    desk.clock("2027-04-05T05:30:00Z", MARY).await?;
    desk.operated("open-doors").await?;
    desk.clock("2027-04-05T06:00:00Z", MARY).await?;
    desk.done("live").await
}

/// Somebody else confirms the minutes; the moment is recorded, and the path says that every stage is done.
async fn recorded(desk: &Desk<'_>) -> Result<()> {
    desk.next(CHARLES).await?;
    desk.page("go-live").await?;
    desk.form("go_no_go_minutes.confirm", &[]).await?;
    desk.form("go_live_record", &[("since", "2027-04-05T06:00")]).await?;
    desk.shows("#head", "Live since").await?;
    desk.go("/projects/first").await?;
    let standing = "return [...document.querySelectorAll('#path li .meta')].map(m => m.innerText)";
    let standing = desk.browser.ask(standing, Value::Null).await?;
    let standing: Vec<&str> =
        standing.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    ensure!(standing.len() == 9, "{} stages", standing.len());
    ensure!(standing.iter().all(|words| words.starts_with("Done")), "{standing:?}");
    Ok(())
}

/// Downloaded, and verified without any server, by the key that the page shows.
async fn certificate(desk: &Desk<'_>) -> Result<()> {
    let folder = desk.folder.join("downloads");
    std::fs::create_dir(&folder)?;
    desk.browser.download_into(&folder).await?;
    desk.page("go-live").await?;
    let key = desk.browser.words("#certificate code").await?;
    desk.browser.click("#certificate_make").await?;
    let file = downloaded(&folder).await?;
    let verify = ["certificate", "verify", "--key", &key];
    let verified = golive().args(verify).arg(&file).output().await?;
    let said = String::from_utf8_lossy(&verified.stdout).into_owned();
    ensure!(verified.status.success(), "{said}{}", String::from_utf8_lossy(&verified.stderr));
    ensure!(said.contains("The first engine"), "{said}");
    Ok(())
}

/// The first file that is there whole.
async fn downloaded(folder: &std::path::Path) -> Result<PathBuf> {
    for _wait in 0..200 {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if path.extension().is_some_and(|end| end == "json") {
                return Ok(path);
            }
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    anyhow::bail!("nothing was downloaded")
}
