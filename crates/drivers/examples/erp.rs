//! The demo ERP as a program of its own, for the tests of the drivers; the product runs it as `golive demo-erp`.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    let args = std::env::args().skip(1).skip_while(|arg| arg == "demo-erp").collect();
    ExitCode::from(golive_demo_erp::run(args).await)
}
