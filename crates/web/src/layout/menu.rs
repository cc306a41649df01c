//! The menus: global navigation and the project's pages.

use super::{Nav, ProjectShell, Viewer};
use crate::components::icon::{Icon, icon};
use crate::components::state::{State, st_end};
use maud::{Markup, html};

/// A page of a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ProjectPage {
    /// The nine stages.
    Path,
    /// Schedule and milestones.
    Schedule,
    /// Phases and steps.
    Methodology,
    /// All gates.
    Gates,
    /// User acceptance.
    Acceptance,
    /// The go-live checklist.
    Checklist,
    /// The expert review.
    Review,
    /// Approvals and waivers.
    Waivers,
    /// Estimates and sizing.
    Estimate,
    /// The production request.
    Request,
    /// The conversation with the operator.
    ServiceRequests,
    /// Environments.
    Environments,
    /// Packages.
    Packages,
    /// Operations.
    Operations,
    /// Database copies.
    Copies,
    /// The cutover plan.
    CutoverPlan,
    /// The cutover run.
    CutoverRun,
    /// Go-live and hypercare.
    GoLive,
    /// The audit log.
    Audit,
    /// Members and settings.
    Members,
}

type Entry = (ProjectPage, &'static str, &'static str, Icon, Option<char>);

/// Page, address below the project's own, label, icon, and the letter after `g`.
const TOP: [Entry; 4] = [
    (ProjectPage::Path, "", "Path", Icon::Path, Some('t')),
    (ProjectPage::Schedule, "schedule", "Schedule", Icon::Calendar, Some('s')),
    (ProjectPage::Methodology, "methodology", "Methodology", Icon::List, Some('y')),
    (ProjectPage::Gates, "gates", "Gates", Icon::Gate, Some('g')),
];
const PREPARE: [Entry; 4] = [
    (ProjectPage::Acceptance, "acceptance", "Acceptance", Icon::Check, Some('u')),
    (ProjectPage::Checklist, "checklist", "Checklist", Icon::Checklist, Some('l')),
    (ProjectPage::Review, "review", "Review", Icon::Eye, Some('r')),
    (ProjectPage::Waivers, "waivers", "Approvals and waivers", Icon::Key, Some('w')),
];
const PRODUCTION: [Entry; 7] = [
    (ProjectPage::Estimate, "estimate", "Sizing", Icon::Size, None),
    (ProjectPage::Request, "request", "Production request", Icon::Flag, Some('q')),
    (ProjectPage::ServiceRequests, "service-requests", "Service requests", Icon::Chat, None),
    (ProjectPage::Environments, "environments", "Environments", Icon::Environment, Some('e')),
    (ProjectPage::Packages, "packages", "Packages", Icon::Package, Some('k')),
    (ProjectPage::Operations, "operations", "Operations", Icon::Log, Some('o')),
    (ProjectPage::Copies, "copies", "Database copies", Icon::Database, Some('d')),
];
const CUTOVER: [Entry; 3] = [
    (ProjectPage::CutoverPlan, "cutover", "Cutover plan", Icon::Plan, Some('n')),
    (ProjectPage::CutoverRun, "cutover/run", "Cutover run", Icon::Timer, Some('c')),
    (ProjectPage::GoLive, "go-live", "Go-live, hypercare", Icon::Heart, Some('h')),
];
const RECORDS: [Entry; 2] = [
    (ProjectPage::Audit, "audit", "Audit log", Icon::Shield, Some('a')),
    (ProjectPage::Members, "members", "Members and settings", Icon::Users, None),
];

const GROUPS: [(&str, &[Entry]); 5] = [
    ("", &TOP),
    ("Prepare", &PREPARE),
    ("Production", &PRODUCTION),
    ("Cutover", &CUTOVER),
    ("Records", &RECORDS),
];

impl ProjectPage {
    /// All pages in the order of the menu.
    pub fn all() -> impl Iterator<Item = Self> {
        entries().map(|entry| entry.0)
    }

