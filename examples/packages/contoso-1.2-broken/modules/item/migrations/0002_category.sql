-- Categories: garden tools are told from furniture by their name until somebody says otherwise.
BEGIN;
ALTER TABLE item ADD COLUMN category TEXT NOT NULL DEFAULT 'tool';
UPDATE item SET category = 'furniture' WHERE name LIKE 'Bench%' OR name LIKE 'Parasol%';
COMMIT;
