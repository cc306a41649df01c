//! The server: health, clock, accounts, organisations, blueprints, backups, its own log.

use super::audit;
use super::shell::{Again, PageCaller, Posted, Shown, Uploaded, folded_form};
use crate::components::action::{Action, Look};
use crate::components::facts::{Card, Fig, figs};
use crate::components::form::{self, Choice, Field, Input};
use crate::components::notice::empty;
use crate::components::state::{State, badge, tag};
use crate::components::table::{Column, Row, Table, table};
use crate::layout::{self, Nav};
use crate::words;
use axum::Router;
use axum::routing::{get, post};
use golive_app::people::{NewOrganisation, NewPerson, OrganisationView, PersonView};
use golive_app::server::{AuditView, BlueprintView, HealthView};
use golive_app::{App, Error};
use maud::{Markup, html};

/// The pages of this subject.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/server", get(show))
        .route("/server/verify", post(verify))
        .route("/server/backups", post(backup))
        .route("/server/clock", post(clock))
        .route("/server/users", post(user_create))
        .route("/server/organisations", post(organisation_create))
        .route("/server/blueprints", post(blueprint_apply))
}

async fn show(here: PageCaller) -> Shown {
    page(&here, Again::none(), None).await
}

async fn page(here: &PageCaller, again: Again, checked: Option<&AuditView>) -> Shown {
    let users = here.app.user_list(&here.actor).await?;
    let organisations = here.app.organisation_list(&here.actor).await?;
    let blueprints = here.app.blueprint_list(&here.actor).await?;
    let projects = here.app.project_list(&here.actor).await?.len();
    let health = here.app.server_health().await?;
    let verify =
        PageCaller::post_to("audit_verify_server", "Verify the server's log", "/server/verify");
    let backup = PageCaller::post_to("server_backup", "Back up now", "/server/backups");
    let project = Action::go("project_create", "New project", "/portfolio/new").look(Look::Primary);
    let lead = html! { "golive itself: who may sign in, what can be deployed, and whether the log holds. Projects belong to their members." };
    let at = here.clock.local(here.clock.now).strftime("%H:%M:%S").to_string();
    let body = html! {
        (layout::head("Server", &lead, &[verify, backup, project]))
        @if let Some(checked) = checked { (audit::verdict(checked, &at)) }
        (figures(&health, (users.len(), projects)))
        div.cols.mt5 {
            div.stack.gap5 {
                (Card::new("users", "Accounts").count(users.len()).around(&users_table(&users)))
                (Card::new("organisations", "Organisations").count(organisations.len()).around(&organisations_table(&organisations)))
                (Card::new("blueprints", "Blueprints").count(blueprints.len()).around(&blueprints_table(&blueprints))
                )
            }
            div.stack.gap5 {
                @if here.app.clock.is_simulated() { (Card::new("clock", "Simulated clock").padded(&clock_form(here, &again))) }
                (folded_form(("user-new", "New account"), users.len() < 2, &user_form(here), &again))
                (folded_form(("organisation-new", "New organisation"), organisations.is_empty(), &organisation_form(here), &again))
                (folded_form(("blueprint-new", "Bring a blueprint in"), blueprints.is_empty(), &blueprint_form(), &again))
            }
        }
    };
    here.page(Nav::Server, "Server", body).await
}

fn figures(health: &HealthView, (users, projects): (usize, usize)) -> Markup {
    let ok = Fig::new("Health", "Good", format!("{} answers", health.database)).state(State::Done);
    let clock = if health.clock == "simulated" {
        Fig::new("Clock", "Simulated", health.now.strftime("%-d %b %Y %H:%M UTC").to_string())
            .state(State::Warn)
    } else {
        Fig::new("Clock", "Real", "the time on the wall")
    };
    figs(
        "figures",
        "Key figures",
        &[
            ok,
            clock,
            Fig::new("Version", health.version.clone(), "of golive"),
            Fig::new("Projects", projects.to_string(), "on this server").href("/portfolio"),
            Fig::new("Accounts", users.to_string(), "may sign in").href("#users"),
        ],
    )
}

fn users_table(users: &[PersonView]) -> Markup {
    let columns = vec![
        Column::name("Person"),
        Column::plain("Login"),
        Column::plain("Mail").wide_only(),
        Column::short("Time zone").wide_only(),
        Column::summary("State"),
    ];
    let rows = users.iter().map(|user| {
        let (state, word) = if user.closed { (State::Idle, "closed") } else { (State::Done, "active") };
        Row::new(
            &user.name,
            vec![
                html! { (user.name) " " @if user.server_administrator { (tag("server administrator")) } @if user.service_account { (tag("service account")) } },
                html! { code { (user.login) } },
                html! { (user.email) },
                html! { (user.time_zone) },
                badge(state, word),
            ],
        )
    });
    table(&Table::new("Accounts", columns, rows).folding())
}

fn organisations_table(organisations: &[OrganisationView]) -> Markup {
    if organisations.is_empty() {
        return empty(
            "No organisation yet",
            "Customers, partners, reviewers and operators come from organisations; each has the calendar by which its business days count.",
            &[],
        );
    }
    let columns =
        vec![Column::name("Name"), Column::short("Business days"), Column::plain("Id").wide_only()];
    let rows = organisations.iter().map(|o| {
        let cells = vec![html! { (o.name) }, html! { (o.calendar) }, html! { code.xs { (o.id) } }];
        Row::new(&o.name, cells)
    });
    table(&Table::new("Organisations", columns, rows))
}

