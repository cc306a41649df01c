//! What every component must keep: nothing inline, text escaped, icon and word for each state, criteria in order.

use super::action::{Action, Look, action, action_explained};
use super::dialog::{Dialog, dialog};
use super::facts::{Card, Fig, Item, figs, items};
use super::form::{Choice, Field, Filled, Form, Input, form};
use super::icon::Icon;
use super::notice::{banner, empty, simulated, toast};
use super::ops::{LogLine, OpStands, OpStep, operation_steps};
use super::path::{Stage, Standing, notches, path, stage_now};
use super::person::{Person, who};
use super::state::{State, badge, st, st_icon};
use super::table::{Column, Row, Table, table};
use super::verdict::{self, Around};
use super::vote::{Seat, SeatStands, votes};
use crate::layout::{Nav, Page, ProjectPage, ProjectShell, Site, Theme, Viewer};
use crate::words::Clock;
use golive_core::fact::FactId;
use golive_core::gate::{Compare, Gate, Judged, Status, Verdict};
use golive_core::value::Value;
use jiff::civil::date;
use jiff::tz::TimeZone;
use maud::{Markup, html};
use std::collections::BTreeMap;

const NASTY: &str = "<script>alert(1)</script>\" onload=\"x' & more";

fn clock() -> Clock {
    Clock { now: "2027-04-27T08:42:00Z".parse().expect("a moment"), zone: TimeZone::UTC }
}

fn judged(id: &str, status: Status) -> Judged {
    Judged {
        id: id.to_owned(),
        title: NASTY.to_owned(),
        status,
        value: Value::Number(91.4),
        compare: Compare::AtLeast,
        threshold: Value::Count(95),
        unit: Some("percent".to_owned()),
        setting: None,
        fact: FactId::new("uat.pass_rate"),
        details: vec![NASTY.to_owned()],
        evidence: Vec::new(),
        waiver: None,
        owner: "customer".to_owned(),
        remedy: NASTY.to_owned(),
        page: "acceptance".to_owned(),
        command: "case list --outcome failed".to_owned(),
        source: String::new(),
    }
}

/// Met first, so that the order shown cannot be the order given.
fn verdict() -> Verdict {
    let order = [
        Status::Met,
        Status::NotApplicable,
        Status::Waived,
        Status::Unmet,
        Status::Warning,
        Status::Stale,
    ];
    let criteria = order.into_iter().map(|s| judged(crate::words::status(s), s)).collect();
    let at = clock().now;
    Verdict { gate: Gate::Acceptance, at, policy: "p".to_owned(), criteria, holds_until: None }
}

fn gate() -> String {
    let clock = clock();
    let owners = BTreeMap::from([("customer".to_owned(), vec![Person::named(NASTY)])]);
    let around = Around {
        project: "/projects/x",
        id: "prj_x",
        clock: &clock,
        owners: &owners,
        before: "signing",
    };
    verdict::gate(&verdict(), &around).into_string()
}

fn refused() -> Action {
    Action::post("sign", NASTY, "/x").look(Look::Primary).refused(vec![NASTY.to_owned()])
}

fn every_kind_of_form() -> Markup {
    let choices = || vec![Choice::new("a", NASTY).note(NASTY), Choice::new("b", "B")];
    let fields = vec![
        Field::text("name", NASTY).hint(NASTY),
        Field::new("area", "Area", Input::Area(3)),
        Field::new("one", "One", Input::Select(choices())),
        Field::new("of", "Of", Input::Radios(choices())),
        Field::new("yes", "Yes", Input::Check),
        Field::new("file", "File", Input::File(".zip")),
    ];
    let filled = Filled::typed([("name", NASTY), ("area", NASTY)]).error("name", NASTY);
    let own = Form::new("f", "/x", "Send", fields.clone());
    let asked = Dialog {
        id: "d".to_owned(),
        title: NASTY.to_owned(),
        text: html! { (NASTY) },
        keep: "Keep".to_owned(),
        form: Form::new("df", "/x", "Go", fields),
        is_danger: true,
    };
    html! { (form(&own, &filled)) (dialog(&asked, &filled)) (dialog(&asked, &Filled::default())) }
}

