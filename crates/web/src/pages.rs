//! The pages, one file per subject. A page reads the request, calls the same services as the API, and shows the view.

mod acceptance;
mod audit;
mod calendar;
mod certificate;
mod checklist;
mod cutover;
mod datacopy;
mod environment;
mod estimate;
mod gate;
mod go_live;
mod me;
mod members;
mod methodology;
mod my_work;
mod notification;
mod onboarding;
pub(crate) mod operation;
mod package;
mod path;
mod portfolio;
mod request;
mod review;
mod schedule;
mod server;
mod service_request;
pub mod shell;
mod sign_in;
mod waiver;

use axum::Router;
use golive_app::App;

/// All pages.
pub fn routes() -> Router<App> {
    Router::new()
        .merge(sign_in::routes())
        .merge(me::routes())
        .merge(portfolio::routes())
        .merge(path::routes())
        .merge(gate::routes())
        .merge(request::routes())
        .merge(environment::routes())
        .merge(operation::routes())
        .merge(audit::routes())
        .merge(members::routes())
        .merge(server::routes())
        .merge(my_work::routes())
        .merge(calendar::routes())
        .merge(methodology::routes())
        .merge(schedule::routes())
        .merge(onboarding::routes())
        .merge(acceptance::routes())
        .merge(checklist::routes())
        .merge(review::routes())
        .merge(estimate::routes())
        .merge(service_request::routes())
        .merge(waiver::routes())
        .merge(notification::routes())
        .merge(package::routes())
        .merge(datacopy::routes())
        .merge(cutover::routes())
        .merge(go_live::routes())
        .merge(certificate::routes())
}
