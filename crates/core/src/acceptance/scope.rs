//! The plan of acceptance: requirements, and the cases that prove them.

use super::words;
use serde::{Deserialize, Serialize};

words! {
    /// How much a requirement matters.
    Importance {
        /// Without it there is no go-live.
        Must = "must",
        /// Expected, with a way around.
        Should = "should",
        /// Welcome.
        Could = "could",
        /// Not in this scope; it needs no case.
        Wont = "wont",
    }
}

words! {
    /// How a requirement is met by the application.
    Fit {
        /// As delivered.
        Standard = "standard",
        /// By settings.
        Configuration = "configuration",
        /// By own code.
        Extension = "extension",
        /// By another vendor's module.
        AddOn = "add-on",
        /// By another system.
        Integration = "integration",
        /// By working in another way.
        ProcessChange = "process-change",
        /// Not met, and nobody has decided how.
        Gap = "gap",
    }
}

words! {
    /// What a requirement is about.
    RequirementKind {
        /// Something the application does.
        Function = "function",
        /// Another system.
        Integration = "integration",
        /// A rule of law or industry.
        Regulation = "regulation",
        /// A device: printer, scanner, till.
        Device = "device",
        /// A speed or volume.
        Performance = "performance",
        /// Who may do what.
        Security = "security",
        /// A report.
        Report = "report",
        /// Data that must be there.
        Data = "data",
    }
}

words! {
    /// What a case is for.
    CaseKind {
        /// One function.
        Functional = "functional",
        /// One business process.
        Process = "process",
        /// Several processes in a row.
        EndToEnd = "end-to-end",
        /// Another system.
        Integration = "integration",
        /// A device.
        Device = "device",
        /// A rule of law or industry.
        Regulation = "regulation",
        /// Rights and separation of duties.
        Security = "security",
        /// Speed under load.
        Performance = "performance",
        /// Data that were moved.
        DataMigration = "data-migration",
        /// Something that worked before.
        Regression = "regression",
        /// How it is to work with.
        Usability = "usability",
        /// A rehearsal of the cutover.
        MockCutover = "mock-cutover",
    }
}

words! {
    /// Whether a case shows that something works, or that something is refused.
    Polarity {
        /// It works.
        Positive = "positive",
        /// It is refused.
        Negative = "negative",
    }
}

words! {
    /// How bad it is when a case fails.
    Priority {
        /// The business stops.
        Critical = "critical",
        /// A process stops.
        High = "high",
        /// It hurts.
        Medium = "medium",
        /// It is a blemish.
        Low = "low",
    }
}

words! {
    /// Where a security role comes from.
    RoleKind {
        /// Delivered with the application.
        Default = "default",
        /// Made for this customer.
        Custom = "custom",
    }
}

/// What the customer needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requirement {
    /// Its stable name: `REQ-001`.
    pub key: String,
    /// In a few words.
    pub title: String,
    /// In full.
    pub description: String,
    /// The business process it belongs to.
    pub process: String,
    /// The feature of the application.
    pub feature: String,
    /// How much it matters.
    pub importance: Importance,
    /// What it is about.
    pub kind: RequirementKind,
    /// How it is met; nothing while undecided.
    pub fit: Option<Fit>,
    /// The extension that meets it.
    pub extension: Option<String>,
    /// The integrations it uses.
    pub integrations: Vec<String>,
    /// The rules of law or industry that it meets.
    pub regulations: Vec<String>,
    /// Who decides whether it is met.
    pub owner: String,
    /// The companies it holds for.
    pub legal_entities: Vec<String>,
    /// How one sees that it is met.
    pub criterion: String,
}

impl Requirement {
    /// Whether a case must cover it.
    pub fn is_in_scope(&self) -> bool {
        self.importance != Importance::Wont
    }

    /// What a baseline would miss: process, owner, criterion.
    pub fn lacks(&self) -> Vec<&'static str> {
        let parts =
            [("process", &self.process), ("owner", &self.owner), ("criterion", &self.criterion)];
        parts.into_iter().filter(|(_, text)| text.trim().is_empty()).map(|(name, _)| name).collect()
    }

    /// Whether it is a gap that nobody has decided.
    pub fn is_undecided(&self) -> bool {
        matches!(self.fit, None | Some(Fit::Gap))
    }
}

/// How one requirement, or several, are proven.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// Its stable name: `TC-001`.
    pub key: String,
    /// In a few words.
    pub title: String,
    /// The business process.
    pub process: String,
    /// What it is for.
    pub kind: CaseKind,
    /// Whether it shows that something works or is refused.
    pub polarity: Polarity,
    /// How bad a failure would be.
    pub priority: Priority,
    /// The requirements it proves.
    pub requirements: Vec<String>,
    /// The security role that must do it.
    pub role: String,
    /// Where that role comes from.
    pub role_kind: RoleKind,
    /// The integrations, devices and workflows it exercises.
    pub exercises: Vec<String>,
    /// The company it is done in.
    pub legal_entity: String,
    /// What must be true before.
    pub preconditions: String,
    /// What is done.
    pub steps: String,
    /// With which data.
    pub data: String,
    /// What must come out.
    pub expected: String,
    /// Whether a machine does it.
    pub automated: bool,
    /// How long a person needs.
    pub minutes: Option<u32>,
}

impl Case {
    /// Whether results taken for `before` still say something about this wording of the case.
    ///
    /// Title, priority and links may change; what is done, by whom and what must come out may not.
    pub fn keeps_results_of(&self, before: &Self) -> bool {
        self.role == before.role
            && self.preconditions == before.preconditions
            && self.steps == before.steps
            && self.data == before.data
            && self.expected == before.expected
    }
}

/// Something that has a stable name and a title, such as a feature or a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// Its stable name.
    pub key: String,
    /// Its title for people.
    pub title: String,
}

words! {
    /// The kinds of things around the application that acceptance must exercise.
    PeripheralKind {
        /// Another system.
        Integration = "integration",
        /// Printing.
        Printer = "printer",
        /// Approvals.
        Workflow = "workflow",
        /// Scanners, scales, truck terminals.
        WarehouseDevice = "warehouse_device",
        /// Terminals in production.
        ShopFloorDevice = "shop_floor_device",
        /// Tills, payment terminals, fiscal devices.
        CommerceDevice = "commerce_device",
    }
}

/// One thing around the application that is in scope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Peripheral {
    /// Its stable name, as cases say it in `exercises`.
    pub key: String,
    /// Its title for people.
    pub title: String,
    /// What it is.
    pub kind: PeripheralKind,
}

/// A security role that works on the first day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Role {
    /// Its stable name.
    pub key: String,
    /// Where it comes from.
    pub kind: RoleKind,
}

/// What the project has in scope; the register that acceptance is held against.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Scope {
    /// The roles of the first day.
    pub roles: Vec<Role>,
    /// Integrations, printing, workflow and devices.
    pub peripherals: Vec<Peripheral>,
    /// The rules of company and industry.
    pub regulations: Vec<Named>,
    /// The features in use.
    pub features: Vec<Named>,
    /// Whether the baseline of the requirements was accepted.
    pub baseline_accepted: bool,
}
