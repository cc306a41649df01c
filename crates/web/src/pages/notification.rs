//! Page of one's own messages.

use super::shell::{PageCaller, Posted, Shown};
use crate::components::action::{Action, Look, action};
use crate::components::facts::Card;
use crate::components::icon::{Icon, icon};
use crate::components::notice::empty;
use crate::components::time;
use crate::layout::{self, Nav};
use crate::words;
use axum::Router;
use axum::routing::{get, post};
use golive_app::App;
use golive_app::notification::{MessageRead, MessageView};
use maud::{Markup, html};

/// The pages of this subject.
pub fn routes() -> Router<App> {
    Router::new().route("/messages", get(show)).route("/messages/read", post(read))
}

async fn show(here: PageCaller) -> Shown {
    let messages = here.app.message_list(&here.actor, false).await?;
    let unread = messages.iter().filter(|message| message.is_unread).count();
    let all = PageCaller::post_to("message_read", "Mark all as read", "/messages/read");
    let all = if unread == 0 { all.refused(vec!["nothing is new".to_owned()]) } else { all };
    let lead = html! { (words::count(unread, "is new", "are new")) ". Mail says the same, in quiet hours later." };
    let body = html! {
        (layout::head("Messages", &lead, &[all]))
        @if messages.is_empty() { (empty("Nothing has been said to you yet", "What happens in your projects and needs you will stand here.", &[])) }
        @else { (Card::new("messages", "All").count(messages.len()).around(&list(&here, &messages))) }
    };
    here.page(Nav::MyWork, "Messages", body).await
}

fn list(here: &PageCaller, messages: &[MessageView]) -> Markup {
    html! {
        ul.list {
            @for message in messages {
                li id=(message.id) data-s=[message.is_unread.then_some("run")] {
                    (icon(Icon::Bell))
                    div.grow {
                        @if message.is_unread { span.vh { "new: " } }
                        a.strong href=(message.link) { (message.subject) }
                        div.small.muted { @for line in message.body.lines().filter(|line| !line.trim().is_empty()) { div { (line) } } }
                        div.xs.faint { (time::ago(message.at, &here.clock)) }
                    }
                    @if message.is_unread { (action(&one(message))) }
                }
            }
        }
    }
}

/// The button that marks one message as read.
fn one(message: &MessageView) -> Action {
    let id = format!("message_read.{}", message.id);
    PageCaller::post_to(&id, "Read", "/messages/read")
        .with("message", &message.id)
        .look(Look::Small)
}

async fn read(here: PageCaller, posted: Posted) -> Shown {
    let message = posted.text("message").parse().ok();
    let done = here.app.message_read(&here.actor, &MessageRead { message }).await;
    here.done_at(done, "", "/messages")
}
