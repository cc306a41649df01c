//! The sample project as the gallery shows it.

use golive_web::components::path::Standing;
use golive_web::components::person::Person;
use golive_web::components::state::State;
use golive_web::layout::{Badge, ProjectPage, ProjectShell, Site, Theme, Viewer};
use golive_web::words::Clock;
use jiff::Timestamp;
use jiff::civil::date;
use jiff::tz::TimeZone;

/// A moment from its ISO form.
pub fn at(text: &str) -> Timestamp {
    text.parse().expect("the gallery's own moments are well formed")
}

/// Tuesday 27 April 2027, in Berlin.
pub fn clock() -> Clock {
    Clock {
        now: at("2027-04-27T08:42:07Z"),
        zone: TimeZone::get("Europe/Berlin").expect("zone data are embedded"),
    }
}

/// The night of the cutover.
pub fn night() -> Clock {
    Clock { now: at("2027-06-05T00:14:00Z"), ..clock() }
}

pub fn person(name: &str, role: &str) -> Person {
    Person::named(name).as_role(role)
}

pub fn site() -> Site {
    Site {
        version: "0.1.0".to_owned(),
        audit_head: Some((4_812, "sha256:9f2c41d07be1a0c4e1".to_owned())),
        simulated: Some("Tue 27 Apr 2027 10:42, sixty times as fast as the wall clock.".to_owned()),
    }
}

pub fn viewer(theme: Theme) -> Viewer {
    Viewer {
        person: Person::named("Katja Maas"),
        href: "/me".to_owned(),
        unread: 3,
        is_administrator: true,
        theme,
        has_keys: true,
        clock: clock(),
    }
}

pub fn stages() -> Vec<Standing> {
    use Standing as S;
    vec![
        S::Done,
        S::Done,
        S::AtRisk,
        S::NotYet,
        S::Shut,
        S::NotYet,
        S::Skipped,
        S::NotYet,
        S::NotYet,
    ]
}

pub fn shell() -> ProjectShell {
    let state = |state, text: &str| Badge::State(state, text.to_owned());
    ProjectShell {
        name: "Contoso Europe".to_owned(),
        href: "/projects/contoso-eu".to_owned(),
        model: "Self-service".to_owned(),
        stages: stages(),
        stage: "Review, in mitigation".to_owned(),
        go_live: Some(date(2027, 6, 7)),
        today: date(2027, 4, 27),
        badges: vec![
            (ProjectPage::Path, Badge::Plain("3/9".to_owned())),
            (ProjectPage::Schedule, Badge::Plain("6 d".to_owned())),
            (ProjectPage::Methodology, state(State::Warn, "4/5")),
            (ProjectPage::Gates, state(State::Bad, "4")),
            (ProjectPage::Acceptance, state(State::Warn, "91 %")),
            (ProjectPage::Checklist, state(State::Run, "44/47")),
            (ProjectPage::Review, state(State::Bad, "3")),
            (ProjectPage::Waivers, state(State::Wait, "2")),
            (ProjectPage::Request, state(State::Lock, "")),
            (ProjectPage::ServiceRequests, state(State::Run, "12")),
            (ProjectPage::Operations, Badge::Plain("0".to_owned())),
            (ProjectPage::CutoverPlan, Badge::Plain("v7".to_owned())),
        ],
    }
}
