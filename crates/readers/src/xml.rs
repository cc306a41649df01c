//! XML read piece by piece, with a limit on depth and elements, and without document types and entities.

use crate::source::{Invalid, Place, shorten, text};
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use std::collections::BTreeMap;

/// Elements inside elements.
const MOST_DEPTH: usize = 64;
/// Elements of one file.
const MOST_ELEMENTS: usize = 4_000_000;

/// One piece of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// An element begins.
    Open {
        /// Its name without prefix.
        name: String,
        /// Its attributes by name without prefix.
        attributes: BTreeMap<String, String>,
        /// The line it begins on.
        line: usize,
    },
    /// Text inside an element; a long one may come in pieces.
    Text(String),
    /// An element ends.
    Close {
        /// Its name without prefix.
        name: String,
    },
    /// The document ends.
    End,
}

/// A document that is being read.
pub struct Xml<'a> {
    file: String,
    text: &'a str,
    reader: Reader<&'a [u8]>,
    depth: usize,
    elements: usize,
    counted: (usize, usize),
}

impl<'a> Xml<'a> {
    /// Starts reading a document of at most `limit` bytes.
    pub fn new(file: &str, bytes: &'a [u8], limit: usize) -> Result<Self, Invalid> {
        let text = text(file, bytes, limit)?;
        let mut reader = Reader::from_str(text);
        reader.config_mut().expand_empty_elements = true;
        reader.config_mut().trim_text(false);
        Ok(Self { file: file.to_owned(), text, reader, depth: 0, elements: 0, counted: (0, 1) })
    }

    /// The next piece.
    pub fn piece(&mut self) -> Result<Piece, Invalid> {
        loop {
            let event = match self.reader.read_event() {
                Ok(event) => event,
                Err(error) => {
                    let at = self.reader.error_position();
                    return Err(self.wrong_at(at, "well-formed XML", error.to_string()));
                }
            };
            match event {
                Event::Start(start) | Event::Empty(start) => return self.open(&start),
                Event::End(end) => {
                    self.depth = self.depth.saturating_sub(1);
                    return Ok(Piece::Close { name: end.local_name().as_ref().to_owned() });
                }
                Event::Text(text) if self.depth == 0 && text.xml10_content().trim().is_empty() => {}
                Event::Text(_) if self.depth == 0 => {
                    return Err(self.wrong("XML", "text outside of every element"));
                }
                Event::Text(text) => return Ok(Piece::Text(text.xml10_content().into_owned())),
                Event::CData(text) => return Ok(Piece::Text(text.xml10_content().into_owned())),
                Event::GeneralRef(reference) => {
                    let name = reference.xml10_content().into_owned();
                    let known = match reference.resolve_char_ref() {
                        Ok(Some(char)) => Some(char.to_string()),
                        Ok(None) => {
                            quick_xml::escape::resolve_predefined_entity(&name).map(str::to_owned)
                        }
                        Err(_) => None,
                    };
                    let unknown =
                        || self.wrong("no entities but the five of XML", format!("&{name};"));
                    return known.map(Piece::Text).ok_or_else(unknown);
                }
                Event::DocType(_) => return Err(self.wrong("no document type", "<!DOCTYPE …>")),
                Event::Eof if self.depth > 0 => {
                    return Err(self.wrong("the end of every element", "the end of the file"));
                }
                Event::Eof => return Ok(Piece::End),
                Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
            }
        }
    }

    /// The text up to the end of the element that has just begun; elements inside are passed over.
    pub fn inner_text(&mut self, most: usize) -> Result<String, Invalid> {
        let depth = self.depth;
        let mut inner = String::new();
        loop {
            match self.piece()? {
                Piece::Text(text) if self.depth == depth && inner.len() < most => {
                    inner.push_str(&text);
                }
                Piece::Close { .. } if self.depth < depth => break,
                Piece::End => break,
                Piece::Text(_) | Piece::Open { .. } | Piece::Close { .. } => {}
            }
        }
        Ok(if inner.len() > most { shorten(&inner, most) } else { inner })
    }

    /// Passes over the element that has just begun.
    pub fn skip(&mut self) -> Result<(), Invalid> {
        self.inner_text(0).map(|_| ())
    }

    /// Says what is wrong where the reader stands.
    pub fn wrong(&mut self, expected: impl Into<String>, found: impl Into<String>) -> Invalid {
        let at = self.reader.buffer_position();
        self.wrong_at(at, expected, found)
    }

    fn wrong_at(
        &mut self,
        at: u64,
        expected: impl Into<String>,
        found: impl Into<String>,
    ) -> Invalid {
        let line = self.line(at);
        Invalid::new(&self.file, Place::Line { line }, expected, found)
    }

    fn open(&mut self, start: &BytesStart<'_>) -> Result<Piece, Invalid> {
        self.depth += 1;
        self.elements += 1;
        if self.depth > MOST_DEPTH {
            return Err(self.wrong(format!("elements at most {MOST_DEPTH} deep"), "a deeper one"));
        }
        if self.elements > MOST_ELEMENTS {
            return Err(self.wrong(format!("at most {MOST_ELEMENTS} elements"), "more"));
        }
        let mut attributes = BTreeMap::new();
        for attribute in start.attributes() {
            let read = attribute.map_err(|error| error.to_string()).and_then(|attribute| {
                let name = attribute.key.local_name().as_ref().to_owned();
                let value = attribute
                    .normalized_value(XmlVersion::Implicit1_0)
                    .map_err(|error| error.to_string())?;
                Ok((name, value.into_owned()))
            });
            match read {
                Ok((name, value)) => attributes.insert(name, value),
                Err(error) => return Err(self.wrong("a well-formed attribute", error)),
            };
        }
        let line = self.line(self.reader.buffer_position());
        Ok(Piece::Open { name: start.local_name().as_ref().to_owned(), attributes, line })
    }

    /// The line of a position; counting goes on from where it was last asked.
    fn line(&mut self, at: u64) -> usize {
        let at = usize::try_from(at).unwrap_or(usize::MAX).min(self.text.len());
        let (from, line) = if self.counted.0 <= at { self.counted } else { (0, 1) };
        let more = self.text.get(from..at).map_or(0, |part| part.matches('\n').count());
        self.counted = (at, line + more);
        line + more
    }
}

#[cfg(test)]
mod tests;
