-- What a discount campaign takes off, in per cent.
BEGIN;
ALTER TABLE season_price ADD COLUMN discount_percent INTEGER NOT NULL DEFAULT 0;
UPDATE season_price SET discount_percent = 10 WHERE season = 'winter';
COMMIT;
