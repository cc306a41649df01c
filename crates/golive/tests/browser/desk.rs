//! One person after the other at one browser: signing in, walking by links, filling forms in.

use super::driver::Browser;
use super::look;
use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Value, json};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

/// Who may do everything on the server and nothing in a project.
pub const ADMIN: &str = "admin";
/// The administrator's password.
pub const ADMIN_PASSWORD: &str = "a long first password";
/// Everybody else's.
pub const PASSWORD: &str = "another long password";
/// The short name of the project.
pub const PROJECT: &str = "first";
/// An operation of the application ends within this time.
const PATIENCE: Duration = Duration::from_mins(2);

/// The browser, where the pages are, and a folder for what is uploaded and downloaded.
pub struct Desk<'a> {
    /// The browser.
    pub browser: &'a Browser,
    /// The address of the server.
    pub server: String,
    /// The folder.
    pub folder: &'a Path,
    /// Paths of pages and names of forms that were looked at.
    seen: RefCell<BTreeSet<String>>,
    /// Who sits here.
    login: RefCell<String>,
}

impl<'a> Desk<'a> {
    /// Nobody has sat down yet.
    pub fn new(browser: &'a Browser, server: &str, folder: &'a Path) -> Self {
        Self {
            browser,
            server: server.to_owned(),
            folder,
            seen: RefCell::default(),
            login: RefCell::default(),
        }
    }

    /// Every page on the way is as pages must be: when it is first reached, and after each kind of form.
    pub async fn look(&self) -> Result<()> {
        let faults = look::faults(self.browser, &self.server).await?;
        ensure!(faults.is_empty(), "{faults:#?}");
        Ok(())
    }

    /// Looks when this page or form is a new one.
    async fn look_once(&self, at: String) -> Result<()> {
        let is_new = self.seen.borrow_mut().insert(at);
        if is_new { self.look().await } else { Ok(()) }
    }

    /// Follows a link.
    pub async fn follow(&self, css: &str) -> Result<()> {
        self.browser.follow(css).await?;
        self.look_once(self.browser.path().await?).await
    }

    /// Clicks the link with this address.
    pub async fn go(&self, href: &str) -> Result<()> {
        self.follow(&format!("a[href='{href}']")).await
    }

    /// Clicks the link in the main part that begins with these words.
    pub async fn link(&self, words: &str) -> Result<()> {
        let script = "return [...document.querySelectorAll('main a[href]')]
            .find(a => a.checkVisibility() && a.innerText.trim().startsWith(arguments[0]))?.getAttribute('href')";
        let href = self.browser.ask(script, words.into()).await?;
        let href = href.as_str().with_context(|| format!("no link says {words}"))?;
        self.follow(&format!("main a[href='{href}']")).await
    }

    /// A page of the project's menu.
    pub async fn page(&self, page: &str) -> Result<()> {
        self.go(&format!("/projects/{PROJECT}/{page}")).await
    }

    /// A page of the project's menu, and a link on it whose address ends so.
    pub async fn inner(&self, page: &str, end: &str) -> Result<()> {
        self.page(page).await?;
        self.follow(&format!("main a[href$='{end}']")).await
    }

    /// Fills a form in, sends it, and looks at what comes of it.
    pub async fn form(&self, form: &str, typed: &[(&str, &str)]) -> Result<()> {
        self.send(form, typed).await.with_context(|| format!("{form} {typed:?}"))?;
        self.look_once(kind(form)).await.with_context(|| format!("after {form}"))
    }

    /// Fills a form in and sends it; one that is folded or in a dialog is opened first.
    async fn send(&self, form: &str, typed: &[(&str, &str)]) -> Result<()> {
        let button = format!("[id='{form}'] button[type=submit]");
        if self.browser.seen(&button).await?.is_none() {
            self.open(form).await?;
        }
        for (field, value) in typed {
            let css = format!("[id='{form}'] [name='{field}']");
            self.enter(&css, value).await?;
        }
        self.browser.send(&button).await
    }

