//! Rows of the subject waiver, and their lists.
