//! The service: pages and a JSON API on one address of this host, with its own log file.

mod api;
mod business;
mod layout;
mod pages;
mod sessions;
mod system;

use crate::args::Args;
use crate::database::{self, Access};
use crate::failure::Failure;
use crate::modules;
use crate::protect::Key;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::{self, Next};
use axum::response::Response;
use sqlx::SqlitePool;
use sqlx::sqlite::SqlitePoolOptions;
use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::{Arc, Mutex};
use std::time::Instant;

/// What every request needs.
struct App {
    pool: SqlitePool,
    /// The environment's id, as golive knows it.
    environment: String,
    /// Its name for people.
    name: String,
    /// The modules of the release, by name, with their versions.
    release: BTreeMap<String, String>,
    key: Key,
    log: Mutex<std::fs::File>,
}

impl App {
    /// Appends one line to the service's own log file.
    fn log(&self, line: &str) {
        let mut file = self.log.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let _ = writeln!(file, "{} {line}", database::now());
    }
}

/// Serves until it is asked to end.
pub async fn run(args: &Args) -> Result<(), Failure> {
    args.only(&["database", "port", "modules", "log", "key", "environment", "name"])?;
    let app = Arc::new(open(args).await?);
    let port: u16 = args.parsed("port", 0)?;
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port))
        .await
        .map_err(|error| Failure::again(format!("port {port} cannot be used: {error}")))?;
    let address = listener.local_addr()?;
    app.log(&format!("start on {address}, environment {}", app.name));
    crate::say(format!("http://{address}/"));
    axum::serve(listener, router(app.clone())).with_graceful_shutdown(asked_to_end()).await?;
    app.pool.close().await;
    app.log("end");
    Ok(())
}

async fn open(args: &Args) -> Result<App, Failure> {
    let path = args.path("database")?;
    let connection = database::open(&path, Access::Write).await?;
    database::close(connection).await?;
    let pool = SqlitePoolOptions::new()
        .max_connections(4)
        .connect_with(database::options(&path, Access::Write))
        .await?;
    let release = modules::read(&args.path("modules")?)?;
    let log = std::fs::OpenOptions::new().create(true).append(true).open(args.path("log")?)?;
    Ok(App {
        pool,
        environment: args.maybe("environment").unwrap_or("none").to_owned(),
        name: args.maybe("name").unwrap_or("unnamed").to_owned(),
        release: release.into_iter().map(|module| (module.name, module.version)).collect(),
        key: Key::open(&args.path("key")?)?,
        log: Mutex::new(log),
    })
}

fn router(app: Arc<App>) -> Router {
    Router::new()
        .merge(api::routes())
        .merge(pages::routes())
        .merge(business::routes())
        .merge(system::routes())
        .layer(middleware::from_fn_with_state(app.clone(), observe))
        .with_state(app)
}

/// Writes the request to the log and adds the headers that every answer carries.
async fn observe(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let line = format!("{} {}", request.method(), request.uri().path());
    let begun = Instant::now();
    let mut response = next.run(request).await;
    app.log(&format!("{line} {} {} ms", response.status().as_u16(), begun.elapsed().as_millis()));
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, "default-src 'self'; frame-ancestors 'none'"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cache-control"), "no-store"),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

async fn asked_to_end() {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut terminate), Ok(mut interrupt)) =
        (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        return std::future::pending().await;
    };
    tokio::select! { _ = terminate.recv() => (), _ = interrupt.recv() => () }
}
