//! The portfolio: the projects that somebody may see, filtered, in order, a page at a time, with the figures of all.

use crate::path::PathView;
use crate::{Actor, App, Error, Result};
use golive_core::path::State;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// So many projects are on one page.
const PAGE: usize = 50;

/// Which projects are shown, and in which order.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PortfolioQuery {
    /// A part of the name.
    pub q: String,
    /// `soon`, `blocked`, `live` or `undated`; all when empty.
    pub show: String,
    /// `date`, `name` or `stage`; by date when empty.
    pub sort: String,
    /// The page, from 1 on; the first when nothing is said.
    pub page: usize,
}

/// A page of the portfolio.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PortfolioView {
    /// How many projects one may see.
    pub projects: usize,
    /// How many of them fit the question.
    pub fitting: usize,
    /// Go-lives in the next 30 days, of all.
    pub live_in_30_days: usize,
    /// Go-lives in the next 90 days, of all.
    pub live_in_90_days: usize,
    /// Late, or something critical is open, of all.
    pub at_risk: usize,
    /// Without a go-live date, of all.
    pub undated: usize,
    /// In hypercare or operation, of all.
    pub live: usize,
    /// This page, from 1 on.
    pub page: usize,
    /// How many pages there are.
    pub pages: usize,
    /// The paths on this page.
    pub paths: Vec<PathView>,
}

impl App {
    /// The projects that the actor may see and that fit the question.
    pub async fn portfolio_view(
        &self,
        actor: &Actor,
        query: &PortfolioQuery,
    ) -> Result<PortfolioView> {
        let all = self.paths(actor).await?;
        let (wanted, shown) = (query.q.trim().to_lowercase(), shown(&query.show)?);
        let fits = |path: &&Arc<PathView>| shown(path) && named(path, &wanted);
        let mut fitting: Vec<&Arc<PathView>> = all.iter().filter(fits).collect();
        sort(&mut fitting, &query.sort)?;
        let pages = fitting.len().div_ceil(PAGE).max(1);
        let page = query.page.clamp(1, pages);
        let here = fitting.iter().skip((page - 1) * PAGE).take(PAGE);
        let count = |is: fn(&PathView) -> bool| all.iter().filter(|path| is(path)).count();
        Ok(PortfolioView {
            projects: all.len(),
            fitting: fitting.len(),
            live_in_30_days: count(|path| path.is_live_within(30)),
            live_in_90_days: count(|path| path.is_live_within(90)),
            at_risk: count(PathView::is_at_risk),
            undated: count(|path| path.project.go_live_date.is_none()),
            live: count(|path| path.stage.is_none()),
            page,
            pages,
            paths: here.map(|path| path.as_ref().clone()).collect(),
        })
    }
}

impl PathView {
    /// Whether a stage is late, or something critical is open.
    pub fn is_at_risk(&self) -> bool {
        self.stages.iter().any(|stage| stage.state == State::AtRisk)
    }

    fn is_live_within(&self, days: i32) -> bool {
        self.project.days_to_go_live.is_some_and(|left| (0..=days).contains(&left))
    }
}

fn named(path: &PathView, wanted: &str) -> bool {
    path.project.name.to_lowercase().contains(wanted) || path.project.slug.contains(wanted)
}

fn shown(show: &str) -> Result<fn(&PathView) -> bool> {
    Ok(match show {
        "" | "all" => |_| true,
        "soon" => |path| path.is_live_within(90),
        "blocked" => |path| path.next_block.is_some() || path.is_at_risk(),
        "live" => |path| path.stage.is_none(),
        "undated" => |path| path.project.go_live_date.is_none(),
        other => return Err(Error::invalid("show", "all, soon, blocked, live or undated", other)),
    })
}

fn sort(paths: &mut [&Arc<PathView>], by: &str) -> Result<()> {
    match by {
        "name" => {}
        "stage" => paths.sort_by_key(|path| path.stage.unwrap_or(10)),
        "" | "date" => paths.sort_by_cached_key(|path| {
            let date = path.project.go_live_date.clone();
            (date.is_none(), date)
        }),
        other => return Err(Error::invalid("sort", "date, name or stage", other)),
    }
    Ok(())
}
