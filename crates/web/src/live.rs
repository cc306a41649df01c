//! The stream of a page: `/live?page=/projects/contoso/gates`.
//!
//! When something was written, the page is made again for the same person and the parts that have changed are sent: every
//! card and every bar of the main part has an id. So each page is live without a word of its own. An operation's page
//! also gets the lines of its log as they are written.
//!
//! An event's id says what the page shows by now: the last event of the project's log; on an operation's page also the
//! place in its log file and the number of the next line: `418.20311.95`. The browser sends it back when it reconnects.

use crate::caller::Query;
use crate::components::live::LiveEvent;
use crate::components::ops::log_append;
use crate::layers::Whole;
use crate::pages::operation::log_lines;
use crate::pages::shell::{PageCaller, Shown};
use crate::words::Clock;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Extension;
use axum::http::header::COOKIE;
use axum::http::{HeaderName, HeaderValue, Method, Request, StatusCode};
use axum::response::IntoResponse as _;
use axum::response::sse::{Event, Sse};
use axum::routing::get;
use futures_util::stream;
use golive_app::{App, Error};
use golive_core::id::{OperationId, ProjectId};
use maud::{Markup, PreEscaped};
use serde::Deserialize;
use std::collections::{BTreeMap, VecDeque};
use std::convert::Infallible;
use std::sync::LazyLock;
use std::time::Duration;
use tokio::sync::{broadcast, watch};
use tower::ServiceExt as _;

mod parts;

/// Something is said at least this often.
const BEAT: Duration = Duration::from_secs(15);
/// Changes that come together are shown together.
const TOGETHER: Duration = Duration::from_millis(300);
/// After so many beats the page is made again even if nothing was written: time changes verdicts too.
const BEATS_TO_LOOK: u32 = 4;
/// A page is not larger than this.
const PAGE: usize = 16 << 20;

/// Set when the server ends: streams end, so that it can.
static ENDING: LazyLock<watch::Sender<bool>> = LazyLock::new(|| watch::Sender::new(false));

/// Ends all streams. Call it when the server shall stop; browsers come back to the next one.
pub fn end() {
    ENDING.send_replace(true);
}

/// The route of the streams.
pub fn routes() -> Router<App> {
    Router::new().route("/live", get(live))
}

#[derive(Debug, Deserialize)]
struct Wanted {
    page: String,
    operation: Option<OperationId>,
    #[serde(default)]
    last_event_id: String,
}

async fn live(
    here: PageCaller,
    Query(wanted): Query<Wanted>,
    Extension(whole): Extension<Whole>,
) -> Shown {
    if !wanted.page.starts_with('/')
        || wanted.page.starts_with("//")
        || wanted.page.starts_with("/live")
    {
        return Err(Error::invalid("page", "the address of a page", wanted.page).into());
    }
    let slug =
        wanted.page.strip_prefix("/projects/").and_then(|rest| rest.split(['/', '?']).next());
    let project = slug.map(|slug| ProjectId::named("server", slug));
    if let Some(project) = project {
        here.app.path_view(&here.actor, project).await?;
    }
    if let Some(operation) = wanted.operation {
        here.app.operation_view(&here.actor, operation).await?;
    }
    let seen = here.header("last-event-id").unwrap_or(&wanted.last_event_id).to_owned();
    let follow = Follow::new(here, wanted, (project, seen), whole);
    let events = stream::unfold(follow, |mut follow| async move {
        follow.next().await.map(|event| (Ok::<_, Infallible>(event), follow))
    });
    let mut response = Sse::new(events).into_response();
    let unbuffered = HeaderName::from_static("x-accel-buffering");
    response.headers_mut().insert(unbuffered, HeaderValue::from_static("no"));
    Ok(response)
}

/// Where a stream stands.
struct Follow {
    here: PageCaller,
    page: String,
    project: Option<ProjectId>,
    operation: Option<OperationId>,
    whole: Whole,
    changes: watch::Receiver<u64>,
    ending: watch::Receiver<bool>,
    lines: broadcast::Receiver<(OperationId, String)>,
    /// The parts that the page shows, by id; none before the first look.
    shown: Option<BTreeMap<String, String>>,
    seq: i64,
    offset: u64,
    number: u64,
    beats: u32,
    ready: VecDeque<Event>,
    is_over: bool,
}

