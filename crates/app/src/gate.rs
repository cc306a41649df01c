//! Gates as anybody asks for them: the list, the page, the API, the command line, and the check at execution.

use crate::facts::Gathered;
use crate::views::GateView;
use crate::{Actor, App, Result};
use golive_core::fact::Facts;
use golive_core::gate::table::table;
use golive_core::gate::{Exception, Gate, Verdict, judge};
use golive_core::id::ProjectId;
use golive_store::Session;

impl App {
    /// One gate of a project, judged now.
    pub async fn gate_explain(
        &self,
        actor: &Actor,
        project: ProjectId,
        gate: Gate,
    ) -> Result<GateView> {
        let mut session = self.store.session().await?;
        self.project_seen(&mut session, actor, project).await?;
        let verdict = self.judge(&mut session, project, gate).await?;
        Ok(GateView { project: project.to_string(), open: verdict.is_open(), verdict })
    }

    /// All gates of a project, judged now.
    pub async fn gate_list(&self, actor: &Actor, project: ProjectId) -> Result<Vec<GateView>> {
        let mut session = self.store.session().await?;
        self.project_seen(&mut session, actor, project).await?;
        let (_, verdicts) = self.judge_all(&mut session, project, &Gate::ALL).await?;
        let view = |verdict: Verdict| GateView {
            project: project.to_string(),
            open: verdict.is_open(),
            verdict,
        };
        Ok(verdicts.into_iter().map(view).collect())
    }

    /// The verdict, from what the session sees.
    pub(crate) async fn judge(
        &self,
        session: &mut Session,
        project: ProjectId,
        gate: Gate,
    ) -> Result<Verdict> {
        let (_, mut verdicts) = self.judge_all(session, project, &[gate]).await?;
        Ok(verdicts.pop().expect("one gate has one verdict"))
    }

    /// The verdict with facts that only this question has: which package, which window.
    pub(crate) async fn judge_with(
        &self,
        session: &mut Session,
        project: ProjectId,
        gate: Gate,
        extra: Facts,
    ) -> Result<Verdict> {
        let mut gathered = self.facts(session, project).await?;
        gathered.facts.extend(extra);
        let exceptions = crate::waiver::exceptions(self, session, project).await?;
        self.judge_gathered(&gathered, gate, &exceptions)
    }

    /// One gate judged several times by the same facts, each time with facts that only this question has.
    pub(crate) async fn judge_each(
        &self,
        session: &mut Session,
        project: ProjectId,
        gate: Gate,
        questions: Vec<Facts>,
    ) -> Result<Vec<Verdict>> {
        if questions.is_empty() {
            return Ok(Vec::new());
        }
        let mut gathered = self.facts(session, project).await?;
        let exceptions = crate::waiver::exceptions(self, session, project).await?;
        let mut verdicts = Vec::with_capacity(questions.len());
        for extra in questions {
            gathered.facts.extend(extra);
            verdicts.push(self.judge_gathered(&gathered, gate, &exceptions)?);
        }
        Ok(verdicts)
    }

    fn judge_gathered(
        &self,
        gathered: &Gathered,
        gate: Gate,
        exceptions: &[Exception],
    ) -> Result<Verdict> {
        let policy = self.policy(&gathered.project.policy)?;
        let mut table = table(gate, gathered.project.model);
        table.extend(self.content.criteria.values().flat_map(|criteria| criteria.table(gate)));
        Ok(judge(gate, &table, policy, &gathered.facts, exceptions, self.clock.now()))
    }

    /// Several gates judged by the same facts, which are gathered once.
    pub(crate) async fn judge_all(
        &self,
        session: &mut Session,
        project: ProjectId,
        gates: &[Gate],
    ) -> Result<(Gathered, Vec<Verdict>)> {
        let gathered = self.facts(session, project).await?;
        let exceptions = crate::waiver::exceptions(self, session, project).await?;
        let verdicts = gates.iter().map(|gate| self.judge_gathered(&gathered, *gate, &exceptions));
        let verdicts = verdicts.collect::<Result<Vec<Verdict>>>()?;
        Ok((gathered, verdicts))
    }
}
