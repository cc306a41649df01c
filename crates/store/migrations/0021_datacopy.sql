CREATE TABLE datacopy (id TEXT PRIMARY KEY, project TEXT NOT NULL, version BIGINT NOT NULL, state TEXT NOT NULL, destination TEXT NOT NULL);
CREATE INDEX datacopy_project ON datacopy (project, id);