    /// Unfolds a form, or opens its dialog.
    async fn open(&self, form: &str) -> Result<()> {
        let folded = format!("details:has([id='{form}']) > summary");
        if self.browser.seen(&folded).await?.is_some() {
            return self.browser.click(&folded).await;
        }
        let dialog = "return document.getElementById(arguments[0])?.closest('[popover]')?.id";
        match self.browser.ask(dialog, form.into()).await?.as_str() {
            Some(dialog) => self.browser.click(&format!("[popovertarget='{dialog}']")).await,
            None => bail!("{}: there is no form {form}", self.browser.path().await?),
        }
    }

    /// Gives a field its value, whatever kind of field it is.
    async fn enter(&self, css: &str, value: &str) -> Result<()> {
        let kind = "const it = document.querySelector(arguments[0]);
            return it?.checked ? it.type + ' ticked' : it?.type ?? null";
        match self.browser.ask(kind, json!(css)).await?.as_str() {
            Some("select-one") => self.browser.choose(css, value).await,
            Some("radio" | "radio ticked") => {
                self.browser.click(&format!("{css}[value='{value}']")).await
            }
            Some("checkbox ticked") if value == "on" => Ok(()),
            Some("checkbox" | "checkbox ticked") if value != "on" => {
                self.browser.click(&format!("{css}[value='{value}']")).await
            }
            Some("checkbox") => self.browser.click(css).await,
            Some(_) => self.browser.fill(css, value).await,
            None => bail!("there is no field {css}"),
        }
    }

    /// Presses a button that is a form of its own.
    pub async fn press(&self, button: &str) -> Result<()> {
        self.browser.send(&format!("[id='{button}']")).await?;
        self.look_once(kind(button)).await.with_context(|| format!("after {button}"))
    }

    /// A button that is refused opens its reasons.
    pub async fn refused(&self, action: &str) -> Result<()> {
        self.browser.click(&format!("[id='{action}'][aria-disabled=true]")).await?;
        let reasons = self.browser.words(&format!("[id='{action}-why']:popover-open ul")).await?;
        ensure!(!reasons.is_empty(), "{action} is refused without a reason");
        Ok(())
    }

    /// An element shows these words.
    pub async fn shows(&self, css: &str, words: &str) -> Result<()> {
        let shown = self.browser.words(css).await?;
        ensure!(shown.contains(words), "{css} does not show {words}: {shown}");
        Ok(())
    }

    /// Waits on a page that follows something to its end by itself.
    pub async fn succeeds(&self) -> Result<()> {
        let over = "return document.querySelector('#head .badge')?.innerText === 'Done'";
        self.browser.wait(over, Value::Null, PATIENCE).await?;
        self.look_once("an operation that is over".to_owned()).await
    }

    /// Signs in.
    pub async fn sign_in(&self, login: &str) -> Result<()> {
        login.clone_into(&mut self.login.borrow_mut());
        let password = if login == ADMIN { ADMIN_PASSWORD } else { PASSWORD };
        self.send("token_sign_in", &[("login", login), ("password", password)]).await
    }

    /// Signs out.
    pub async fn sign_out(&self) -> Result<()> {
        self.go("/me").await?;
        self.browser.send("#sign_out").await
    }

    /// Another person sits down, and opens the project; whoever sits there stays.
    pub async fn next(&self, login: &str) -> Result<()> {
        if *self.login.borrow() == login {
            return Ok(());
        }
        self.sign_out().await?;
        self.sign_in(login).await?;
        self.go("/portfolio").await?;
        self.go(&format!("/projects/{PROJECT}")).await
    }

    /// The administrator moves the clock, and a person sits down again.
    pub async fn clock(&self, to: &str, login: &str) -> Result<()> {
        self.sign_out().await?;
        self.sign_in(ADMIN).await?;
        self.go("/server").await?;
        self.form("clock_move", &[("to", to)]).await?;
        self.next(login).await
    }
}

/// The form or button without what names one of many.
fn kind(form: &str) -> String {
    form.split('.').next().unwrap_or_default().to_owned()
}
