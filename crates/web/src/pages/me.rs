//! One's own page: password, tokens, appearance.

use super::shell::{Again, Last, PageCaller, Posted, Shown, cookie_line, folded_form};
use crate::caller::SESSION_COOKIE;
use crate::components::action::{Action, Look, action};
use crate::components::facts::{Card, kv};
use crate::components::form::{self, Choice, Field, Input};
use crate::components::notice::{banner, empty};
use crate::components::state::{State, badge};
use crate::components::table::{Column, Row, Table, table};
use crate::components::time;
use crate::layout::{self, Nav};
use axum::Router;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse as _, Redirect};
use axum::routing::{get, post};
use golive_app::sign_in::{NewToken, TokenRequest, TokenView};
use golive_app::{App, Error};
use golive_core::id::TokenId;
use maud::{Markup, html};

/// Preferences are kept this long: a year.
const YEAR: i64 = 365 * 86_400;

/// The pages of this subject.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/me", get(show))
        .route("/me/password", post(password))
        .route("/me/tokens", post(token_create))
        .route("/me/tokens/{id}/revoke", post(token_revoke))
        .route("/me/preferences", post(preferences))
}

async fn show(here: PageCaller) -> Shown {
    page(&here, Again::none(), None).await
}

async fn page(here: &PageCaller, again: Again, fresh: Option<&NewToken>) -> Shown {
    let me = here.app.user_self(&here.actor).await?;
    let tokens = here.app.token_list(&here.actor).await?;
    let out = Action::post("sign_out", "Sign out", "/sign-out");
    let facts = [
        ("Login", html! { (me.login) }),
        ("Mail", html! { @if me.email.is_empty() { "none" } @else { (me.email) } }),
        ("Time zone", html! { (me.time_zone) }),
        (
            "On this server",
            html! { @if me.server_administrator { "Server administrator" } @else { "User" } },
        ),
    ];
    let body = html! {
        (layout::head(&me.name, &html! { "Your account, your password, your tokens." }, &[out]))
        div.cols {
            div.stack.gap5 {
                @if let Some(token) = fresh { (shown_once(here, token)) }
                (Card::new("tokens", "Tokens for programs").count(tokens.len()).around(&token_table(here, &tokens)))
                (folded_form(("token-new", "New token"), tokens.is_empty(), &token_form(), &again))
            }
            div.stack.gap5 {
                (Card::new("account", "Account").padded(&kv(&facts)))
                (Card::new("password", "Password").padded(&form::form(&password_form(), &again.of("password_change"))))
            }
        }
    };
    here.page(Nav::None, "Your account", body).await
}

fn shown_once(here: &PageCaller, token: &NewToken) -> Markup {
    let text = html! {
        p { "Copy it now: it cannot be shown again. It ends " (time::time(token.expires, &here.clock)) "." }
        (crate::components::action::command(&token.secret))
    };
    banner("token-secret", State::Done, "Your new token.", &text, &[])
}

fn token_table(here: &PageCaller, tokens: &[TokenView]) -> Markup {
    if tokens.is_empty() {
        let text = "The command line and other programs sign in with a token. It reaches as far as you say, and it ends.";
        return empty("No token yet", text, &[]);
    }
    let columns = vec![
        Column::name("For"),
        Column::short("Reach"),
        Column::short("Ends"),
        Column::summary("State"),
        Column::plain("Action"),
    ];
    let rows = tokens.iter().map(|token| {
        let ended = token.expires < jiff::Timestamp::now();
        let (state, word) = match (token.revoked, ended) {
            (true, _) => (State::Idle, "taken back"),
            (false, true) => (State::Idle, "ended"),
            (false, false) => (State::Done, "valid"),
        };
        let id = format!("token_revoke.{}", token.id);
        let revoke =
            PageCaller::post_to(&id, "Take back", &format!("/me/tokens/{}/revoke", token.id));
        Row::new(
            &token.name,
            vec![
                html! { (token.name) },
                html! { (token.scope) },
                time::time(token.expires, &here.clock),
                badge(state, word),
                html! { @if state == State::Done { (action(&revoke.look(Look::Small))) } },
            ],
        )
    });
    table(&Table::new("Tokens", columns, rows).folding())
}

