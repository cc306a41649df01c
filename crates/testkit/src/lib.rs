//! What tests of the upper floors stand on: a whole golive on a fresh database, with a clock that can be moved and an
//! application that lives in memory.
//!
//! - [`TestApp`]: makes people and projects, carries operations out, and speaks HTTP without a socket. It panics at its
//!   end if an operation is left over.
//! - [`FakeDriver`]: the port to the applications, in memory, with the same refusals as a real one.
//! - [`Plan`]: where an operation step shall fail or be cut off; [`injected`] puts it around every registered kind.

mod fake;
mod http;
mod injected;
mod left_over;
mod people;
mod plan;
mod test_app;

pub use fake::{Data, FakeDriver, Row, SiteState, Stored};
pub use http::{Http, Reply};
pub use injected::injected;
pub use people::{PASSWORD, Seat};
pub use plan::{Fault, Place, Plan, What};
pub use test_app::{Builder, TestApp};
