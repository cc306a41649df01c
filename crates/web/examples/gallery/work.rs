//! An operation with its log, and the choices of one that needs attention.

use crate::contoso::{at, clock};
use crate::head;
use golive_web::components::action::{Action, Look};
use golive_web::components::facts::{Card, Fig, figs_bare};
use golive_web::components::icon::Icon;
use golive_web::components::ops::{LogLine, OpStands, OpStep, UndoStep, operation_steps, undo};
use golive_web::components::state::{State, badge};
use jiff::SignedDuration;
use maud::{Markup, html};

pub fn page() -> Markup {
    let clock = clock();
    let lead = html! { "On " a href="#" { "NWT-PROD" } ", " code { "op-01JSKE4T" } ", started by Sven Holm." };
    let does = [
        Action::post("pause", "Pause after this step", "#").icon(Icon::Pause),
        Action::open("cancel", "Cancel…", "cancel-op").look(Look::Danger),
    ];
    let running = html! {
        div.figs.line-b {
            (figs_bare(&[
                Fig::new("Running for", "11:32", "since 09:30 +01:00"),
                Fig::new("Usual", "24 min", "p90 31 min, of 9 runs"),
                Fig::new("Ends about", "09:55", "no later than 10:02"),
                Fig::new("Window", "3 h 48", "left, until 13:30"),
            ]))
        }
        (operation_steps("op", &steps(), &clock))
    };
    let failed = html! {
        (operation_steps("op2", &failed_steps(), &clock))
        div.card-b.line-t { h3 { "If it is rolled back" } div.mt2 { (undo(&chain())) } }
    };
    html! {
        (head("Install package 26.4.1 on production", &lead, &does))
        div.stack {
            (Card::new("running", "Step 4 of 7").state(State::Run).end(badge(State::Run, "Running")).around(&running))
            (Card::new("attention", "Install package 26.4.2-rc1 on NWT-SIT").state(State::Bad).end(badge(State::Bad, "Needs attention")).around(&failed))
        }
    }
}

fn step(title: &str, note: &str, stands: OpStands, seconds: i64) -> OpStep {
    OpStep {
        title: title.to_owned(),
        note: note.to_owned(),
        stands: Some(stands),
        took: (seconds > 0).then(|| SignedDuration::from_secs(seconds)),
        ..OpStep::default()
    }
}

fn line(number: u64, text: &str, state: Option<State>) -> LogLine {
    LogLine {
        number,
        at: at("2027-04-27T07:33:38.204Z"),
        source: "install".to_owned(),
        text: text.to_owned(),
        state,
    }
}

fn steps() -> Vec<OpStep> {
    let mut install = step("Install the package", "4 of 9 modules", OpStands::Running, 502);
    install.percent = Some(43.0);
    install.log = vec![
        line(212, "release 26.4.1+203 unpacked, 44 modules, digest e19d…4f verified", None),
        line(213, "plan: 9 changed, 35 unchanged, 0 removed", None),
        line(221, "uk-bank-formats: BACS template kept, it was changed locally", Some(State::Warn)),
        line(223, "4/9  uk-bank-formats    compiling 69 of 74", None),
    ];
    vec![
        step("Check again: gate, package, capacity", "gate open, 15 of 15", OpStands::Done, 8),
        step("Take a restore point", "rp-01JSKE, 6.1 GB", OpStands::Done, 161),
        step("Drain sessions and lock users", "1 session ended", OpStands::Done, 21),
        install,
        step("Migrate the database", "usual 6:10", OpStands::Ahead, 0),
        step("Smoke checks", "login, post, print, per company", OpStands::Ahead, 0),
    ]
}

fn failed_steps() -> Vec<OpStep> {
    let mut migrate =
        step("Migrate the database", "failed at 4 of 9, tried once", OpStands::Failed, 177);
    migrate.log = vec![
        line(388, "4/9 0412_stock_location_unique: begin", None),
        line(390, "could not create unique index \"stock_location_code_uq\"", Some(State::Bad)),
        line(
            391,
            "Key (company, code)=(3, W-07) is duplicated. <script>alert(1)</script>",
            Some(State::Bad),
        ),
    ];
    vec![step("Check, restore point, drain, install", "", OpStands::Done, 1145), migrate]
}

fn chain() -> Vec<UndoStep> {
    let of = |text: &str, is_pending| UndoStep { text: text.to_owned(), is_pending };
    vec![
        of("restore rp-01JSKA", false),
        of("put release 198 back", false),
        of("unlock 24 users", false),
        of("release the lease", true),
    ]
}
