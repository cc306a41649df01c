//! Rows of the subject review, and their lists.
