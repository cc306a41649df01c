CREATE TABLE checklist (id TEXT PRIMARY KEY, project TEXT NOT NULL, version BIGINT NOT NULL, state TEXT NOT NULL, phase TEXT NOT NULL);
CREATE INDEX checklist_project ON checklist (project, id);
CREATE TABLE checklist_section (id TEXT PRIMARY KEY, project TEXT NOT NULL, version BIGINT NOT NULL, state TEXT NOT NULL, name TEXT NOT NULL);
CREATE INDEX checklist_section_project ON checklist_section (project, id);
