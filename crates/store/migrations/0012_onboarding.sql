CREATE TABLE onboarding (id TEXT PRIMARY KEY, project TEXT NOT NULL, version BIGINT NOT NULL, state TEXT NOT NULL);
CREATE TABLE onboarding_section (id TEXT PRIMARY KEY, project TEXT NOT NULL, version BIGINT NOT NULL, state TEXT NOT NULL);
CREATE INDEX onboarding_section_project ON onboarding_section (project, id);
