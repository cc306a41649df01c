//! Rows of the subject onboarding, and their lists.
