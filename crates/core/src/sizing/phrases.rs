//! Names and phrases that formulae may use beside parameters and earlier results: what the usage profile says.

use super::Rules;
use super::expression::Names;
use crate::estimate::Derived;
use std::collections::BTreeMap;

/// The expression of the batch peak; it is read from the load chart, not computed from names.
pub(super) const BATCH_PEAK: &str =
    "max over hours of (sum over batch jobs running in that hour of lines_per_run / hours)";
/// The expression of the database class.
pub(super) const DATABASE_CLASS: &str =
    "smallest class with cores >= database_cores_needed and storage_gb_max >= storage_gb";
/// The expression of the test tier.
pub(super) const TEST_TIER: &str = "first tier with peak_lines_max >= peak_lines";
/// The expression of the method.
pub(super) const METHOD: &str = "manual if any limit is exceeded, else automatic";
/// The phrase that makes a formula one of each class.
pub(super) const OF_CLASS: &str = "users of the class at the busiest hour";
/// The parameter of a class within a sum over classes.
const PER_CORE: &str = "users_per_core of the class";

/// All that a formula can see.
pub(super) struct Scope<'a> {
    pub rules: &'a Rules,
    pub input: &'a Derived,
    /// Values that take the place of parameters: the policy pack's.
    pub instead: &'a BTreeMap<String, f64>,
    /// Results so far.
    pub results: &'a BTreeMap<String, f64>,
    /// Results by class so far.
    pub by_class: &'a BTreeMap<String, BTreeMap<String, f64>>,
}

impl Scope<'_> {
    fn users_at_busiest_hour(&self) -> f64 {
        self.input.users_at_busiest_hour.values().copied().map(f64::from).sum()
    }

    /// What the usage profile says, by name or phrase.
    fn of_profile(&self, name: &str) -> Option<f64> {
        let input = self.input;
        Some(match name {
            "sum over client processes of peak_lines_per_hour" => input.client_peak,
            "sum over integration processes of peak_lines_per_hour" => input.integration_peak,
            "factor of the extension level" => {
                self.rules.extension_level(&input.extension_level)?.factor
            }
            "highest hour of the user chart" | "users at the busiest hour" => {
                self.users_at_busiest_hour()
            }
            "sum over processes of users" => input.process_users_sum,
            "annual_growth" => input.annual_growth,
            "guessed_share" => input.guessed_share,
            "stated_peak_users" => input.stated_peak_users,
            "night_lines" => input.night_lines,
            "night_window_hours" => input.night_window_hours,
            "stored_lines_per_day" => input.stored_lines_per_day,
            "client_lines_per_day" => input.client_lines_per_day,
            "integration_lines_per_day" => input.integration_lines_per_day,
            "initial_gb" => input.initial_gb,
            "documents_gb_per_year" => input.documents_gb_per_year,
            "licences" => input.licences,
            _ => return None,
        })
    }
}

impl Names for Scope<'_> {
    fn value(&self, name: &str) -> Option<f64> {
        let result = self.results.get(name).or_else(|| self.instead.get(name)).copied();
        result.or_else(|| self.of_profile(name)).or_else(|| self.rules.parameter(name))
    }

    fn classes(&self) -> Vec<Box<dyn Names + '_>> {
        let classes = self.input.users_at_busiest_hour.keys();
        classes
            .map(|class| Box::new(OfClass { scope: self, class }) as Box<dyn Names + '_>)
            .collect()
    }
}

/// The same, for one class of users.
pub(super) struct OfClass<'a> {
    pub scope: &'a Scope<'a>,
    pub class: &'a str,
}

impl Names for OfClass<'_> {
    fn value(&self, name: &str) -> Option<f64> {
        match name {
            OF_CLASS => {
                self.scope.input.users_at_busiest_hour.get(self.class).copied().map(f64::from)
            }
            PER_CORE => self.scope.value(&format!("users_per_core_{}", self.class)),
            _ => {
                let of_class =
                    self.scope.by_class.get(name).and_then(|values| values.get(self.class));
                of_class.copied().or_else(|| self.scope.value(name))
            }
        }
    }

    fn classes(&self) -> Vec<Box<dyn Names + '_>> {
        self.scope.classes()
    }
}
