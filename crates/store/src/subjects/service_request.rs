//! Rows of the subject service request, and their lists.
