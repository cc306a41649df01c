//! Waivers: those that wait for a seat, each with what is asked; the ledger of all; and a new proposal.

use super::shell::{Again, InProject, Posted, Shown};
use crate::components::action::{Look, action, action_explained};
use crate::components::dialog::{Dialog, dialog};
use crate::components::facts::{Card, Fig, figs, kv};
use crate::components::form::{Choice, Field, Input, form};
use crate::components::measure::{Measure, meas};
use crate::components::notice::empty;
use crate::components::person::Person;
use crate::components::state::{State, badge};
use crate::components::table::{Column, Row, Table, table};
use crate::components::time;
use crate::components::vote::{Seat, SeatStands, votes};
use crate::layout::{self, ProjectPage};
use crate::words;
use axum::Router;
use axum::extract::Path;
use axum::routing::{get, post};
use golive_app::waiver::{WaiverForm, WaiverView};
use golive_app::{App, Error};
use golive_core::id::WaiverId;
use golive_core::waiver::State as Standing;
use maud::{Markup, html};

/// The pages of this subject.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/projects/{slug}/waivers", get(show).post(propose))
        .route("/projects/{slug}/waivers/{id}/{verb}", post(decide))
}

async fn show(here: InProject) -> Shown {
    page(&here, Again::none()).await
}

async fn propose(here: InProject, posted: Posted) -> Shown {
    let done = match read(&posted) {
        Ok(form) => here.app.waiver_propose(&here.actor, here.id, &form).await,
        Err(error) => Err(error),
    };
    let to = ("Proposed; the deciders are asked", "waivers");
    here.settle(done, to, &posted, |again| page(&here, again)).await
}

/// The criterion is chosen together with its gate.
fn read(posted: &Posted) -> Result<WaiverForm, Error> {
    let chosen = posted.text("criterion");
    let (gate, criterion) = chosen
        .split_once('/')
        .ok_or_else(|| Error::invalid("criterion", "a criterion that keeps a gate shut", chosen))?;
    Ok(WaiverForm {
        gate: gate.to_owned(),
        criterion: criterion.to_owned(),
        reason: posted.text("reason").to_owned(),
        risk_owner: Some(posted.text("risk_owner").to_owned()),
        measure: posted.text("measure").to_owned(),
        expires: posted.value("expires", "a date such as 2027-04-30")?,
    })
}

/// Everything that is decided about a waiver; the verb is the one of the API.
async fn decide(
    here: InProject,
    Path((_, id, verb)): Path<(String, String, String)>,
    posted: Posted,
) -> Shown {
    let id: WaiverId = id.parse().map_err(|_| Error::not_found("waiver", &id))?;
    let (app, actor, reason) = (&here.app, &here.actor, posted.text("reason"));
    let (done, toast) = match verb.as_str() {
        "approve" => {
            (app.waiver_approve(actor, id, posted.text("digest")).await, "Approved for your side")
        }
        "refuse" => (app.waiver_refuse(actor, id, reason).await, "Refused"),
        "withdraw" => (app.waiver_withdraw(actor, id).await, "Taken back"),
        "revoke" => {
            (app.waiver_revoke(actor, id, reason).await, "Ended; the criterion counts again")
        }
        "close" => (app.waiver_close(actor, id).await, "No longer needed"),
        "renew" => match posted.value("expires", "a date such as 2027-04-30") {
            Ok(expires) => {
                (app.waiver_renew(actor, id, (expires, reason)).await, "Another term is proposed")
            }
            Err(error) => (Err(error), ""),
        },
        _ => (Err(Error::not_found("command for waivers", verb)), ""),
    };
    here.settle(done, (toast, "waivers"), &posted, |again| page(&here, again)).await
}

