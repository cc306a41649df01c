//! Writes a static page with every component on it: `cargo run -p golive-web --example gallery -- DIR`.
//!
//! The page is made by the product's own functions with the sample project's data, so what is seen here is what pages
//! will look like. Style sheet and scripts are written beside it; `DIR/gallery.html`, `-light` and `-dark` for pictures.

use golive_web::components::facts::Card;
use golive_web::layout::{self, Nav, Page, ProjectPage, Theme};
use golive_web::{assets, components};
use maud::{Markup, html};
use std::path::Path;

#[path = "gallery/charts.rs"]
mod charts;
#[path = "gallery/contoso.rs"]
mod contoso;
#[path = "gallery/gates.rs"]
mod gates;
#[path = "gallery/parts.rs"]
mod parts;
#[path = "gallery/work.rs"]
mod work;

type Body = fn() -> Markup;

fn main() -> std::io::Result<()> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| "target/gallery".to_owned());
    let folder = Path::new(&folder);
    std::fs::create_dir_all(folder)?;
    for name in assets::scripts().chain(["golive.css", "main.js", "logo.svg"]) {
        std::fs::write(folder.join(name), assets::text(name).unwrap_or_default())?;
    }
    let pages: [(&str, Body, ProjectPage); 4] = [
        ("gate", gates::page, ProjectPage::Gates),
        ("parts", parts::page, ProjectPage::Waivers),
        ("work", work::page, ProjectPage::Operations),
        ("charts", charts::page, ProjectPage::CutoverRun),
    ];
    for (name, body, at) in pages {
        for theme in [Theme::System, Theme::Light, Theme::Dark] {
            let page = page(name, body(), at, theme).render().into_string();
            let page = page.replace(&assets::url(""), "./");
            std::fs::write(folder.join(format!("{name}-{}.html", theme.key())), page)?;
        }
    }
    let form = parts::sign_in_form();
    let page = layout::sign_in("Sign in", &contoso::site(), "erp-golive.contoso.example", &form)
        .into_string();
    std::fs::write(folder.join("sign-in-light.html"), page.replace(&assets::url(""), "./"))
}

fn page(name: &str, body: Markup, at: ProjectPage, theme: Theme) -> Page {
    let mut page = Page::new(format!("Gallery, {name}"), body);
    page.site = contoso::site();
    page.viewer = Some(contoso::viewer(theme));
    page.nav = Nav::Project(at);
    page.project = Some(contoso::shell());
    if name == "charts" {
        page.frame = Some(components::notice::Frame::Live(vec![
            html! { "Plan v9, signed Wed 2 Jun" },
            html! { "14 of 16 on call" },
            html! { a href="#" { "My tasks" } },
        ]));
    }
    if name == "parts" {
        page.toasts = vec![components::notice::toast("Step 3.12 marked done", None)];
    }
    page
}

/// A heading over one kind of component.
fn kind(title: &str, inside: &Markup) -> Markup {
    html! { section.stack-s { h2 { (title) } (inside) } }
}

/// A card for a specimen.
fn card(id: &str, title: &str, inside: &Markup) -> Markup {
    Card::new(id, title).around(inside)
}

use layout::head;
