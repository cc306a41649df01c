//! Organisations and people of the example project, as its people file has them, and the bodies of the calls that make their
//! accounts and seats. The load test fills its projects from the same file.

use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The parts of the people file that accounts and seats are made from.
#[derive(Debug, Deserialize)]
pub struct Crew {
    /// The organisations.
    pub organisation: Vec<Organisation>,
    /// The people.
    pub member: Vec<Person>,
}

/// An organisation of the project.
#[derive(Debug, Deserialize)]
pub struct Organisation {
    /// Its name in the file.
    pub id: String,
    /// The name for people.
    pub name: String,
    country: String,
}

impl Organisation {
    /// The body of the call that makes it.
    pub fn body(&self) -> Value {
        let calendar = if self.country == "United Kingdom" { "gb" } else { "de" };
        json!({ "name": self.name, "calendar": calendar })
    }
}

/// A person of the project.
#[derive(Debug, Deserialize)]
pub struct Person {
    /// The sign-in name.
    pub id: String,
    /// The name for people.
    pub name: String,
    organisation: String,
    side: String,
    /// Roles of the vocabulary.
    pub roles: Vec<String>,
    email: String,
    time_zone: String,
    /// An account that no single person owns.
    #[serde(default)]
    pub service_account: bool,
    #[serde(default)]
    project_manager: bool,
    #[serde(default)]
    key_stakeholder: bool,
}

impl Person {
    /// The body of the call that makes the account.
    pub fn account(&self, password: &str) -> Value {
        json!({
            "login": self.id,
            "name": self.name,
            "email": self.email,
            "time_zone": self.time_zone,
            "service_account": self.service_account,
            "password": password,
        })
    }

    /// The body of the call that gives the seat, with the organisations' ids by their names in the file.
    pub fn seat(&self, organisations: &BTreeMap<String, String>) -> Value {
        json!({
            "login": self.id,
            "organisation": organisations.get(&self.organisation),
            "side": self.side,
            "roles": self.roles,
            "project_manager": self.project_manager,
            "key_stakeholder": self.key_stakeholder,
        })
    }
}
