//! Onboarding: sections saved one by one, the agreed scope, a project brought in from its file.
//!
//! - this file: saving, completing, what the gates ask
//! - [`apply`]: a project file and its people

mod apply;
mod diff;

pub use apply::{ApplyForm, ApplyView};
pub use diff::ChangeView;

use crate::facts::Ground;
use crate::methodology::Names;
use crate::views::ActionView;
use crate::{Actor, App, Error, Result};
use golive_core::environment::Environment;
use golive_core::fact::Facts;
use golive_core::id::{ProjectId, SectionId, UserId};
use golive_core::onboarding::lacks::{self, Around};
use golive_core::onboarding::{
    Command, Content, Onboarding, Part, Refusal, Section, Whole, decide, facts as rules,
};
use golive_core::people::{Action, Member, Side};
use golive_core::portfolio::Project;
use golive_store::{Session, Versioned, Write};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

/// A section with its content.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SectionForm {
    /// `profile`, `scope`, `contacts`, `rollout`, `licences`, `environments` or `registers`.
    pub section: String,
    /// What it holds, in the words of a project file; what is left out is empty.
    #[schema(value_type = Object)]
    pub content: Value,
}

/// One section.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SectionView {
    /// Its name.
    pub section: String,
    /// Who saved it last; nobody yet when nothing.
    pub saved_by: Option<String>,
    /// When.
    #[schema(value_type = Option<String>)]
    pub saved_at: Option<Timestamp>,
    /// What it still lacks; empty when it is complete.
    pub lacks: Vec<String>,
    /// What it holds.
    #[schema(value_type = Object)]
    pub content: Value,
}

/// The onboarding of a project.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct OnboardingView {
    /// The project.
    pub project: String,
    /// `open` or `complete`.
    pub state: String,
    /// True when it is complete and no section lacks anything.
    pub complete: bool,
    /// The sections in order.
    pub sections: Vec<SectionView>,
    /// Who agreed to the scope for the customer.
    pub scope_agreed_by: Option<String>,
    /// When.
    #[schema(value_type = Option<String>)]
    pub scope_agreed_at: Option<Timestamp>,
    /// True when the scope is still the one that was agreed.
    pub scope_as_agreed: bool,
    /// What could be done here, and why not if not.
    pub actions: Vec<ActionView>,
}

/// Everything that onboarding is judged by.
struct Scene {
    whole: Whole,
    onboarding: Option<Versioned<Onboarding>>,
    rows: Vec<Versioned<Section>>,
    members: Vec<Member>,
    project: Project,
    id: ProjectId,
}

impl Scene {
    async fn read(session: &mut Session, id: ProjectId) -> Result<Self> {
        let project = session.get::<Project>(id).await?.value;
        let rows = session.of_project::<Section>(id).await?;
        let rows: Vec<Versioned<Section>> = rows.into_iter().map(|(_, seen)| seen).collect();
        let members = session.of_project::<Member>(id).await?;
        Ok(Self {
            whole: Whole::of(rows.iter().map(|row| row.value.content.clone())),
            onboarding: session.find::<Onboarding>(id).await?,
            rows,
            members: members.into_iter().map(|(_, seat)| seat.value).collect(),
            project,
            id,
        })
    }

    fn onboarding(&self) -> Onboarding {
        self.onboarding.as_ref().map(|seen| seen.value.clone()).unwrap_or_default()
    }

    fn users(&self) -> BTreeSet<UserId> {
        let present = self.members.iter().filter(|member| member.removed.is_none());
        present.map(|member| member.user).collect()
    }
}

impl App {
    /// The onboarding of a project, section by section.
    pub async fn onboarding_view(
        &self,
        actor: &Actor,
        project: ProjectId,
    ) -> Result<OnboardingView> {
        let mut session = self.store.session().await?;
        self.project_seen(&mut session, actor, project).await?;
        let scene = Scene::read(&mut session, project).await?;
        let names = Names::read(&mut session, project).await?;
        let manage = self.member(&mut session, actor, project, Action::ManageProject).await;
        let agree = self.may_agree(&mut session, actor, project).await;
        self.view_of_onboarding(actor, &scene, &names, (manage.map(|_| ()), agree))
    }

