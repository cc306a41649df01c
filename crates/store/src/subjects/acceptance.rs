//! Rows of the subject acceptance, and their lists.