fn blueprints_table(blueprints: &[BlueprintView]) -> Markup {
    if blueprints.is_empty() {
        return empty(
            "No blueprint yet",
            "A blueprint says what is deployed: services, database, hooks, accounts. It is one TOML file for each application, and it runs code: only you bring one in.",
            &[],
        );
    }
    let columns = vec![
        Column::name("Application"),
        Column::short("Name"),
        Column::short("Version"),
        Column::short("Digest").wide_only(),
    ];
    let rows = blueprints.iter().map(|b| {
        Row::new(
            &b.title,
            vec![
                html! { (b.title) },
                html! { code { (b.id) } },
                html! { (b.version) },
                html! { code.xs title=(b.digest) { (words::digest(&b.digest)) } },
            ],
        )
    });
    table(&Table::new("Blueprints", columns, rows))
}

fn clock_form(here: &PageCaller, again: &Again) -> Markup {
    let fields = vec![
        Field::text("to", "Move it to")
            .value(here.clock.now.strftime("%Y-%m-%dT%H:%M:00Z").to_string())
            .hint("An instant such as 2027-04-02T16:00:00Z. It only moves forward, and what became due happens."),
    ];
    form::form(
        &PageCaller::form_to("clock_move", "/server/clock", "Move the clock", fields).plain(),
        &again.of("clock_move"),
    )
}

fn calendars(here: &PageCaller) -> Vec<Choice> {
    here.app.content.calendars.keys().map(|name| Choice::new(name, name)).collect()
}

fn user_form(here: &PageCaller) -> form::Form {
    let fields = vec![
        Field::text("name", "Name"),
        Field::text("login", "Login").hint("Small letters, digits, . - _ @"),
        Field::new("email", "Mail address", Input::Line("email")),
        Field::text("time_zone", "Time zone").value(&here.actor.time_zone),
        Field::new("password", "First password", Input::Line("password"))
            .autocomplete("new-password")
            .hint("At least 12 characters; the person changes it."),
        Field::new(
            "service_account",
            "Service account: owned by no single person, never signs",
            Input::Check,
        )
        .optional(),
    ];
    PageCaller::form_to("user_create", "/server/users", "Make the account", fields).plain()
}

fn organisation_form(here: &PageCaller) -> form::Form {
    let fields = vec![
        Field::text("name", "Name"),
        Field::new("calendar", "Business days", Input::Select(calendars(here))),
    ];
    PageCaller::form_to(
        "organisation_create",
        "/server/organisations",
        "Make the organisation",
        fields,
    )
    .plain()
}

fn blueprint_form() -> form::Form {
    let file = Field::new("file", "Blueprint", Input::File(".toml")).hint("A newer file of the same application replaces the older one; environments keep the one they were made with.");
    PageCaller::form_to("blueprint_apply", "/server/blueprints", "Bring it in", vec![file]).plain()
}

async fn verify(here: PageCaller) -> Shown {
    let checked = here.app.audit_verify(&here.actor, None).await?;
    page(&here, Again::none(), Some(&checked)).await
}

async fn backup(here: PageCaller, posted: Posted) -> Shown {
    let made = here.app.server_backup(&here.actor).await;
    let said = made
        .as_ref()
        .map(|made| {
            let (files, size) = (made.files, words::bytes(made.bytes));
            format!(
                "A backup is in {}: {files} files, {size}. Copy it to another machine",
                made.folder
            )
        })
        .unwrap_or_default();
    here.settle_at(made, (&said, "/server"), &posted, |again| page(&here, again, None)).await
}

async fn clock(here: PageCaller, posted: Posted) -> Shown {
    let moved = match posted.value("to", "an instant such as 2027-04-02T16:00:00Z") {
        Ok(to) => here.app.clock_move_by(&here.actor, to).await,
        Err(error) => Err(error),
    };
    here.settle_at(moved, ("The clock was moved", "/server"), &posted, |again| {
        page(&here, again, None)
    })
    .await
}

async fn user_create(here: PageCaller, posted: Posted) -> Shown {
    let made = match posted.read::<NewPerson>() {
        Ok(mut new) => {
            posted.raw("password").clone_into(&mut new.password);
            here.app.user_create(&here.actor, &new).await
        }
        Err(error) => Err(error),
    };
    here.settle_at(made, ("The account is there", "/server#users"), &posted, |again| {
        page(&here, again, None)
    })
    .await
}

async fn organisation_create(here: PageCaller, posted: Posted) -> Shown {
    let made = match posted.read::<NewOrganisation>() {
        Ok(new) => here.app.organisation_create(&here.actor, &new).await,
        Err(error) => Err(error),
    };
    here.settle_at(made, ("The organisation is there", "/server#organisations"), &posted, |again| {
        page(&here, again, None)
    })
    .await
}

async fn blueprint_apply(here: PageCaller, sent: Uploaded) -> Shown {
    let applied: Result<BlueprintView, Error> = match sent.file("file") {
        Ok((file, bytes)) => here.app.blueprint_apply(&here.actor, file, bytes).await,
        Err(error) => Err(error),
    };
    let said =
        applied.as_ref().map(|b| format!("{} {} is there", b.title, b.version)).unwrap_or_default();
    here.settle_at(applied, (&said, "/server#blueprints"), &sent.posted, |again| {
        page(&here, again, None)
    })
    .await
}