    /// Saves one section, whole or not.
    pub async fn onboarding_save_section(
        &self,
        actor: &Actor,
        project: ProjectId,
        form: &SectionForm,
    ) -> Result<OnboardingView> {
        let part: Part = form.section.parse().map_err(|why: String| {
            Error::invalid("section", why, form.section.chars().take(60).collect::<String>())
        })?;
        let content = part.read(form.content.clone()).map_err(|error| {
            Error::invalid(
                format!("content of {}", part.name()),
                "the fields of this section",
                error.to_string(),
            )
        })?;
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        self.member(&mut write, actor, project, Action::ManageProject).await?;
        self.save(&mut write, actor, project, content).await?;
        crate::review::note_late_changes(self, &mut write, project).await?;
        write.commit().await?;
        self.onboarding_view(actor, project).await
    }

    /// Says that everything is filled in.
    pub async fn onboarding_complete(
        &self,
        actor: &Actor,
        project: ProjectId,
    ) -> Result<OnboardingView> {
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        self.member(&mut write, actor, project, Action::ManageProject).await?;
        let scene = Scene::read(&mut write, project).await?;
        let lacks = self.lacks(&scene)?;
        let command = Command::Complete { by: actor.user, lacks };
        self.settle_onboarding(&mut write, project, &scene, command).await?;
        write.commit().await?;
        self.onboarding_view(actor, project).await
    }

    /// The customer agrees to scope and roll-out as they are now.
    pub async fn onboarding_agree_scope(
        &self,
        actor: &Actor,
        project: ProjectId,
    ) -> Result<OnboardingView> {
        self.signs(actor, project, Action::Confirm, "you agree to the scope").await?;
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        self.may_agree(&mut write, actor, project).await?;
        let scene = Scene::read(&mut write, project).await?;
        let command = self.baseline(actor, &scene)?;
        self.settle_onboarding(&mut write, project, &scene, command).await?;
        write.commit().await?;
        self.onboarding_view(actor, project).await
    }

    /// Stores a section in the write of whoever needs it; the same content again changes nothing.
    async fn save(
        &self,
        write: &mut Write,
        actor: &Actor,
        project: ProjectId,
        content: Content,
    ) -> Result<()> {
        let scene = Scene::read(write, project).await?;
        let part = content.part();
        if scene.whole.saved.contains(&part) && scene.whole.section(part) == content {
            return Ok(());
        }
        let mut after = scene.whole.clone();
        after.set(content.clone());
        let digests = (scene.whole.scope_digest(), after.scope_digest());
        let section = Section { project, content, by: actor.user, at: write.now() };
        let id = SectionId::named(&project.to_string(), part.name());
        let saved = json!({ "event": "saved", "part": part });
        match write.find::<Section>(id).await? {
            Some(seen) => write.change(id, seen.version, &section, &saved).await?,
            None => write.insert(id, project, &section, &saved).await?,
        }
        let command = Command::Save { by: actor.user, part, scope: digests };
        self.settle_onboarding(write, project, &scene, command).await
    }

    async fn settle_onboarding(
        &self,
        write: &mut Write,
        project: ProjectId,
        scene: &Scene,
        command: Command,
    ) -> Result<()> {
        let (after, event) = decide(&scene.onboarding(), command, write.now())?;
        match &scene.onboarding {
            Some(seen) => Ok(write.change(project, seen.version, &after, &event).await?),
            None => Ok(write.insert(project, project, &after, &event).await?),
        }
    }

    /// The scope is agreed for the customer.
    async fn may_agree(
        &self,
        session: &mut Session,
        actor: &Actor,
        project: ProjectId,
    ) -> Result<()> {
        let member = self.member(session, actor, project, Action::Confirm).await?;
        match member.side {
            Side::Customer => Ok(()),
            Side::Partner | Side::Reviewer | Side::Operator => {
                Err(Error::forbidden("the customer agrees to the scope"))
            }
        }
    }

    fn baseline(&self, actor: &Actor, scene: &Scene) -> Result<Command> {
        let users = scene.users();
        let around = self.around(scene, &users)?;
        let parts = [Part::Scope, Part::Rollout];
        let lacks = parts.into_iter().flat_map(|part| lacks::of(&scene.whole, part, &around));
        Ok(Command::Baseline {
            by: actor.user,
            digest: scene.whole.scope_digest(),
            lacks: lacks.collect(),
        })
    }

    fn around<'a>(&'a self, scene: &Scene, users: &'a BTreeSet<UserId>) -> Result<Around<'a>> {
        Ok(Around {
            policy: self.policy(&scene.project.policy)?,
            go_live: scene.project.go_live.as_ref().map(|set| set.date),
            users,
        })
    }

    fn lacks(&self, scene: &Scene) -> Result<Vec<String>> {
        let users = scene.users();
        Ok(lacks::all(&scene.whole, &self.around(scene, &users)?))
    }

