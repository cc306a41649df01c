//! Rows of the subject notification, and their lists.
