//! A project file brought in by a project manager: methodology, go-live date, milestones and sections of onboarding.
//!
//! A dry run does everything and keeps nothing, so that the preview cannot differ from the real thing.

use super::diff::{ChangeView, of_section};
use super::{content_of, whole};
use crate::server::bad_file;
use crate::{Actor, App, Result};
use golive_core::go_live::Seat;
use golive_core::id::{ProjectId, UserId};
use golive_core::methodology::choice::Choice;
use golive_core::methodology::template::MilestoneKind;
use golive_core::onboarding::{
    Contact, Contacts, Content, Environments, Profile, Registers, Rollout, Scope, Whole, facts,
};
use golive_core::people::{Action, Member};
use golive_core::portfolio::Project;
use golive_core::project::{People, Person, ProjectFile};
use golive_core::schedule::milestone::{Around, Command, Milestone, Plan, State, decide};
use golive_readers::content::Words;
use golive_readers::project::Known;
use golive_store::Write;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// Why dates of a file change published dates.
const REASON: &str = "brought in from the project file";

/// A project file with the file of its people.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApplyForm {
    /// The project file's name, for messages.
    pub file: String,
    /// What is in it.
    pub text: String,
    /// What is in the file of people that it names.
    pub people: String,
    /// Only says what would change.
    #[serde(default)]
    pub dry_run: bool,
}

/// What a project file changed, or would change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ApplyView {
    /// The project.
    pub project: String,
    /// True when the changes were kept.
    pub applied: bool,
    /// Every change.
    pub changes: Vec<ChangeView>,
    /// What the file says and this does not do, with the reason.
    pub left_out: Vec<String>,
}

/// One file on its way into one project.
struct Applying<'a> {
    app: &'a App,
    actor: &'a Actor,
    id: ProjectId,
    today: Date,
    changes: Vec<ChangeView>,
    left_out: Vec<String>,
}

impl App {
    /// Brings a project file in, or says what it would change.
    pub async fn project_apply(
        &self,
        actor: &Actor,
        id: ProjectId,
        form: &ApplyForm,
    ) -> Result<ApplyView> {
        let mut write = self.store.write(id, self.stamp(actor)).await?;
        self.member(&mut write, actor, id, Action::ManageProject).await?;
        let project = write.get::<Project>(id).await?.value;
        let policy = self.policy(&project.policy)?;
        let words = Words { vocabulary: &self.content.vocabulary, policy };
        let people = golive_readers::people::read("people", form.people.as_bytes(), &words)
            .map_err(|faults| bad_file("people", &faults))?;
        let known = Known { people: &people, content: self.content };
        let file = golive_readers::project::read(&form.file, form.text.as_bytes(), &known)
            .map_err(|faults| bad_file(&form.file, &faults))?;
        let mut applying = Applying {
            app: self,
            actor,
            id,
            today: self.today(&project),
            changes: Vec::new(),
            left_out: differing(&project, &file),
        };
        applying.methodology(&mut write, &file).await?;
        applying.go_live(&mut write, &project, &file).await?;
        applying.milestones(&mut write, &file).await?;
        applying.sections(&mut write, &file, &people).await?;
        applying.seats(&mut write, &people).await?;
        let Applying { changes, left_out, .. } = applying;
        let applied = !form.dry_run;
        if applied && !changes.is_empty() {
            write.commit().await?;
        }
        Ok(ApplyView { project: id.to_string(), applied, changes, left_out })
    }
}

/// What the head says otherwise than the project; the head of a project is not changed by a file.
fn differing(project: &Project, file: &ProjectFile) -> Vec<String> {
    let head = &file.head;
    let pairs = [
        ("service model", project.model.name(), head.model.name()),
        ("type", &project.project_type, &head.project_type),
        ("policy pack", &project.policy, &head.content.policy),
        ("calendar", &project.calendar, &head.calendar),
        ("time zone", &project.time_zone, &head.time_zone),
    ];
    let differs = pairs.into_iter().filter(|(_, mine, theirs)| mine != theirs);
    differs
        .map(|(what, mine, theirs)| {
            format!("{what}: the project has {mine}, the file says {theirs}; it stays as it is")
        })
        .collect()
}

