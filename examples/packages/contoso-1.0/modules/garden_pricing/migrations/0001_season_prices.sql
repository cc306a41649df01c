-- The price of an item in a season, in cents; without one the list price holds.
CREATE TABLE season_price (
    item TEXT NOT NULL REFERENCES item (code),
    season TEXT NOT NULL CHECK (season IN ('spring', 'summer', 'autumn', 'winter')),
    price INTEGER NOT NULL,
    PRIMARY KEY (item, season)
) STRICT;
