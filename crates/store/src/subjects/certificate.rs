//! Rows of the subject certificate, and their lists.
