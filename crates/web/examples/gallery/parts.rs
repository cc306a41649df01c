//! Badges, tables, forms, dialogs, notices, people, votes.

use crate::contoso::{at, clock, person};
use crate::{card, head, kind};
use golive_web::components::action::{Action, Look, action_explained};
use golive_web::components::dialog::{Dialog, dialog};
use golive_web::components::facts::{Card, Fig, Item, figs, items, kv};
use golive_web::components::feed::{Entry, Voice, feed, thread};
use golive_web::components::form::{Choice, Field, Filled, Form, Input, filter, form};
use golive_web::components::icon::{Icon, icon};
use golive_web::components::measure::{Measure, Part, PartLook, meas, seg};
use golive_web::components::notice::{Refused, banner, empty, refused as problem};
use golive_web::components::pager::{Pager, pager};
use golive_web::components::person::{Person, people, who};
use golive_web::components::state::{State, badge, st};
use golive_web::components::table::{Column, Line, Row, Sorted, Table, table};
use golive_web::components::vote::{Seat, SeatStands, seats, votes};
use maud::{Markup, html};

pub fn page() -> Markup {
    let does = [
        Action::open("move", "Move the go-live date…", "move-date"),
        Action::post("sign", "Approve waiver W-4", "/x").look(Look::Primary),
        Action::post("off", "Sign off UAT", "/x")
            .refused(vec!["Pass rate 91.4 %, at least 95 %".to_owned()]),
    ];
    html! {
        (head("Parts", &html! { "Every small part with the sample’s data. " a href="#" { "A link." } }, &does))
        div.stack-l {
            (states())
            (figs("now", "Now", &figures()))
            (cases())
            div.cols-2 { (forms()) (refused()) }
            div.cols { (left()) (right()) }
            (kind("Notices", &notices()))
            (refusal())
        }
        (move_date())
    }
}

fn states() -> Markup {
    html! {
        (kind("States", &html! {
            div.row { @for state in State::ALL { (badge(state, None)) } }
            div.row.mt2 { @for state in State::ALL { (st(state, None)) } }
        }))
        (kind("Icons", &html! { div.row { @for which in Icon::ALL { (icon(*which)) } } }))
    }
}

fn figures() -> [Fig; 4] {
    [
        Fig::new("Wait for you", "2", "W-4 today 18:00, policy change 3 May").state(State::Wait),
        Fig::new("Pass rate", "91.4 %", "").state(State::Bad).note(html! {
            "128 of 140 cases, at least 95 %" span.blk.mt2 { (meas(Measure::against(91.4, 95.0, true, State::Bad))) }
        }),
        Fig::new("Least slack", "6 days", "user acceptance, latest Mon 10 May").state(State::Warn).href("#"),
        Fig::new("Active waivers", "1", "W-2, next expiry in 34 days"),
    ]
}

fn cases() -> Markup {
    let columns = vec![
        Column::id("Step"),
        Column::name("Title").sort("?sort=title", Sorted::Up),
        Column::summary("State"),
        Column::short("Owner"),
        Column::short("Due").sort("?sort=due", Sorted::No),
        Column::figure("Cases"),
        Column::plain("Results").wide_only(),
    ];
    let parts = [
        Part { word: "passed".to_owned(), count: 21, look: PartLook::Passed },
        Part { word: "failed".to_owned(), count: 3, look: PartLook::Failed },
        Part { word: "blocked".to_owned(), count: 2, look: PartLook::Blocked },
        Part { word: "open".to_owned(), count: 6, look: PartLook::Open },
    ];
    let row = |no: &str, title: &str, state: State, owner: &str, due: &str| {
        Row::new(
            title,
            vec![
                html! { (no) },
                html! { a.ink href="#" { (title) } },
                badge(state, None),
                who(&Person::named(owner)),
                html! { (due) },
                html! { "32" },
                seg(&parts, false),
            ],
        )
        .id(format!("step-{no}"))
    };
    let lines: Vec<Line> = vec![
        Line::Group("3 Test".to_owned(), "19 steps, 14 done".to_owned()),
        row("3.1", "System integration test cycle", State::Done, "Paolo Ruiz", "26 Mar").into(),
        row("3.4", "Customisation analysis read", State::Waive, "Joon-ho Park", "until 31 May")
            .into(),
        row(
            "3.9",
            "User acceptance of order to cash, warehouse and cold storage",
            State::Bad,
            "Rin Ito",
            "Mon 26 Apr",
        )
        .state(State::Bad)
        .into(),
        row("3.12", "Sign-off by the customer", State::Lock, "Katja Maas", "Mon 10 May").into(),
    ];
    let next = Pager {
        what: "steps".to_owned(),
        shown: 4,
        total: Some(68),
        first: None,
        next: Some("?after=3.12".to_owned()),
    };
    let inside = html! { (table(&Table::new("Steps", columns, lines).folding())) (pager(&next)) };
    html! {
        div.between { (filter("q", "Filter: name, person", "")) (seg(&parts, true)) }
        (Card::new("steps", "Steps").count(68).around(&inside))
    }
}

