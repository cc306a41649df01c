//! Ports: what the services need from the outside world. The real forms are in `golive-drivers`, the fakes in
//! `golive-testkit`; nothing here does anything.

pub mod driver;
pub mod mail;

use std::future::Future;
use std::pin::Pin;

/// A boxed future, so that ports can be used behind `dyn`.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;