fn token_form() -> form::Form {
    let reach = vec![Choice::new("full", "All that I may do"), Choice::new("read", "Looking only")];
    let fields = vec![
        Field::text("name", "What it is for"),
        Field::text("scope", "Reach").value("full").hint("full, read, or a project's id"),
        Field::new("days", "Days until it ends", Input::Line("number"))
            .value("30")
            .hint("1 to 365"),
    ];
    let mut form = PageCaller::form_to("token_create", "/me/tokens", "Make token", fields);
    form.fields[1].input = Input::Select(reach);
    form.plain()
}

fn password_form() -> form::Form {
    let fields = vec![
        Field::new("old", "Password until now", Input::Line("password"))
            .autocomplete("current-password"),
        Field::new("new", "New password", Input::Line("password"))
            .autocomplete("new-password")
            .hint("At least 12 characters. All your sessions end, also this one."),
    ];
    PageCaller::form_to("password_change", "/me/password", "Change", fields).plain()
}

async fn password(here: PageCaller, posted: Posted) -> Shown {
    let changed = here.app.password_change(&here.actor, posted.raw("old"), posted.raw("new")).await;
    let changed = changed.map_err(|error| match error {
        Error::Invalid { expected, found, .. } if expected.starts_with("the password") => {
            Error::invalid("old", expected, found)
        }
        Error::Invalid { expected, found, .. } => Error::invalid("new", expected, found),
        other => other,
    });
    if changed.is_ok() {
        let mut response = Redirect::to("/sign-in").into_response();
        let gone = cookie_line(SESSION_COOKIE, "", 0, here.is_secure());
        response.headers_mut().append(header::SET_COOKIE, gone);
        return Ok(response);
    }
    here.settle_at(changed, ("", "/me"), &posted, |again| page(&here, again, None)).await
}

async fn token_create(here: PageCaller, posted: Posted) -> Shown {
    let made = match posted.read::<TokenRequest>() {
        Ok(wanted) => here.app.token_create(&here.actor, &wanted).await,
        Err(error) => Err(error),
    };
    match made {
        // The secret exists only in this answer, so there is no redirect.
        Ok(token) => page(&here, Again::none(), Some(&token)).await,
        Err(error) => {
            let refused = Err::<(), _>(error);
            here.settle_at(refused, ("", "/me"), &posted, |again| page(&here, again, None)).await
        }
    }
}

async fn token_revoke(here: PageCaller, Last(id): Last<TokenId>) -> Shown {
    let revoked = here.app.token_revoke(&here.actor, &id.to_string()).await;
    here.done_at(revoked, "Taken back", "/me")
}

/// Theme and keys are the browser's: cookies of a year.
async fn preferences(here: PageCaller, headers: HeaderMap, posted: Posted) -> Shown {
    let from = headers.get(header::REFERER).and_then(|value| value.to_str().ok());
    let path =
        from.and_then(|url| url.split_once("://")).and_then(|(_, rest)| rest.split_once('/'));
    let to = path.map_or_else(|| "/me".to_owned(), |(_, path)| format!("/{path}"));
    let theme = match posted.text("theme") {
        "light" => "light",
        "dark" => "dark",
        _ => "system",
    };
    let keys = if posted.flag("keys") { "on" } else { "off" };
    let mut response = Redirect::to(if to.starts_with("//") { "/me" } else { &to }).into_response();
    for (name, value) in [(super::shell::THEME_COOKIE, theme), (super::shell::KEYS_COOKIE, keys)] {
        let line = cookie_line(name, value, YEAR, here.is_secure());
        response.headers_mut().append(header::SET_COOKIE, line);
    }
    Ok(response)
}
