//! A page of a project: the project by its short name, its bar and menu, its people.

use super::caller::PageCaller;
use super::problem::{Shown, Wrong};
use super::{Again, Posted};
use crate::components::action::Action;
use crate::components::form::{Field, Form};
use crate::components::path::Standing;
use crate::components::person::Person;
use crate::components::state::State;
use crate::layout::{Badge, Nav, Page, ProjectPage, ProjectShell};
use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use golive_app::path::PathView;
use golive_app::people::MemberView;
use golive_app::project::ProjectView;
use golive_app::views::ActionView;
use golive_app::{App, Error};
use golive_core::id::ProjectId;
use golive_core::path::{Stage, State as StageState};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use maud::Markup;
use std::collections::BTreeMap;
use std::ops::Deref;

/// A page below `/projects/{slug}`. It is also a [`PageCaller`].
#[derive(Clone)]
pub struct InProject {
    /// Who looks.
    pub caller: PageCaller,
    /// The project.
    pub id: ProjectId,
    /// Its own address: `/projects/contoso`.
    pub href: String,
    /// Its path, with the project itself.
    pub path: PathView,
}

impl Deref for InProject {
    type Target = PageCaller;
    fn deref(&self) -> &PageCaller {
        &self.caller
    }
}

impl FromRequestParts<App> for InProject {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let caller = PageCaller::from_request_parts(parts, app).await?;
        let params = RawPathParams::from_request_parts(parts, app)
            .await
            .map_err(axum::response::IntoResponse::into_response)?;
        let slug = params.iter().find(|(name, _)| *name == "slug").map(|(_, slug)| slug.to_owned());
        let slug = slug.unwrap_or_default();
        Self::open(caller, &slug).await.map_err(IntoResponse::into_response)
    }
}

impl InProject {
    /// The project with this short name, for who may see it.
    pub async fn open(caller: PageCaller, slug: &str) -> Result<Self, Wrong> {
        let id = ProjectId::named("server", slug);
        let path = caller.app.path_view(&caller.actor, id).await.map_err(|error| match error {
            Error::NotFound { kind, .. } => Error::not_found(kind, slug),
            other => other,
        })?;
        Ok(Self { caller, id, href: format!("/projects/{slug}"), path })
    }

    /// The project.
    pub fn project(&self) -> &ProjectView {
        &self.path.project
    }

    /// An address below the project's own: `waivers` → `/projects/contoso/waivers`.
    pub fn at(&self, page: &str) -> String {
        if page.is_empty() { self.href.clone() } else { format!("{}/{page}", self.href) }
    }

    /// Today, in the project's zone.
    pub fn today(&self) -> Date {
        let zone = TimeZone::get(&self.project().time_zone).unwrap_or(TimeZone::UTC);
        zone.to_datetime(self.clock.now).date()
    }

    /// A page of the project.
    pub async fn page(&self, at: ProjectPage, title: &str, body: Markup) -> Shown {
        self.show(self.bare(at, title, body)).await
    }

    /// A live page, unless it shows what is only in this answer: the stream would put the page without it in its place.
    pub async fn live_unless(
        &self,
        is_only_here: bool,
        (at, title): (ProjectPage, &str),
        body: Markup,
    ) -> Shown {
        if is_only_here {
            self.page(at, title, body).await
        } else {
            self.live_page(at, title, body).await
        }
    }

    /// A page of the project that follows what happens: cards whose content has changed are sent by `crate::live`.
    pub async fn live_page(&self, at: ProjectPage, title: &str, body: Markup) -> Shown {
        let mut page = self.bare(at, title, body);
        page.live = Some(self.live_place_here());
        self.show(page).await
    }

    /// The stream of a page below the project's own address, and where it begins.
    pub fn live_place(&self, page: &str) -> (String, String) {
        let address = super::encode(&self.at(page));
        (format!("/live?page={address}"), self.path.log_seq.to_string())
    }

    /// The stream of this very page. After a form came back it is the page that the form stands in.
    fn live_place_here(&self) -> (String, String) {
        let address = super::encode(&self.caller.address);
        (format!("/live?page={address}"), self.path.log_seq.to_string())
    }

    /// The page before it is shown, to set more of it; then [`Self::show`].
    pub fn bare(&self, at: ProjectPage, title: &str, body: Markup) -> Page {
        let mut page = Page::new(title, body);
        page.nav = Nav::Project(at);
        page
    }

    /// Shows a page of the project.
    pub async fn show(&self, mut page: Page) -> Shown {
        page.project = Some(self.shell());
        let seq = u64::try_from(self.path.log_seq).unwrap_or_default();
        page.site.audit_head = Some((seq, self.path.log_hash.clone()));
        self.caller.show(page).await
    }

