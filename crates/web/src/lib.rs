//! golive-web.
