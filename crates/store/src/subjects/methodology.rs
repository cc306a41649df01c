//! Rows of the subject methodology, and their lists.
