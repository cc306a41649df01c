//! Onboarding: who the project is, in sections that are saved one by one, and the scope that everybody agreed on.
//!
//! - [`Content`]: the sections, in the words of [`crate::project`].
//! - [`lacks`]: what each section still needs.
//! - [`facts`]: what gates ask of it.

pub mod facts;
pub mod lacks;

use crate::id::{ProjectId, UserId};
use crate::project::{
    AddOn, Clash, DataLoad, Device, Environment, Extension, Feature, Integration, Legacy,
    LegalEntity, Parts, PlannedRun, Regulation, Risk, Role, Site, Wave,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The parts of onboarding, in the order of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// What the project is for.
    Profile,
    /// What is in and out.
    Scope,
    /// Who answers for it.
    Contacts,
    /// When which part goes live.
    Rollout,
    /// What is licensed.
    Licences,
    /// Where it will run.
    Environments,
    /// What it consists of and what endangers it.
    Registers,
}

impl Part {
    /// All of them, in order.
    pub const ALL: [Self; 7] = [
        Self::Profile,
        Self::Scope,
        Self::Contacts,
        Self::Rollout,
        Self::Licences,
        Self::Environments,
        Self::Registers,
    ];

    /// The name on every floor.
    pub fn name(self) -> &'static str {
        match self {
            Self::Profile => "profile",
            Self::Scope => "scope",
            Self::Contacts => "contacts",
            Self::Rollout => "rollout",
            Self::Licences => "licences",
            Self::Environments => "environments",
            Self::Registers => "registers",
        }
    }

    /// A part by its name, with content as JSON; the content must be that of the part.
    pub fn read(self, content: serde_json::Value) -> Result<Content, serde_json::Error> {
        use serde_json::from_value;
        Ok(match self {
            Self::Profile => Content::Profile(from_value(content)?),
            Self::Scope => Content::Scope(from_value(content)?),
            Self::Contacts => Content::Contacts(from_value(content)?),
            Self::Rollout => Content::Rollout(from_value(content)?),
            Self::Licences => Content::Licences(from_value(content)?),
            Self::Environments => Content::Environments(from_value(content)?),
            Self::Registers => Content::Registers(from_value(content)?),
        })
    }

    /// The part with nothing in it.
    pub fn empty(self) -> Content {
        match self {
            Self::Profile => Content::Profile(Profile::default()),
            Self::Scope => Content::Scope(Scope::default()),
            Self::Contacts => Content::Contacts(Contacts::default()),
            Self::Rollout => Content::Rollout(Rollout::default()),
            Self::Licences => Content::Licences(Licences::default()),
            Self::Environments => Content::Environments(Environments::default()),
            Self::Registers => Content::Registers(Registers::default()),
        }
    }
}

impl std::str::FromStr for Part {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|part| part.name() == text).ok_or_else(|| {
            let names: Vec<&str> = Self::ALL.iter().map(|part| part.name()).collect();
            format!("no section `{text}`; sections are {}", names.join(", "))
        })
    }
}

/// What a section holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "part", content = "content", rename_all = "snake_case")]
pub enum Content {
    /// What the project is for.
    Profile(Profile),
    /// What is in and out.
    Scope(Scope),
    /// Who answers for it.
    Contacts(Contacts),
    /// When which part goes live.
    Rollout(Rollout),
    /// What is licensed.
    Licences(Licences),
    /// Where it will run.
    Environments(Environments),
    /// What it consists of and what endangers it.
    Registers(Registers),
}

impl Content {
    /// The part that it is.
    pub fn part(&self) -> Part {
        match self {
            Self::Profile(_) => Part::Profile,
            Self::Scope(_) => Part::Scope,
            Self::Contacts(_) => Part::Contacts,
            Self::Rollout(_) => Part::Rollout,
            Self::Licences(_) => Part::Licences,
            Self::Environments(_) => Part::Environments,
            Self::Registers(_) => Part::Registers,
        }
    }
}