async fn page(here: &InProject, again: Again) -> Shown {
    let waivers = here.app.waiver_list(&here.actor, here.id).await?;
    let waiting = waivers.iter().filter(|waiver| waiver.state == "proposed");
    let lead = html! { "Waive, approve and override are three different verbs. A waiver binds to the digest of what was shown, needs two people, and ends by itself." };
    let body = html! {
        (layout::head("Approvals and waivers", &lead, &[]))
        (figures(here, &waivers))
        div.stack.gap5.mt4 {
            @for waiver in waiting { (asked(here, waiver, &again)) }
            (ledger(here, &waivers, &again))
            (proposal(here, &again).await?)
        }
    };
    here.live_page(ProjectPage::Waivers, "Approvals and waivers", body).await
}

fn figures(here: &InProject, waivers: &[WaiverView]) -> Markup {
    let of = |state: &str| waivers.iter().filter(|waiver| waiver.state == state).count();
    let open = |waiver: &&WaiverView| {
        waiver.actions.iter().any(|a| a.name == "waiver_approve" && a.is_open())
    };
    let mine = waivers.iter().filter(open).count();
    let next =
        waivers.iter().filter(|waiver| waiver.state == "active").map(|waiver| waiver.expires).min();
    let expiry = next.map_or_else(
        || "none is in force".to_owned(),
        |at| format!("the next ends {}", words::relative(at, here.clock.now)),
    );
    let wait = Fig::new("Wait for you", mine.to_string(), "seats that you could fill");
    let wait = if mine > 0 { wait.state(State::Wait) } else { wait };
    figs(
        "waiver-figures",
        "Now",
        &[
            wait,
            Fig::new("Proposed", of("proposed").to_string(), "wait for a seat"),
            Fig::new("In force", of("active").to_string(), expiry),
            Fig::new("Refused", of("refused").to_string(), "in this project"),
        ],
    )
}

/// A proposal that waits: what is asked, and its seats.
fn asked(here: &InProject, waiver: &WaiverView, again: &Again) -> Markup {
    let id = &waiver.id;
    let to = |verb: &str| format!("waivers/{id}/{verb}");
    let approve = here
        .act(
            &waiver.actions,
            "waiver_approve",
            id,
            (&format!("Approve {}", waiver.number), &to("approve")),
        )
        .look(Look::Primary)
        .with("digest", &waiver.digest);
    let withdraw =
        here.act(&waiver.actions, "waiver_withdraw", id, ("Take it back", &to("withdraw")));
    let mine = withdraw.refused.is_empty();
    let refuse = Dialog {
        id: format!("refuse-{id}"),
        title: format!("Refuse {}", waiver.number),
        text: html! { "One no is enough: the criterion goes on keeping its gate shut." },
        keep: "Not now".to_owned(),
        form: here.form(
            &format!("waiver_refuse.{id}"),
            &to("refuse"),
            "Refuse",
            vec![Field::new("reason", "Why", Input::Area(3))],
        ),
        is_danger: true,
    };
    let note = html! { "proposed by " (waiver.proposed_by) ", ends " (time::time(waiver.expires, &here.clock)) };
    Card::new(format!("waiver-{id}"), format!("{} waits for {}", waiver.number, sides(waiver)))
        .state(State::Wait)
        .end(html! { span.muted { (note) } })
        .padded(&html! {
            div.cols-2 {
                div.stack-s { (particulars(here, waiver)) }
                div.stack-s {
                    h3 { "Seats " span.muted.fw4 { (waiver.seats.len()) ", never one person twice" } }
                    (votes(&seats(here, waiver)))
                    p.xs.muted { (waiver.proposed_by) " proposed it and takes no seat." }
                    div.row {
                        @if approve.refused.is_empty() { (action(&crate::components::action::Action::open(format!("waiver_refuse-open.{id}"), "Refuse…", format!("refuse-{id}")).look(Look::Danger))) }
                        @if mine { (action(&withdraw)) }
                        (action_explained(&approve))
                    }
                    (dialog(&refuse, &again.of(&format!("waiver_refuse.{id}"))))
                }
            }
        })
}

fn sides(waiver: &WaiverView) -> String {
    let open = waiver.seats.iter().filter(|seat| seat.by.is_none());
    words::and(&open.map(|seat| format!("the {}", seat.side)).collect::<Vec<_>>())
}

