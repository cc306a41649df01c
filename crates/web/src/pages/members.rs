//! Members and settings: seats, invitations, the go-live date.

use super::shell::{Again, InProject, Last, Posted, Shown, folded_form, seat_words};
use crate::components::action::{Look, action, command};
use crate::components::facts::{Card, kv};
use crate::components::form::{self, Choice, Field, Form, Input};
use crate::components::notice::{banner, empty};
use crate::components::person::{Person, who};
use crate::components::state::{State, tag};
use crate::components::table::{Column, Row, Table, table};
use crate::components::time;
use crate::layout::{self, ProjectPage};
use crate::words;
use axum::Router;
use axum::routing::{get, post};
use golive_app::invitation::InvitationView;
use golive_app::people::{
    InvitationRequest, MemberView, NewInvitation, NewMember, OrganisationView,
};
use golive_app::{App, Error};
use golive_core::id::{InvitationId, MemberId};
use jiff::civil::Date;
use maud::{Markup, html};

/// The pages of this subject.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/projects/{slug}/members", get(show).post(add))
        .route("/projects/{slug}/members/{id}/remove", post(remove))
        .route("/projects/{slug}/invitations", post(invite))
        .route("/projects/{slug}/invitations/{id}/revoke", post(revoke))
        .route("/projects/{slug}/go-live-date", post(go_live_date))
}

async fn show(here: InProject) -> Shown {
    page(&here, Again::none(), None).await
}

/// Everything that the page shows.
struct Seen {
    members: Vec<MemberView>,
    /// Those that seats may be given for: the server's, or those that have a seat already.
    organisations: Vec<OrganisationView>,
    /// None for who may not manage members.
    invitations: Option<Vec<InvitationView>>,
}

async fn see(here: &InProject) -> Result<Seen, Error> {
    let members = here.app.member_list(&here.actor, here.id).await?;
    let organisations = here.app.organisation_choices(&here.actor, here.id).await?;
    let invitations = match here.app.invitation_list(&here.actor, here.id).await {
        Ok(list) => Some(list),
        Err(Error::Forbidden(_) | Error::NotFound { .. }) => None,
        Err(error) => return Err(error),
    };
    Ok(Seen { members, organisations, invitations })
}

async fn page(here: &InProject, again: Again, fresh: Option<&NewInvitation>) -> Shown {
    let seen = see(here).await?;
    let sides = ["customer", "partner", "reviewer", "operator"];
    let counts = sides.map(|side| seen.members.iter().filter(|m| m.side == side).count());
    let lead = html! {
        (words::count(seen.members.len(), "member", "members")) ": "
        (counts[0]) " of the customer, " (counts[1]) " of the partner, " (counts[2]) " reviewing, " (counts[3]) " operating. Roles are checked again whenever something is carried out."
    };
    let manages = seen.invitations.is_some();
    let body = html! {
        (layout::head("Members and settings", &lead, &[]))
        @if let Some(new) = fresh { (invited(new)) }
        div.cols {
            div.stack.gap5 {
                (Card::new("members", "Members").count(seen.members.len()).around(&members_table(here, &seen, manages)))
                @if let Some(list) = &seen.invitations {
                    (Card::new("invitations", "Open invitations").count(list.len()).around(&invitations_table(here, list)))
                    (roles_card(here))
                }
            }
            div.stack.gap5 {
                (date_card(here, &again, manages))
                @if manages {
                    (folded_form(("add", "Give a seat"), seen.members.is_empty(), &add_form(here, &seen), &again))
                    (folded_form(("invite", "Invite somebody new"), false, &invite_form(here, &seen), &again))
                }
                (settings(here))
            }
        }
    };
    here.page(ProjectPage::Members, "Members and settings", body).await
}

fn invited(new: &NewInvitation) -> Markup {
    let text = html! {
        p { "Send this address to the person; it is shown once and works for 14 days, one time. Put the server's name before it." }
        (command(&new.path))
    };
    banner("invited", State::Done, "The invitation is ready.", &text, &[])
}

