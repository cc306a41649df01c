//! The golive binary.
fn main() {}
