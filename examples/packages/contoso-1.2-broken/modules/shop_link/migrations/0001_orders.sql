-- Orders as the web shop sends them, and the job, address and key that fetching them needs.
CREATE TABLE shop_order (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    number TEXT NOT NULL UNIQUE,
    received TEXT NOT NULL,
    total INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'taken', 'refused'))
) STRICT;

BEGIN;
INSERT INTO job (name, title, status) VALUES ('shop-fetch', 'Fetch orders from the web shop', 'held');
INSERT INTO endpoint (name, title, url, enabled) VALUES ('web-shop', 'Web shop', '', 0);
INSERT INTO protected_value (name, title, cipher) VALUES ('shop-key', 'Key of the web shop', x'');
COMMIT;
