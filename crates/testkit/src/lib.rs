//! golive-testkit.
