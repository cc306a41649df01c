-- The tax number that invoices inside the union must show.
ALTER TABLE party ADD COLUMN tax_number TEXT NOT NULL DEFAULT '';
