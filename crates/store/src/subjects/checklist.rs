//! Rows of the subject checklist, and their lists.