    fn view_of_onboarding(
        &self,
        actor: &Actor,
        scene: &Scene,
        names: &Names,
        (manage, agree): (Result<()>, Result<()>),
    ) -> Result<OnboardingView> {
        let users = scene.users();
        let around = self.around(scene, &users)?;
        let (onboarding, now) = (scene.onboarding(), self.clock.now());
        let all = lacks::all(&scene.whole, &around);
        let by_part: BTreeMap<Part, &Section> =
            scene.rows.iter().map(|row| (row.value.content.part(), &row.value)).collect();
        let section = |part: Part| {
            let saved = by_part.get(&part);
            SectionView {
                section: part.name().to_owned(),
                saved_by: saved.map(|section| names.user(section.by)),
                saved_at: saved.map(|section| section.at),
                lacks: lacks::of(&scene.whole, part, &around),
                content: content_of(&scene.whole, part),
            }
        };
        let complete = Command::Complete { by: actor.user, lacks: all.clone() };
        let tried = |command| decide(&onboarding, command, now).map_err(Error::from);
        let forbidden = manage.as_ref().err().map(ToString::to_string);
        let save = forbidden.map_or(Ok(()), |why| Err(Error::Forbidden(why)));
        let digest = scene.whole.scope_digest();
        let baseline = onboarding.baseline.clone();
        Ok(OnboardingView {
            project: scene.id.to_string(),
            state: onboarding.state.name().to_owned(),
            complete: onboarding.state.name() == "complete" && all.is_empty(),
            sections: Part::ALL.into_iter().map(section).collect(),
            scope_agreed_by: baseline.as_ref().map(|agreed| names.user(agreed.by)),
            scope_agreed_at: baseline.as_ref().map(|agreed| agreed.at),
            scope_as_agreed: baseline.is_some_and(|agreed| agreed.digest == digest),
            actions: vec![
                ActionView::tried("onboarding_save_section", save),
                ActionView::tried("onboarding_complete", manage.and(tried(complete))),
                ActionView::tried(
                    "onboarding_agree_scope",
                    agree.and(self.baseline(actor, scene).and_then(tried)),
                ),
            ],
        })
    }
}

/// The registers of a project, for subjects that look things up in them.
pub(crate) async fn whole(session: &mut Session, id: ProjectId) -> Result<Whole> {
    let rows = session.of_project::<Section>(id).await?;
    Ok(Whole::of(rows.into_iter().map(|(_, row)| row.value.content)))
}

/// The content of a section alone, without the name of its part.
fn content_of(whole: &Whole, part: Part) -> Value {
    let mut content = serde_json::to_value(whole.section(part)).unwrap_or_default();
    content.get_mut("content").map(Value::take).unwrap_or_default()
}

/// The facts that this subject knows of a project.
pub(crate) async fn facts(
    app: &App,
    session: &mut Session,
    ground: &Ground<'_>,
    facts: &mut Facts,
) -> Result<()> {
    let scene = Scene::read(session, ground.id).await?;
    let reviewed = crate::schedule::reviewed(session, ground.id).await?;
    let onboarding = scene.onboarding();
    facts.extend(rules::of(&onboarding, &scene.whole, app.lacks(&scene)?, reviewed));
    let environments = session.of_project::<Environment>(ground.id).await?;
    let mut administrators: BTreeSet<String> =
        environments.into_iter().map(|(_, seen)| seen.value.spec.administrator).collect();
    if administrators.is_empty() {
        let planned = scene.whole.environments.planned.iter();
        administrators = planned.map(|environment| environment.administrator.clone()).collect();
    }
    facts.extend(rules::people(&scene.whole, &scene.members, &administrators));
    let clashes = &scene.whole.environments.clashes;
    facts.extend(golive_core::project::facts::clashes_in(clashes, window(ground)));
    Ok(())
}

/// The days of the cutover window by the pack: so long before the first day of live operations.
fn window(ground: &Ground<'_>) -> Option<(Date, Date)> {
    let go_live = ground.project.go_live.as_ref()?.date;
    let zone = crate::schedule::zone(ground.project);
    let ends = zone.to_timestamp(go_live.at(0, 0, 0, 0)).ok()?;
    let opens = ends.checked_sub(ground.policy.duration("cutover.window_max")?).ok()?;
    Some((zone.to_datetime(opens).date(), go_live.yesterday().ok()?))
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Lacking(lacks) => Self::Refused(lacks),
            other @ (Refusal::CompleteAlready | Refusal::SameScope) => {
                Self::NotNow(other.to_string())
            }
        }
    }
}
