-- Customers and vendors with their address for mail.
CREATE TABLE party (
    code TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('customer', 'vendor')),
    country TEXT NOT NULL,
    email TEXT NOT NULL
) STRICT;

CREATE INDEX party_kind ON party (kind, code);
