//! What the gates of the cutover ask whatever the content says.
//!
//! The shipped criteria already ask for the signed plan, the rehearsals, the votes and the conditions; only what they
//! leave to the product stands here.

use super::{Ask, ask};
use crate::gate::Criterion;

/// Before the live run starts.
pub(super) fn start() -> Vec<Criterion> {
    vec![
        ask(
            "clean-production",
            "Production is clean: no mock cutover since it was restored or deployed",
            "production.clean",
        )
        .mend(
            "operator",
            "Restore production to the point before the mock cutover, or deploy it again.",
        )
        .at("environments", "environment restore", "S F097 F137"),
    ]
}

/// The go/no-go.
pub(super) fn go_live() -> Vec<Criterion> {
    vec![
        ask(
            "authority",
            "The deciding authority is named and is the customer's",
            "go_no_go.authority_is_customer",
        )
        .equals("go_no_go.authority_is_customer")
        .mend("customer-project-manager", "Name a member of the customer as go-live authority.")
        .at("go-live", "seat set", "A F143"),
    ]
}
