//! Rows of the subject package, and their lists.