fn request_form() -> Form {
    let fields = vec![
        Field::text("name", "Name").hint("Letters and hyphens; shown in every address."),
        Field::new("admin", "Administrator", Input::Line("email")),
        Field::new(
            "region",
            "Region",
            Input::Select(vec![
                Choice::new("dew", "Germany West"),
                Choice::new("eun", "Europe North"),
            ]),
        ),
        Field::new(
            "model",
            "Service model",
            Input::Radios(vec![
                Choice::new("managed", "Managed")
                    .note("People of the operator release and deploy, within 48 h."),
                Choice::new("self", "Self-service")
                    .note("golive deploys by itself once the gate is open."),
            ]),
        )
        .value("self"),
        Field::new("note", "Note", Input::Area(2)).optional(),
        Field::new("agree", "I have read the checklist of the region", Input::Check),
    ];
    Form::new("request", "/x", "Queue the request", fields)
}

fn forms() -> Markup {
    Card::new("form-ok", "A form").padded(&form(&request_form(), &Filled::default()))
}

fn refused() -> Markup {
    let filled = Filled::typed([
        ("name", "ctso prod"),
        ("admin", "katja.maas@contoso.example"),
        ("region", "dew"),
        ("model", "self"),
        ("note", "after <b>rehearsal</b> 1"),
    ])
    .error("name", "“ctso prod” has a space; letters, digits and hyphens are allowed")
    .error("admin", "this is a person’s account; a service account is expected");
    let mut form_2 = request_form();
    "request-2".clone_into(&mut form_2.id);
    let upload = Form::new(
        "upload",
        "/x",
        "Upload",
        vec![Field::new("file", "Package (zip, at most 2 GB)", Input::File(".zip"))],
    )
    .plain();
    html! {
        div.stack {
            (Card::new("form-bad", "The same, refused").padded(&form(&form_2, &filled)))
            (Card::new("form-file", "Upload").padded(&form(&upload, &Filled::default())))
        }
    }
}

fn left() -> Markup {
    let clock = clock();
    let list = [
        Item::new(
            State::Bad,
            "F-3 has no accepted mitigation: no rollback proof for the webshop interface",
        )
        .href("#")
        .note(who(&Person::named("Katja Maas")))
        .due("1 day late", Some(State::Bad))
        .action(Action::go("a1", "Answer", "#").look(Look::SmallPrimary)),
        Item::new(State::Stale, "The load test goes stale on Tue 4 May")
            .href("#")
            .note(html! { "repeat it on 26.4.2" })
            .due("in 7 days", Some(State::Warn))
            .action(Action::post("a2", "Plan", "#").look(Look::Small)),
        Item::new(State::Lock, "Sign off UAT").note(html! { "waits for the pass rate" }).action(
            Action::post("a3", "Sign off", "#").look(Look::Small).refused(vec![
                "Pass rate 91.4 %, at least 95 %".to_owned(),
                "REQ-088 is not covered".to_owned(),
            ]),
        ),
    ];
    let talk = [
        Entry {
            id: None,
            voice: Voice::Person(person("Paolo Ruiz", "Partner")),
            at: at("2027-04-26T07:10:00Z"),
            text: html! { p { "Right after 26.4.2 we repeat the load test at peak and need 10 nodes instead of 4." } },
        },
        Entry {
            id: None,
            voice: Voice::System(Icon::Timer, State::Run),
            at: at("2027-04-26T07:10:00Z"),
            text: html! { "The clock started: 24 h" },
        },
        Entry {
            id: None,
            voice: Voice::Person(person("Sven Holm", "Operator")),
            at: at("2027-04-26T12:31:00Z"),
            text: html! { p { "Do you want it on 4 May, or after rehearsal 1?" } },
        },
        Entry {
            id: None,
            voice: Voice::System(Icon::Wait, State::Wait),
            at: at("2027-04-26T12:31:00Z"),
            text: html! { "The clock is paused: it waits for Contoso. 5 h 21 of 24 h used." },
        },
    ];
    html! {
        div.stack {
            (Card::new("blocks", "What blocks you now").count(3).end(html! { a href="#" { "All criteria" } }).around(&items(&list)))
            (Card::new("sr", "SR-2101 Peak capacity for a load test").state(State::Wait).end(badge(State::Wait, "Waiting for you")).around(&thread(&talk, &clock)))
        }
    }
}

