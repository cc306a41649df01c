//! The certificate: issued and downloaded from the page of the go-live.

use super::shell::{InProject, Shown};
use crate::components::action::command;
use crate::components::facts::{Card, kv};
use crate::components::icon::{Icon, boom, icon};
use axum::Router;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::post;
use golive_app::{App, Error};
use maud::{Markup, html};

/// The pages of this subject.
pub fn routes() -> Router<App> {
    Router::new().route("/projects/{slug}/certificate", post(make))
}

/// The card that issues it.
pub(super) fn card(here: &InProject) -> Markup {
    let slug = &here.project().slug;
    let key = here.app.certificate_key(&here.actor);
    let inside = html! {
        div.stack {
            div.certh {
                (boom(true))
                div { b { "Go-live certificate" } div.xs.muted { "one file, verified without this server" } }
            }
            p.small { "It holds every gate's answer as the log carries it, decisions, exceptions and digests as they stand now. Issuing it goes on record." }
            @match &key {
                Ok(key) => (kv(&[
                    ("Signer", html! { code.wrapany { (key.fingerprint) } }),
                    ("Clock", html! { (key.clock) @if key.clock != "real" { span.muted { ": a rehearsal, and it says so" } } }),
                ])),
                Err(_) => p.small.muted { "The signing key cannot be read. Ask whoever runs this server." },
            }
            // The answer is a file, so the page stays; without a key, a second one can be issued from it.
            form.act-f method="post" action=(here.at("certificate")) data-op="certificate_make" {
                button.btn id="certificate_make" type="submit" { (icon(Icon::Download)) "Issue and download" }
            }
            (command(&format!("golive certificate verify {slug}-certificate.json")))
        }
    };
    Card::new("certificate", "Certificate").padded(&inside)
}

async fn make(here: InProject) -> Shown {
    let issued = here.app.certificate_make(&here.actor, here.id).await?;
    let text = serde_json::to_vec(&issued).map_err(Error::internal)?;
    let name = format!("attachment; filename=\"{}-certificate.json\"", here.project().slug);
    let headers = [
        (header::CONTENT_TYPE, "application/json".to_owned()),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((headers, text).into_response())
}
