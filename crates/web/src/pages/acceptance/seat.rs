//! The customer's seat: the signature with its digest, and the baseline of the requirements.

use super::{fold, settled};
use crate::components::action::action_explained;
use crate::components::facts::{Card, kv};
use crate::components::form::{Field, Input, form};
use crate::components::notice::banner;
use crate::components::state::{State, badge};
use crate::components::time;
use crate::pages::shell::{Again, InProject, Posted, Shown};
use crate::words;
use golive_app::Error;
use golive_app::acceptance::{AcceptanceView, SignForm, SignOffView};
use golive_core::acceptance::sign_off::Issue;
use maud::{Markup, html};

/// What a signature states, unless the signer says it in other words.
const MEANING: &str = "The solution does what we need; we accept it for production";

pub(super) fn card(here: &InProject, view: &AcceptanceView, again: &Again) -> Markup {
    let sign_off = &view.sign_off;
    let (state, word) = match sign_off.state.as_str() {
        "signed" => (State::Done, "Signed"),
        "superseded" => (State::Stale, "Changed since"),
        "revoked" => (State::Warn, "Taken back"),
        _ => (State::Wait, "Not signed"),
    };
    let open =
        view.actions.iter().any(|action| action.name == "acceptance_sign_off" && action.is_open());
    let inside = html! {
        @if sign_off.signature.is_some() { (signature(here, sign_off)) }
        @if sign_off.state == "signed" { (revocation(here, view, again)) }
        @else if open { (signing(here, sign_off, again)) }
        @else { (action_explained(&here.act(&view.actions, "acceptance_sign_off", "", ("Sign off", "acceptance/sign")))) }
        (base(here, view))
    };
    let foot = html! { "The signature binds to what is shown here: " code.xs { (words::digest(&sign_off.digest)) } };
    Card::new("seat", "Signature of the customer")
        .end(badge(state, word))
        .foot(foot)
        .padded(&html! { div.stack { (inside) } })
}

fn signature(here: &InProject, sign_off: &SignOffView) -> Markup {
    let Some(signature) = &sign_off.signature else { return html! {} };
    let mut facts = vec![
        ("Signed by", html! { (signature.by) ", " (signature.capacity) }),
        ("When", time::time(signature.at, &here.clock)),
        ("It states", html! { (signature.meaning) }),
    ];
    if let Some(until) = signature.valid_until {
        facts.push(("Holds until", time::time(until, &here.clock)));
    }
    if let Some(reason) = &sign_off.revoked {
        facts.push(("Taken back", html! { (reason) }));
    }
    html! {
        (kv(&facts))
        @if !signature.issues.is_empty() {
            h3.small { "Known issues" }
            ul.list.small { @for issue in &signature.issues { li { div.grow { (issue.what) } span.muted { (issue.owner) ", " (words::date(issue.until)) } } } }
        }
    }
}

fn signing(here: &InProject, sign_off: &SignOffView, again: &Again) -> Markup {
    let fields = vec![
        Field::text("capacity", "I sign as").value("customer project manager"),
        Field::new("meaning", "What it states", Input::Area(2)).value(MEANING),
        Field::new("issues", "Known issues", Input::Area(3))
            .optional()
            .hint("One on each line: what; who takes care; until, as 2027-05-31"),
    ];
    let it = here
        .form("acceptance_sign_off", "acceptance/sign", "Sign off", fields)
        .with("digest", sign_off.digest.clone());
    form(&it, &again.of("acceptance_sign_off"))
}

fn revocation(here: &InProject, view: &AcceptanceView, again: &Again) -> Markup {
    let can =
        view.actions.iter().any(|action| action.name == "acceptance_revoke" && action.is_open());
    let it = here
        .form(
            "acceptance_revoke",
            "acceptance/revoke",
            "Take it back",
            vec![Field::text("reason", "Why it was signed in error")],
        )
        .plain();
    let filled = again.of("acceptance_revoke");
    html! {
        @if can { details open[filled.is_refused()] { (fold("It was signed in error")) (form(&it, &filled)) } }
    }
}

fn base(here: &InProject, view: &AcceptanceView) -> Markup {
    let baseline = &view.baseline;
    html! {
        @if baseline.accepted {
            p.small.muted {
                "The requirements are the accepted baseline"
                @if let Some(by) = &baseline.by { ", by " (by) } @if let Some(at) = baseline.at { " " (time::time(at, &here.clock)) } "."
            }
        } @else if view.figures.requirements > 0 {
            @let button = here.act(&view.actions, "requirement_accept_baseline", "", ("Accept the baseline", "acceptance/baseline")).with("digest", baseline.digest.clone());
            (banner("baseline", State::Warn, "The baseline of the requirements is not accepted.", &html! {}, &[button]))
        }
    }
}

pub(super) async fn sign(here: InProject, posted: Posted) -> Shown {
    let done = match issues(&posted) {
        Ok(issues) => {
            let text = |name: &str| posted.text(name).to_owned();
            let form = SignForm {
                digest: text("digest"),
                capacity: text("capacity"),
                meaning: text("meaning"),
                issues,
            };
            here.app.acceptance_sign_off(&here.actor, here.id, &form).await
        }
        Err(error) => Err(error),
    };
    settled(&here, done, "Signed", &posted).await
}

pub(super) async fn revoke(here: InProject, posted: Posted) -> Shown {
    let done = here.app.acceptance_revoke(&here.actor, here.id, posted.text("reason")).await;
    settled(&here, done, "Taken back", &posted).await
}

pub(super) async fn baseline(here: InProject, posted: Posted) -> Shown {
    let done =
        here.app.requirement_accept_baseline(&here.actor, here.id, posted.text("digest")).await;
    here.done(done, "Baseline accepted", "acceptance")
}

/// One on each line: what; who; until.
fn issues(posted: &Posted) -> Result<Vec<Issue>, Error> {
    let one = |line: String| {
        let parts: Vec<&str> = line.split(';').map(str::trim).collect();
        let until = parts.get(2).and_then(|day| day.parse().ok());
        match (parts.as_slice(), until) {
            ([what, owner, _], Some(until)) => {
                Ok(Issue { what: (*what).to_owned(), owner: (*owner).to_owned(), until })
            }
            (_, _) => Err(Error::invalid("issues", "what; who; a day such as 2027-05-31", line)),
        }
    };
    posted.list("issues").into_iter().map(one).collect()
}
