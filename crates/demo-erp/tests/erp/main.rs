//! The demo ERP on real files: migrations that stop and go on, digests, sample data, packages, pages and API.

mod application;
mod data;
mod ground;
mod migrations;
