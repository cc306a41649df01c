//! The charts: schedule, cutover lanes, forecast, burn-up, runs compared; and the tiles of a cutover.

use crate::contoso::{at, clock, night};
use crate::head;
use golive_web::components::chart::forecast::{Forecast, forecast};
use golive_web::components::chart::lines::{LineLook, Lines, Series, burn_up, lines};
use golive_web::components::chart::timeline::{
    Band, BandKind, Bar, BarLook, Lane, Mark, Timeline, timeline,
};
use golive_web::components::facts::{Card, Tile, tiles};
use golive_web::components::icon::Icon;
use golive_web::components::state::State;
use golive_web::components::time;
use jiff::{SignedDuration, Timestamp};
use maud::{Markup, html};

pub fn page() -> Markup {
    html! {
        (head("Charts", &html! { "Each with a sentence for who cannot see it, and the same as a list." }, &[]))
        div.stack {
            (now())
            (Card::new("fc", "Window and forecast").around(&forecast(&ends(), &night())))
            (Card::new("ln", "In time").around(&timeline(&lanes(), &night())))
            (Card::new("sc", "Latest start of everything").around(&timeline(&schedule(), &clock())))
            div.cols-2 {
                (Card::new("bu", "Cases passed").around(&lines(&passed(), &clock())))
                (Card::new("cmp", "Ahead of and behind the plan").around(&lines(&runs(), &night())))
            }
        }
    }
}

fn now() -> Markup {
    let night = night();
    let tile = |name: &str, value: Markup, note: &str| Tile {
        name: name.to_owned(),
        icon: None,
        value,
        note: html! { (note) },
        state: None,
        is_large: false,
    };
    let mut clock = tile("Saturday 5 June", html! { "02:14" }, "T+06:14, Europe/Berlin +02:00");
    (clock.icon, clock.is_large) = (Some(Icon::Timer), true);
    let mut health = tile("Health", html! { "Amber" }, "P80 is 25 min after the planned end.");
    health.state = Some(State::Warn);
    let mut no_return = tile(
        "Point of no return in",
        time::countdown(at("2027-06-05T04:30:00Z"), &night),
        "Sat 06:30, at CP3",
    );
    (no_return.state, no_return.is_large) = (Some(State::Bad), true);
    tiles(
        "now",
        "Now",
        &[
            clock,
            tile("Forecast of the end", html! { "Sun 12:40" }, "P80 14:25, P95 16:10, plan 14:00"),
            health,
            tile("If we back out now", html! { "Sat 06:50" }, "takes 4 h 36, 23 undo tasks"),
            no_return,
        ],
    )
}

fn ends() -> Forecast {
    let first = at("2027-06-06T06:00:00Z");
    let density = (0..48_i32)
        .map(|slice| {
            let away = f64::from(slice - 20) / if slice < 20 { 7.0 } else { 11.0 };
            (first + SignedDuration::from_mins(i64::from(slice) * 15), (-away * away / 2.0).exp())
        })
        .collect();
    Forecast {
        id: "forecast".to_owned(),
        from: at("2027-06-04T18:00:00Z"),
        planned_end: at("2027-06-06T12:00:00Z"),
        window_end: at("2027-06-06T16:00:00Z"),
        p50: at("2027-06-06T10:40:00Z"),
        p80: at("2027-06-06T12:25:00Z"),
        p95: at("2027-06-06T14:10:00Z"),
        density,
        no_return: Some(at("2027-06-05T04:30:00Z")),
        back_out_now: Some(at("2027-06-05T04:50:00Z")),
        worst_case: Some(at("2027-06-05T11:10:00Z")),
    }
}

fn hour(hours: f64) -> Timestamp {
    #[expect(clippy::cast_possible_truncation, reason = "minutes of a weekend")]
    let minutes = (hours * 60.0) as i64;
    at("2027-06-04T18:00:00Z") + SignedDuration::from_mins(minutes)
}

