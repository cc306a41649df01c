CREATE TABLE service_request (id TEXT PRIMARY KEY, project TEXT NOT NULL, version BIGINT NOT NULL, state TEXT NOT NULL, kind TEXT NOT NULL, phase TEXT NOT NULL, linked TEXT NOT NULL);
CREATE INDEX service_request_project ON service_request (project, id);
CREATE INDEX service_request_linked ON service_request (linked);
