CREATE TABLE package (id TEXT PRIMARY KEY, project TEXT NOT NULL, version BIGINT NOT NULL, state TEXT NOT NULL, phase TEXT NOT NULL);
CREATE INDEX package_project ON package (project, id);