fn lanes() -> Timeline {
    let bar = |id: &str, from: f64, to: f64, look, label: &str| {
        Bar::new(id, hour(from), hour(to), look).label(label)
    };
    Timeline {
        id: "lanes".to_owned(),
        label: "First twelve hours in five lanes. Critical: close orders, backup, customers, items, balances, reconciliation.".to_owned(),
        from: hour(0.0),
        to: hour(12.0),
        shows_now: true,
        lanes: vec![
            Lane::new("Legacy", vec![bar("12", 0.0, 0.3, BarLook::Done, "#12 close orders").critical(&[])]),
            Lane::new("Technical", vec![
                bar("18", 0.5, 2.0, BarLook::Done, "#18 Final backup").critical(&["12"]),
                bar("44", 2.3, 2.8, BarLook::Done, "#44 Restore point").critical(&["18"]),
                bar("110", 10.8, 12.0, BarLook::Plan, "#110 Open").critical(&["74"]),
            ]),
            Lane::new("Data", vec![
                bar("52", 2.8, 4.3, BarLook::Done, "#52 Customers").critical(&["44"]).expected(hour(4.8)),
                bar("53", 4.3, 6.5, BarLook::Bad, "#53 Load items and prices").critical(&["52"]).expected(hour(6.9)),
                bar("58", 6.8, 8.7, BarLook::Plan, "#58 Load opening balances").critical(&["53"]),
                bar("59", 6.8, 8.1, BarLook::Plan, "#59 Open sales orders"),
            ]),
            Lane::new("Integration", vec![
                bar("15", 0.2, 0.6, BarLook::Done, "#15 stop webshop"),
                bar("97", 4.8, 5.5, BarLook::Warn, "#97 EDI"),
            ]),
            Lane::new("Validation", vec![bar("74", 8.7, 10.2, BarLook::Check, "#74 Reconcile").critical(&["58"])]),
        ],
        marks: vec![
            Mark { at: hour(2.25), label: "CP1".to_owned(), is_last_chance: false },
            Mark { at: hour(6.5), label: "CP2".to_owned(), is_last_chance: false },
            Mark { at: hour(10.5), label: "no return".to_owned(), is_last_chance: true },
        ],
        bands: Vec::new(),
    }
}

fn schedule() -> Timeline {
    let day = |month: i8, day: i8| {
        jiff::civil::date(2027, month, day)
            .in_tz("Europe/Berlin")
            .expect("a day of the gallery")
            .timestamp()
    };
    let lane = |name: &str, bars: Vec<(Timestamp, Timestamp, BarLook)>| {
        Lane::new(
            name,
            bars.into_iter().map(|(from, to, look)| Bar::new(name, from, to, look)).collect(),
        )
    };
    Timeline {
        id: "schedule".to_owned(),
        label: "Planned back from 7 June. Everything fits; the tightest is user acceptance with 6 days of slack.".to_owned(),
        from: day(3, 22),
        to: day(6, 14),
        shows_now: true,
        lanes: vec![
            lane("User acceptance", vec![(day(3, 29), day(4, 27), BarLook::Run), (day(4, 27), day(5, 4), BarLook::Plan)]).latest(day(5, 10), "6 d slack"),
            lane("Checklist sent", vec![(day(4, 12), day(4, 20), BarLook::Done)]).note("sent 20 Apr"),
            lane("Review and mitigation", vec![(day(4, 20), day(4, 27), BarLook::Run), (day(4, 27), day(5, 7), BarLook::Plan)]).latest(day(5, 28), "21 d slack"),
            lane("Rehearsals", vec![(day(5, 8), day(5, 10), BarLook::Wait), (day(5, 22), day(5, 24), BarLook::Wait)]).latest(day(5, 29), "7 d slack"),
            lane("Production requested", vec![(day(5, 18), day(5, 19), BarLook::Plan)]).latest(day(6, 2), "15 d slack"),
            lane("Cutover", vec![(day(6, 4), day(6, 6), BarLook::Wait)]).note("fixed 46 h"),
        ],
        marks: vec![Mark { at: day(6, 7), label: "Go-live".to_owned(), is_last_chance: false }],
        bands: vec![
            Band { from: day(4, 29), to: day(5, 4), kind: BandKind::Freeze },
            Band { from: day(5, 6), to: day(5, 7), kind: BandKind::Holiday },
        ],
    }
}

fn passed() -> Lines {
    let days: Vec<(Timestamp, f64, f64)> = (0..22_i32)
        .map(|day| {
            let moment =
                at("2027-04-05T08:00:00Z") + SignedDuration::from_hours(i64::from(day) * 24);
            (
                moment,
                if day < 9 { 132.0 } else { 140.0 },
                f64::from(day) * 5.6 + f64::from(day % 3) * 3.0,
            )
        })
        .collect();
    burn_up(
        "burn-up",
        "128 of 140 cases have passed; 133 are needed.",
        "cases",
        &days,
        Some((133.0, "95 % = 133".to_owned())),
    )
}

fn runs() -> Lines {
    let line = |name: &str, look, values: &[f64]| Series {
        name: name.to_owned(),
        look,
        points: (0_i32..)
            .zip(values)
            .map(|(at, value)| (hour(f64::from(at) * 4.0), *value))
            .collect(),
    };
    Lines {
        id: "compared".to_owned(),
        label: "Hours behind the plan. Rehearsal 1 ended 3 hours 25 late, rehearsal 2 20 minutes early.".to_owned(),
        unit: "h late".to_owned(),
        series: vec![
            line("Rehearsal 1", LineLook::Other, &[0.0, 1.2, 2.6, 2.9, 3.0, 3.2, 3.4]),
            line("Rehearsal 2", LineLook::Plan, &[0.0, 0.1, 0.0, -0.1, -0.2, -0.3, -0.4]),
            line("Live", LineLook::Main, &[0.0, 0.4, 0.8]),
        ],
        target: None,
        to: Some(hour(46.0)),
    }
}
