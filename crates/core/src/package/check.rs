//! Does a package fit an environment? Every reason, never only the first.

use super::{Kind, Package};
use crate::policy::{Enforcement, Policy};
use crate::version_set::{Version, VersionSet};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Where the package is to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The environment's name for people.
    pub name: String,
    /// Whether it is production.
    pub production: bool,
    /// What is installed there.
    pub installed: VersionSet,
    /// Modules of the vendor: every image has them, and nobody removes them.
    pub vendor_modules: BTreeSet<String>,
}

/// Who vouches for the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "signed", rename_all = "snake_case")]
pub enum Trust {
    /// Nobody.
    Unsigned,
    /// A key that the server knows.
    Known {
        /// The key's name.
        key: String,
    },
    /// A key that the server does not know, or a signature that does not fit.
    Unknown {
        /// What is wrong with it.
        why: String,
    },
}

/// The rules that a package can break.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// The file is too large.
    Size,
    /// It is not an all-in-one package.
    AllInOne,
    /// An installed module is missing and would be uninstalled.
    MissingModule,
    /// A declared removal cannot be done.
    Removal,
    /// A module would go back to an older version.
    Downgrade,
    /// The package's platform is newer than the target's.
    Platform,
    /// The target's platform is not known.
    PlatformUnknown,
    /// A module needs another that will not be there.
    Dependency,
    /// It is not signed by a known key.
    Signature,
    /// Nothing would change.
    NoChange,
}

/// One reason against a package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The rule.
    pub rule: Rule,
    /// Whether it refuses or warns.
    pub enforcement: Enforcement,
    /// The module, or the package itself.
    pub what: String,
    /// What would have been right.
    pub expected: String,
    /// What was found.
    pub found: String,
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: expected {}; found {}", self.what, self.expected, self.found)
    }
}

/// What happens to one module.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "effect", rename_all = "snake_case")]
pub enum Effect {
    /// It is new.
    Install {
        /// The version.
        to: Version,
    },
    /// It becomes newer.
    Upgrade {
        /// The version now.
        from: Version,
        /// The version after.
        to: Version,
    },
    /// It is there already and is skipped.
    Skip {
        /// The version.
        at: Version,
    },
    /// It becomes older.
    Downgrade {
        /// The version now.
        from: Version,
        /// The version after.
        to: Version,
    },
    /// It goes.
    Uninstall {
        /// The version now.
        from: Version,
        /// Whether the package declares it.
        declared: bool,
    },
}

/// The answer: what would happen, and what speaks against it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The digest of the package that was checked.
    pub digest: String,
    /// The environment's name.
    pub target: String,
    /// What would happen, by module.
    pub effects: BTreeMap<String, Effect>,
    /// Everything that speaks against it.
    pub findings: Vec<Finding>,
}

impl Report {
    /// Whether nothing refuses it.
    pub fn is_accepted(&self) -> bool {
        !self.findings.iter().any(|finding| finding.enforcement == Enforcement::Deny)
    }

    /// The findings of one rule, whether they refuse or warn.
    pub fn of(&self, rule: Rule) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(move |finding| finding.rule == rule)
    }

    fn add(
        &mut self,
        (rule, enforcement): (Rule, Enforcement),
        what: &str,
        expected: String,
        found: String,
    ) {
        if enforcement != Enforcement::Off {
            self.findings.push(Finding {
                rule,
                enforcement,
                what: what.to_owned(),
                expected,
                found,
            });
        }
    }
}

/// Holds a package against a target.
pub fn check(package: &Package, target: &Target, trust: &Trust, policy: &Policy) -> Report {
    let effects = effects(package, target);
    let mut report = Report {
        digest: package.digest.clone(),
        target: target.name.clone(),
        effects,
        findings: Vec::new(),
    };
    size(&mut report, package, policy);
    all_in_one(&mut report, package, policy);
    modules(&mut report, target, policy);
    removals(&mut report, package, target);
    platform(&mut report, package, target, policy);
    dependencies(&mut report, package, target);
    signature(&mut report, package, trust, policy);
    let skips = report.effects.values().all(|effect| matches!(effect, Effect::Skip { .. }));
    if skips {
        let (expected, found) =
            ("a module that changes".to_owned(), "every module is installed as it is".to_owned());
        report.add((Rule::NoChange, Enforcement::Warn), &package.name, expected, found);
    }
    report
}

fn effects(package: &Package, target: &Target) -> BTreeMap<String, Effect> {
    let mut effects = BTreeMap::new();
    for module in &package.modules {
        let to = module.version.clone();
        let effect = match target.installed.modules.get(&module.name).cloned() {
            None => Effect::Install { to },
            Some(from) if from == to => Effect::Skip { at: to },
            Some(from) if from < to => Effect::Upgrade { from, to },
            Some(from) => Effect::Downgrade { from, to },
        };
        effects.insert(module.name.clone(), effect);
    }
    for (name, from) in &target.installed.modules {
        let declared = package.removals.contains(name);
        if package.module(name).is_none() && (declared || !target.vendor_modules.contains(name)) {
            effects.insert(name.clone(), Effect::Uninstall { from: from.clone(), declared });
        }
    }
    effects
}

fn size(report: &mut Report, package: &Package, policy: &Policy) {
    let Some(most) = policy.number("package.upload_max") else { return };
    #[expect(clippy::cast_precision_loss, reason = "files stay far below 2^52 bytes")]
    let gigabytes = package.size as f64 / 1_000_000_000.0;
    if gigabytes > most {
        let enforcement = policy.enforcement("package.upload_max");
        let (expected, found) = (format!("at most {most} GB"), format!("{gigabytes:.1} GB"));
        report.add((Rule::Size, enforcement), &package.name, expected, found);
    }
}