    /// The project's bar and menu.
    pub fn shell(&self) -> ProjectShell {
        let project = self.project();
        let gates = if self.path.gates_open == self.path.gates {
            Badge::State(State::Done, String::new())
        } else {
            Badge::Plain(format!("{}/{}", self.path.gates_open, self.path.gates))
        };
        ProjectShell {
            name: project.name.clone(),
            href: self.href.clone(),
            model: model_word(&project.service_model).to_owned(),
            stages: standings(&self.path.stages),
            stage: stage_words(&self.path),
            go_live: project.go_live_date.as_deref().and_then(|date| date.parse().ok()),
            today: self.today(),
            badges: vec![(ProjectPage::Gates, gates)],
        }
    }

    /// The members, by the account's id: for names beside what they did.
    pub async fn people(&self) -> Result<BTreeMap<String, Person>, Error> {
        let members = self.app.member_list(&self.actor, self.id).await?;
        let person = |member: &MemberView| Person::named(&member.name).as_role(seat_words(member));
        Ok(members.iter().map(|member| (member.user.clone(), person(member))).collect())
    }

    /// People by the role or side that a criterion names as its owner.
    pub async fn owners(&self) -> Result<BTreeMap<String, Vec<Person>>, Error> {
        let members = self.app.member_list(&self.actor, self.id).await?;
        let mut owners: BTreeMap<String, Vec<Person>> = BTreeMap::new();
        for member in members.iter().filter(|member| !member.service_account) {
            let person = Person::named(&member.name);
            for name in capacities(member) {
                let people = owners.entry(name).or_default();
                if !people.contains(&person) {
                    people.push(person.clone());
                }
            }
        }
        Ok(owners)
    }

    /// A form to an address below the project's own. The id begins with the operation id of the API.
    pub fn form(&self, id: &str, to: &str, submit: &str, fields: Vec<Field>) -> Form {
        PageCaller::form_to(id, &self.at(to), submit, fields)
    }

    /// A button that posts to an address below the project's own.
    pub fn post(&self, id: &str, label: &str, to: &str) -> Action {
        PageCaller::post_to(id, label, &self.at(to))
    }

    /// A button for something that a view offers, refused with the view's reasons.
    pub fn act(
        &self,
        actions: &[ActionView],
        op: &str,
        row: &str,
        (label, to): (&str, &str),
    ) -> Action {
        PageCaller::act_on(actions, op, row, label, &self.at(to))
    }

    /// After a service: the redirect with a toast, or a problem page.
    pub fn done<T>(&self, result: Result<T, Error>, toast: &str, to: &str) -> Shown {
        self.done_at(result, toast, &self.at(to))
    }

    /// After a form: the redirect with a toast, or the page again with what was typed.
    pub async fn settle<T, F: Future<Output = Shown>>(
        &self,
        result: Result<T, Error>,
        (toast, to): (&str, &str),
        posted: &Posted,
        page: impl FnOnce(Again) -> F,
    ) -> Shown {
        self.settle_at(result, (toast, &self.at(to)), posted, page).await
    }
}

/// The service model, in a word.
pub fn model_word(model: &str) -> &'static str {
    match model {
        "managed" => "Managed",
        _ => "Self-service",
    }
}

/// The side and roles of a seat, in words.
pub(crate) fn seat_words(member: &MemberView) -> String {
    let mut words = vec![crate::words::role(&member.side)];
    if member.project_manager {
        words.push("project manager".to_owned());
    }
    if member.key_stakeholder {
        words.push("key stakeholder".to_owned());
    }
    words.extend(member.roles.iter().map(|role| crate::words::role(role)));
    let text = words.join(", ");
    let mut letters = text.chars();
    letters
        .next()
        .map_or(String::new(), |c| c.to_uppercase().collect::<String>() + letters.as_str())
}

/// Every name that a criterion may give to a seat as its owner.
pub(crate) fn capacities(member: &MemberView) -> Vec<String> {
    let side = &member.side;
    let mut names = vec![side.clone()];
    if member.project_manager {
        names.extend(["project-manager".to_owned(), format!("{side}-project-manager")]);
    }
    if member.key_stakeholder {
        names.extend(["key-stakeholder".to_owned(), format!("{side}-key-stakeholder")]);
    }
    names.extend(member.roles.iter().cloned());
    names
}

/// How the nine stages stand, for bar and path.
pub(crate) fn standings(stages: &[Stage]) -> Vec<Standing> {
    stages.iter().map(standing).collect()
}

/// How one stage stands.
pub(crate) fn standing(stage: &Stage) -> Standing {
    match stage.state {
        StageState::Done if !stage.applies => Standing::Skipped,
        StageState::Done => Standing::Done,
        StageState::Waiting => Standing::Waiting,
        StageState::AtRisk => Standing::AtRisk,
        StageState::Open if stage.blocks.len() < 2 => Standing::Now,
        StageState::Open => Standing::Blocked,
        StageState::NotYet => Standing::NotYet,
    }
}

/// Where the project stands, in a few words.
pub(crate) fn stage_words(path: &PathView) -> String {
    let here = path.stage.and_then(|number| path.stages.iter().find(|s| s.number == number));
    match here {
        Some(stage) => {
            let standing = standing(stage).word().to_lowercase();
            format!("{}, {standing}", stage.id.title())
        }
        None => "Live".to_owned(),
    }
}
