CREATE TABLE go_live (id TEXT PRIMARY KEY, project TEXT NOT NULL, version BIGINT NOT NULL, state TEXT NOT NULL, phase TEXT NOT NULL);
CREATE TABLE measurement (id TEXT PRIMARY KEY, project TEXT NOT NULL, version BIGINT NOT NULL, state TEXT NOT NULL, fact TEXT NOT NULL);
CREATE INDEX measurement_project ON measurement (project, id);
