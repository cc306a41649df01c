//! The frame around every page: top bar, project bar with T−n and nine notches, project menu, banner of a simulated
//! clock, footer with version and audit head; and the two overlays, palette and help.

use crate::assets;
use crate::components::action::{Action, actions};
use crate::components::icon::{Icon, icon, mark};
use crate::components::notice::{self, Frame};
use crate::components::path::{Standing, notches, stage_now};
use crate::components::person::{Person, avatar_large};
use crate::components::state::tag;
use crate::words::{self, Clock};
use jiff::civil::Date;
use maud::{DOCTYPE, Markup, PreEscaped, html};

mod menu;
mod overlay;
mod sign_in;

pub use menu::{Badge, ProjectPage};
pub use sign_in::sign_in;

/// Where the preferences form of the help dialog is sent: `theme` (`system`, `light`, `dark`) and `keys` (`on`).
pub const PREFERENCES: &str = "/me/preferences";

/// What is true of the whole server.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Site {
    /// golive's version.
    pub version: String,
    /// The head of the audit log that the page belongs to: number and digest.
    pub audit_head: Option<(u64, String)>,
    /// Set for a simulated clock: its time and speed in words.
    pub simulated: Option<String>,
}

/// Who looks, and how.
#[derive(Debug, Clone, PartialEq)]
pub struct Viewer {
    /// The person.
    pub person: Person,
    /// Their own page.
    pub href: String,
    /// Notifications not yet read.
    pub unread: usize,
    /// True for a server administrator, who sees the server's pages.
    pub is_administrator: bool,
    /// Their theme.
    pub theme: Theme,
    /// True unless they switched single keys off.
    pub has_keys: bool,
    /// Their moment and zone.
    pub clock: Clock,
}

/// Light, dark, or as the system says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// As the system says.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// The word in the form and in the page.
    pub fn key(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    fn attribute(self) -> Option<&'static str> {
        match self {
            Self::System => None,
            Self::Light | Self::Dark => Some(self.key()),
        }
    }
}

/// The project that a page belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectShell {
    /// Its name.
    pub name: String,
    /// Its own address: `/projects/contoso-eu`.
    pub href: String,
    /// The service model, in a word.
    pub model: String,
    /// How the nine stages stand.
    pub stages: Vec<Standing>,
    /// Where it stands, in words: `Review, in mitigation`.
    pub stage: String,
    /// The go-live date of the next wave.
    pub go_live: Option<Date>,
    /// Today, in the project's zone.
    pub today: Date,
    /// What the menu shows beside its entries.
    pub badges: Vec<(ProjectPage, Badge)>,
}

/// Where a page stands among all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Nav {
    /// Nowhere in the menus: sign-in, problems.
    #[default]
    None,
    /// My work.
    MyWork,
    /// The portfolio.
    Portfolio,
    /// The calendar.
    Calendar,
    /// The server.
    Server,
    /// A page of the project.
    Project(ProjectPage),
}

/// A whole page.
#[derive(Debug, Clone)]
pub struct Page {
    /// The title, without the product's name.
    pub title: String,
    /// What is true of the server.
    pub site: Site,
    /// Who looks; nobody on the sign-in page.
    pub viewer: Option<Viewer>,
    /// Where it stands.
    pub nav: Nav,
    /// The project that it belongs to.
    pub project: Option<ProjectShell>,
    /// A live run, a rehearsal, a past moment.
    pub frame: Option<Frame>,
    /// The address of its stream of events, and the id of the last event it already shows.
    pub live: Option<(String, String)>,
    /// True for pages that need the width: the project menu is a drawer.
    pub is_wide: bool,
    /// What has just happened.
    pub toasts: Vec<Markup>,
    /// The main part: begin with [`head`].
    pub body: Markup,
}

impl Page {
    /// A page by title and body; the rest is set field by field.
    pub fn new(title: impl Into<String>, body: Markup) -> Self {
        Self {
            title: title.into(),
            site: Site::default(),
            viewer: None,
            nav: Nav::None,
            project: None,
            frame: None,
            live: None,
            is_wide: false,
            toasts: Vec::new(),
            body,
        }
    }

    /// The whole document.
    pub fn render(&self) -> Markup {
        let theme = self.viewer.as_ref().and_then(|viewer| viewer.theme.attribute());
        let now = self.viewer.as_ref().map(|viewer| viewer.clock.now);
        let is_live = matches!(self.frame, Some(Frame::Live(_)));
        html! {
            (DOCTYPE)
            html lang="en" data-theme=[theme] data-now=[now] {
                (self.head())
                body.body-live[is_live] {
                    (patterns())
                    a.skip href="#main" { "Skip to content" }
                    @if let Some(shown) = &self.site.simulated { (notice::simulated(shown)) }
                    (self.top())
                    @if let Some(project) = &self.project { (project_bar(project)) }
                    @if let (Some(frame), Some(viewer)) = (&self.frame, &self.viewer) { (notice::frame(frame, &viewer.clock)) }
                    (self.middle())
                    div.toasts id="toasts" role="status" aria-live="polite" { @for toast in &self.toasts { (toast) } }
                    @if let Some(viewer) = &self.viewer {
                        (overlay::palette(viewer, self.project.as_ref()))
                        (overlay::help(viewer))
                    }
                }
            }
        }
    }

