CREATE TABLE methodology (id TEXT PRIMARY KEY, project TEXT NOT NULL, version BIGINT NOT NULL, state TEXT NOT NULL);
CREATE TABLE phase (id TEXT PRIMARY KEY, project TEXT NOT NULL, version BIGINT NOT NULL, state TEXT NOT NULL);
CREATE INDEX phase_project ON phase (project, id);
CREATE TABLE step (id TEXT PRIMARY KEY, project TEXT NOT NULL, version BIGINT NOT NULL, state TEXT NOT NULL, phase TEXT NOT NULL);
CREATE INDEX step_project ON step (project, id);
CREATE TABLE step_evidence (id TEXT PRIMARY KEY, project TEXT NOT NULL, version BIGINT NOT NULL, state TEXT NOT NULL, step TEXT NOT NULL);
CREATE INDEX step_evidence_project ON step_evidence (project, id);
CREATE INDEX step_evidence_step ON step_evidence (step, id);