impl Follow {
    fn new(
        here: PageCaller,
        wanted: Wanted,
        (project, seen): (Option<ProjectId>, String),
        whole: Whole,
    ) -> Self {
        let mut numbers = seen.split('.').map(|part| part.parse::<u64>().unwrap_or(0));
        let seq = numbers.next().and_then(|seq| i64::try_from(seq).ok()).unwrap_or(0);
        let (offset, number) = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(1));
        Self {
            // Subscribed before the first look, so that nothing falls between.
            changes: here.app.store.changes(),
            ending: ENDING.subscribe(),
            lines: here.app.live.watch(),
            page: wanted.page,
            operation: wanted.operation,
            project,
            whole,
            shown: None,
            seq,
            offset,
            number,
            beats: 0,
            ready: VecDeque::from([LiveEvent::Beat.to_sse(seen)]),
            is_over: false,
            here,
        }
    }

    /// The next event; nothing when the stream is over.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some(event);
            }
            if self.is_over || *self.ending.borrow() {
                return None;
            }
            if self.shown.is_none() {
                self.first_look().await;
                continue;
            }
            tokio::select! {
                _ = self.ending.changed() => return None,
                changed = self.changes.changed() => {
                    changed.ok()?;
                    tokio::time::sleep(TOGETHER).await;
                    self.changes.mark_unchanged();
                    if self.has_news().await { self.look().await; }
                }
                line = self.lines.recv(), if self.operation.is_some() => {
                    if let Ok((operation, _)) = line && Some(operation) != self.operation { continue; }
                    tokio::time::sleep(TOGETHER).await;
                    self.lines = self.here.app.live.watch();
                    self.read_lines().await;
                }
                () = tokio::time::sleep(BEAT) => self.beat().await,
            }
        }
    }

    fn push(&mut self, event: LiveEvent) {
        let id = match self.operation {
            Some(_) => format!("{}.{}.{}", self.seq, self.offset, self.number),
            None => self.seq.to_string(),
        };
        self.ready.push_back(event.to_sse(id));
    }

    /// What the page shows now; sent only if the page is older.
    async fn first_look(&mut self) {
        self.shown = Some(BTreeMap::new());
        let has_news = self.has_news().await;
        match self.made().await {
            Some(parts) if has_news => self.send(parts),
            Some(parts) => self.shown = Some(parts),
            None => {}
        }
        self.read_lines().await;
    }

    async fn beat(&mut self) {
        self.beats += 1;
        if self.beats.is_multiple_of(BEATS_TO_LOOK) {
            self.look().await;
        }
        self.push(LiveEvent::Beat);
    }

    /// Whether the project's log has grown; without a project, every change may matter.
    async fn has_news(&mut self) -> bool {
        let Some(project) = self.project else { return true };
        let Ok(mut session) = self.here.app.store.session().await else { return false };
        let Ok(head) = session.head(&project.to_string()).await else { return false };
        let is_new = head.seq != self.seq;
        self.seq = head.seq;
        is_new
    }

    async fn look(&mut self) {
        if let Some(parts) = self.made().await {
            self.send(parts);
        }
    }

    /// Sends the parts that differ from what is shown.
    fn send(&mut self, parts: BTreeMap<String, String>) {
        let shown = self.shown.take().unwrap_or_default();
        let same_parts = shown.keys().eq(parts.keys()) || shown.is_empty();
        if same_parts {
            let changed = parts.iter().filter(|(id, _)| id.as_str() != parts::MAIN);
            let changed: Vec<&String> = changed
                .filter(|(id, html)| {
                    shown.get(*id).is_none_or(|old| parts::bare(old) != parts::bare(html))
                })
                .map(|(_, html)| html)
                .collect();
            for html in changed.into_iter().cloned().collect::<Vec<_>>() {
                self.push(LiveEvent::Patch(PreEscaped(html)));
            }
        } else if let Some(main) = parts.get(parts::MAIN) {
            // A card came or went: the whole main part, and the bar.
            let bar = parts.get("project-bar").cloned().unwrap_or_default();
            self.push(LiveEvent::Patch(PreEscaped(format!("{main}{bar}"))));
        }
        self.shown = Some(parts);
    }

    /// The parts of the page as it would be answered now. A page that is no more for this person is loaded again, so
    /// that the browser shows why.
    async fn made(&mut self) -> Option<BTreeMap<String, String>> {
        let router = self.whole.get().cloned()?;
        let mut request =
            Request::builder().method(Method::GET).uri(&self.page).body(Body::empty()).ok()?;
        if let Some(cookie) = self.here.header("cookie").and_then(|c| HeaderValue::from_str(c).ok())
        {
            request.headers_mut().insert(COOKIE, cookie);
        }
        let Ok(response) = router.oneshot(request).await;
        if response.status() != StatusCode::OK {
            self.push(LiveEvent::Reload);
            self.is_over = true;
            return None;
        }
        let bytes = to_bytes(response.into_body(), PAGE).await.ok()?;
        Some(parts::of(&String::from_utf8_lossy(&bytes)))
    }

    /// New lines of the operation's log.
    async fn read_lines(&mut self) {
        let Some(operation) = self.operation else { return };
        let read = self.here.app.operation_log(&self.here.actor, operation, self.offset).await;
        let Ok(log) = read else { return };
        // A line that is being written is left for the next time.
        let Some(end) = log.text.rfind('\n').map(|at| at + 1) else { return };
        let whole = &log.text[..end];
        let fresh = self.append(whole);
        self.offset += whole.len() as u64;
        self.number += whole.lines().count() as u64;
        self.push(LiveEvent::Patch(fresh));
    }

    fn append(&self, text: &str) -> Markup {
        let clock = Clock { now: self.here.app.clock.now(), zone: self.here.clock.zone.clone() };
        log_append("op-log", &log_lines(text, self.number, jiff::Timestamp::now()), &clock)
    }
}
