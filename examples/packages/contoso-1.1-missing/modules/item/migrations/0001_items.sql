-- Items with list price in cents and stock in pieces.
CREATE TABLE item (
    code TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    unit TEXT NOT NULL,
    price INTEGER NOT NULL,
    stock INTEGER NOT NULL
) STRICT;