fn members_table(here: &InProject, seen: &Seen, manages: bool) -> Markup {
    if seen.members.is_empty() {
        let text = "Nobody has a seat yet. Begin with a project manager of the customer and one of the partner; a reviewer comes from outside of both.";
        return empty("No members", text, &[]);
    }
    let columns = vec![
        Column::name("Member"),
        Column::summary("Side"),
        Column::plain("Roles"),
        Column::plain("Organisation"),
        Column::plain("Action"),
    ];
    let rows = seen.members.iter().map(|member| {
        let organisation = seen.organisations.iter().find(|o| o.id == member.organisation);
        let id = format!("member_remove.{}", member.id);
        let remove = here.post(&id, "Remove", &format!("members/{}/remove", member.id));
        Row::new(
            &member.name,
            vec![
                html! { (who(&Person::named(&member.name))) @if member.service_account { " " (tag("service account")) } },
                html! { (words::role(&member.side)) },
                roles(member),
                html! { @match organisation { Some(o) => { (o.name) }, None => { span.mono.xs { (words::digest(&member.organisation)) } } } },
                html! { @if manages { (action(&remove.look(Look::Small))) } },
            ],
        )
    });
    table(&Table::new("Members", columns, rows).folding())
}

fn roles(member: &MemberView) -> Markup {
    html! {
        div.row.gap-s {
            @if member.project_manager { (tag("project manager")) }
            @if member.key_stakeholder { (tag("key stakeholder")) }
            @for role in &member.roles { (tag(&words::role(role))) }
            @if !member.project_manager && !member.key_stakeholder && member.roles.is_empty() { span.muted { "none" } }
        }
    }
}

fn invitations_table(here: &InProject, list: &[InvitationView]) -> Markup {
    if list.is_empty() {
        return empty(
            "Nobody is invited",
            "An invitation is for somebody who has no account yet; it makes account and seat in one.",
            &[],
        );
    }
    let columns = vec![
        Column::name("Whom"),
        Column::summary("Side"),
        Column::short("Ends"),
        Column::plain("Action"),
    ];
    let rows = list.iter().map(|invitation| {
        let id = format!("invitation_revoke.{}", invitation.id);
        let revoke = here.post(&id, "Take back", &format!("invitations/{}/revoke", invitation.id));
        Row::new(
            &invitation.name,
            vec![
                html! { (invitation.name) div.xs.muted.fw4 { (invitation.email) } },
                html! { (words::role(&invitation.side)) },
                time::time(invitation.expires, &here.clock),
                action(&revoke.look(Look::Small)),
            ],
        )
    });
    table(&Table::new("Invitations", columns, rows).folding())
}

/// The roles that content and gates speak of.
fn roles_card(here: &InProject) -> Markup {
    let roles = &here.app.content.vocabulary.roles;
    let columns = vec![Column::name("Role"), Column::plain("Name to type")];
    let rows = roles.iter().map(|(id, role)| {
        Row::new(&role.title, vec![html! { (role.title) }, html! { code { (id) } }])
    });
    Card::new("roles", "Roles that can be given")
        .folded(false, &table(&Table::new("Roles", columns, rows)))
}

fn date_card(here: &InProject, again: &Again, manages: bool) -> Markup {
    let set = here.project().go_live_date.as_deref().and_then(|date| date.parse::<Date>().ok());
    let mut fields = vec![
        Field::new("date", "First day of live operations", Input::Line("date"))
            .value(set.map(|date| date.to_string()).unwrap_or_default())
            .hint("Not the start of the cutover; that is another date."),
    ];
    if set.is_some() {
        fields.push(Field::new("reason", "Why it moves", Input::Area(2)).hint(
            "A move is kept with its reason; a large one makes the review to be confirmed again.",
        ));
    }
    let submit = if set.is_some() { "Move the date" } else { "Set the date" };
    let form = here.form("go_live_date_set", "go-live-date", submit, fields).plain();
    Card::new("date", "Go-live date").padded(&html! {
        div.stack-s {
            @match set {
                Some(date) => { p { b { (words::date(date)) } ", " (words::t_minus(date, here.today())) } },
                None => { p.muted { "Not set. Every latest date is counted back from it." } },
            }
            @if manages { (form::form(&form, &again.of("go_live_date_set"))) }
        }
    })
}

