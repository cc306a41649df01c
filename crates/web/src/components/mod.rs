//! Components: plain data in, HTML out. A live fragment is the same function as in the page.
//!
//! Rules for who writes a page: no `style` attribute, no inline script, no event attribute (sizes are classes of
//! `assets/css/small.css`, values are SVG attributes); every state is a [`state::State`], so that icon, word and colour
//! come together; every refused action is an [`action::Action`] with its reasons, never `disabled`; every part that
//! changes has an id.
//!
//! | to show | use |
//! |---|---|
//! | a whole page | [`crate::layout::Page`] `{ title, site, viewer, nav, project, body, … }` and `.render()`; [`crate::layout::head`] for heading and actions |
//! | a state | [`state::badge`] (the row's subject), [`state::st`] (inside text), [`state::st_icon`] (word hidden) |
//! | a number against a threshold | [`measure::Measure::against`] and [`measure::meas`], words beside it; [`measure::seg`] for parts of a whole |
//! | a gate | [`verdict::gate`] (all), [`verdict::head`] (the answer), [`verdict::reasons`] (sentences for a refused action) |
//! | the nine stages | [`path::path`] large; [`path::notches`] small, words beside them |
//! | a machine's state, a long form | [`steps::sbar`] with [`steps::Step::bar`]; [`steps::stepper`] |
//! | a list to compare | [`table::table`]: `Table::new(label, columns, rows)`, `.folding()` when it is long on a phone |
//! | a card | [`facts::Card::new`] `(id, title)`, `.around(&table)` or `.padded(&text)` |
//! | key figures, facts | [`facts::figs`], [`facts::tiles`], [`facts::kv`] |
//! | what blocks, what is mine | [`facts::items`]: state, title, who, due, one action |
//! | something to do | [`action::action`]; `Action::post/go/open`, `.refused(reasons)`, `.look(Look::Primary)` |
//! | a form | [`form::form`] with [`form::Filled`] (what was typed, what was wrong); a file field makes it an upload |
//! | a costly decision | [`dialog::dialog`], opened by `Action::open(…, dialog_id)` |
//! | an operation | [`ops::operation_steps`], [`ops::log_append`], [`ops::undo`] |
//! | seats and votes | [`vote::votes`], [`vote::seats`] |
//! | events, a conversation | [`feed::feed`], [`feed::thread`] |
//! | a lasting condition, a result, nothing | [`notice::banner`], [`notice::toast`], [`notice::empty`] |
//! | a time | [`time::time`], [`time::ago`], [`time::countdown`] with a [`crate::words::Clock`] |
//! | more pages | [`pager::pager`] |
//! | a chart | [`chart::timeline`], [`chart::forecast`], [`chart::lines`] inside `Card::around` |
//! | a change in open pages | [`live::LiveEvent::Patch`] with the same component |
//!
//! Forms go to the server as ordinary posts. With a script they carry `X-Fragment: 1`; then the answer may be a fragment
//! (header `X-Fragment: 1`, elements by id, optional `X-Toast`, percent-encoded), a redirect, or a whole page whose
//! `main` is taken. `cargo run -p golive-web --example gallery` writes a page with everything on it.

pub mod action;
pub mod chart;
pub mod dialog;
pub mod facts;
pub mod feed;
pub mod form;
pub mod icon;
pub mod live;
pub mod measure;
pub mod notice;
pub mod ops;
pub mod pager;
pub mod path;
pub mod person;
pub mod state;
pub mod steps;
pub mod table;
pub mod time;
pub mod typed;
pub mod verdict;
pub mod vote;

#[cfg(test)]
mod tests;
