//! golive-store.
