//! Paging by cursor: the next page, the first page, and how many there are when that is known.

use super::icon::{Icon, icon_small};
use maud::{Markup, html};

/// Where a list stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pager {
    /// What is listed: `cases`.
    pub what: String,
    /// How many this page shows.
    pub shown: usize,
    /// How many there are, when it is known without counting.
    pub total: Option<usize>,
    /// The address of the first page, unless this is it.
    pub first: Option<String>,
    /// The address of the next page, if there is one.
    pub next: Option<String>,
}

/// The foot of a list; nothing when all is shown on one page.
pub fn pager(pager: &Pager) -> Markup {
    if pager.first.is_none() && pager.next.is_none() {
        return html! {};
    }
    html! {
        nav.pager aria-label=(format!("Pages of {}", pager.what)) {
            span.num {
                (pager.shown) @if let Some(total) = pager.total { " of " (total) } " " (pager.what)
            }
            span.row {
                @if let Some(first) = &pager.first { a.btn.btn-s href=(first) { (icon_small(Icon::Back)) "First page" } }
                @if let Some(next) = &pager.next {
                    a.btn.btn-s href=(next) rel="next" { "Next page" (icon_small(Icon::Arrow)) }
                }
            }
        }
    }
}
