CREATE TABLE blueprint (id TEXT PRIMARY KEY, project TEXT NOT NULL, version BIGINT NOT NULL, state TEXT NOT NULL, name TEXT NOT NULL);
CREATE TABLE environment (id TEXT PRIMARY KEY, project TEXT NOT NULL, version BIGINT NOT NULL, state TEXT NOT NULL, name TEXT NOT NULL, purpose TEXT NOT NULL, phase TEXT NOT NULL);
CREATE UNIQUE INDEX environment_name ON environment (project, name);
CREATE TABLE request (id TEXT PRIMARY KEY, project TEXT NOT NULL, version BIGINT NOT NULL, state TEXT NOT NULL, environment TEXT NOT NULL, phase TEXT NOT NULL);
CREATE INDEX request_project ON request (project, id);
CREATE INDEX request_phase ON request (phase, id);
