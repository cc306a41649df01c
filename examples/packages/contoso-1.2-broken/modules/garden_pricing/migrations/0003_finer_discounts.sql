-- Discounts become finer: tenths of a per cent.
BEGIN;
ALTER TABLE season_price RENAME COLUMN discount_percent TO discount_per_mille;
UPDATE season_price SET discount_per_mille = discount_per_mille * 10;
COMMIT;

-- The spring campaign of the shops.
BEGIN;
UPDATE season_price SET price = price - price * discount_percent / 100 WHERE season = 'spring';
COMMIT;
