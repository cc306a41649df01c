//! Tables of acceptance: the plan, results by the hundred thousand, what proves the rest, and the book of sums.
//!
//! Imports write many rows without an event each: [`Write::put`] and [`Write::take_away`]; whoever calls them tells the
//! log once for the file. Results are staged in short transactions and cannot be seen before their batch is there.

use crate::Store;
use crate::error::{Result, StoreError};
use crate::session::{Query, Session, bind, parse};
use crate::subject::{Column, Subject, Versioned};
use crate::write::{Write, checked, json};
use golive_core::acceptance::book::{Acceptance, Book, Received, Recorded, Stated, Targets};
use golive_core::acceptance::cycle::Cycle;
use golive_core::acceptance::defect::Defect;
use golive_core::acceptance::result::TestResult;
use golive_core::acceptance::scope::Requirement;
use golive_core::customisation::Analysis;
use golive_core::id::{self, CaseId, ProjectId, RequirementId, ResultsId};
use golive_core::load_test::LoadTest;
use sqlx::any::AnyRow;
use sqlx::{AssertSqlSafe, Row};
use std::collections::BTreeMap;

/// Rows in one statement; both databases take far more places than these need.
const ROWS: usize = 200;
/// Rows in one short transaction while results are staged.
const STAGED: usize = 2_000;
/// A staging that is older than this was given up: one hour in microseconds.
const ABANDONED: i64 = 3_600_000_000;

impl Subject for Acceptance {
    type Id = ProjectId;
    const TABLE: &'static str = "acceptance";
    const KIND: &'static str = "acceptance";
}

impl Subject for Book {
    type Id = ProjectId;
    const TABLE: &'static str = "acceptance_book";
    const KIND: &'static str = "acceptance_book";
}

impl Subject for Requirement {
    type Id = RequirementId;
    const TABLE: &'static str = "requirement";
    const KIND: &'static str = "requirement";
    const COLUMNS: &'static [&'static str] = &["name"];
    fn columns(&self) -> Vec<Column> {
        vec![self.key.clone().into()]
    }
}

impl Subject for Recorded {
    type Id = CaseId;
    const TABLE: &'static str = "test_case";
    const KIND: &'static str = "case";
    const COLUMNS: &'static [&'static str] = &["name", "process", "priority", "phase"];
    fn columns(&self) -> Vec<Column> {
        let case = &self.case;
        vec![
            case.key.clone().into(),
            case.process.clone().into(),
            case.priority.name().into(),
            self.phase().into(),
        ]
    }
}

impl Subject for Cycle {
    type Id = id::CycleId;
    const TABLE: &'static str = "test_cycle";
    const KIND: &'static str = "cycle";
}

impl Subject for Received {
    type Id = ResultsId;
    const TABLE: &'static str = "result_batch";
    const KIND: &'static str = "results";
    const COLUMNS: &'static [&'static str] = &["number", "source", "counts"];
    fn columns(&self) -> Vec<Column> {
        vec![self.number.into(), self.source().into(), i64::from(self.counts()).into()]
    }
}

impl Subject for Defect {
    type Id = id::DefectId;
    const TABLE: &'static str = "defect";
    const KIND: &'static str = "defect";
    const COLUMNS: &'static [&'static str] = &["phase", "severity"];
    fn columns(&self) -> Vec<Column> {
        vec![self.state.name().into(), self.severity.name().into()]
    }
}

impl Subject for Analysis {
    type Id = id::EvidenceId;
    const TABLE: &'static str = "analysis";
    const KIND: &'static str = "analysis";
    const COLUMNS: &'static [&'static str] = &["taken"];
    fn columns(&self) -> Vec<Column> {
        vec![self.taken.as_microsecond().into()]
    }
}

impl Subject for LoadTest {
    type Id = id::EvidenceId;
    const TABLE: &'static str = "load_test";
    const KIND: &'static str = "load_test";
    const COLUMNS: &'static [&'static str] = &["taken"];
    fn columns(&self) -> Vec<Column> {
        vec![self.taken.as_microsecond().into()]
    }
}

impl Subject for Targets {
    type Id = ProjectId;
    const TABLE: &'static str = "load_targets";
    const KIND: &'static str = "load_targets";
}

impl Subject for Stated {
    type Id = id::EvidenceId;
    const TABLE: &'static str = "statement";
    const KIND: &'static str = "statement";
}