    /// The address below the project's own; empty for the path.
    pub fn slug(self) -> &'static str {
        entries().find(|entry| entry.0 == self).map_or("", |entry| entry.1)
    }

    /// The label in the menu.
    pub fn label(self) -> &'static str {
        entries().find(|entry| entry.0 == self).map_or("", |entry| entry.2)
    }

    /// The full address in a project.
    pub fn href(self, project: &str) -> String {
        match self.slug() {
            "" => project.to_owned(),
            slug => format!("{project}/{slug}"),
        }
    }
}

fn entries() -> impl Iterator<Item = &'static Entry> {
    GROUPS.iter().flat_map(|(_, entries)| entries.iter())
}

/// What stands at the end of a menu entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Badge {
    /// A plain figure: `v7`, `3/9`.
    Plain(String),
    /// A figure with a state; the figure may be empty.
    State(State, String),
}

/// The global navigation.
pub(super) fn global(nav: Nav, viewer: &Viewer, has_drawer: bool) -> Markup {
    html! {
        nav.gnav.hide-xs[has_drawer] aria-label="Everywhere" {
            @for (at, href, label, go) in global_entries(viewer) {
                a href=(href) data-go=(go) aria-current=[(nav == at).then_some("page")] { (label) }
            }
        }
    }
}

/// Place, address, label and letter after `g`.
pub(super) fn global_entries(viewer: &Viewer) -> Vec<(Nav, &'static str, &'static str, char)> {
    let mut entries = vec![
        (Nav::MyWork, "/my-work", "My work", 'm'),
        (Nav::Portfolio, "/portfolio", "Portfolio", 'p'),
        (Nav::Calendar, "/calendar", "Calendar", 'b'),
    ];
    if viewer.is_administrator {
        entries.push((Nav::Server, "/server", "Server", 'v'));
    }
    entries
}

/// The project's menu: in place on wide screens, a drawer on narrow ones and on wide pages. On a phone the drawer also
/// holds the global navigation, for which the top bar has no room.
pub(super) fn project(
    project: &ProjectShell,
    nav: Nav,
    viewer: Option<&Viewer>,
    is_drawer: bool,
) -> Markup {
    html! {
        nav.side.wide-nav[is_drawer] id="side" popover aria-label="Project" {
            @for (title, entries) in GROUPS {
                @if !title.is_empty() { p.side-h { (title) } }
                ul aria-label=[(!title.is_empty()).then_some(title)] {
                    @for entry in entries { li { (self::entry(project, entry, nav)) } }
                }
            }
            @if let Some(viewer) = viewer {
                div.only-s {
                    p.side-h { "Everywhere" }
                    ul aria-label="Everywhere" {
                        @for (_, href, label, _) in global_entries(viewer) {
                            li { a href=(href) { (icon(Icon::Arrow)) span.lbl { (label) } } }
                        }
                    }
                }
            }
        }
    }
}

fn entry(project: &ProjectShell, (page, _, label, which, go): &Entry, nav: Nav) -> Markup {
    let badge = project.badges.iter().find(|(at, _)| at == page).map(|(_, badge)| badge);
    let is_here = nav == Nav::Project(*page);
    html! {
        a href=(page.href(&project.href)) aria-current=[is_here.then_some("page")] data-go=[go.map(String::from)] {
            (icon(*which))
            span.lbl { (label) }
            @match badge {
                Some(Badge::Plain(text)) => { span.end.faint { (text) } },
                Some(Badge::State(state, text)) => (st_end(*state, text)),
                None => {},
            }
        }
    }
}

/// The project's pages for the palette.
pub(super) fn project_links(
    project: &ProjectShell,
) -> impl Iterator<Item = (Icon, String, &'static str, Option<char>)> {
    entries().map(|(page, _, label, which, go)| (*which, page.href(&project.href), *label, *go))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_has_its_own_address_and_no_letter_goes_to_two_places() {
        let slugs: std::collections::BTreeSet<&str> =
            ProjectPage::all().map(ProjectPage::slug).collect();
        assert_eq!(slugs.len(), ProjectPage::all().count());
        let mut letters: Vec<char> =
            entries().filter_map(|entry| entry.4).chain(['m', 'p', 'b', 'v']).collect();
        let all = letters.len();
        letters.sort_unstable();
        letters.dedup();
        assert_eq!(letters.len(), all);
    }
}
