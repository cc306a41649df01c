//! A small language of arithmetic, safe to read from a file: numbers, names, `+ - * / ^`, parentheses, `max`, `min`, `ceil`,
//! `floor`, and two sums. It cannot loop, call out or grow without bound.
//!
//! A name may be a phrase: `users at the busiest hour`. `sum over classes of …` and `sum for y = 0 .. n - 1 of …` take the
//! term that follows: a product, up to the next plus or minus.

use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A formula is not longer than this.
const MOST_CHARACTERS: usize = 1000;
/// Parentheses are not nested deeper than this.
const DEEPEST: usize = 32;
/// A sum has no more steps than this.
const MOST_STEPS: u32 = 1000;

/// Why a formula cannot be read or computed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "fault", rename_all = "snake_case")]
pub enum Fault {
    /// It is too long.
    #[error("the formula is longer than {MOST_CHARACTERS} characters")]
    TooLong,
    /// It is nested too deep.
    #[error("the formula is nested deeper than {DEEPEST}")]
    TooDeep,
    /// Something else was expected.
    #[error("expected {expected} at character {at}")]
    Expected {
        /// What.
        expected: String,
        /// Where, counted from 1.
        at: usize,
    },
    /// A name that nothing has.
    #[error("`{name}` is not known here")]
    Unknown {
        /// The name.
        name: String,
    },
    /// A sum with too many steps.
    #[error("a sum of more than {MOST_STEPS} steps")]
    TooManySteps,
    /// Division by zero and its like.
    #[error("the result is no number")]
    NoNumber,
}

/// A formula that was read.
#[derive(Debug, Clone, PartialEq)]
pub enum Expression {
    /// A number.
    Number(f64),
    /// A name or phrase.
    Name(String),
    /// A negative value.
    Negative(Box<Self>),
    /// Two values and what is between them.
    Both(Box<Self>, char, Box<Self>),
    /// A function of values.
    Call(String, Vec<Self>),
    /// `sum over classes of body`.
    OverClasses(Box<Self>),
    /// `sum for name = from .. to of body`.
    Over {
        /// The running name.
        name: String,
        /// Its first value.
        from: Box<Self>,
        /// Its last value.
        to: Box<Self>,
        /// What is summed.
        body: Box<Self>,
    },
}

/// Where names get their values.
pub trait Names {
    /// The value of a name.
    fn value(&self, name: &str) -> Option<f64>;
    /// The same names for each class of users, for `sum over classes`.
    fn classes(&self) -> Vec<Box<dyn Names + '_>>;
}

/// Names with one more: the running name of a sum.
struct With<'a> {
    rest: &'a dyn Names,
    name: &'a str,
    value: f64,
}

impl Names for With<'_> {
    fn value(&self, name: &str) -> Option<f64> {
        if name == self.name { Some(self.value) } else { self.rest.value(name) }
    }

    fn classes(&self) -> Vec<Box<dyn Names + '_>> {
        self.rest.classes()
    }
}

impl Expression {
    /// Reads a formula.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        if text.len() > MOST_CHARACTERS {
            return Err(Fault::TooLong);
        }
        let mut reader =
            Reader { tokens: tokens(text)?, at: 0, end: text.chars().count() + 1, depth: 0 };
        let read = reader.sum()?;
        match reader.peek() {
            None => Ok(read),
            Some(_) => reader.expected("an operator or the end"),
        }
    }

    /// The names it uses, running names of sums left out.
    pub fn names(&self) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        self.collect(&mut found);
        found
    }

    fn collect(&self, found: &mut BTreeSet<String>) {
        match self {
            Self::Number(_) => {}
            Self::Name(name) => drop(found.insert(name.clone())),
            Self::Negative(inner) | Self::OverClasses(inner) => inner.collect(found),
            Self::Both(left, _, right) => {
                left.collect(found);
                right.collect(found);
            }
            Self::Call(_, values) => values.iter().for_each(|value| value.collect(found)),
            Self::Over { name, from, to, body } => {
                from.collect(found);
                to.collect(found);
                let mut inner = BTreeSet::new();
                body.collect(&mut inner);
                inner.remove(name);
                found.extend(inner);
            }
        }
    }

    /// The value; what is no number is a fault.
    pub fn value(&self, names: &dyn Names) -> Result<f64, Fault> {
        let value = self.raw(names)?;
        if value.is_finite() { Ok(value) } else { Err(Fault::NoNumber) }
    }

    fn raw(&self, names: &dyn Names) -> Result<f64, Fault> {
        match self {
            Self::Number(number) => Ok(*number),
            Self::Name(name) => {
                names.value(name).ok_or_else(|| Fault::Unknown { name: name.clone() })
            }
            Self::Negative(inner) => Ok(-inner.raw(names)?),
            Self::Both(left, operator, right) => {
                Ok(between(left.raw(names)?, *operator, right.raw(names)?))
            }
            Self::Call(function, values) => {
                let values: Vec<f64> =
                    values.iter().map(|value| value.raw(names)).collect::<Result<_, _>>()?;
                Ok(call(function, &values))
            }
            Self::OverClasses(body) => {
                names.classes().iter().map(|class| body.raw(class.as_ref())).sum()
            }
            Self::Over { name, from, to, body } => {
                let (from, to) = (from.value(names)?, to.value(names)?);
                steps(from, to)?.map(|value| body.raw(&With { rest: names, name, value })).sum()
            }
        }
    }
}