fn every_list() -> Markup {
    let row = Row::new(NASTY, vec![html! { (NASTY) }, badge(State::Bad, NASTY)]).state(State::Bad);
    let of =
        Table::new(NASTY, vec![Column::name("Name"), Column::summary("State")], [row]).folding();
    let item =
        Item::new(State::Bad, NASTY).href("#").due(NASTY, Some(State::Bad)).action(refused());
    let seat = |id: &str, stands| Seat { id: id.to_owned(), capacity: NASTY.to_owned(), stands };
    let person = || Person::named(NASTY);
    let step = OpStep {
        title: NASTY.to_owned(),
        stands: Some(OpStands::Failed),
        log: vec![LogLine {
            number: 1,
            at: clock().now,
            source: NASTY.to_owned(),
            text: NASTY.to_owned(),
            state: None,
        }],
        ..OpStep::default()
    };
    html! {
        (Card::new("c", NASTY).around(&table(&of)))
        (items(&[item]))
        (figs("f", NASTY, &[Fig::new(NASTY, NASTY, NASTY).state(State::Warn)]))
        (votes(&[seat("a", SeatStands::Open(vec![person()])), seat("b", SeatStands::Against(person(), NASTY.to_owned(), NASTY.to_owned()))]))
        (operation_steps("op", &[step], &clock()))
        (who(&person()))
    }
}

fn everything() -> Vec<(&'static str, String)> {
    let stage = |standing| Stage {
        title: NASTY.to_owned(),
        standing,
        href: "#".to_owned(),
        who: Some(NASTY.to_owned()),
        blocks: None,
        planned: None,
        latest: None,
    };
    let notices = html! {
        (banner("b", State::Stale, NASTY, &html! { (NASTY) }, &[refused()]))
        (empty(NASTY, NASTY, &[]))
        (toast(NASTY, None))
        (simulated(NASTY))
        (action_explained(&refused()))
    };
    vec![
        ("gate", gate()),
        ("forms", every_kind_of_form().into_string()),
        ("lists", every_list().into_string()),
        ("notices", notices.into_string()),
        ("path", path(&[stage(Standing::Done), stage(Standing::AtRisk)]).into_string()),
        ("page", page().into_string()),
    ]
}

fn page() -> Markup {
    let mut page = Page::new(NASTY, html! { h1 { (NASTY) } });
    page.site = Site {
        version: "1".to_owned(),
        audit_head: Some((7, "abc".to_owned())),
        simulated: Some(NASTY.to_owned()),
    };
    page.viewer = Some(Viewer {
        person: Person::named(NASTY),
        href: "/me".to_owned(),
        unread: 1,
        is_administrator: true,
        theme: Theme::Dark,
        has_keys: true,
        clock: clock(),
    });
    page.project = Some(ProjectShell {
        name: NASTY.to_owned(),
        href: "/projects/x".to_owned(),
        model: NASTY.to_owned(),
        stages: vec![Standing::Done, Standing::Now, Standing::NotYet],
        stage: NASTY.to_owned(),
        go_live: Some(date(2027, 6, 7)),
        today: date(2027, 4, 27),
        badges: Vec::new(),
    });
    page.nav = Nav::Project(ProjectPage::Acceptance);
    page.live = Some(("/live".to_owned(), "12".to_owned()));
    page.render()
}

#[test]
fn nothing_that_a_person_typed_reaches_a_page_as_html() {
    for (what, html) in everything() {
        assert!(!html.contains("<script>alert"), "{what} lets a script through");
        assert!(!html.contains("\" onload=\""), "{what} lets an attribute through");
        assert!(html.contains("&lt;script&gt;"), "{what} does not show the text");
    }
}

#[test]
fn no_component_writes_a_style_a_script_or_an_event_attribute() {
    for (what, html) in everything() {
        let clean = html.replace("&quot; onload=&quot;", "");
        assert!(!clean.contains(" style="), "{what} has a style attribute");
        assert!(!clean.contains("<style"), "{what} has a style element");
        assert!(!clean.contains("javascript:"), "{what} has a script address");
        for event in [" onclick=", " onload=", " onchange=", " onsubmit=", " oninput="] {
            assert!(!clean.contains(event), "{what} has{event}");
        }
        for script in clean.split("<script").skip(1) {
            let (attributes, rest) = script.split_once('>').expect("a tag ends");
            assert!(
                attributes.contains("src=") && rest.starts_with("</script>"),
                "{what} has an inline script"
            );
        }
    }
}

