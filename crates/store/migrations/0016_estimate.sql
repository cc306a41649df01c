CREATE TABLE estimate (id TEXT PRIMARY KEY, project TEXT NOT NULL, version BIGINT NOT NULL, state TEXT NOT NULL, name TEXT NOT NULL, phase TEXT NOT NULL);
CREATE INDEX estimate_project ON estimate (project, id);
CREATE TABLE sizing (id TEXT PRIMARY KEY, project TEXT NOT NULL, version BIGINT NOT NULL, state TEXT NOT NULL, phase TEXT NOT NULL);
