//! The command line: a command and options of the form `--name value`, nothing else.

use crate::failure::Failure;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::str::FromStr;

/// A command with its options.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Args {
    /// The command, such as `serve`.
    pub command: String,
    options: BTreeMap<String, String>,
}

impl Args {
    /// Parses what follows the program's name.
    pub fn parse(args: Vec<String>) -> Result<Self, Failure> {
        let mut rest = args.into_iter();
        let command = rest.next().ok_or_else(|| Failure::usage(crate::USAGE))?;
        let mut options = BTreeMap::new();
        while let Some(name) = rest.next() {
            let Some(name) = name.strip_prefix("--") else {
                return Err(Failure::usage(format!(
                    "expected an option that starts with `--`; found `{name}`"
                )));
            };
            let value =
                rest.next().ok_or_else(|| Failure::usage(format!("--{name} needs a value")))?;
            if options.insert(name.to_owned(), value).is_some() {
                return Err(Failure::usage(format!("--{name} is given twice")));
            }
        }
        Ok(Self { command, options })
    }

    /// Refuses options that the command does not know.
    pub fn only(&self, known: &[&str]) -> Result<(), Failure> {
        match self.options.keys().find(|name| !known.contains(&name.as_str())) {
            Some(name) => Err(Failure::usage(format!("{} has no option --{name}", self.command))),
            None => Ok(()),
        }
    }

    /// An option that must be there.
    pub fn needed(&self, name: &str) -> Result<&str, Failure> {
        self.maybe(name).ok_or_else(|| Failure::usage(format!("{} needs --{name}", self.command)))
    }

    /// An option that may be there; an empty value counts as none.
    pub fn maybe(&self, name: &str) -> Option<&str> {
        self.options.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// A path that must be given.
    pub fn path(&self, name: &str) -> Result<PathBuf, Failure> {
        self.needed(name).map(PathBuf::from)
    }

    /// A number or another parsed value.
    pub fn parsed<T: FromStr>(&self, name: &str, otherwise: T) -> Result<T, Failure> {
        match self.maybe(name) {
            None => Ok(otherwise),
            Some(text) => text.parse().map_err(|_| {
                Failure::usage(format!("--{name}: `{text}` cannot be read as a number"))
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Args, Failure> {
        Args::parse(line.split(' ').map(str::to_owned).collect())
    }

    #[test]
    fn a_command_line_is_a_command_and_named_values() {
        let args = parse("serve --port 80 --log x").expect("it is right");
        assert_eq!(args.needed("port"), Ok("80"));
        assert_eq!(args.parsed("port", 1_u16), Ok(80));
        assert_eq!(args.only(&["port"]).map_err(|failure| failure.exit), Err(2));
        assert!(args.needed("database").is_err());
    }

    #[test]
    fn a_stray_word_a_missing_value_and_a_second_value_are_refused() {
        for line in ["serve port", "serve --port", "serve --port 1 --port 2"] {
            assert!(parse(line).is_err(), "{line}");
        }
    }
}