#[test]
fn every_svg_shape_is_closed_or_the_next_one_would_vanish_in_it() {
    for (what, html) in everything() {
        for shape in ["rect", "path", "line", "circle", "polyline"] {
            let opened = html.matches(&format!("<{shape} ")).count();
            let closed = html.matches(&format!("</{shape}>")).count();
            let short = html
                .split(&format!("<{shape} "))
                .skip(1)
                .filter(|rest| rest.split('>').next().is_some_and(|tag| tag.ends_with('/')))
                .count();
            assert_eq!(opened, closed + short, "{what}: a <{shape}> is not closed");
        }
    }
}

#[test]
fn every_state_has_its_own_icon_and_its_own_word() {
    let icons: Vec<Icon> = State::ALL.map(State::icon).to_vec();
    for (at, icon) in icons.iter().enumerate() {
        assert!(!icons[at + 1..].contains(icon), "{icon:?} stands for two states");
    }
    for state in State::ALL {
        for html in [badge(state, None), st(state, None), st_icon(state, None)] {
            let html = html.into_string();
            assert!(
                html.contains("<svg") && html.contains(state.word()),
                "{state:?} lacks icon or word"
            );
            assert!(html.contains(&format!("data-s=\"{}\"", state.key())));
        }
    }
}

#[test]
fn criteria_that_are_not_met_come_first_then_conditions_then_met_then_what_does_not_apply() {
    let html = gate();
    let at = |status| {
        let id = format!("id=\"c-{}\"", crate::words::status(status));
        html.find(&id).unwrap_or_else(|| panic!("{id} is not shown"))
    };
    let shown = [
        Status::Unmet,
        Status::Stale,
        Status::Waived,
        Status::Warning,
        Status::Met,
        Status::NotApplicable,
    ];
    let places: Vec<usize> = shown.map(at).to_vec();
    assert!(places.is_sorted(), "{places:?}");
}

#[test]
fn a_verdict_says_how_many_of_how_many_and_for_whom_it_waits() {
    assert_eq!(verdict::answer(&verdict()), "Shut. 2 of 6 criteria are not met.");
    let html = gate();
    assert!(html.contains("91.4\u{a0}%") && html.contains("at least 95\u{a0}%"));
    assert!(html.contains("golive case list prj_x --outcome failed"));
    assert!(html.contains("href=\"/projects/x/acceptance\""));
    let open = Verdict { criteria: vec![judged("a", Status::Met)], ..verdict() };
    assert_eq!(verdict::answer(&open), "Open. Its one criterion is met.");
}

#[test]
fn a_refused_action_keeps_its_place_can_be_reached_and_says_why() {
    let html = action(&refused()).into_string();
    assert!(
        html.contains("aria-disabled=\"true\"") && html.contains("aria-describedby=\"sign-why\"")
    );
    assert!(html.contains("id=\"sign-why\""));
    assert!(!html.contains(" disabled"), "a disabled button cannot be reached by keyboard");
    assert!(!html.contains("<form"), "a refused action must not send anything");
}

#[test]
fn a_form_that_comes_back_keeps_what_was_typed_and_ties_the_error_to_its_field() {
    let html = every_kind_of_form().into_string();
    assert!(
        html.contains("aria-invalid=\"true\"")
            && html.contains("aria-describedby=\"f-name-err f-name-hint\"")
    );
    assert!(html.contains("href=\"#f-name\""));
    assert!(html.contains("enctype=\"multipart/form-data\""));
}

#[test]
fn a_project_stands_in_its_first_current_stage_or_after_the_last_done() {
    use Standing as S;
    assert_eq!(stage_now(&[S::Done, S::AtRisk, S::NotYet]), 2);
    assert_eq!(stage_now(&[S::Done, S::Shut, S::NotYet]), 2);
    assert_eq!(stage_now(&[S::Done, S::Done]), 2);
    assert_eq!(stage_now(&[S::NotYet, S::NotYet]), 1);
    assert!(notches(&[S::Done, S::Blocked]).into_string().contains("aria-hidden"));
}

#[test]
fn a_page_names_its_stream_its_place_and_the_clock_it_runs_on() {
    let html = page().into_string();
    assert!(html.contains("data-live=\"/live\" data-live-from=\"12\""));
    assert!(html.contains("SIMULATED CLOCK") && html.contains("T−41"));
    assert!(html.contains("href=\"/projects/x/acceptance\" aria-current=\"page\""));
    assert!(html.contains("data-theme=\"dark\""));
    assert!(
        html.find("class=\"skip\"").expect("a skip link") < html.find("<header").expect("a header")
    );
}
