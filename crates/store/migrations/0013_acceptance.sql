CREATE TABLE acceptance (id TEXT PRIMARY KEY, project TEXT NOT NULL, version BIGINT NOT NULL, state TEXT NOT NULL);
CREATE TABLE acceptance_book (id TEXT PRIMARY KEY, project TEXT NOT NULL, version BIGINT NOT NULL, state TEXT NOT NULL);
CREATE TABLE requirement (id TEXT PRIMARY KEY, project TEXT NOT NULL, version BIGINT NOT NULL, state TEXT NOT NULL, name TEXT NOT NULL);
CREATE INDEX requirement_name ON requirement (project, name);
CREATE TABLE test_case (
    id TEXT PRIMARY KEY,
    project TEXT NOT NULL,
    version BIGINT NOT NULL,
    state TEXT NOT NULL,
    name TEXT NOT NULL,
    process TEXT NOT NULL,
    priority TEXT NOT NULL,
    phase TEXT NOT NULL
);
CREATE INDEX test_case_name ON test_case (project, name);
CREATE INDEX test_case_phase ON test_case (project, phase, name);
CREATE TABLE test_cycle (id TEXT PRIMARY KEY, project TEXT NOT NULL, version BIGINT NOT NULL, state TEXT NOT NULL);
CREATE INDEX test_cycle_project ON test_cycle (project, id);
CREATE TABLE result_batch (
    id TEXT PRIMARY KEY,
    project TEXT NOT NULL,
    version BIGINT NOT NULL,
    state TEXT NOT NULL,
    number BIGINT NOT NULL,
    source TEXT NOT NULL,
    counts BIGINT NOT NULL
);
CREATE UNIQUE INDEX result_batch_number ON result_batch (project, number);
CREATE UNIQUE INDEX result_batch_source ON result_batch (project, source);
CREATE TABLE test_result (
    batch TEXT NOT NULL,
    position BIGINT NOT NULL,
    project TEXT NOT NULL,
    name TEXT NOT NULL,
    state TEXT NOT NULL,
    superseded BIGINT NOT NULL,
    staged_at BIGINT NOT NULL,
    PRIMARY KEY (batch, position)
);
CREATE INDEX test_result_name ON test_result (project, name);
CREATE TABLE defect (
    id TEXT PRIMARY KEY,
    project TEXT NOT NULL,
    version BIGINT NOT NULL,
    state TEXT NOT NULL,
    phase TEXT NOT NULL,
    severity TEXT NOT NULL
);
CREATE INDEX defect_project ON defect (project, id);
CREATE TABLE analysis (id TEXT PRIMARY KEY, project TEXT NOT NULL, version BIGINT NOT NULL, state TEXT NOT NULL, taken BIGINT NOT NULL);
CREATE INDEX analysis_taken ON analysis (project, taken);
CREATE TABLE load_test (id TEXT PRIMARY KEY, project TEXT NOT NULL, version BIGINT NOT NULL, state TEXT NOT NULL, taken BIGINT NOT NULL);
CREATE INDEX load_test_taken ON load_test (project, taken);
CREATE TABLE load_targets (id TEXT PRIMARY KEY, project TEXT NOT NULL, version BIGINT NOT NULL, state TEXT NOT NULL);
CREATE TABLE statement (id TEXT PRIMARY KEY, project TEXT NOT NULL, version BIGINT NOT NULL, state TEXT NOT NULL);
CREATE INDEX statement_project ON statement (project, id);
