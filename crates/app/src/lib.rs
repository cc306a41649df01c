//! golive-app.