fn settings(here: &InProject) -> Markup {
    let project = here.project();
    let facts = [
        ("Short name", html! { code { (project.slug) } }),
        ("Service model", html! { (super::shell::model_word(&project.service_model)) }),
        ("Kind", html! { (words::role(&project.project_type)) }),
        ("Policy pack", html! { (project.policy) }),
        ("Business days", html! { (project.calendar) }),
        ("Time zone", html! { (project.time_zone) }),
        ("Id", html! { code.wrapany { (project.id) } }),
    ];
    Card::new("settings", "Project").padded(&kv(&facts))
}

fn seat_fields(seen: &Seen) -> Vec<Field> {
    let organisations = seen.organisations.iter().map(|o| Choice::new(&o.id, &o.name)).collect();
    let sides = vec![
        Choice::new("customer", "Customer"),
        Choice::new("partner", "Partner"),
        Choice::new("reviewer", "Reviewer"),
        Choice::new("operator", "Operator"),
    ];
    vec![
        Field::new("organisation", "Organisation", Input::Select(organisations)),
        Field::new("side", "Side", Input::Select(sides)),
        Field::new("roles", "Roles", Input::Area(2))
            .optional()
            .hint("One on each line, by its name; all of them stand below the members."),
        Field::new("project_manager", "Leads the project for the side", Input::Check).optional(),
        Field::new(
            "key_stakeholder",
            "Key stakeholder: has the last word for the side",
            Input::Check,
        )
        .optional(),
    ]
}

fn add_form(here: &InProject, seen: &Seen) -> Form {
    let mut fields = vec![Field::text("login", "Login").hint("The account must exist")];
    fields.extend(seat_fields(seen));
    here.form("member_add", "members", "Give the seat", fields).plain()
}

fn invite_form(here: &InProject, seen: &Seen) -> Form {
    let mut fields = vec![
        Field::text("name", "Name"),
        Field::new("email", "Mail address", Input::Line("email")),
    ];
    fields.extend(seat_fields(seen));
    here.form("invitation_send", "invitations", "Invite", fields).plain()
}

async fn add(here: InProject, posted: Posted) -> Shown {
    let added = match posted.read::<NewMember>() {
        Ok(wanted) => here.app.member_add(&here.actor, here.id, &wanted).await,
        Err(error) => Err(error),
    };
    let said = added.as_ref().map(|m| format!("{} has a seat: {}", m.name, seat_words(m)));
    let said = said.unwrap_or_default();
    here.settle(added, (&said, "members"), &posted, |again| page(&here, again, None)).await
}

async fn remove(here: InProject, Last(id): Last<MemberId>) -> Shown {
    let removed = here.app.member_remove(&here.actor, here.id, id).await;
    here.done(removed, "The seat is given up. What was signed stays on record.", "members")
}

async fn invite(here: InProject, posted: Posted) -> Shown {
    let sent = match posted.read::<InvitationRequest>() {
        Ok(wanted) => here.app.invitation_send(&here.actor, here.id, &wanted).await,
        Err(error) => Err(error),
    };
    match sent {
        // The secret exists only in this answer, so there is no redirect.
        Ok(new) => page(&here, Again::none(), Some(&new)).await,
        Err(error) => {
            let refused = Err::<(), _>(error);
            here.settle(refused, ("", "members"), &posted, |again| page(&here, again, None)).await
        }
    }
}

async fn revoke(here: InProject, Last(id): Last<InvitationId>) -> Shown {
    let revoked = here.app.invitation_revoke(&here.actor, id).await;
    here.done(revoked, "The invitation is taken back", "members")
}

async fn go_live_date(here: InProject, posted: Posted) -> Shown {
    let set = match posted.value::<Date>("date", "a date such as 2027-04-05") {
        Ok(date) => {
            here.app.go_live_date_set(&here.actor, here.id, date, posted.text("reason")).await
        }
        Err(error) => Err(error),
    };
    here.settle(set, ("The go-live date is set", "members"), &posted, |again| {
        page(&here, again, None)
    })
    .await
}
