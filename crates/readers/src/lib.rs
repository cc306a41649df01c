//! Files into core types, with no input or output: bytes come in, values or a list of [`source::Invalid`] go out.
//!
//! A bad file changes nothing and says where it is bad. Everything read has a limit on size, depth and entries.

pub mod blueprint;
pub mod content;
pub mod source;
pub mod cases;
pub mod junit;
pub mod limits;
pub mod results;
pub mod table;
pub mod xml;
pub mod customisation;
pub mod load_test;
pub mod package;
pub mod defects;
pub mod criteria;
pub mod cutover;
pub mod estimate;
pub mod people;
pub mod project;
pub mod sizing;
