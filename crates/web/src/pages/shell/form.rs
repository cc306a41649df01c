//! Forms on their way in (typed, with the field named that makes no sense) and on their way back (with what was typed).

use super::problem::{Wrong, sentence};
use crate::components::facts::Card;
use crate::components::form::{self, Filled, Form};
use crate::components::verdict;
use axum::extract::{FromRequest, Multipart, RawForm, Request};
use axum::response::Response;
use golive_app::Error;
use maud::Markup;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::str::FromStr;

mod typed;

/// What a form sent, as typed. Names that begin with `_` are the frame's own and are not among it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Posted {
    /// The id of the form.
    form: String,
    fields: BTreeMap<String, Vec<String>>,
    /// Names that begin with `_`.
    own: BTreeMap<String, String>,
}

impl Posted {
    /// From an urlencoded body.
    pub fn parse(body: &str) -> Self {
        let mut posted = Self::default();
        for (name, value) in pairs(body) {
            posted.add(name, value);
        }
        posted
    }

    pub(super) fn add(&mut self, name: String, value: String) {
        if name == "_form" {
            self.form = value;
        } else if name.starts_with('_') {
            self.own.insert(name, value);
        } else {
            self.fields.entry(name).or_default().push(value);
        }
    }

    /// A value of the frame's own.
    pub(in crate::pages) fn own(&self, name: &str) -> &str {
        self.own.get(name).map_or("", String::as_str)
    }

    /// The first value of a field, trimmed; empty when it was not sent.
    pub fn text(&self, name: &str) -> &str {
        self.fields.get(name).and_then(|values| values.first()).map_or("", |value| value.trim())
    }

    /// The first value of a field exactly as typed: a password may begin with a space.
    pub fn raw(&self, name: &str) -> &str {
        self.fields.get(name).and_then(|values| values.first()).map_or("", String::as_str)
    }

    /// Whether a box was ticked.
    pub fn flag(&self, name: &str) -> bool {
        matches!(self.text(name), "on" | "true" | "yes")
    }

    /// All values of a field: of several boxes, or the lines of an area. Empty ones are left out.
    pub fn list(&self, name: &str) -> Vec<String> {
        let values = self.fields.get(name).into_iter().flatten();
        let lines = values.flat_map(|value| value.lines());
        lines.map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
    }

    /// One field as a type of its own; the error names the field.
    pub fn value<T: FromStr>(&self, name: &str, expected: &str) -> Result<T, Error> {
        let text = self.text(name);
        text.parse().map_err(|_| Error::invalid(name, expected, shown(text)))
    }

    /// The whole form as an input of a service, by the names of its fields. A box that was not ticked is false, an
    /// empty optional field is none, a list takes several values or one on each line.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, Error> {
        typed::read(&self.fields)
    }

    /// The id of the form that sent it.
    pub fn form(&self) -> &str {
        &self.form
    }

    /// The form as it comes back after a refusal.
    pub fn again(&self, error: &Error) -> Again {
        let secret = |name: &str| matches!(name, "password" | "old" | "new");
        let typed = self.fields.iter().filter(|(name, _)| !secret(name));
        let values = typed.map(|(name, all)| (name.clone(), all.join("\n")));
        let mut filled = Filled::typed(values);
        match error {
            Error::Invalid { at, expected, found } if self.fields.contains_key(at) => {
                filled = filled.error(at, sentence(&format!("expected {expected}; found {found}")));
            }
            Error::GateShut(verdict) => filled.refused = verdict::reasons(verdict),
            Error::Refused(reasons) => filled.refused.clone_from(reasons),
            Error::BadFile { faults, .. } => filled.refused.clone_from(faults),
            other => filled.refused = vec![sentence(&other.to_string())],
        }
        Again { form: self.form.clone(), filled }
    }
}

/// A form with a small file: a plan, a list, a blueprint. Large ones (packages, dumps) are streams of their own.
pub struct Uploaded {
    /// The other fields.
    pub posted: Posted,
    /// Name and bytes of each file by the name of its field; an empty choice is left out.
    pub files: BTreeMap<String, (String, Vec<u8>)>,
}

impl Uploaded {
    /// The file of a field; the error names the field.
    pub fn file(&self, name: &str) -> Result<(&str, &[u8]), Error> {
        let file = self.files.get(name).map(|(file, bytes)| (file.as_str(), bytes.as_slice()));
        file.ok_or_else(|| Error::invalid(name, "a file", "none"))
    }
}