/// Which cases are listed.
#[derive(Debug, Clone, Default)]
pub struct CaseFilter {
    /// `not-run`, `passed`, `failed` or `blocked`.
    pub phase: Option<String>,
    /// The business process.
    pub process: Option<String>,
    /// The priority.
    pub priority: Option<String>,
}

/// One result as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResultRow {
    /// The batch it came with.
    pub batch: ResultsId,
    /// Its place in the batch, from 1.
    pub position: i64,
    /// The result.
    pub result: TestResult,
    /// Whether it was taken back.
    pub superseded: bool,
}

impl Session {
    /// The cases with these names, by name.
    pub async fn cases_named(
        &mut self,
        project: ProjectId,
        names: &[String],
    ) -> Result<BTreeMap<String, (CaseId, Versioned<Recorded>)>> {
        let mut found = BTreeMap::new();
        for chunk in names.chunks(ROWS) {
            let sql = format!(
                "SELECT id, version, state FROM test_case WHERE project = $1 AND name IN ({})",
                places(2, chunk.len())
            );
            let mut query = sqlx::query(AssertSqlSafe(sql)).bind(project.to_string());
            for name in chunk {
                query = query.bind(name.clone());
            }
            for row in query.fetch_all(self.connection()).await? {
                let (id, seen) = parse::<Recorded>(&row)?;
                found.insert(seen.value.case.key.clone(), (id, seen));
            }
        }
        Ok(found)
    }

    /// The names of all cases of a project.
    pub async fn case_names(&mut self, project: ProjectId) -> Result<Vec<String>> {
        let rows = sqlx::query("SELECT name FROM test_case WHERE project = $1 ORDER BY name")
            .bind(project.to_string())
            .fetch_all(self.connection())
            .await?;
        rows.iter().map(|row| Ok(row.try_get("name")?)).collect()
    }

    /// A page of cases in the order of their names.
    pub async fn case_page(
        &mut self,
        project: ProjectId,
        filter: &CaseFilter,
        after: &str,
        limit: i64,
    ) -> Result<Vec<(CaseId, Versioned<Recorded>)>> {
        let wanted = [
            ("phase", &filter.phase),
            ("process", &filter.process),
            ("priority", &filter.priority),
        ];
        let wanted: Vec<(&str, &String)> = wanted
            .into_iter()
            .filter_map(|(column, value)| Some((column, value.as_ref()?)))
            .collect();
        let conditions: String =
            (4..).zip(&wanted).map(|(n, (column, _))| format!(" AND {column} = ${n}")).collect();
        let sql = format!(
            "SELECT id, version, state FROM test_case WHERE project = $1 AND name > $2{conditions} ORDER BY name LIMIT $3"
        );
        let mut query = sqlx::query(AssertSqlSafe(sql))
            .bind(project.to_string())
            .bind(after.to_owned())
            .bind(limit);
        for (_, value) in wanted {
            query = query.bind(value.clone());
        }
        query.fetch_all(self.connection()).await?.iter().map(parse).collect()
    }

    /// A page of requirements in the order of their names.
    pub async fn requirement_page(
        &mut self,
        project: ProjectId,
        after: &str,
        limit: i64,
    ) -> Result<Vec<(RequirementId, Versioned<Requirement>)>> {
        let sql = "SELECT id, version, state FROM requirement WHERE project = $1 AND name > $2 ORDER BY name LIMIT $3";
        let query = sqlx::query(sql).bind(project.to_string()).bind(after.to_owned()).bind(limit);
        query.fetch_all(self.connection()).await?.iter().map(parse).collect()
    }

    /// The newest subject of a project by the column `taken`.
    pub async fn newest<T: Subject>(
        &mut self,
        project: ProjectId,
    ) -> Result<Option<(T::Id, Versioned<T>)>> {
        let sql = format!(
            "SELECT id, version, state FROM {} WHERE project = $1 ORDER BY taken DESC, id DESC LIMIT 1",
            T::TABLE
        );
        let query = sqlx::query(AssertSqlSafe(sql)).bind(project.to_string());
        query.fetch_optional(self.connection()).await?.as_ref().map(parse).transpose()
    }

    /// How many batches came in so far.
    pub async fn batches(&mut self, project: ProjectId) -> Result<i64> {
        let sql = "SELECT coalesce(max(number), 0) AS n FROM result_batch WHERE project = $1";
        let row = sqlx::query(sql).bind(project.to_string()).fetch_one(self.connection()).await?;
        Ok(row.try_get("n")?)
    }