fn steps(from: f64, to: f64) -> Result<impl Iterator<Item = f64>, Fault> {
    let count = (to - from).floor() + 1.0;
    if count > f64::from(MOST_STEPS) {
        return Err(Fault::TooManySteps);
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and a thousand"
    )]
    let count = count.max(0.0) as u32;
    Ok((0..count).map(move |step| from + f64::from(step)))
}

fn between(left: f64, operator: char, right: f64) -> f64 {
    match operator {
        '+' => left + right,
        '-' => left - right,
        '*' => left * right,
        '/' => left / right,
        _ => left.powf(right),
    }
}

fn call(function: &str, values: &[f64]) -> f64 {
    let first = values.first().copied().unwrap_or(f64::NAN);
    match function {
        "max" => values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        "min" => values.iter().copied().fold(f64::INFINITY, f64::min),
        // 11.999999999 and 12.000000001 are 12: the parts of the sum were rounded by the machine, not by people.
        "ceil" => (first - 1e-9).ceil(),
        _ => (first + 1e-9).floor(),
    }
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Number(f64),
    Word(String),
    Sign(char),
    Range,
}

/// The tokens with their places, counted in characters from 1.
fn tokens(text: &str) -> Result<Vec<(Token, usize)>, Fault> {
    let letters: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(&letter) = letters.get(at) {
        let run = |kind: fn(&char) -> bool| letters[at..].iter().take_while(|&c| kind(c)).count();
        let (token, length) = if letter.is_whitespace() {
            at += 1;
            continue;
        } else if letter.is_ascii_digit() {
            number(&letters[at..], at)?
        } else if letter.is_ascii_alphabetic() {
            let length = run(|c| c.is_ascii_alphanumeric() || *c == '_');
            (Token::Word(letters[at..at + length].iter().collect()), length)
        } else if letters[at..].starts_with(&['.', '.']) {
            (Token::Range, 2)
        } else if "+-*/^(),=".contains(letter) {
            (Token::Sign(letter), 1)
        } else {
            return Err(Fault::Expected {
                expected: "a number, a name or an operator".to_owned(),
                at: at + 1,
            });
        };
        found.push((token, at + 1));
        at += length;
    }
    Ok(found)
}

/// A number; `0 ..` is a number and a range.
fn number(letters: &[char], at: usize) -> Result<(Token, usize), Fault> {
    let whole = letters.iter().take_while(|c| c.is_ascii_digit()).count();
    let fraction = match letters.get(whole..whole + 2) {
        Some(['.', digit]) if digit.is_ascii_digit() => {
            1 + letters[whole + 1..].iter().take_while(|c| c.is_ascii_digit()).count()
        }
        Some(_) | None => 0,
    };
    let length = whole + fraction;
    let text: String = letters[..length].iter().collect();
    let number = text
        .parse()
        .map_err(|_| Fault::Expected { expected: "a number".to_owned(), at: at + 1 })?;
    Ok((Token::Number(number), length))
}

struct Reader {
    tokens: Vec<(Token, usize)>,
    at: usize,
    end: usize,
    depth: usize,
}