    fn head(&self) -> Markup {
        html! {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (self.title) @if let Some(project) = &self.project { " · " (project.name) } " · golive" }
                link rel="icon" href=(assets::url("logo.svg")) type="image/svg+xml";
                link rel="stylesheet" href=(assets::url("golive.css"));
                @for script in assets::scripts() { link rel="modulepreload" href=(assets::url(script)); }
                script type="module" src=(assets::url("main.js")) {}
            }
        }
    }

    fn top(&self) -> Markup {
        let home = if self.viewer.is_some() { "/portfolio" } else { "/" };
        html! {
            header.top {
                a.brand href=(home) aria-label="golive, portfolio" { (mark("mark")) span { "golive" } }
                @if let Some(viewer) = &self.viewer {
                    (menu::global(self.nav, viewer, self.project.is_some()))
                    div.top-right {
                        (self.live_sign(viewer))
                        (overlay::find_button())
                        (bell(viewer))
                        a href=(viewer.href) aria-label=(format!("{}, account of {}", viewer.person.initials(), viewer.person.name)) {
                            (avatar_large(&viewer.person))
                        }
                    }
                }
            }
        }
    }

    /// Without a script, or without a stream, it says when the page was made.
    fn live_sign(&self, viewer: &Viewer) -> Markup {
        let at = viewer.clock.local(viewer.clock.now);
        html! {
            span.live id=[self.live.as_ref().map(|_| "live")] data-s=[self.live.is_none().then_some("still")] {
                span { "As of " time datetime=(viewer.clock.now) { (at.strftime("%H:%M:%S %:z")) } }
            }
        }
    }

    fn middle(&self) -> Markup {
        let has_menu = self.project.is_some() && !self.is_wide;
        let (live, from) =
            self.live.as_ref().map_or((None, None), |(url, from)| (Some(url), Some(from)));
        html! {
            div.shell[has_menu].shell-wide[!has_menu] {
                @if let Some(project) = &self.project { (menu::project(project, self.nav, self.viewer.as_ref(), self.is_wide)) }
                div {
                    main.main id="main" tabindex="-1" data-live=[live] data-live-from=[from] { (self.body) }
                    (self.foot())
                }
            }
        }
    }

    fn foot(&self) -> Markup {
        html! {
            footer.foot {
                span { "golive " (self.site.version) }
                @if let Some((seq, digest)) = &self.site.audit_head {
                    span { "Audit log head " b.num { (words::thousands(i64::try_from(*seq).unwrap_or(i64::MAX))) } " " code { (words::digest(digest)) } }
                }
                @if self.site.simulated.is_some() { span { "simulated clock" } }
                @if self.viewer.is_some() {
                    span.end.row {
                        button.btn.btn-q.btn-s type="button" popovertarget="help" { "Keys and appearance" }
                    }
                }
            }
        }
    }
}

/// Heading, lead and actions: how every main part begins.
pub fn head(title: &str, lead: &Markup, does: &[Action]) -> Markup {
    html! {
        div.head id="head" { div { h1 { (title) } p { (lead) } } @if !does.is_empty() { (actions(does)) } }
    }
}

fn bell(viewer: &Viewer) -> Markup {
    let label = format!("Notifications, {}", words::count(viewer.unread, "new", "new"));
    html! {
        a.icon-btn href="/messages" aria-label=(label) {
            (icon(Icon::Bell)) @if viewer.unread > 0 { span.dot {} }
        }
    }
}

/// The project bar. It can be patched: its id is `project-bar`.
pub fn project_bar(project: &ProjectShell) -> Markup {
    let at = stage_now(&project.stages);
    html! {
        section.pbar id="project-bar" aria-label="Project status" {
            button.icon-btn.menu-btn type="button" popovertarget="side" aria-label="Project menu" { (icon(Icon::Menu)) }
            div.pbar-name { a.trunc.pin href=(project.href) { (project.name) } (tag(&project.model)) }
            a.mini href=(project.href) {
                (notches(&project.stages))
                span.lbl { b { "Stage " (at) " of " (project.stages.len()) } " " (project.stage) }
            }
            (t_minus(project))
        }
    }
}

fn t_minus(project: &ProjectShell) -> Markup {
    html! {
        div.tminus {
            @if let Some(go_live) = project.go_live {
                b { (words::t_minus(go_live, project.today)) }
                span { (words::t_minus_words(go_live, project.today)) " · " time datetime=(go_live) { (words::date(go_live)) } }
            } @else {
                b { "T−?" } span { "no go-live date yet" }
            }
        }
    }
}

/// The two hatches that charts and bars are filled with.
fn patterns() -> Markup {
    PreEscaped(
        "<svg class=\"sprite\" width=\"0\" height=\"0\" aria-hidden=\"true\"><defs>\
         <pattern id=\"hatch\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">\
         <path class=\"hl\" d=\"M0 0v6\"/></pattern>\
         <pattern id=\"hatchw\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">\
         <rect class=\"hw1\" width=\"6\" height=\"6\"/><rect class=\"hw2\" width=\"3\" height=\"6\"/></pattern></defs></svg>"
            .to_owned(),
    )
}
