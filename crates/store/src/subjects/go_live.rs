//! Rows of the subject go live, and their lists.