fn particulars(here: &InProject, waiver: &WaiverView) -> Markup {
    kv(&[
        (
            "Criterion",
            html! { a href=(here.at(&format!("gates/{}", waiver.gate))) { (waiver.title) } },
        ),
        ("Reason", html! { (waiver.reason) }),
        ("Risk owner", html! { (waiver.risk_owner.as_deref().unwrap_or("nobody")) }),
        ("Measure", html! { (waiver.measure) }),
        (
            "Expires",
            html! { (time::time_relative(waiver.expires, &here.clock)) ", then it blocks again" },
        ),
        ("Shown as", html! { code { (words::digest(&waiver.digest)) } }),
    ])
}

fn seats(here: &InProject, waiver: &WaiverView) -> Vec<Seat> {
    waiver
        .seats
        .iter()
        .map(|seat| Seat {
            id: format!("seat-{}-{}", waiver.id, seat.side),
            capacity: capital(&seat.side),
            stands: match (&seat.by, seat.at) {
                (Some(name), Some(at)) => SeatStands::For(
                    Person::named(name),
                    "approved".to_owned(),
                    words::moment(at, &here.clock),
                ),
                (_, _) => SeatStands::Open(seat.possible.iter().map(Person::named).collect()),
            },
        })
        .collect()
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn ledger(here: &InProject, waivers: &[WaiverView], again: &Again) -> Markup {
    if waivers.is_empty() {
        return empty(
            "No waiver was ever asked for",
            "Exceptions stand here for ever, also those that were refused or have ended.",
            &[],
        );
    }
    let columns = vec![
        Column::id("#"),
        Column::name("Waiver and measure"),
        Column::short("Risk owner"),
        Column::plain("Decided by"),
        Column::short("Expires"),
        Column::summary("State"),
        Column::plain("Do"),
    ];
    let rows = waivers.iter().map(|waiver| {
        let (state, word) = standing(waiver);
        Row::new(
            &waiver.title,
            vec![
                html! { span.nowrap { (waiver.number) } },
                html! { (waiver.title) div.xs.muted.fw4.fmore { (waiver.measure) } },
                html! { (waiver.risk_owner.as_deref().unwrap_or("–")) },
                html! { (decided(waiver)) },
                html! { (time::ago(waiver.expires, &here.clock)) (used(here, waiver)) },
                html! { (badge(state, word)) },
                html! { (endings(here, waiver, again)) },
            ],
        )
        .id(format!("row-{}", waiver.id))
    });
    let listed = Table::new("Waivers", columns, rows.collect::<Vec<_>>());
    Card::new("ledger", "Waiver ledger")
        .count(waivers.len())
        .foot(html! { "An expired waiver blocks again by itself." })
        .around(&table(&listed))
}

fn standing(waiver: &WaiverView) -> (State, &'static str) {
    match waiver.state.as_str() {
        "proposed" => (State::Wait, "Proposed"),
        "active" => (State::Waive, "In force"),
        "refused" => (State::Bad, "Refused"),
        "withdrawn" => (State::Idle, "Taken back"),
        "expired" => (State::Stale, "Expired"),
        "revoked" => (State::Bad, "Revoked"),
        _ => (State::Done, "No longer needed"),
    }
}

/// Who agreed, or who ended it and why.
fn decided(waiver: &WaiverView) -> String {
    let agreed = waiver
        .seats
        .iter()
        .filter_map(|seat| seat.by.as_ref().map(|by| format!("{by} ({})", seat.side)));
    let mut all: Vec<String> = agreed.collect();
    all.extend(waiver.ended.clone());
    if all.is_empty() { "–".to_owned() } else { all.join(", ") }
}

/// How much of its time an active waiver has used.
fn used(here: &InProject, waiver: &WaiverView) -> Markup {
    let since = match &waiver.particulars {
        Standing::Active { since, .. } if waiver.state == "active" => *since,
        Standing::Proposed { .. }
        | Standing::Active { .. }
        | Standing::Refused { .. }
        | Standing::Withdrawn { .. }
        | Standing::Expired { .. }
        | Standing::Revoked { .. }
        | Standing::Closed { .. } => return html! {},
    };
    let whole = waiver.expires.duration_since(since).as_secs_f64();
    let gone = here.clock.now.duration_since(since).as_secs_f64();
    html! { div.mt15 { (meas(Measure::share(gone, whole, State::Waive))) } }
}

/// What ends a waiver early or gives it another term.
fn endings(here: &InProject, waiver: &WaiverView, again: &Again) -> Markup {
    let id = &waiver.id;
    let may = |op: &str| waiver.actions.iter().any(|action| action.name == op && action.is_open());
    let ask = |verb: &str, label: &str, fields: Vec<Field>, danger: bool, text: Markup| {
        let op = format!("waiver_{verb}.{id}");
        let it = Dialog {
            id: format!("{verb}-{id}"),
            title: format!("{label} {}", waiver.number),
            text,
            keep: "Not now".to_owned(),
            form: here.form(&op, &format!("waivers/{id}/{verb}"), label, fields),
            is_danger: danger,
        };
        let open = crate::components::action::Action::open(
            format!("waiver_{verb}-open.{id}"),
            format!("{label}…"),
            format!("{verb}-{id}"),
        );
        html! { (action(&open.look(Look::Small))) (dialog(&it, &again.of(&op))) }
    };
    let reason = || Field::new("reason", "Why", Input::Area(3));
    html! {
        div.row.row-tight {
            @if may("waiver_renew") {
                (ask("renew", "Renew", vec![Field::new("expires", "Until", Input::Line("date")), reason()], false,
                    html! { "A new waiver is proposed, for the same criterion, by the same rules; this one runs to its own end." }))
            }
            @if may("waiver_revoke") {
                (ask("revoke", "Revoke", vec![reason()], true, html! { "The criterion counts again at once." }))
            }
            @if may("waiver_close") {
                (action(&here.act(&waiver.actions, "waiver_close", id, ("No longer needed", &format!("waivers/{id}/close"))).look(Look::Small)))
            }
        }
    }
}

async fn proposal(here: &InProject, again: &Again) -> Result<Markup, Error> {
    let candidates = here.app.waiver_candidates(&here.actor, here.id).await?;
    let members = here.app.member_list(&here.actor, here.id).await?;
    let me = members.iter().find(|member| member.user == here.actor.user.to_string());
    if !me.is_some_and(|me| matches!(me.side.as_str(), "customer" | "partner")) {
        return Ok(html! {});
    }
    let policy = here.app.policy(&here.project().policy)?;
    let days = policy.whole("waiver.validity_max").unwrap_or_default();
    let length = policy.whole("waiver.reason_length_min").unwrap_or_default();
    let criteria = candidates
        .iter()
        .map(|c| {
            let gate =
                c.gate.parse().map_or_else(|_| c.gate.clone(), |gate| words::gate(gate).to_owned());
            Choice::new(format!("{}/{}", c.gate, c.criterion), format!("{gate}: {}", c.title))
        })
        .collect();
    let owners = members
        .iter()
        .filter(|m| !m.service_account)
        .map(|m| Choice::new(&m.name, &m.name))
        .collect();
    let fields = vec![
        Field::new("criterion", "Criterion that keeps a gate shut now", Input::Select(criteria)),
        Field::new("reason", "Why it cannot be met now", Input::Area(3))
            .hint(format!("At least {length} characters.")),
        Field::new("risk_owner", "Who bears the risk until then", Input::Select(owners)),
        Field::new("measure", "What is done instead", Input::Area(2)),
        Field::new("expires", "Last day", Input::Line("date"))
            .hint(format!("At most {days} days from now.")),
    ];
    let it = here.form("waiver_propose", "waivers", "Propose", fields);
    Ok(Card::new("propose", "Propose a waiver").padded(&form(&it, &again.of("waiver_propose"))))
}
