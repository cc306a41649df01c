//! Stages 3 and 4: the report, a mitigation of the critical finding accepted by somebody else, the release.

use super::{ADA, AUGUSTUS, MARY};
use crate::desk::Desk;
use anyhow::Result;

pub(super) async fn walk(desk: &Desk<'_>) -> Result<()> {
    desk.next(AUGUSTUS).await?;
    desk.page("review").await?;
    desk.press("review_assign").await?;
    let summary = [("summary", "Well prepared; the way back is not described.")];
    desk.form("review_issue_report", &summary).await?;
    desk.shows("main", "No way back").await?;
    desk.refused("review_complete").await?;
    desk.next(MARY).await?;
    desk.page("review").await?;
    let mitigation = [
        ("text", "The way back is written into the plan, with a time for each task."),
        ("owner", "Mary Somerville"),
        ("due", "2027-01-15"),
    ];
    desk.form("finding_mitigate", &mitigation).await?;
    desk.shows("main", "Mitigation, version 1").await?;
    desk.next(AUGUSTUS).await?;
    desk.page("review").await?;
    desk.browser.send("button[id^='finding_accept.']").await?;
    desk.press("review_complete").await?;
    desk.shows("main", "Released").await?;
    desk.next(ADA).await
}