impl Applying<'_> {
    async fn methodology(&mut self, write: &mut Write, file: &ProjectFile) -> Result<()> {
        let wanted = &file.head.content.methodology;
        match write.find::<Choice>(self.id).await? {
            None => {
                self.app.take_copy(write, self.actor, self.id, wanted).await?;
                self.change("methodology", "", &Value::Null, &json!(wanted));
            }
            Some(seen) if seen.value.template != *wanted => self.left_out.push(format!(
                "methodology: the project works by {}, the file says {wanted}; it stays as it is",
                seen.value.template
            )),
            Some(_) => {}
        }
        Ok(())
    }

    async fn go_live(
        &mut self,
        write: &mut Write,
        project: &Project,
        file: &ProjectFile,
    ) -> Result<()> {
        let wanted = file.head.go_live;
        match project.go_live.as_ref().map(|set| set.date) {
            Some(date) if date != wanted => self.left_out.push(format!(
                "go-live date: it is {date}, the file says {wanted}; move it by setting the date, with a reason"
            )),
            Some(_) => {}
            None if wanted <= self.today => self
                .left_out
                .push(format!("go-live date: {wanted} is not in the future")),
            None => {
                let set = self.app.set_go_live(write, self.actor, self.id, (wanted, REASON)).await;
                set?;
                self.change("go_live_date", "", &Value::Null, &json!(wanted));
            }
        }
        Ok(())
    }

    async fn milestones(&mut self, write: &mut Write, file: &ProjectFile) -> Result<()> {
        let plan = write.find::<Plan>(self.id).await?.map(|seen| seen.value).unwrap_or_default();
        let around = Around { is_published: plan.is_published(), today: self.today };
        for (key, seen) in write.of_project::<Milestone>(self.id).await? {
            let Some(row) = file.milestones.iter().find(|row| row.id == seen.value.name) else {
                continue;
            };
            let (mut now, mut version) = (seen.value, seen.version);
            let by = self.actor.user;
            let moves = now.planned != Some(row.planned) && now.state == State::Expected;
            if moves && now.kind != MilestoneKind::GoLive {
                let before = json!(now.planned);
                let command = Command::Plan { by, on: row.planned, reason: REASON.to_owned() };
                let (after, event) = decide(&now, command, around, write.now())?;
                write.change(key, version, &after, &event).await?;
                self.change("milestone.planned", &now.name, &before, &json!(row.planned));
                (now, version) = (after, version + 1);
            }
            match row.actual {
                Some(on) if on > self.today => self.left_out.push(format!(
                    "milestone {}: reached on {on}, which lies ahead of today",
                    now.name
                )),
                Some(on) if now.state == State::Expected => {
                    let command = Command::Reach { by, on };
                    let (after, event) = decide(&now, command, around, write.now())?;
                    write.change(key, version, &after, &event).await?;
                    self.change("milestone.reached", &now.name, &Value::Null, &json!(on));
                }
                Some(_) | None => {}
            }
        }
        Ok(())
    }

    async fn sections(
        &mut self,
        write: &mut Write,
        file: &ProjectFile,
        people: &People,
    ) -> Result<()> {
        let members = write.of_project::<Member>(self.id).await?;
        let seated: BTreeSet<_> = members
            .into_iter()
            .filter(|(_, seat)| seat.value.removed.is_none())
            .map(|(_, seat)| seat.value.user)
            .collect();
        let before = whole(write, self.id).await?;
        let is_seated = |login: &str| seated.contains(&facts::user_of(login));
        let absent: Vec<&str> = people
            .members
            .iter()
            .filter(|person| !is_seated(&person.id))
            .map(|person| person.id.as_str())
            .collect();
        if !absent.is_empty() {
            self.left_out
                .push(format!("people without a seat in the project: {}", absent.join(", ")));
        }
        let contents = [
            profile(file, &before),
            scope(file),
            contacts(people, is_seated),
            Content::Rollout(Rollout { waves: file.waves.clone() }),
            environments(file),
            registers(file),
        ];
        for content in contents {
            let part = content.part();
            let old = content_of(&before, part);
            let mut after = before.clone();
            after.set(content.clone());
            self.changes.extend(of_section(part.name(), &old, &content_of(&after, part)));
            self.app.save(write, self.actor, self.id, content).await?;
        }
        Ok(())
    }

    /// Seats whose holder and deputy sit in the project.
    async fn seats(&mut self, write: &mut Write, people: &People) -> Result<()> {
        let members = write.of_project::<Member>(self.id).await?;
        let seated: BTreeSet<UserId> = members
            .into_iter()
            .filter(|(_, seat)| seat.value.removed.is_none())
            .map(|(_, seat)| seat.value.user)
            .collect();
        let mut wanted = Vec::new();
        for seat in &people.seats {
            let holder = facts::user_of(&seat.holder);
            let deputy = seat.deputy.as_deref().map(facts::user_of);
            if std::iter::once(holder).chain(deputy).all(|user| seated.contains(&user)) {
                let (id, title) = (seat.id.clone(), seat.title.clone());
                wanted.push(Seat { id, title, holder, deputy });
            } else {
                self.left_out
                    .push(format!("seat {}: holder or deputy has no seat in the project", seat.id));
            }
        }
        for (before, seat) in self.app.seats_put(write, self.id, wanted).await? {
            let named = people.seats.iter().find(|named| named.id == seat.id);
            let to = named.map(|named| json!([named.holder, named.deputy]));
            let from = before.map(|before| json!([before.holder, before.deputy]));
            self.change("seat", &seat.id, &from.unwrap_or_default(), &to.unwrap_or_default());
        }
        Ok(())
    }

    fn change(&mut self, at: &str, item: &str, from: &Value, to: &Value) {
        self.changes.extend(ChangeView::between(at, item, from, to));
    }
}

