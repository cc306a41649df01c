//! Units of settings: what a value may be, and how it is read.

use crate::value::Value;

/// What the value of a setting counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unit {
    /// Yes or no.
    Flag,
    /// Things.
    Count,
    /// Parts of a hundred; a load can be more than all of it.
    Percent,
    /// Letters of a text.
    Characters,
    /// Money in the project's currency.
    Amount,
    /// Seconds.
    Seconds,
    /// Minutes.
    Minutes,
    /// Hours.
    Hours,
    /// Days of the calendar.
    CalendarDays,
    /// Days that are neither weekend nor holiday.
    BusinessDays,
    /// Months of the calendar.
    Months,
    /// Years of the calendar.
    Years,
    /// Megabytes of 1,000,000 bytes.
    Megabytes,
    /// Gigabytes of 1,000,000,000 bytes.
    Gigabytes,
    /// One of the words in `choices`.
    Choice,
    /// Words.
    List,
    /// Whole numbers of days; negative is before the anchor.
    DaysList,
    /// Whole numbers of hours; negative is before the anchor.
    HoursList,
    /// Whole numbers of per cent.
    PercentList,
    /// A window in UTC: start, length in hours, weekdays.
    WindowUtc,
}

impl Unit {
    /// All units.
    pub const ALL: [Self; 20] = [
        Self::Flag,
        Self::Count,
        Self::Percent,
        Self::Characters,
        Self::Amount,
        Self::Seconds,
        Self::Minutes,
        Self::Hours,
        Self::CalendarDays,
        Self::BusinessDays,
        Self::Months,
        Self::Years,
        Self::Megabytes,
        Self::Gigabytes,
        Self::Choice,
        Self::List,
        Self::DaysList,
        Self::HoursList,
        Self::PercentList,
        Self::WindowUtc,
    ];

    /// The name in packs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Flag => "flag",
            Self::Count => "count",
            Self::Percent => "percent",
            Self::Characters => "characters",
            Self::Amount => "amount",
            Self::Seconds => "seconds",
            Self::Minutes => "minutes",
            Self::Hours => "hours",
            Self::CalendarDays => "calendar_days",
            Self::BusinessDays => "business_days",
            Self::Months => "months",
            Self::Years => "years",
            Self::Megabytes => "megabytes",
            Self::Gigabytes => "gigabytes",
            Self::Choice => "choice",
            Self::List => "list",
            Self::DaysList => "days_list",
            Self::HoursList => "hours_list",
            Self::PercentList => "percent_list",
            Self::WindowUtc => "window_utc",
        }
    }

    /// The unit of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|unit| unit.name() == name)
    }

    /// Whether a value can be of this unit.
    pub fn accepts(self, value: &Value) -> bool {
        let whole = |text: &String| text.parse::<i64>().is_ok();
        match (self, value) {
            (Self::Flag, Value::Flag(_))
            | (Self::Choice | Self::WindowUtc, Value::Text(_))
            | (Self::Amount, Value::Count(_) | Value::Number(_))
            | (Self::List, Value::List(_)) => true,
            (Self::Percent, Value::Count(_) | Value::Number(_)) => {
                value.number().is_some_and(|n| (0.0..=1000.0).contains(&n))
            }
            (Self::DaysList | Self::HoursList | Self::PercentList, Value::List(list)) => {
                list.iter().all(whole)
            }
            (unit, Value::Count(n)) => unit.counts() && *n >= 0,
            (
                _,
                Value::Missing
                | Value::Flag(_)
                | Value::Number(_)
                | Value::Text(_)
                | Value::List(_),
            ) => false,
        }
    }

    /// What a value of this unit looks like, for an error.
    pub fn example(self) -> &'static str {
        match self {
            Self::Flag => "true or false",
            Self::Percent => "a number from 0 to 1000",
            Self::Amount => "a number",
            Self::Choice => "one of the choices",
            Self::List => "a list of words",
            Self::DaysList | Self::HoursList | Self::PercentList => "a list of whole numbers",
            Self::WindowUtc => "{ start = \"22:00\", hours = 6, days = [\"saturday\"] }",
            Self::Count
            | Self::Characters
            | Self::Seconds
            | Self::Minutes
            | Self::Hours
            | Self::CalendarDays
            | Self::BusinessDays
            | Self::Months
            | Self::Years
            | Self::Megabytes
            | Self::Gigabytes => "a whole number, 0 or more",
        }
    }

    /// Seconds in one of these, for units that are always equally long.
    pub fn seconds(self) -> Option<i64> {
        match self {
            Self::Seconds => Some(1),
            Self::Minutes => Some(60),
            Self::Hours => Some(3_600),
            Self::CalendarDays => Some(86_400),
            Self::Flag
            | Self::Count
            | Self::Percent
            | Self::Characters
            | Self::Amount
            | Self::BusinessDays
            | Self::Months
            | Self::Years
            | Self::Megabytes
            | Self::Gigabytes
            | Self::Choice
            | Self::List
            | Self::DaysList
            | Self::HoursList
            | Self::PercentList
            | Self::WindowUtc => None,
        }
    }

    /// True for units whose values are whole numbers that are never negative.
    fn counts(self) -> bool {
        match self {
            Self::Count
            | Self::Characters
            | Self::Seconds
            | Self::Minutes
            | Self::Hours
            | Self::CalendarDays
            | Self::BusinessDays
            | Self::Months
            | Self::Years
            | Self::Megabytes
            | Self::Gigabytes => true,
            Self::Flag
            | Self::Percent
            | Self::Amount
            | Self::Choice
            | Self::List
            | Self::DaysList
            | Self::HoursList
            | Self::PercentList
            | Self::WindowUtc => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_must_fit_its_unit() {
        let list = Value::List(vec!["-7".into(), "1".into()]);
        for (unit, value, fits) in [
            (Unit::Flag, Value::Flag(true), true),
            (Unit::Flag, Value::Count(1), false),
            (Unit::Percent, Value::Number(99.9), true),
            (Unit::Percent, Value::Count(-1), false),
            (Unit::Hours, Value::Count(5), true),
            (Unit::Hours, Value::Count(-5), false),
            (Unit::Hours, Value::Number(0.5), false),
            (Unit::DaysList, list.clone(), true),
            (Unit::DaysList, Value::List(vec!["soon".into()]), false),
            (Unit::Count, list, false),
            (Unit::Count, Value::Missing, false),
        ] {
            assert_eq!(unit.accepts(&value), fits, "{unit:?} {value:?}");
        }
    }

    #[test]
    fn every_unit_is_found_by_its_name() {
        for unit in Unit::ALL {
            assert_eq!(Unit::named(unit.name()), Some(unit));
        }
        assert_eq!(Unit::named("fortnights"), None);
    }
}
