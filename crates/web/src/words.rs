//! Words for people: statuses, units, thresholds, times. Sentences that need a whole page's knowledge live in the page.

use golive_core::gate::{Compare, Gate, Judged, Status};
use golive_core::value::Value;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, Unit, ZonedDateTime};

/// The moment and the zone that a page is seen in.
#[derive(Debug, Clone, PartialEq)]
pub struct Clock {
    /// Now, by the business clock.
    pub now: Timestamp,
    /// The viewer's zone.
    pub zone: TimeZone,
}

impl Clock {
    /// A moment in the viewer's zone.
    pub fn local(&self, at: Timestamp) -> ZonedDateTime {
        at.to_zoned_datetime(self.zone.clone())
    }

    /// Today, where the viewer is.
    pub fn today(&self) -> Date {
        self.local(self.now).date()
    }
}

/// One answer of a gate, as a word.
pub fn status(status: Status) -> &'static str {
    match status {
        Status::Met => "Met",
        Status::Unmet => "Not met",
        Status::Stale => "Stale",
        Status::Waived => "Waived",
        Status::Warning => "Warning",
        Status::NotApplicable => "Not applicable",
    }
}

/// A gate's name as people say it.
pub fn gate(gate: Gate) -> &'static str {
    match gate {
        Gate::Phase => "Phase complete",
        Gate::Acceptance => "Acceptance sign-off",
        Gate::Checklist => "Checklist",
        Gate::ProductionRequest => "Production request",
        Gate::ProductionPackage => "Package on production",
        Gate::ProductionCopy => "Copy into production",
        Gate::ProductionReady => "Production ready",
        Gate::CutoverStart => "Cutover start",
        Gate::GoLive => "Go-live",
        Gate::CutoverEnd => "Cutover end",
        Gate::HypercareExit => "Hypercare exit",
    }
}

/// `1 case`, `12 cases`, `no cases`.
pub fn count(n: usize, one: &str, many: &str) -> String {
    match n {
        0 => format!("no {many}"),
        1 => format!("1 {one}"),
        n => format!("{n} {many}"),
    }
}

/// A whole number with thin spaces between the thousands: `21 400`.
pub fn thousands(n: i64) -> String {
    let digits = n.unsigned_abs().to_string();
    let mut out = String::from(if n < 0 { "−" } else { "" });
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) && digits.len() > 4 {
            out.push('\u{202f}');
        }
        out.push(digit);
    }
    out
}

/// A value with its unit: `91.4 %`, `3 business days`, `yes`.
pub fn value(value: &Value, unit: Option<&str>) -> String {
    let figure = match value {
        Value::Count(n) => thousands(*n),
        Value::Text(text) => civil(text).unwrap_or_else(|| text.clone()),
        Value::Missing | Value::Flag(_) | Value::Number(_) | Value::List(_) => value.to_string(),
    };
    let is_one = value.number().is_some_and(|n| (n - 1.0).abs() < f64::EPSILON);
    match unit.map(|unit| unit_word(unit, is_one)) {
        Some(word) if !word.is_empty() && value.number().is_some() => {
            format!("{figure}\u{a0}{word}")
        }
        Some(_) | None => figure,
    }
}

/// What a policy setting counts, as a word after the figure.
pub fn unit_word(unit: &str, is_one: bool) -> &str {
    let (one, many) = match unit {
        "percent" | "percent_list" => ("%", "%"),
        "permille" => ("‰", "‰"),
        "business_days" => ("business day", "business days"),
        "calendar_days" | "days" | "days_list" => ("day", "days"),
        "hours" | "hours_list" => ("hour", "hours"),
        "minutes" => ("minute", "minutes"),
        "seconds" => ("second", "seconds"),
        "months" => ("month", "months"),
        "years" => ("year", "years"),
        "gigabytes" => ("GB", "GB"),
        "megabytes" => ("MB", "MB"),
        "users" => ("user", "users"),
        "servers" => ("server", "servers"),
        "cores" => ("core", "cores"),
        "characters" => ("character", "characters"),
        "requests" => ("request", "requests"),
        "lines_per_hour" => ("line per hour", "lines per hour"),
        "bytes" => ("byte", "bytes"),
        "" | "flag" | "count" | "list" | "choice" | "window_utc" | "factor" | "amount" | "tier"
        | "class" => ("", ""),
        other => (other, other),
    };
    if is_one { one } else { many }
}