fn right() -> Markup {
    let clock = clock();
    let seats_of = [
        Seat {
            id: "seat-c".to_owned(),
            capacity: "Customer".to_owned(),
            stands: SeatStands::Open(vec![
                Person::named("Anneke Visser"),
                Person::named("Elif Demir"),
            ]),
        },
        Seat {
            id: "seat-r".to_owned(),
            capacity: "Reviewer".to_owned(),
            stands: SeatStands::For(
                Person::named("Amina Lee"),
                "Approved".to_owned(),
                "today 10:35".to_owned(),
            ),
        },
        Seat {
            id: "seat-i".to_owned(),
            capacity: "Integration".to_owned(),
            stands: SeatStands::Against(
                Person::named("Paolo Ruiz"),
                "No-go".to_owned(),
                "one partner still sends".to_owned(),
            ),
        },
        Seat {
            id: "seat-f".to_owned(),
            capacity: "Finance".to_owned(),
            stands: SeatStands::Superseded(
                Person::named("Anneke Visser"),
                "durations changed".to_owned(),
            ),
        },
    ];
    let events = [
        Entry {
            id: None,
            voice: Voice::Person(Person::named("Amina Lee")),
            at: at("2027-04-27T07:58:00Z"),
            text: html! { b { "Amina Lee" } " asked for proof on " a href="#" { "F-3" } },
        },
        Entry {
            id: None,
            voice: Voice::System(Icon::Warn, State::Warn),
            at: at("2027-04-26T15:06:00Z"),
            text: html! { "4 steps were marked done in one minute without evidence" },
        },
    ];
    let facts = [
        ("Risk owner", html! { "Tom Beck" }),
        ("Expires", html! { "Wed 30 Jun 2027" }),
        ("Shown as", html! { code { "5e0c…81" } }),
    ];
    html! {
        div.stack {
            (Card::new("w4", "W-4").end(seats(1, 2)).padded(&html! { div.stack { (kv(&facts)) (votes(&seats_of)) (action_explained(&Action::post("go", "Go", "#").look(Look::Large).refused(vec!["1 vote is open".to_owned(), "2 of 4 criteria are not met".to_owned()]))) } }))
            (Card::new("activity", "Activity").padded(&feed(&events, &clock)))
            (Card::new("people", "People").around(&people(&[person("Katja Maas", "Customer, project manager"), person("Joon-ho Park", "Partner, project manager")])))
        }
    }
}

fn notices() -> Markup {
    html! {
        (banner("stale", State::Stale, "4 results are stale.", &html! { "Version 26.4.2 reached CTSO-UAT on 4 May." }, &[Action::go("b1", "Open them", "#").look(Look::Small)]))
        (card("none", "Test cases", &empty("No test case covers this requirement", "REQ-088 counts as not covered, so UAT cannot be signed off.", &[Action::go("e1", "Write a case", "#").look(Look::Primary).icon(Icon::Plus), Action::go("e2", "Import a file", "#")])))
    }
}

fn refusal() -> Markup {
    problem(&Refused {
        state: State::Bad,
        word: "Not now".to_owned(),
        title: "Production cannot be requested yet".to_owned(),
        text: html! { "The gate was open when you loaded the page and was judged again when you sent. Your request is kept as a draft." },
        reasons: vec![(
            "No critical finding is open: 1, none allowed".to_owned(),
            Some("#".to_owned()),
        )],
        trace: Some("4bf92f3577b34da6".to_owned()),
        does: vec![Action::go("back", "Back to the request", "#")],
    })
}

fn move_date() -> Markup {
    let form = Form::new(
        "move-form",
        "/x",
        "Move and tell 14 people",
        vec![
            Field::new("reason", "Reason", Input::Area(2))
                .hint("Kept in the history of the date, shown to all members."),
        ],
    );
    let it = Dialog {
        id: "move-date".to_owned(),
        title: "Move the go-live date".to_owned(),
        text: html! { "From Mon 7 Jun to Mon 21 Jun 2027, 14 days. The policy allows 10, so the review becomes " b { "to be confirmed" } "." },
        keep: "Keep 7 June".to_owned(),
        form,
        is_danger: false,
    };
    dialog(&it, &Filled::default())
}

/// The form of the sign-in page, refused once.
pub fn sign_in_form() -> Markup {
    let fields = vec![
        Field::new("email", "E-mail", Input::Line("email")).autocomplete("username"),
        Field::new("password", "Password", Input::Line("password"))
            .autocomplete("current-password"),
    ];
    let filled = Filled::typed([("email", "katja.maas@contoso.example")]).error(
        "password",
        "E-mail and password do not match. 4 tries left before a pause of 15 minutes.",
    );
    form(&Form::new("sign-in", "/sign-in", "Sign in", fields), &filled)
}
