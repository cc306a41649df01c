-- Refused orders say why, and the list of waiting orders no longer reads the whole table.
BEGIN;
ALTER TABLE shop_order ADD COLUMN reason TEXT NOT NULL DEFAULT '';
CREATE INDEX shop_order_waiting ON shop_order (received) WHERE state = 'waiting';
COMMIT;
