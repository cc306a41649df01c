//! Rows of the subject estimate, and their lists.
