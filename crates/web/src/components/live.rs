//! Live parts: how a fragment goes to the pages that are open.
//!
//! A page names its stream in [`crate::layout::Page::live`]. The stream sends the events below; `assets/live.js` applies
//! them. Every part is the same function as in the page, with the same id. A stream resumes after the header
//! `Last-Event-ID` if the browser sends one, else after `?last_event_id=`.

use maud::Markup;

/// An event of a page's stream.
#[derive(Debug)]
pub enum LiveEvent {
    /// Elements that replace those with their ids (or, with `data-append`, add to one).
    Patch(Markup),
    /// The element with this id is gone.
    Gone(String),
    /// Nothing new; sent at least every fifteen seconds, or pages call themselves stale after thirty.
    Beat,
    /// The page must be loaded again: another version of golive, another place.
    Reload,
}

impl LiveEvent {
    /// The event's name on the wire.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Patch(_) => "patch",
            Self::Gone(_) => "gone",
            Self::Beat => "beat",
            Self::Reload => "reload",
        }
    }

    /// The event as axum sends it; `id` is what the page sends back as `Last-Event-ID` or `?last_event_id=`.
    pub fn to_sse(self, id: impl AsRef<str>) -> axum::response::sse::Event {
        let event = axum::response::sse::Event::default().event(self.name()).id(id);
        match self {
            Self::Patch(markup) => event.data(markup.into_string()),
            Self::Gone(id) => event.data(id),
            Self::Beat | Self::Reload => event.data("."),
        }
    }
}