/// What the project is for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Profile {
    /// Why the company does this.
    pub vision: String,
    /// How success is measured.
    pub measures: Vec<String>,
    /// What the company does.
    pub industry: String,
    /// The application.
    pub product: String,
    /// Where the source code lives.
    pub code_home: String,
    /// Systems that are replaced, and those that stay.
    pub legacy: Vec<Legacy>,
}

/// What is in and out.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Scope {
    /// Functions, with a word on each that is in.
    pub features: Vec<Feature>,
    /// What belongs to this go-live.
    pub parts: Parts,
    /// Companies.
    pub legal_entities: Vec<LegalEntity>,
    /// Places.
    pub sites: Vec<Site>,
}

/// A person who answers for the project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// What the member types to sign in.
    pub login: String,
    /// For what: `finance`, `infrastructure`.
    pub function: String,
    /// The first to be asked.
    #[serde(default)]
    pub primary: bool,
    /// The member agrees to be written to.
    #[serde(default)]
    pub consent: bool,
}

/// Who answers for the project. Who sits at the go/no-go is kept with it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Contacts {
    /// People to be asked.
    pub contacts: Vec<Contact>,
}

/// When which part goes live.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Rollout {
    /// Waves, the first one first.
    pub waves: Vec<Wave>,
}

/// What is licensed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Licences {
    /// Bought by the customer.
    pub bought: Option<u32>,
    /// Of these, given to this project.
    pub allocated: Option<u32>,
}

/// Where it will run.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Environments {
    /// Environments as planned.
    pub planned: Vec<Environment>,
    /// Rehearsals and the live run.
    pub runs: Vec<PlannedRun>,
    /// What falls into the same days.
    pub clashes: Vec<Clash>,
}

/// What it consists of and what endangers it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Registers {
    /// Connections to other systems.
    pub integrations: Vec<Integration>,
    /// Devices.
    pub devices: Vec<Device>,
    /// Rules of law and house.
    pub regulations: Vec<Regulation>,
    /// Roles of the application.
    pub roles: Vec<Role>,
    /// Data to be brought over.
    pub data_loads: Vec<DataLoad>,
    /// Own code.
    pub extensions: Vec<Extension>,
    /// Bought code.
    pub add_ons: Vec<AddOn>,
    /// Risks.
    pub risks: Vec<Risk>,
}

/// One section of one project, as it was last saved.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Section {
    /// The project.
    pub project: ProjectId,
    /// What it holds.
    pub content: Content,
    /// Who saved it last.
    pub by: UserId,
    /// When.
    pub at: Timestamp,
}

/// All sections that were saved, empty ones for the others.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Whole {
    /// The parts that were saved at least once.
    pub saved: Vec<Part>,
    /// What the project is for.
    pub profile: Profile,
    /// What is in and out.
    pub scope: Scope,
    /// Who answers for it.
    pub contacts: Contacts,
    /// When which part goes live.
    pub rollout: Rollout,
    /// What is licensed.
    pub licences: Licences,
    /// Where it will run.
    pub environments: Environments,
    /// What it consists of.
    pub registers: Registers,
}

impl Whole {
    /// Puts sections together.
    pub fn of(sections: impl IntoIterator<Item = Content>) -> Self {
        let mut whole = Self::default();
        for content in sections {
            whole.set(content);
        }
        whole
    }

    /// Takes in a section; a later one replaces an earlier one.
    pub fn set(&mut self, content: Content) {
        let part = content.part();
        if !self.saved.contains(&part) {
            self.saved.push(part);
        }
        match content {
            Content::Profile(profile) => self.profile = profile,
            Content::Scope(scope) => self.scope = scope,
            Content::Contacts(contacts) => self.contacts = contacts,
            Content::Rollout(rollout) => self.rollout = rollout,
            Content::Licences(licences) => self.licences = licences,
            Content::Environments(environments) => self.environments = environments,
            Content::Registers(registers) => self.registers = registers,
        }
    }

    /// The section as it is now.
    pub fn section(&self, part: Part) -> Content {
        match part {
            Part::Profile => Content::Profile(self.profile.clone()),
            Part::Scope => Content::Scope(self.scope.clone()),
            Part::Contacts => Content::Contacts(self.contacts.clone()),
            Part::Rollout => Content::Rollout(self.rollout.clone()),
            Part::Licences => Content::Licences(self.licences),
            Part::Environments => Content::Environments(self.environments.clone()),
            Part::Registers => Content::Registers(self.registers.clone()),
        }
    }

