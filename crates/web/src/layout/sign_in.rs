//! The sign-in page: the form at the left, the nine stages as rings at the right.

use super::{Page, Site};
use crate::components::icon::mark;
use crate::components::notice;
use maud::{DOCTYPE, Markup, html};

/// The whole page around the sign-in form, or around an invitation or a new password.
pub fn sign_in(title: &str, site: &Site, host: &str, form: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            (Page::new(title, html! {}).head())
            body {
                a.skip href="#main" { "Skip to content" }
                @if let Some(shown) = &site.simulated { (notice::simulated(shown)) }
                div.sign {
                    main.sign-l id="main" tabindex="-1" {
                        div.stack-l.sign-box {
                            a.brand.brand-l href="/" aria-label="golive" { (mark("mark mark-l")) span.inl { "golive" } }
                            div { h1 { (title) } p.muted.mt2 { (host) } }
                            (form)
                            p.xs.muted { "golive " (site.version) }
                        }
                    }
                    aside.sign-r aria-label="The path" {
                        (rings())
                        p.muted.art9-t { "Nine stages from a date to a live system. Each gate says what it needs, and who can give it." }
                    }
                }
                div.toasts id="toasts" role="status" aria-live="polite" {}
            }
        }
    }
}

const NAMES: [&str; 9] = [
    "Date set",
    "Checklist",
    "Review",
    "Released",
    "Requested",
    "Package",
    "Data copied",
    "Cutover",
    "Live",
];

/// Five passed, one being entered, three ahead: the mark is the gate.
fn rings() -> Markup {
    html! {
        svg.art9 viewBox="0 0 560 450" role="img" aria-label="Nine stages as rings. Five are passed, the sixth is being entered." {
            @for (at, name) in NAMES.iter().enumerate() {
                @let (x, y) = (90 + at % 3 * 180, 70 + at / 3 * 150);
                @if at < 6 {
                    path class=(if at < 5 { "g-d" } else { "g-n" }) d=(format!("M{}.9 {}.7A30 30 0 1 0 {}.9 {}.3", x + 18, y - 24, x + 18, y + 23)) {}
                    rect class=(if at < 5 { "g-db" } else { "g-nb" }) x=(if at < 5 { x - 4 } else { x - 50 }) y=(y - 8) width=(if at < 5 { 58 } else { 26 }) height="15" rx="7.5" {}
                } @else {
                    circle.g-c cx=(x) cy=(y) r="30" {}
                }
                text.g-t x=(x) y=(y + 64) { (at + 1) " " (name) }
            }
        }
    }
}
