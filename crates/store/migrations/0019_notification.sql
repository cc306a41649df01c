ALTER TABLE message ADD COLUMN due BIGINT NOT NULL DEFAULT 0;
ALTER TABLE message ADD COLUMN digest BIGINT NOT NULL DEFAULT 0;
CREATE INDEX message_unread ON message (recipient, channel, phase);
CREATE TABLE reminder (project TEXT PRIMARY KEY, due BIGINT NOT NULL);
CREATE INDEX reminder_due ON reminder (due, project);