    /// The digest of what was agreed: scope and roll-out.
    pub fn scope_digest(&self) -> String {
        let scope = serde_json::to_vec(&(&self.scope, &self.rollout));
        let scope = scope.expect("our own types always serialise");
        format!("sha256:{}", hex::encode(Sha256::digest(scope)))
    }
}

/// An agreed scope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Baseline {
    /// What was agreed.
    pub digest: String,
    /// Who agreed for the customer.
    pub by: UserId,
    /// When.
    pub at: Timestamp,
}

/// Where the onboarding of a project stands as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Onboarding {
    /// Open or complete.
    pub state: State,
    /// The agreed scope.
    pub baseline: Option<Baseline>,
    /// When scope or roll-out last became another one.
    pub scope_changed_at: Option<Timestamp>,
}

/// Open or complete.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum State {
    /// Being filled in.
    #[default]
    Open,
    /// Complete; it stays so while no section lacks anything.
    Complete {
        /// Who said so.
        by: UserId,
        /// When.
        at: Timestamp,
    },
}

impl State {
    /// The name for people and refusals.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Complete { .. } => "complete",
        }
    }
}

/// What can be asked of an onboarding.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// A section was saved; the scope now has this digest, and had the other before.
    Save {
        /// Who.
        by: UserId,
        /// Which section.
        part: Part,
        /// The scope before and after.
        scope: (String, String),
    },
    /// Everything is filled in.
    Complete {
        /// Who.
        by: UserId,
        /// What is still lacking.
        lacks: Vec<String>,
    },
    /// The customer agrees to the scope as it is.
    Baseline {
        /// Who.
        by: UserId,
        /// The scope's digest.
        digest: String,
        /// What the scope is still lacking.
        lacks: Vec<String>,
    },
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// A section was saved.
    SectionSaved {
        /// Who.
        by: UserId,
        /// Which.
        part: Part,
        /// True when scope or roll-out became another one.
        scope_changed: bool,
    },
    /// It is complete.
    Completed {
        /// Who.
        by: UserId,
    },
    /// The scope was agreed.
    ScopeBaselined {
        /// Who.
        by: UserId,
        /// The scope's digest.
        digest: String,
    },
}

/// Why a command was turned down.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Something is not filled in.
    #[error("{}", .0.join("; "))]
    Lacking(Vec<String>),
    /// It is complete already.
    #[error("onboarding is complete already")]
    CompleteAlready,
    /// This very scope was agreed.
    #[error("this scope was agreed already; nothing has changed since")]
    SameScope,
}

/// The whole machine.
pub fn decide(
    onboarding: &Onboarding,
    command: Command,
    now: Timestamp,
) -> Result<(Onboarding, Event), Refusal> {
    let mut after = onboarding.clone();
    let event = match command {
        Command::Save { by, part, scope: (before, scope) } => {
            let scope_changed = before != scope;
            if scope_changed {
                after.scope_changed_at = Some(now);
            }
            Event::SectionSaved { by, part, scope_changed }
        }
        Command::Complete { lacks, .. } | Command::Baseline { lacks, .. } if !lacks.is_empty() => {
            return Err(Refusal::Lacking(lacks));
        }
        Command::Complete { by, .. } => match onboarding.state {
            State::Open => {
                after.state = State::Complete { by, at: now };
                Event::Completed { by }
            }
            State::Complete { .. } => return Err(Refusal::CompleteAlready),
        },
        Command::Baseline { by, digest, .. } => {
            if onboarding.baseline.as_ref().is_some_and(|agreed| agreed.digest == digest) {
                return Err(Refusal::SameScope);
            }
            after.baseline = Some(Baseline { digest: digest.clone(), by, at: now });
            Event::ScopeBaselined { by, digest }
        }
    };
    Ok((after, event))
}

#[cfg(test)]
mod tests;
