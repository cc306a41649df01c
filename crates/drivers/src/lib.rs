//! golive-drivers.