    /// The batch with this source, if it came in.
    pub async fn batch_from(
        &mut self,
        project: ProjectId,
        source: &str,
    ) -> Result<Option<(ResultsId, Versioned<Received>)>> {
        let sql = "SELECT id, version, state FROM result_batch WHERE project = $1 AND source = $2";
        let query = sqlx::query(sql).bind(project.to_string()).bind(source.to_owned());
        query.fetch_optional(self.connection()).await?.as_ref().map(parse).transpose()
    }

    /// A page of batches, newest first, before a number.
    pub async fn batch_page(
        &mut self,
        project: ProjectId,
        before: i64,
        limit: i64,
    ) -> Result<Vec<(ResultsId, Versioned<Received>)>> {
        let sql = "SELECT id, version, state FROM result_batch WHERE project = $1 AND number < $2
                   ORDER BY number DESC LIMIT $3";
        let query = sqlx::query(sql).bind(project.to_string()).bind(before).bind(limit);
        query.fetch_all(self.connection()).await?.iter().map(parse).collect()
    }

    /// A page of the results of one batch, after a position.
    pub async fn results_of(
        &mut self,
        batch: ResultsId,
        after: i64,
        limit: i64,
    ) -> Result<Vec<ResultRow>> {
        let sql = "SELECT batch, position, state, superseded FROM test_result
                   WHERE batch = $1 AND position > $2 ORDER BY position LIMIT $3";
        let query = sqlx::query(sql).bind(batch.to_string()).bind(after).bind(limit);
        query.fetch_all(self.connection()).await?.iter().map(result_row).collect()
    }

    /// The results of these cases in the order in which they came in, with the number of their batch; `only_counting`
    /// leaves out what was taken back and what comes from places that do not count.
    pub async fn results_for(
        &mut self,
        project: ProjectId,
        names: &[String],
        only_counting: bool,
    ) -> Result<Vec<(i64, ResultRow)>> {
        let mut found = Vec::new();
        let counting = if only_counting { " AND r.superseded = 0 AND b.counts = 1" } else { "" };
        for chunk in names.chunks(ROWS) {
            let sql = format!(
                "SELECT b.number AS number, r.batch AS batch, r.position AS position, r.state AS state, r.superseded AS superseded
                 FROM test_result r JOIN result_batch b ON b.id = r.batch
                 WHERE r.project = $1{counting} AND r.name IN ({}) ORDER BY b.number, r.position",
                places(2, chunk.len())
            );
            let mut query = sqlx::query(AssertSqlSafe(sql)).bind(project.to_string());
            for name in chunk {
                query = query.bind(name.clone());
            }
            for row in query.fetch_all(self.connection()).await? {
                found.push((row.try_get("number")?, result_row(&row)?));
            }
        }
        Ok(found)
    }

    /// The names of the cases that a batch, or one result of it, is about.
    pub async fn names_in(
        &mut self,
        batch: ResultsId,
        position: Option<i64>,
    ) -> Result<Vec<String>> {
        let sql = "SELECT DISTINCT name FROM test_result WHERE batch = $1 AND (position = $2 OR $2 = 0) ORDER BY name";
        let query = sqlx::query(sql).bind(batch.to_string()).bind(position.unwrap_or(0));
        let rows = query.fetch_all(self.connection()).await?;
        rows.iter().map(|row| Ok(row.try_get("name")?)).collect()
    }
}

impl Write {
    /// Stores many subjects, new or changed, without an event each; one event at least tells of all of them.
    pub async fn put<T: Subject>(&mut self, project: ProjectId, rows: &[(T::Id, T)]) -> Result<()> {
        self.owes_event(&project.to_string())?;
        let names = [&["id", "project", "version", "state"], T::COLUMNS].concat();
        let kept: String =
            T::COLUMNS.iter().map(|name| format!(", {name} = excluded.{name}")).collect();
        for chunk in rows.chunks(ROWS) {
            let lines: Vec<String> = (0..chunk.len())
                .map(|n| format!("({})", places(n * names.len() + 1, names.len())))
                .collect();
            let sql = format!(
                "INSERT INTO {table} ({}) VALUES {} ON CONFLICT (id) DO UPDATE
                 SET version = {table}.version + 1, state = excluded.state{kept}",
                names.join(", "),
                lines.join(", "),
                table = T::TABLE,
            );
            let mut query = sqlx::query(AssertSqlSafe(sql));
            for (id, value) in chunk {
                let state = json(value)?;
                query =
                    query.bind(id.to_string()).bind(project.to_string()).bind(1_i64).bind(state);
                query = checked(value.columns())?.into_iter().fold(query, bind);
            }
            query.execute(self.connection()).await?;
        }
        Ok(())
    }

