//! Rows of the subject datacopy, and their lists.
