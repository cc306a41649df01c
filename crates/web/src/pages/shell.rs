//! What every page uses: who looks, the frame, forms that come back, problems as pages.
//!
//! A page author needs [`InProject`] (or [`PageCaller`] outside of a project), [`Posted`], [`Last`] and [`Shown`].
//!
//! ```ignore
//! pub fn routes() -> Router<App> {
//!     Router::new()
//!         .route("/projects/{slug}/waivers", get(show).post(propose))
//!         .route("/projects/{slug}/waivers/{id}/approve", post(approve))
//! }
//!
//! async fn show(here: InProject) -> Shown {
//!     page(&here, Again::none()).await
//! }
//!
//! async fn page(here: &InProject, again: Again) -> Shown {
//!     let waivers = here.app.waiver_list(&here.actor, here.id).await?;
//!     // A form's id begins with the operation id of the API; so does an action's. After a dot: the row.
//!     let form = here.form("waiver_propose", "waivers", "Propose", vec![Field::text("reason", "Reason")]);
//!     let rows = waivers.iter().map(|waiver| {
//!         let approve = here.act(&waiver.actions, "waiver_approve", &waiver.id, ("Approve", &format!("waivers/{}/approve", waiver.id)));
//!         Row::new(&waiver.title, vec![html! { (waiver.title) }, html! { (action(&approve)) }])
//!     });
//!     let body = html! {
//!         (layout::head("Waivers", &html! { "Exceptions on record." }, &[]))
//!         (Card::new("waivers", "All").around(&table(&Table::new("Waivers", columns(), rows))))
//!         (form::form(&form, &again.of("waiver_propose")))
//!     };
//!     here.page(ProjectPage::Waivers, "Waivers", body).await
//! }
//!
//! async fn propose(here: InProject, posted: Posted) -> Shown {
//!     let wanted = match posted.read::<WaiverForm>() {
//!         Ok(wanted) => here.app.waiver_propose(&here.actor, here.id, &wanted).await,
//!         Err(error) => Err(error),
//!     };
//!     // Done: a redirect with a toast. Refused: the page again, with what was typed and every reason.
//!     here.settle(wanted, ("Proposed", "waivers"), &posted, |again| page(&here, again)).await
//! }
//!
//! async fn approve(here: InProject, Last(id): Last<WaiverId>) -> Shown {
//!     let done = here.app.waiver_approve(&here.actor, id).await;
//!     here.done(done, "Approved", "waivers") // a refusal becomes a problem page with all reasons
//! }
//! ```
//!
//! - **Errors**: `?` on a service's error is enough. The frame turns it into a page: 404, 403, 409 with all criteria of
//!   the gate, 429 with `Retry-After`. [`Error::ConfirmFirst`] asks for the password and then sends the same form again.
//! - **Double clicks**: [`InProject::form`] and [`InProject::post`] carry a key; sent twice, it is done once.
//! - **Uploads**: a form with a file field is multipart. Small files: the extractor [`Uploaded`] (it holds a [`Posted`]
//!   and the files). Large ones: axum's `Multipart` and `App::keep_file`. The key is in the address.
//! - **Names of people**: [`InProject::people`]. **Owners of criteria**: [`InProject::owners`].
//! - **Live**: [`InProject::live_page`] names the project's stream; see `crate::live`.

mod caller;
mod form;
mod frame;
mod problem;
mod project;

pub use caller::{Last, PageCaller, Trust, html_answer};
pub(crate) use form::folded_form;
pub use form::{Again, Posted, Uploaded, encode};
pub(in crate::pages) use frame::host;
pub use frame::{frame, not_found};
pub use problem::{Shown, Wrong};
pub use project::{InProject, model_word};
pub(crate) use project::{capacities, seat_words, stage_words, standing, standings};

pub(in crate::pages) use caller::{KEYS_COOKIE, THEME_COOKIE, cookie_line, is_secure, site};
