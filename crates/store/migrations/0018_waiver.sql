CREATE TABLE waiver (id TEXT PRIMARY KEY, project TEXT NOT NULL, version BIGINT NOT NULL, state TEXT NOT NULL, gate TEXT NOT NULL, phase TEXT NOT NULL);
CREATE INDEX waiver_project ON waiver (project, id);
