//! Rows of the subject cutover, and their lists.
