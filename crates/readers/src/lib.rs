//! Files into core types, with no input or output: bytes come in, values or a list of [`source::Invalid`] go out.
//!
//! A bad file changes nothing and says where it is bad. Everything read has a limit on size, depth and entries.

pub mod blueprint;
pub mod cases;
pub mod content;
pub mod criteria;
pub mod customisation;
pub mod cutover;
pub mod defects;
pub mod estimate;
pub mod junit;
pub mod limits;
pub mod load_test;
pub mod package;
pub mod people;
pub mod project;
pub mod results;
pub mod sizing;
pub mod source;
pub mod table;
pub mod xml;
