-- The lines of an order.
BEGIN;
CREATE TABLE shop_order_line (
    shop_order INTEGER NOT NULL REFERENCES shop_order (id),
    line INTEGER NOT NULL,
    item TEXT NOT NULL REFERENCES item (code),
    pieces INTEGER NOT NULL CHECK (pieces > 0),
    PRIMARY KEY (shop_order, line)
) STRICT;
ALTER TABLE shop_order ADD COLUMN campaign TEXT NOT NULL DEFAULT '';
COMMIT;
