//! The overlays: the palette (⌘K) and the help with keys and appearance. Both open without a script.

use super::menu::{global_entries, project_links};
use super::{PREFERENCES, ProjectShell, Theme, Viewer};
use crate::components::icon::{Icon, icon};
use maud::{Markup, html};

/// The button in the top bar.
pub(super) fn find_button() -> Markup {
    html! {
        button.find type="button" popovertarget="palette" aria-haspopup="dialog" {
            (icon(Icon::Search)) span { "Search or run…" } kbd aria-hidden="true" { "⌘K" }
        }
    }
}

/// Every place by name; the script adds what can be done and opened on this page.
pub(super) fn palette(viewer: &Viewer, project: Option<&ProjectShell>) -> Markup {
    html! {
        div.palette id="palette" popover role="dialog" aria-label="Command palette" {
            div.q {
                (icon(Icon::Search))
                input type="search" placeholder="Type a command or a place…" aria-label="Command or place" autofocus autocomplete="off";
                kbd aria-hidden="true" { "esc" }
            }
            div.list-s {
                @if let Some(project) = project {
                    h3 { (project.name) }
                    ul {
                        @for (which, href, label, go) in project_links(project) { (line(which, &href, label, go)) }
                    }
                }
                h3 { "Go to" }
                ul { @for (_, href, label, go) in global_entries(viewer) { (line(Icon::Arrow, href, label, Some(go))) } }
            }
            div.card-f.row { span { kbd { "↑" } " " kbd { "↓" } " move" } span { kbd { "↵" } " open" } span { kbd { "?" } " all keys" } }
        }
    }
}

fn line(which: Icon, href: &str, label: &str, go: Option<char>) -> Markup {
    html! {
        li {
            a href=(href) {
                (icon(which)) span { (label) }
                @if let Some(go) = go { span.end aria-hidden="true" { kbd { "g" } kbd { (go) } } }
            }
        }
    }
}

const KEYS: [(&str, &str); 9] = [
    ("⌘K, Ctrl K", "everything that can be done, and every place"),
    ("/", "filter this list"),
    ("g, then a letter", "go to a page; the palette shows the letters"),
    ("j  k", "next and previous row"),
    ("↵", "open the row"),
    ("x", "select the row"),
    (".", "actions"),
    ("?", "this help"),
    ("esc", "close what is open"),
];

/// Keys, and the two things that a person may set about the look.
pub(super) fn help(viewer: &Viewer) -> Markup {
    html! {
        div.dialog id="help" popover role="dialog" aria-labelledby="help-h" {
            div.dialog-h { h2 id="help-h" { "Keys and appearance" } }
            div.dialog-b {
                dl.keys { @for (key, what) in KEYS { dt { kbd { (key) } } dd { (what) } } }
                form.form id="preferences" method="post" action=(PREFERENCES) {
                    label.choice {
                        input id="keys-on" name="keys" type="checkbox" value="on" checked[viewer.has_keys];
                        span { "Single keys work (without ⌘ or Ctrl)" }
                    }
                    fieldset.fs {
                        legend.label { "Appearance" }
                        div.row.mt2 {
                            @for (theme, label) in [(Theme::System, "As the system"), (Theme::Light, "Light"), (Theme::Dark, "Dark")] {
                                label.choice {
                                    input type="radio" name="theme" value=(theme.key()) checked[theme == viewer.theme];
                                    span { (label) }
                                }
                            }
                        }
                    }
                    div.acts { button.btn.btn-s type="submit" { "Keep these" } }
                }
            }
            div.dialog-f { button.btn type="button" popovertarget="help" popovertargetaction="hide" { "Close" } }
        }
    }
}
