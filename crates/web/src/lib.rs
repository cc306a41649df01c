//! golive-web.

pub mod api;
pub mod assets;
pub mod caller;
pub mod components;
pub mod layers;
pub mod layout;
pub mod live;
pub mod pages;
pub mod problem;
pub mod router;
pub mod words;