/// What was asked: `at least 95 %`, `at most 2 s`, `must be yes`, `none allowed`.
pub fn threshold(judged: &Judged) -> String {
    let asked = value(&judged.threshold, judged.unit.as_deref());
    match (judged.compare, judged.threshold.number()) {
        (_, None) if judged.threshold.is_missing() => "the policy sets no threshold".to_owned(),
        (Compare::Equals, Some(0.0)) => "none allowed".to_owned(),
        (Compare::AtMost, Some(0.0)) => "allowed 0".to_owned(),
        (Compare::Equals, Some(_)) => format!("exactly {asked}"),
        (Compare::Equals, None) => format!("must be {asked}"),
        (Compare::AtLeast, Some(_)) => format!("at least {asked}"),
        (Compare::AtMost, Some(_)) => format!("at most {asked}"),
        (Compare::AtLeast, None) => format!("{asked} or later"),
        (Compare::AtMost, None) => format!("{asked} or earlier"),
    }
}

/// A stored date or time in ISO form, as people read it; nothing if the text is neither.
fn civil(text: &str) -> Option<String> {
    if let Ok(day) = text.parse::<Date>()
        && text.len() == 10
    {
        return Some(date(day));
    }
    text.parse::<DateTime>()
        .ok()
        .filter(|_| text.contains('T'))
        .map(|at| at.strftime("%a %-d %b %Y %H:%M").to_string())
}

/// `Mon 7 Jun 2027`.
pub fn date(date: Date) -> String {
    date.strftime("%a %-d %b %Y").to_string()
}

/// A day as it is kept, `2027-06-07`, as people read it; what is no day stays as it is.
pub fn day(kept: &str) -> String {
    kept.parse().map_or_else(|_| kept.to_owned(), date)
}

/// `Mon 7 Jun`, for places where the year is clear.
pub fn date_short(date: Date) -> String {
    date.strftime("%a %-d %b").to_string()
}

/// `Tue 27 Apr 10:42 +02:00`: always with the offset; the year when it is not this one.
pub fn moment(at: Timestamp, clock: &Clock) -> String {
    let local = clock.local(at);
    let format = if local.year() == clock.today().year() {
        "%a %-d %b %H:%M %:z"
    } else {
        "%a %-d %b %Y %H:%M %:z"
    };
    local.strftime(format).to_string()
}

/// `in 6 days`, `3 min ago`, `now`: how far a moment is from now.
pub fn relative(at: Timestamp, now: Timestamp) -> String {
    let away = at.duration_since(now);
    let size = away.abs();
    if size < SignedDuration::from_secs(45) {
        return "now".to_owned();
    }
    let words = span(size);
    if away.is_negative() { format!("{words} ago") } else { format!("in {words}") }
}

/// `6 days`, `3 h`, `12 min`, `40 s`: one figure, for distances.
pub fn span(size: SignedDuration) -> String {
    let rounded = |unit| size.round(unit).map_or(size.as_secs(), |d: SignedDuration| d.as_secs());
    let seconds = size.as_secs();
    match seconds {
        0..60 => format!("{seconds} s"),
        60..5_400 => format!("{} min", rounded(Unit::Minute) / 60),
        5_400..129_600 => format!("{} h", rounded(Unit::Hour) / 3_600),
        _ => format!("{} days", (seconds + 43_200) / 86_400),
    }
}

/// `4 h 16`, `12 min`, `8:22` below ten minutes: how long something took.
pub fn duration(size: SignedDuration) -> String {
    let seconds = size.as_secs().abs();
    let (h, m, s) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    let sign = if size.is_negative() { "−" } else { "" };
    match h {
        0 if m < 10 => format!("{sign}{m}:{s:02}"),
        0 => format!("{sign}{m} min"),
        1..48 => format!("{sign}{h} h {m:02}"),
        _ => format!("{sign}{} d {} h", h / 24, h % 24),
    }
}

/// `T−41` before the go-live date, `T+2` after it, `T` on it.
pub fn t_minus(go_live: Date, today: Date) -> String {
    match days_between(today, go_live) {
        0 => "T".to_owned(),
        n if n > 0 => format!("T−{n}"),
        n => format!("T+{}", -n),
    }
}

