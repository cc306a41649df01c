-- Double entry: amounts are cents, debit positive, credit negative; the lines of an entry sum to zero.
CREATE TABLE ledger_account (
    code TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('asset', 'liability', 'equity', 'income', 'expense'))
) STRICT;

CREATE TABLE journal_entry (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    day TEXT NOT NULL,
    text TEXT NOT NULL,
    author TEXT NOT NULL
) STRICT;

CREATE TABLE journal_line (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    entry INTEGER NOT NULL REFERENCES journal_entry (id),
    account TEXT NOT NULL REFERENCES ledger_account (code),
    amount INTEGER NOT NULL
) STRICT;

CREATE INDEX journal_line_account ON journal_line (account);

CREATE TABLE open_item (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL CHECK (kind IN ('receivable', 'payable')),
    party TEXT NOT NULL REFERENCES party (code),
    document TEXT NOT NULL UNIQUE,
    due TEXT NOT NULL,
    amount INTEGER NOT NULL,
    settled INTEGER NOT NULL
) STRICT;

-- What is posted stays: a mistake is corrected by another entry.
CREATE TRIGGER journal_line_stays BEFORE UPDATE ON journal_line
BEGIN
    SELECT RAISE(ABORT, 'a posted line cannot be changed; post a correction');
END;

INSERT INTO ledger_account (code, name, kind) VALUES
    ('1000', 'Cash', 'asset'),
    ('1200', 'Bank', 'asset'),
    ('1400', 'Receivables', 'asset'),
    ('1500', 'Stock', 'asset'),
    ('3300', 'Payables', 'liability'),
    ('4000', 'Sales', 'income'),
    ('5000', 'Cost of sales', 'expense'),
    ('9000', 'Opening balances', 'equity');
