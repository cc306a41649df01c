//! golive: the server, its client commands, the demo, and checks that need no server.

#![expect(clippy::print_stdout, reason = "the program talks to its user")]

mod client;
mod demo;
mod reference;
mod serve;
mod server;

use std::process::ExitCode;

/// A page makes and drops thousands of small values, which took a third of its time with the system's own allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    if args.next().as_deref() == Some("demo-erp") {
        return demo_erp(args.collect());
    }
    // Two TLS users share one provider; the first one to ask sets it.
    let _set_already = rustls::crypto::ring::default_provider().install_default();
    client::main()
}

/// The demo ERP is part of this program, so that a release folder needs one file only; it shares no state with golive.
fn demo_erp(args: Vec<String>) -> ExitCode {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.expect("a process that has just started can make its threads");
    ExitCode::from(runtime.block_on(golive_demo_erp::run(args)))
}
