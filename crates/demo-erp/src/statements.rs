//! An SQL file cut into statements, so that each runs by itself and a failure can be named by its line.

/// One statement with the line on which it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The line, counted from 1.
    pub line: usize,
    /// The text, without the semicolon.
    pub sql: String,
}

/// What a statement does to the transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Opens one.
    Begin,
    /// Ends one and keeps its changes.
    Commit,
    /// Ends one and drops its changes.
    Rollback,
    /// Must stand outside of one.
    Outside,
    /// Works in one.
    Plain,
}

impl Statement {
    /// What the statement does to the transaction, judged by its first word.
    pub fn kind(&self) -> Kind {
        let word: String = self.sql.chars().take_while(char::is_ascii_alphabetic).collect();
        match word.to_ascii_uppercase().as_str() {
            "BEGIN" => Kind::Begin,
            "COMMIT" | "END" => Kind::Commit,
            "ROLLBACK" => Kind::Rollback,
            "VACUUM" | "PRAGMA" => Kind::Outside,
            _ => Kind::Plain,
        }
    }
}

/// Cuts a file at the semicolons that end statements: not those in texts, names, comments or the body of a trigger.
pub fn split(text: &str) -> Vec<Statement> {
    let mut found = Vec::new();
    let mut current = Statement { line: 1, sql: String::new() };
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let length = token_length(rest, next);
        if next == ';' && !inside_trigger(&current.sql) {
            push(&mut found, &mut current);
        } else if !(rest.starts_with("--") || rest.starts_with("/*")) {
            if current.sql.trim().is_empty() {
                current.line = 1 + text[..text.len() - rest.len()].matches('\n').count();
            }
            current.sql.push_str(&rest[..length]);
        }
        rest = &rest[length..];
    }
    push(&mut found, &mut current);
    found
}

/// How far the text, name or comment that begins here goes; any other character stands for itself.
fn token_length(rest: &str, next: char) -> usize {
    match next {
        '\'' | '"' | '`' => quoted_length(rest, next),
        '[' => rest.find(']').map_or(rest.len(), |end| end + 1),
        '-' if rest.starts_with("--") => rest.find('\n').unwrap_or(rest.len()),
        '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
        other => other.len_utf8(),
    }
}

fn quoted_length(rest: &str, quote: char) -> usize {
    let mut at = 1;
    while let Some(end) = rest[at..].find(quote) {
        at += end + 1;
        if !rest[at..].starts_with(quote) {
            return at;
        }
        at += 1;
    }
    rest.len()
}

/// A trigger's body holds semicolons of its own; it is over when the last word is END.
fn inside_trigger(current: &str) -> bool {
    let words: Vec<String> =
        current.split_whitespace().take(3).map(str::to_ascii_uppercase).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let trigger = matches!(
        words.as_slice(),
        ["CREATE", "TRIGGER", ..] | ["CREATE", "TEMP" | "TEMPORARY", "TRIGGER"]
    );
    trigger
        && !current.split_whitespace().last().is_some_and(|word| word.eq_ignore_ascii_case("END"))
}

fn push(found: &mut Vec<Statement>, current: &mut Statement) {
    let sql = std::mem::take(&mut current.sql).trim().to_owned();
    if !sql.is_empty() {
        found.push(Statement { line: current.line, sql });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sqls(text: &str) -> Vec<String> {
        split(text).into_iter().map(|statement| statement.sql).collect()
    }

    #[test]
    fn semicolons_in_texts_names_and_comments_end_nothing() {
        let text =
            "INSERT INTO a VALUES ('x;''y'); -- no; end\nSELECT \"b;c\" /* ; */ FROM [d;e];\n;";
        assert_eq!(sqls(text), ["INSERT INTO a VALUES ('x;''y')", "SELECT \"b;c\"  FROM [d;e]"]);
    }

    #[test]
    fn a_trigger_is_one_statement() {
        let text = "CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE a SET b = 1; DELETE FROM c; END; SELECT 1";
        assert_eq!(sqls(text).len(), 2);
    }

    #[test]
    fn a_statement_knows_its_line_and_what_it_does_to_the_transaction() {
        let found = split("-- head\nBEGIN;\n\nUPDATE a\nSET b = 1;\nCOMMIT;\nPRAGMA x;");
        let seen: Vec<(usize, Kind)> =
            found.iter().map(|statement| (statement.line, statement.kind())).collect();
        assert_eq!(
            seen,
            [(2, Kind::Begin), (4, Kind::Plain), (6, Kind::Commit), (7, Kind::Outside)]
        );
    }

    #[test]
    fn an_open_quote_ends_with_the_file() {
        assert_eq!(sqls("SELECT 'a; b"), ["SELECT 'a; b"]);
    }
}
