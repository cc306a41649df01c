CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE counter (name TEXT PRIMARY KEY, value BIGINT NOT NULL);
INSERT INTO counter (name, value) VALUES ('epoch', 0);
CREATE TABLE log_head (log TEXT PRIMARY KEY, seq BIGINT NOT NULL, hash TEXT NOT NULL);
CREATE TABLE event (
    log TEXT NOT NULL,
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    subject TEXT NOT NULL,
    kind TEXT NOT NULL,
    shape BIGINT NOT NULL,
    body_digest TEXT NOT NULL,
    prev_hash TEXT NOT NULL,
    hash TEXT NOT NULL,
    salt TEXT,
    payload TEXT,
    state_after TEXT,
    PRIMARY KEY (log, seq)
);
CREATE INDEX event_subject ON event (subject, log, seq);
CREATE TABLE pending (subscriber TEXT NOT NULL, log TEXT NOT NULL, PRIMARY KEY (subscriber, log));
CREATE TABLE reader_position (subscriber TEXT NOT NULL, log TEXT NOT NULL, seq BIGINT NOT NULL, PRIMARY KEY (subscriber, log));
CREATE TABLE idempotency (
    actor TEXT NOT NULL,
    idem_key TEXT NOT NULL,
    request TEXT NOT NULL,
    subject TEXT NOT NULL,
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (actor, idem_key)
);
CREATE INDEX idempotency_at ON idempotency (at);
CREATE TABLE operation (
    id TEXT PRIMARY KEY,
    project TEXT NOT NULL,
    environment TEXT NOT NULL,
    kind TEXT NOT NULL,
    kind_version BIGINT NOT NULL,
    params TEXT NOT NULL,
    requested_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    phase TEXT NOT NULL,
    outcome TEXT NOT NULL,
    owner TEXT NOT NULL,
    epoch BIGINT NOT NULL,
    lease_until BIGINT NOT NULL,
    not_before BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    ended_at BIGINT NOT NULL
);
CREATE INDEX operation_open ON operation (phase, not_before, id);
CREATE INDEX operation_project ON operation (project, id);
CREATE INDEX operation_environment ON operation (environment, id);
CREATE TABLE operation_record (operation TEXT NOT NULL, seq BIGINT NOT NULL, at BIGINT NOT NULL, recorded_at BIGINT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (operation, seq));
CREATE TABLE message (
    id TEXT PRIMARY KEY,
    project TEXT NOT NULL,
    recipient TEXT NOT NULL,
    channel TEXT NOT NULL,
    kind TEXT NOT NULL,
    address TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    link TEXT NOT NULL,
    at BIGINT NOT NULL,
    phase TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    not_before BIGINT NOT NULL,
    trouble TEXT NOT NULL
);
CREATE INDEX message_phase ON message (phase, channel, not_before);
CREATE INDEX message_recipient ON message (recipient, channel, at);
