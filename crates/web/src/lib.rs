//! golive-web.

pub mod assets;
pub mod components;
pub mod layout;
pub mod words;
pub mod api;
pub mod caller;
pub mod layers;
pub mod problem;
pub mod router;
