-- Content: what people and agents wrote. Nothing on the release path can open this file.

CREATE TABLE conversation_sessions (
    id INTEGER PRIMARY KEY,
    session_id TEXT NOT NULL CHECK (length(session_id) BETWEEN 1 AND 512),
    title TEXT,
    created_at TEXT NOT NULL
) STRICT;

CREATE TABLE conversation_messages (
    id INTEGER PRIMARY KEY,
    session_id TEXT NOT NULL CHECK (length(session_id) BETWEEN 1 AND 512),
    role TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at TEXT NOT NULL
) STRICT;

CREATE TABLE agent_messages (
    id INTEGER PRIMARY KEY,
    session_id TEXT NOT NULL CHECK (length(session_id) BETWEEN 1 AND 512),
    sender TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at TEXT NOT NULL
) STRICT;

CREATE TABLE behavior_events (
    id INTEGER PRIMARY KEY,
    session_id TEXT NOT NULL CHECK (length(session_id) BETWEEN 1 AND 512),
    kind TEXT NOT NULL,
    body TEXT,
    created_at TEXT NOT NULL
) STRICT;
CREATE INDEX behavior_events_by_age ON behavior_events (created_at);

CREATE TABLE tool_calls (
    id INTEGER PRIMARY KEY,
    session_id TEXT NOT NULL CHECK (length(session_id) BETWEEN 1 AND 512),
    tool_key TEXT NOT NULL,
    arguments_json TEXT NOT NULL,
    result_json TEXT,
    created_at TEXT NOT NULL
) STRICT;

CREATE TABLE retrieval_hits (
    id INTEGER PRIMARY KEY,
    session_id TEXT NOT NULL CHECK (length(session_id) BETWEEN 1 AND 512),
    query TEXT NOT NULL,
    source TEXT NOT NULL,
    excerpt TEXT,
    score REAL,
    created_at TEXT NOT NULL
) STRICT;

CREATE TABLE finding_messages (
    id INTEGER PRIMARY KEY,
    fingerprint TEXT NOT NULL,
    message TEXT NOT NULL,
    created_at TEXT NOT NULL,
    UNIQUE (fingerprint, created_at)
) STRICT;
CREATE INDEX finding_messages_by_age ON finding_messages (created_at);
