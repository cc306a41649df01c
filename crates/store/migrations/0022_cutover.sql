CREATE TABLE cutover_plan (id TEXT PRIMARY KEY, project TEXT NOT NULL, version BIGINT NOT NULL, state TEXT NOT NULL);
CREATE TABLE cutover_plan_version (id TEXT PRIMARY KEY, project TEXT NOT NULL, version BIGINT NOT NULL, state TEXT NOT NULL);
CREATE TABLE cutover_run (id TEXT PRIMARY KEY, project TEXT NOT NULL, version BIGINT NOT NULL, state TEXT NOT NULL, environment TEXT NOT NULL);
CREATE INDEX cutover_run_project ON cutover_run (project, id);
CREATE TABLE cutover_task (id TEXT PRIMARY KEY, project TEXT NOT NULL, version BIGINT NOT NULL, state TEXT NOT NULL, run TEXT NOT NULL, task TEXT NOT NULL, phase TEXT NOT NULL);
CREATE INDEX cutover_task_run ON cutover_task (run, id);
CREATE TABLE cutover_incident (id TEXT PRIMARY KEY, project TEXT NOT NULL, version BIGINT NOT NULL, state TEXT NOT NULL, run TEXT NOT NULL);
CREATE INDEX cutover_incident_run ON cutover_incident (run, id);