fn all_in_one(report: &mut Report, package: &Package, policy: &Policy) {
    let whole = match package.kind {
        // Whether an application package holds everything is seen by its modules.
        Kind::AllInOne | Kind::Application | Kind::Merged | Kind::Unified => true,
        Kind::Platform | Kind::Commerce | Kind::DataUpgrade => false,
    };
    if policy.flag("package.all_in_one") && !whole {
        let enforcement = policy.enforcement("package.all_in_one");
        let found = format!("a {} package", package.kind);
        report.add(
            (Rule::AllInOne, enforcement),
            &package.name,
            "an all-in-one package".into(),
            found,
        );
    }
}

/// Missing modules and downgrades. A setting that allows it says yes.
fn modules(report: &mut Report, target: &Target, policy: &Policy) {
    let strictness =
        |key: &str| if policy.flag(key) { Enforcement::Off } else { policy.enforcement(key) };
    let (missing, downgrade) = if target.production {
        (strictness("package.missing_module_production"), strictness("package.downgrade_allowed"))
    } else {
        (strictness("package.missing_module_sandbox"), Enforcement::Warn)
    };
    for (name, effect) in report.effects.clone() {
        match effect {
            Effect::Uninstall { from, declared: false } => {
                let expected = "the module, or its declared removal".to_owned();
                report.add(
                    (Rule::MissingModule, missing),
                    &name,
                    expected,
                    format!("neither; {from} is installed"),
                );
            }
            Effect::Downgrade { from, to } => {
                report.add(
                    (Rule::Downgrade, downgrade),
                    &name,
                    format!("{from} or newer"),
                    to.to_string(),
                );
            }
            Effect::Install { .. }
            | Effect::Upgrade { .. }
            | Effect::Skip { .. }
            | Effect::Uninstall { .. } => {}
        }
    }
}

fn removals(report: &mut Report, package: &Package, target: &Target) {
    for name in &package.removals {
        let mut refuse = |expected: &str, found: String| {
            report.add((Rule::Removal, Enforcement::Deny), name, expected.to_owned(), found);
        };
        if package.module(name).is_some() {
            refuse(
                "a removed module that is not in the package as well",
                "it is in the package".into(),
            );
        }
        if target.vendor_modules.contains(name) {
            refuse("a module that may be removed", "a module of the vendor".into());
        }
        let users = package
            .modules
            .iter()
            .filter(|module| module.depends.iter().any(|need| need.module == *name));
        let users: Vec<&str> = users.map(|module| module.name.as_str()).collect();
        if !users.is_empty() {
            refuse("nobody who needs a removed module", format!("{} needs it", users.join(", ")));
        }
        if !target.installed.modules.contains_key(name) {
            let (expected, found) =
                ("an installed module to remove".to_owned(), "it is not installed".to_owned());
            report.add((Rule::Removal, Enforcement::Warn), name, expected, found);
        }
    }
}

fn platform(report: &mut Report, package: &Package, target: &Target, policy: &Policy) {
    let enforcement = if policy.flag("package.platform_not_newer") {
        policy.enforcement("package.platform_not_newer")
    } else {
        Enforcement::Off
    };
    match (&package.platform, &target.installed.platform) {
        (Some(built), Some(there)) if built > there => {
            let expected = format!("a platform not newer than {there} of {}", target.name);
            report.add((Rule::Platform, enforcement), &package.name, expected, built.to_string());
        }
        (Some(built), None) => {
            let expected = format!("a known platform of {} to compare {built} with", target.name);
            report.add(
                (Rule::PlatformUnknown, Enforcement::Warn),
                &package.name,
                expected,
                "none".into(),
            );
        }
        (Some(_), Some(_)) | (None, _) => {}
    }
}

fn dependencies(report: &mut Report, package: &Package, target: &Target) {
    let vendor = |name: &str| target.vendor_modules.contains(name);
    for module in &package.modules {
        for need in &module.depends {
            let there = package.module(&need.module).map(|found| &found.version);
            let there = there.or_else(|| {
                target.installed.modules.get(&need.module).filter(|_| vendor(&need.module))
            });
            let known = there.is_some() || vendor(&need.module);
            let old = there.zip(need.at_least.as_ref()).filter(|(there, least)| there < least);
            let expected = need.at_least.as_ref().map_or_else(
                || format!("{} in the package", need.module),
                |least| format!("{} {least} or newer in the package", need.module),
            );
            if !known {
                report.add(
                    (Rule::Dependency, Enforcement::Deny),
                    &module.name,
                    expected,
                    "it is not there".into(),
                );
            } else if let Some((there, _)) = old {
                report.add(
                    (Rule::Dependency, Enforcement::Deny),
                    &module.name,
                    expected,
                    there.to_string(),
                );
            }
        }
    }
}

fn signature(report: &mut Report, package: &Package, trust: &Trust, policy: &Policy) {
    let required = policy.flag("package.signature_required");
    let enforcement = policy.enforcement("package.signature_required");
    let expected = || "a signature by a known key".to_owned();
    match trust {
        // A wrong signature is worse than none: somebody has changed the file, or claims to be somebody.
        Trust::Unknown { why } => {
            report.add(
                (Rule::Signature, Enforcement::Deny),
                &package.name,
                expected(),
                why.clone(),
            );
        }
        Trust::Unsigned if required => {
            report.add(
                (Rule::Signature, enforcement),
                &package.name,
                expected(),
                "no signature".into(),
            );
        }
        Trust::Known { .. } | Trust::Unsigned => {}
    }
}