/// A file does not know where the source code lives; what was said here stays.
fn profile(file: &ProjectFile, before: &Whole) -> Content {
    Content::Profile(Profile {
        vision: file.head.vision.clone(),
        measures: file.head.measures.clone(),
        industry: file.head.industry.clone(),
        product: file.head.product.clone(),
        code_home: before.profile.code_home.clone(),
        legacy: file.legacy.clone(),
    })
}

fn scope(file: &ProjectFile) -> Content {
    Content::Scope(Scope {
        features: file.features.clone(),
        parts: file.parts,
        legal_entities: file.legal_entities.clone(),
        sites: file.sites.clone(),
    })
}

/// Those who may be written to; the leads of each side are the first to be asked.
fn contacts(people: &People, is_seated: impl Fn(&str) -> bool) -> Content {
    let leads = |person: &Person| {
        person.project_manager || person.project_administrator || person.key_stakeholder
    };
    let contact = |person: &Person| Contact {
        login: person.id.clone(),
        function: if person.title.is_empty() { "member".to_owned() } else { person.title.clone() },
        primary: leads(person),
        consent: person.contact_allowed,
    };
    let asked = people.members.iter().filter(|person| {
        person.contact_allowed && !person.service_account && is_seated(&person.id)
    });
    Content::Contacts(Contacts { contacts: asked.map(contact).collect() })
}

fn environments(file: &ProjectFile) -> Content {
    Content::Environments(Environments {
        planned: file.environments.clone(),
        runs: file.runs.clone(),
        clashes: file.clashes.clone(),
    })
}

fn registers(file: &ProjectFile) -> Content {
    Content::Registers(Registers {
        integrations: file.integrations.clone(),
        devices: file.devices.clone(),
        regulations: file.regulations.clone(),
        roles: file.roles.clone(),
        data_loads: file.data_loads.clone(),
        extensions: file.extensions.clone(),
        add_ons: file.add_ons.clone(),
        risks: file.risks.clone(),
    })
}