impl<S: Send + Sync> FromRequest<S> for Uploaded {
    type Rejection = Wrong;
    async fn from_request(request: Request, state: &S) -> Result<Self, Wrong> {
        let broken = |error: axum::extract::multipart::MultipartError| {
            Wrong(Error::invalid("file", "a whole form below 2 MiB", error.body_text()))
        };
        let mut form = Multipart::from_request(request, state)
            .await
            .map_err(|error| Wrong(Error::invalid("form", "a form", error.body_text())))?;
        let mut uploaded = Self { posted: Posted::default(), files: BTreeMap::new() };
        while let Some(field) = form.next_field().await.map_err(broken)? {
            let name = field.name().unwrap_or_default().to_owned();
            match field.file_name().map(str::to_owned) {
                Some(file) => {
                    let bytes = field.bytes().await.map_err(broken)?.to_vec();
                    if !file.is_empty() {
                        uploaded.files.insert(name, (file, bytes));
                    }
                }
                None => uploaded.posted.add(name, field.text().await.map_err(broken)?),
            }
        }
        Ok(uploaded)
    }
}

impl<S: Send + Sync> FromRequest<S> for Posted {
    type Rejection = Response;
    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let RawForm(bytes) = RawForm::from_request(request, state)
            .await
            .map_err(axum::response::IntoResponse::into_response)?;
        Ok(Self::parse(&String::from_utf8_lossy(&bytes)))
    }
}

/// The form that came back, if one did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Again {
    form: String,
    filled: Filled,
}

impl Again {
    /// Nothing came back: the page is seen for the first time.
    pub fn none() -> Self {
        Self::default()
    }

    /// What was typed into this form and what was wrong with it; nothing if another form came back.
    pub fn of(&self, form: &str) -> Filled {
        if self.form == form { self.filled.clone() } else { Filled::default() }
    }
}

/// A card folded to its heading around a form that is seldom needed; open when it came back.
pub(crate) fn folded_form(
    (id, title): (&str, &str),
    is_open: bool,
    form: &Form,
    again: &Again,
) -> Markup {
    let filled = again.of(&form.id);
    Card::new(id, title).folded(is_open || filled.is_refused(), &form::form(form, &filled))
}

fn shown(text: &str) -> String {
    if text.is_empty() { "nothing".to_owned() } else { text.chars().take(100).collect() }
}

/// Name and value of an urlencoded text.
pub(super) fn pairs(text: &str) -> impl Iterator<Item = (String, String)> {
    text.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decode(name), decode(value))
    })
}

fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex = |at: usize| tail.get(at).and_then(|c| char::from(*c).to_digit(16));
        match (first, hex(0), hex(1)) {
            (b'%', Some(high), Some(low)) => {
                bytes.push(u8::try_from(high * 16 + low).unwrap_or(b'?'));
                rest = &tail[2..];
            }
            (b'+', ..) => {
                bytes.push(b' ');
                rest = tail;
            }
            (other, ..) => {
                bytes.push(*other);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A text as it stands in a query or a cookie.
pub fn encode(text: &str) -> String {
    use std::fmt::Write as _;
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~' | b'/') {
            out.push(char::from(byte));
        } else {
            write!(out, "%{byte:02X}").expect("a string takes everything");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_decoded_and_the_frames_own_names_are_kept_apart() {
        let posted = Posted::parse("_key=k&_form=f&name=M%C3%BCller+%26+Co&roles=a&roles=b&ok=on");
        assert_eq!(posted.text("name"), "Müller & Co");
        assert_eq!(posted.list("roles"), ["a", "b"]);
        assert!(posted.flag("ok") && !posted.flag("other"));
        assert_eq!((posted.form(), posted.text("_key")), ("f", ""));
    }

    #[test]
    fn what_is_encoded_is_decoded_to_the_same() {
        let text = "/projects/a?x=1&y=ä %+";
        assert_eq!(decode(&encode(text)), text);
        assert_eq!(decode("100%"), "100%");
        assert_eq!(decode("%zz%4"), "%zz%4");
    }

    #[test]
    fn a_refused_form_comes_back_to_its_own_place_with_what_was_typed() {
        let posted = Posted::parse("_form=go&date=31+June");
        let again = posted.again(&Error::invalid("date", "a date", "31 June"));
        let filled = again.of("go");
        assert_eq!(filled.values["date"], "31 June");
        assert_eq!(filled.errors["date"], "Expected a date; found 31 June.");
        assert!(!again.of("other").is_refused());
    }
}