/// What the figure of [`t_minus`] counts.
pub fn t_minus_words(go_live: Date, today: Date) -> &'static str {
    match days_between(today, go_live) {
        0 => "go-live is today",
        1 => "day to go-live",
        n if n > 0 => "days to go-live",
        -1 => "day since go-live",
        _ => "days since go-live",
    }
}

fn days_between(from: Date, to: Date) -> i32 {
    from.until(to).map_or(0, |span| span.get_days())
}

/// A size in bytes: `6.1 GB`.
pub fn bytes(n: u64) -> String {
    const STEPS: [(u64, &str); 4] =
        [(1 << 40, "TB"), (1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "kB")];
    #[expect(clippy::cast_precision_loss, reason = "one decimal is shown")]
    let scaled = |step: u64| n as f64 / step as f64;
    STEPS
        .iter()
        .find(|(step, _)| n >= *step)
        .map_or_else(|| format!("{n} B"), |(step, unit)| format!("{:.1} {unit}", scaled(*step)))
}

/// The short form of a digest: `9f2c41…e1`.
pub fn digest(full: &str) -> String {
    let bare = full.strip_prefix("sha256:").unwrap_or(full);
    match (bare.get(..6), bare.get(bare.len().saturating_sub(2)..)) {
        (Some(head), Some(tail)) if bare.len() > 12 => format!("{head}…{tail}"),
        _ => bare.to_owned(),
    }
}

/// A name from a key of the content: `customer-project-manager` → `customer project manager`.
pub fn role(key: &str) -> String {
    let words = key.replace(['-', '_'], " ");
    match words.strip_prefix("it ") {
        Some(rest) => format!("IT {rest}"),
        None => words,
    }
}

/// A list in a sentence: `A, B and C`.
pub fn and(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date as day;

    fn clock() -> Clock {
        Clock {
            now: "2027-04-27T08:42:00Z".parse().expect("a moment"),
            zone: TimeZone::get("Europe/Berlin").expect("zone data"),
        }
    }

    #[test]
    fn a_moment_is_said_in_the_viewers_zone_with_its_offset() {
        let at = "2027-04-29T08:00:00Z".parse().expect("a moment");
        assert_eq!(moment(at, &clock()), "Thu 29 Apr 10:00 +02:00");
        let later = "2028-01-03T08:00:00Z".parse().expect("a moment");
        assert_eq!(moment(later, &clock()), "Mon 3 Jan 2028 09:00 +01:00");
    }

    #[test]
    fn distances_are_said_with_one_figure() {
        let now = clock().now;
        let after = |seconds| relative(now + SignedDuration::from_secs(seconds), now);
        assert_eq!(after(20), "now");
        assert_eq!(after(-180), "3 min ago");
        assert_eq!(after(7_200), "in 2 h");
        assert_eq!(after(86_400 * 6), "in 6 days");
    }

    #[test]
    fn the_spine_counts_days_to_and_since_the_go_live_date() {
        let go_live = day(2027, 6, 7);
        assert_eq!(t_minus(go_live, day(2027, 4, 27)), "T−41");
        assert_eq!(t_minus(go_live, go_live), "T");
        assert_eq!(t_minus(go_live, day(2027, 6, 9)), "T+2");
    }

    #[test]
    fn values_carry_their_units() {
        assert_eq!(value(&Value::Number(91.4), Some("percent")), "91.4\u{a0}%");
        assert_eq!(value(&Value::Count(1), Some("business_days")), "1\u{a0}business day");
        assert_eq!(
            value(&Value::Count(21_400), Some("lines_per_hour")),
            "21\u{202f}400\u{a0}lines per hour"
        );
        assert_eq!(value(&Value::Text("2027-06-07".into()), None), "Mon 7 Jun 2027");
        assert_eq!(value(&Value::Missing, Some("percent")), "not measured");
    }

    #[test]
    fn durations_are_short_and_exact_where_it_matters() {
        assert_eq!(duration(SignedDuration::from_secs(502)), "8:22");
        assert_eq!(duration(SignedDuration::from_mins(256)), "4 h 16");
        assert_eq!(duration(SignedDuration::from_mins(-20)), "−20 min");
    }
}