    /// Removes many subjects of this log's project without an event each; one event at least tells of all of them.
    pub async fn take_away<T: Subject>(&mut self, ids: &[T::Id]) -> Result<()> {
        let log = self.head().log.clone();
        self.owes_event(&log)?;
        for chunk in ids.chunks(ROWS) {
            let sql = format!("DELETE FROM {} WHERE id IN ({})", T::TABLE, places(1, chunk.len()));
            let query = sqlx::query(AssertSqlSafe(sql));
            let query = chunk.iter().fold(query, |query: Query<'_>, id| query.bind(id.to_string()));
            query.execute(self.connection()).await?;
        }
        Ok(())
    }

    /// Marks one result, or all of a batch, as taken back. Answers how many that were.
    pub async fn supersede_results(
        &mut self,
        batch: ResultsId,
        position: Option<i64>,
    ) -> Result<u64> {
        let sql = "UPDATE test_result SET superseded = 1
                   WHERE batch = $1 AND (position = $2 OR $2 = 0) AND superseded = 0";
        let query = sqlx::query(sql).bind(batch.to_string()).bind(position.unwrap_or(0));
        Ok(query.execute(self.connection()).await?.rows_affected())
    }
}

impl Store {
    /// Writes results in short transactions, for a batch that is not there yet: nobody sees them before it is. What an
    /// earlier import gave up goes away.
    pub async fn stage_results(
        &self,
        project: ProjectId,
        batch: ResultsId,
        results: &[TestResult],
    ) -> Result<()> {
        let now = self.dialect.now();
        let given_up = format!(
            "DELETE FROM test_result WHERE project = $1 AND staged_at < {now} - {ABANDONED}
             AND batch NOT IN (SELECT id FROM result_batch WHERE project = $1)"
        );
        let query = sqlx::query(AssertSqlSafe(given_up)).bind(project.to_string());
        query.execute(&self.writers).await?;
        for (part, chunk) in results.chunks(STAGED).enumerate() {
            let tx = self.writers.begin_with(self.dialect.begin_write()).await?;
            let mut session = Session::of_write(tx);
            for (at, rows) in chunk.chunks(ROWS).enumerate() {
                let first = part * STAGED + at * ROWS + 1;
                stage(&mut session, (project, batch, now), first, rows).await?;
            }
            session.commit().await?;
        }
        Ok(())
    }
}

async fn stage(
    session: &mut Session,
    (project, batch, now): (ProjectId, ResultsId, &str),
    first: usize,
    rows: &[TestResult],
) -> Result<()> {
    let lines: Vec<String> =
        (0..rows.len()).map(|n| format!("({}, 0, {now})", places(n * 5 + 1, 5))).collect();
    let sql = format!(
        "INSERT INTO test_result (batch, position, project, name, state, superseded, staged_at) VALUES {}",
        lines.join(", ")
    );
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for (at, result) in rows.iter().enumerate() {
        let position = i64::try_from(first + at).expect("a file has fewer results than that");
        if result.case.contains('\0') {
            return Err(StoreError::Nul);
        }
        query = query
            .bind(batch.to_string())
            .bind(position)
            .bind(project.to_string())
            .bind(result.case.clone())
            .bind(json(result)?);
    }
    query.execute(session.connection()).await?;
    Ok(())
}

/// `$2, $3, $4`: so many places from a number on.
fn places(from: usize, count: usize) -> String {
    let all: Vec<String> = (from..from + count).map(|n| format!("${n}")).collect();
    all.join(", ")
}

fn result_row(row: &AnyRow) -> Result<ResultRow> {
    let (batch, state): (String, String) = (row.try_get("batch")?, row.try_get("state")?);
    let position: i64 = row.try_get("position")?;
    let corrupt = |source| StoreError::Corrupt {
        table: "test_result",
        id: format!("{batch}/{position}"),
        source,
    };
    let result = serde_json::from_str(&state).map_err(corrupt)?;
    let parsed = batch.parse().map_err(|_| corrupt(serde::de::Error::custom("not a batch")))?;
    let superseded: i64 = row.try_get("superseded")?;
    Ok(ResultRow { batch: parsed, position, result, superseded: superseded != 0 })
}
