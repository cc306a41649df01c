//! Rows of the subject schedule, and their lists.
