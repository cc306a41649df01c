CREATE TABLE milestone (id TEXT PRIMARY KEY, project TEXT NOT NULL, version BIGINT NOT NULL, state TEXT NOT NULL);
CREATE INDEX milestone_project ON milestone (project, id);
CREATE TABLE milestone_plan (id TEXT PRIMARY KEY, project TEXT NOT NULL, version BIGINT NOT NULL, state TEXT NOT NULL);
CREATE TABLE go_live_date (id TEXT PRIMARY KEY, project TEXT NOT NULL, version BIGINT NOT NULL, state TEXT NOT NULL);
CREATE INDEX event_kind ON event (log, kind, at);
