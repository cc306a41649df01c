//! Tables of the schedule: the go-live date, milestones, their plan; and when things happened, from the log.

use crate::error::Result;
use crate::session::Session;
use crate::subject::Subject;
use golive_core::id;
use golive_core::schedule::date;
use golive_core::schedule::milestone::{Milestone, Plan};
use jiff::Timestamp;
use sqlx::Row;
use std::collections::BTreeMap;

impl Subject for date::State {
    type Id = id::ProjectId;
    const TABLE: &'static str = "go_live_date";
    const KIND: &'static str = "go_live_date";
}

impl Subject for Milestone {
    type Id = id::MilestoneId;
    const TABLE: &'static str = "milestone";
    const KIND: &'static str = "milestone";
}

impl Subject for Plan {
    type Id = id::ProjectId;
    const TABLE: &'static str = "milestone_plan";
    const KIND: &'static str = "milestones";
}

impl Session {
    /// When events of these kinds last happened in a log, by the business clock. A kind that never happened is absent.
    pub async fn last_times(
        &mut self,
        log: &str,
        kinds: &[&str],
    ) -> Result<BTreeMap<String, Timestamp>> {
        let mut times = BTreeMap::new();
        if kinds.is_empty() {
            return Ok(times);
        }
        let places: Vec<String> = (2..kinds.len() + 2).map(|n| format!("${n}")).collect();
        let sql = format!(
            "SELECT kind, max(at) AS at FROM event WHERE log = $1 AND kind IN ({}) GROUP BY kind",
            places.join(", ")
        );
        let mut query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(log.to_owned());
        for kind in kinds {
            query = query.bind((*kind).to_owned());
        }
        for row in query.fetch_all(self.connection()).await? {
            let at: i64 = row.try_get("at")?;
            let at = Timestamp::from_microsecond(at).unwrap_or(Timestamp::MIN);
            times.insert(row.try_get("kind")?, at);
        }
        Ok(times)
    }
}