impl Reader {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at).map(|(token, _)| token)
    }

    fn sign(&self) -> Option<char> {
        match self.peek() {
            Some(Token::Sign(sign)) => Some(*sign),
            Some(Token::Number(_) | Token::Word(_) | Token::Range) | None => None,
        }
    }

    fn expected<T>(&self, expected: &str) -> Result<T, Fault> {
        let at = self.tokens.get(self.at).map_or(self.end, |(_, at)| *at);
        Err(Fault::Expected { expected: expected.to_owned(), at })
    }

    fn take_sign(&mut self, wanted: char) -> Result<(), Fault> {
        if self.sign() == Some(wanted) {
            self.at += 1;
            return Ok(());
        }
        self.expected(&format!("`{wanted}`"))
    }

    fn take_word(&mut self, wanted: &str) -> Result<(), Fault> {
        if self.peek() == Some(&Token::Word(wanted.to_owned())) {
            self.at += 1;
            return Ok(());
        }
        self.expected(&format!("`{wanted}`"))
    }

    fn sum(&mut self) -> Result<Expression, Fault> {
        let mut left = self.product()?;
        while let Some(operator) = self.sign().filter(|sign| "+-".contains(*sign)) {
            self.at += 1;
            left = Expression::Both(Box::new(left), operator, Box::new(self.product()?));
        }
        Ok(left)
    }

    fn product(&mut self) -> Result<Expression, Fault> {
        let mut left = self.power()?;
        while let Some(operator) = self.sign().filter(|sign| "*/".contains(*sign)) {
            self.at += 1;
            left = Expression::Both(Box::new(left), operator, Box::new(self.power()?));
        }
        Ok(left)
    }

    fn power(&mut self) -> Result<Expression, Fault> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(Fault::TooDeep);
        }
        let base = self.single()?;
        let read = if self.sign() == Some('^') {
            self.at += 1;
            Expression::Both(Box::new(base), '^', Box::new(self.power()?))
        } else {
            base
        };
        self.depth -= 1;
        Ok(read)
    }

    fn single(&mut self) -> Result<Expression, Fault> {
        match self.peek().cloned() {
            Some(Token::Number(number)) => {
                self.at += 1;
                Ok(Expression::Number(number))
            }
            Some(Token::Sign('-')) => {
                self.at += 1;
                Ok(Expression::Negative(Box::new(self.power()?)))
            }
            Some(Token::Sign('(')) => {
                self.at += 1;
                let inner = self.sum()?;
                self.take_sign(')')?;
                Ok(inner)
            }
            Some(Token::Word(word)) => self.word(&word),
            Some(Token::Sign(_) | Token::Range) | None => self.expected("a number, a name or `(`"),
        }
    }

    /// A function, a sum, or a phrase of one or more words.
    fn word(&mut self, first: &str) -> Result<Expression, Fault> {
        let next = |ahead: usize| self.tokens.get(self.at + ahead).map(|(token, _)| token);
        let is = |ahead: usize, word: &str| next(ahead) == Some(&Token::Word(word.to_owned()));
        if ["max", "min", "ceil", "floor"].contains(&first) && next(1) == Some(&Token::Sign('(')) {
            self.at += 2;
            return self.arguments(first);
        }
        if first == "sum" && is(1, "for") {
            self.at += 2;
            return self.running_sum();
        }
        if first == "sum" && is(1, "over") && is(2, "classes") && is(3, "of") {
            self.at += 4;
            return Ok(Expression::OverClasses(Box::new(self.product()?)));
        }
        let mut phrase = Vec::new();
        while let Some(Token::Word(word)) = self.peek() {
            phrase.push(word.clone());
            self.at += 1;
        }
        Ok(Expression::Name(phrase.join(" ")))
    }

    fn arguments(&mut self, function: &str) -> Result<Expression, Fault> {
        let mut values = vec![self.sum()?];
        while self.sign() == Some(',') {
            self.at += 1;
            values.push(self.sum()?);
        }
        self.take_sign(')')?;
        if values.len() > 1 && matches!(function, "ceil" | "floor") {
            return self.expected("one value");
        }
        Ok(Expression::Call(function.to_owned(), values))
    }

    fn running_sum(&mut self) -> Result<Expression, Fault> {
        let Some(Token::Word(name)) = self.peek().cloned() else { return self.expected("a name") };
        self.at += 1;
        self.take_sign('=')?;
        let from = Box::new(self.sum()?);
        if self.peek() != Some(&Token::Range) {
            return self.expected("`..`");
        }
        self.at += 1;
        let to = Box::new(self.sum()?);
        self.take_word("of")?;
        Ok(Expression::Over { name, from, to, body: Box::new(self.product()?) })
    }
}
