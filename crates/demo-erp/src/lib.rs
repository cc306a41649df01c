//! golive-demo-erp.
