-- A reference to the document outside, and an account for rounding.
BEGIN;
ALTER TABLE journal_entry ADD COLUMN reference TEXT NOT NULL DEFAULT '';
CREATE INDEX journal_entry_reference ON journal_entry (reference) WHERE reference <> '';
INSERT INTO ledger_account (code, name, kind) VALUES ('5900', 'Rounding', 'expense');
COMMIT;
