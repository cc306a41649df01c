//! Table of the service requests.

use crate::subject::{Column, Subject};
use golive_core::id;
use golive_core::service_request::Filed;

impl Subject for Filed {
    type Id = id::ServiceRequestId;
    const TABLE: &'static str = "service_request";
    const KIND: &'static str = "service_request";
    const COLUMNS: &'static [&'static str] = &["kind", "phase", "linked"];
    fn columns(&self) -> Vec<Column> {
        let linked = self.request.linked.map_or(String::new(), |id| id.to_string());
        vec![self.request.kind.name().into(), self.request.state.name().into(), linked.into()]
    }
}
