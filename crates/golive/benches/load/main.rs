//! `cargo bench -p golive --bench load`: a server with many projects under the load of eight clients, beside the raw rate of
//! the same database in the same run.
//!
//! Everything goes through HTTP to a server that was started as a process of its own. The number of projects is
//! `GOLIVE_BENCH_PROJECTS` (1,000 when nothing is said). It prints Markdown tables.

#![expect(clippy::print_stdout, reason = "its tables are its result")]

mod calls;
#[path = "../../src/demo/crew.rs"]
mod crew;
mod fill;
mod raw;
mod server;

use anyhow::Result;
use calls::{Client, Load};
use serde_json::json;
use server::Server;
use std::sync::Arc;

/// How many work at once.
const CLIENTS: usize = 8;
/// Requests of every kind.
const READS: usize = 1_200;
/// Commands that are sent.
const COMMANDS: usize = 4_000;

/// What is read of a project through the API.
const CALLS: &[&str] = &[
    "",
    "/path",
    "/steps",
    "/gates",
    "/gates/production_request",
    "/schedule",
    "/onboarding",
    "/requirements",
    "/cases",
    "/acceptance",
    "/checklist",
    "/cutover-plan",
    "/go-live",
    "/members",
    "/audit",
];
/// What is read of a project as a page.
const PAGES: &[&str] = &[
    "",
    "/gates",
    "/gates/production_request",
    "/methodology",
    "/schedule",
    "/onboarding",
    "/acceptance",
    "/checklist",
    "/packages",
    "/copies",
    "/cutover",
    "/go-live",
    "/members",
    "/audit",
];

fn main() -> Result<()> {
    let _set_already = rustls::crypto::ring::default_provider().install_default();
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(run())
}

async fn run() -> Result<()> {
    let projects: usize =
        std::env::var("GOLIVE_BENCH_PROJECTS").ok().and_then(|n| n.parse().ok()).unwrap_or(1_000);
    let folder = tempfile::tempdir()?;
    let first = Server::start(folder.path()).await?;
    println!("first start, with an empty folder: {} ms", first.started_in.as_millis());
    println!("memory, idle: {} MB", first.memory()?);
    let mut filled = fill::projects(&first, projects).await?;
    println!("{projects} projects filled in {} s", filled.took.as_secs());
    first.end().await?;
    let server = Server::start(folder.path()).await?;
    filled.manager = filled.manager.at(&server.url);
    filled.member = filled.member.at(&server.url);
    println!("start with {projects} projects: {} ms", server.started_in.as_millis());
    println!("memory after start: {} MB", server.memory()?);
    reads(&server, &filled).await?;
    commands(&server, &filled).await?;
    println!("memory after the load: {} MB (most: {} MB)", server.memory()?, server.most()?);
    let size = std::fs::metadata(folder.path().join("golive.db"))?.len();
    println!("database: {} MB", size >> 20);
    server.end().await
}

async fn reads(server: &Server, filled: &fill::Filled) -> Result<()> {
    println!("\n| read, {CLIENTS} clients | p50 ms | p99 ms | a second |\n|---|---:|---:|---:|");
    raw::reads(&server.database(), &filled.projects, CLIENTS, READS)
        .await?
        .print("raw: one row by key");
    let client = Arc::new(filled.manager.clone());
    // The first look at every path computes it.
    let portfolio = "/api/v1/portfolio";
    same(&client, portfolio, (1, 1)).await?.print("GET /api/v1/portfolio, the first time");
    same(&client, portfolio, (CLIENTS, READS)).await?.print("GET /api/v1/portfolio");
    for call in CALLS {
        let (client, all) = (client.clone(), filled.projects.clone());
        let load = calls::many(CLIENTS, READS, move |n| {
            (client.clone(), format!("/api/v1/projects/{}{call}", all[n * 7 % all.len()]))
        });
        load.await?.print(&format!("GET /api/v1/projects/ID{call}"));
    }
    let member = Arc::new(filled.member.clone());
    for (who, page) in [(&client, "/portfolio"), (&member, "/my-work")] {
        same(who, page, (CLIENTS, READS)).await?.print(page);
    }
    for page in PAGES {
        let (client, count) = (client.clone(), filled.projects.len());
        let load = calls::many(CLIENTS, READS, move |n| {
            (client.clone(), format!("/projects/{}{page}", fill::slug(n * 7 % count)))
        });
        load.await?.print(&format!("/projects/SLUG{page}"));
    }
    Ok(())
}

/// Reads one address again and again.
async fn same(who: &Arc<Client>, path: &str, (clients, count): (usize, usize)) -> Result<Load> {
    let (who, path) = (who.clone(), path.to_owned());
    calls::many(clients, count, move |_| (who.clone(), path.clone())).await
}

async fn commands(server: &Server, filled: &fill::Filled) -> Result<()> {
    println!(
        "\n| command, {CLIENTS} clients | p50 ms | p99 ms | a second | CPU ms each |\n|---|---:|---:|---:|---:|"
    );
    let raw = raw::commits(&server.folder().join("raw.db"), COMMANDS).await?;
    raw.print_with_cpu("raw: one row of 1 KiB in a commit of its own, one writer");
    let (client, all) = (Arc::new(filled.manager.clone()), filled.projects.clone());
    let before = server.cpu()?;
    let load = calls::each(CLIENTS, COMMANDS, move |n| {
        let (client, project) = (client.clone(), all[n * 7 % all.len()].clone());
        async move {
            let body = json!({ "fact": "validation.signed_by_owners", "value": (n % 100).to_string(), "note": format!("count {n}") });
            client.post(&format!("/projects/{project}/facts"), body).await.map(|_| ())
        }
    });
    let mut load = load.await?;
    load.cpu = Some(server.cpu()?.saturating_sub(before) / u32::try_from(COMMANDS)?);
    load.print_with_cpu("POST /projects/ID/facts");
    let url = server.url.clone();
    let password = server.password.clone();
    let sign_ins = calls::each(CLIENTS, 40, move |_| {
        let (url, password) = (url.clone(), password.clone());
        async move { Client::sign_in(&url, "admin", &password).await.map(|_| ()) }
    });
    sign_ins.await?.print_with_cpu("sign-in (argon2)");
    Ok(())
}
