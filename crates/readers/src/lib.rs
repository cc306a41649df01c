//! golive-readers.
