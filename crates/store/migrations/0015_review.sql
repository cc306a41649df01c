CREATE TABLE review (id TEXT PRIMARY KEY, project TEXT NOT NULL, version BIGINT NOT NULL, state TEXT NOT NULL, phase TEXT NOT NULL, reviewer TEXT NOT NULL);
CREATE INDEX review_project ON review (project, id);
CREATE INDEX review_reviewer ON review (reviewer, phase, id);
CREATE TABLE review_baseline (id TEXT PRIMARY KEY, project TEXT NOT NULL, version BIGINT NOT NULL, state TEXT NOT NULL);
CREATE TABLE review_workshop (id TEXT PRIMARY KEY, project TEXT NOT NULL, version BIGINT NOT NULL, state TEXT NOT NULL);
CREATE TABLE finding (id TEXT PRIMARY KEY, project TEXT NOT NULL, version BIGINT NOT NULL, state TEXT NOT NULL, severity TEXT NOT NULL, phase TEXT NOT NULL);
CREATE INDEX finding_project ON finding (project, id);
CREATE TABLE finding_proof (id TEXT PRIMARY KEY, project TEXT NOT NULL, version BIGINT NOT NULL, state TEXT NOT NULL, finding TEXT NOT NULL);
CREATE INDEX finding_proof_finding ON finding_proof (finding, id);
