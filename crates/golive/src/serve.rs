//! `golive serve`: HTTP, the runner, and an orderly end.

use crate::server::{self, Settings};
use anyhow::{Context as _, Result};
use golive_app::App;
use golive_app::ports::mail::Mailer;
use golive_drivers::mail::{FilesMailer, SmtpMailer};
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Serves until told to end.
pub async fn serve(
    settings: &Settings,
    listen: SocketAddr,
    admin_password: Option<String>,
) -> Result<()> {
    let (app, _lock) = server::open(settings).await?;
    if let Some(password) = app.first_administrator(admin_password).await? {
        let file = settings.data.join("first-password");
        write_private(&file, &password)?;
        eprintln!(
            "First start. Sign in as `admin`; the one-time password is in {}",
            file.display()
        );
    }
    let listener =
        TcpListener::bind(listen).await.with_context(|| format!("cannot listen on {listen}"))?;
    let address = listener.local_addr()?;
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let owner = format!("{}@{address}", std::process::id());
    let runner = tokio::spawn(app.clone().run_operations(owner, stopped.clone()));
    let readers = readers(&app, address, &stopped)?;
    let router = golive_web::router::router(app.clone());
    eprintln!("golive {} serves http://{address}", env!("CARGO_PKG_VERSION"));
    axum::serve(listener, router.into_make_service_with_connect_info::<SocketAddr>())
        .with_graceful_shutdown(async {
            end_asked().await;
            golive_web::live::end();
        })
        .await?;
    let _nobody_listens = stop.send(true);
    runner.await?;
    for reader in readers {
        reader.await?;
    }
    app.store.close().await;
    Ok(())
}

/// Those who follow the logs: messages to people, reactions, and the mail that goes out.
fn readers(
    app: &App,
    address: SocketAddr,
    stop: &watch::Receiver<bool>,
) -> Result<Vec<JoinHandle<()>>> {
    let mailer = mailer(app)?;
    let own = std::env::var("GOLIVE_URL").unwrap_or_else(|_| format!("http://{address}"));
    Ok(vec![
        tokio::spawn(app.clone().run_notifications(stop.clone())),
        tokio::spawn(app.clone().run_reactions(stop.clone())),
        tokio::spawn(app.clone().run_outbox(mailer, own, stop.clone())),
    ])
}

/// `GOLIVE_SMTP` names the mail server; without it, mail is kept as files in the data folder.
fn mailer(app: &App) -> Result<Arc<dyn Mailer>> {
    let from = std::env::var("GOLIVE_MAIL_FROM")
        .unwrap_or_else(|_| "golive <golive@localhost>".to_owned());
    Ok(match std::env::var("GOLIVE_SMTP") {
        Ok(url) => Arc::new(SmtpMailer::new(&url, &from)?),
        Err(_) => Arc::new(FilesMailer::new(app.folders.data.join("mail"), &from)?),
    })
}

async fn end_asked() {
    let mut terminate =
        signal(SignalKind::terminate()).expect("a process may listen to its signals");
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}

fn write_private(file: &std::path::Path, text: &str) -> Result<()> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut file = std::fs::OpenOptions::new()
        .create(true)
        .truncate(true)
        .write(true)
        .mode(0o600)
        .open(file)?;
    writeln!(file, "{text}")?;
    Ok(file.sync_all()?)
}
