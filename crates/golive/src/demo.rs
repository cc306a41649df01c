//! `golive demo`: takes the example project Contoso through the nine stages.
//!
//! It is a client: it starts a server as a child process and calls its HTTP API with one token per member; it has no
//! other way in. Each step first looks whether it is done, so that a demo that was broken off goes on where it stopped.
//!
//! - [`api`]: the calls; [`server`]: the child; [`secrets`]: passwords and tokens; [`files`]: what is brought in
//! - [`story`]: the clock, sentences for people, the times of the stages
//! - [`crew`]: the people file
//! - [`people`], [`analysis`], [`design`], [`testing`], … : the work, in the order in which it is done

mod after;
mod analysis;
mod api;
mod crew;
mod cutover;
mod decision;
mod design;
mod files;
mod live;
mod people;
mod production;
mod review;
mod secrets;
mod server;
mod servicing;
mod steps;
mod story;
mod testing;
mod timetable;

use anyhow::Result;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use story::Demo;

/// How the demo is run.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The folder for everything.
    pub data: PathBuf,
    /// Where the server listens; a free port of this machine when nothing is said.
    pub listen: Option<SocketAddr>,
    /// End after the table instead of serving.
    pub exit: bool,
    /// This program, which the server runs from.
    pub program: PathBuf,
}

/// Runs the demo and gives the exit code: 0 when all nine stages hold.
pub async fn run(settings: &Settings) -> Result<u8> {
    std::fs::create_dir_all(&settings.data)?;
    let folder = settings.data.canonicalize()?;
    let secrets = secrets::Secrets::open(&folder)?;
    let (admin, people) =
        (secrets.password(api::ADMIN).to_owned(), secrets.password("").to_owned());
    let mut server =
        server::Server::start(&settings.program, &folder, settings.listen, &admin).await?;
    let api = api::Api::new(server.url.clone(), secrets)?;
    let mut demo = Demo::new(api, folder.clone())?;
    eprintln!("The demo's server is at {}; everything is in {}", server.url, folder.display());
    let walked = walk(&mut demo).await;
    let holds = demo.table().await?;
    if let Err(error) = &walked {
        eprintln!("\nThe demo stopped: {error:#}");
    }
    if !settings.exit {
        serve(&server.url, &folder, &people);
        tokio::select! {
            ended = server.wait() => ended?,
            _ = tokio::signal::ctrl_c() => {}
        }
    } else if holds && walked.is_ok() {
        demo.leave().await?;
    }
    server.end().await?;
    Ok(u8::from(!holds || walked.is_err()))
}

/// The whole way, in order.
async fn walk(demo: &mut Demo) -> Result<()> {
    people::arrive(demo).await?;
    analysis::run(demo).await?;
    design::run(demo).await?;
    testing::run(demo).await?;
    review::run(demo).await?;
    production::run(demo).await?;
    cutover::run(demo).await?;
    live::run(demo).await?;
    after::run(demo).await
}

fn serve(url: &str, folder: &Path, password: &str) {
    eprintln!("\nThe pages are at {url}");
    eprintln!(
        "Sign in as lena.hoffmann (project manager), henrik.brandt (go-live authority) or anybody else of"
    );
    eprintln!("the project; all have the password {password}");
    eprintln!(
        "Passwords and tokens are in {}; Ctrl-C ends.",
        folder.join("secrets.json").display()
    );
}
