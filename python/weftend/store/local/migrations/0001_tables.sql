-- The durable local tables. A missing scalar is NULL, never 0, so that averages over absent rows stay right.

CREATE TABLE recording (
    id INTEGER PRIMARY KEY,
    recording TEXT NOT NULL UNIQUE CHECK (length(recording) = 32),
    producer TEXT,
    closed INTEGER NOT NULL DEFAULT 0 CHECK (closed IN (0, 1))
) STRICT;

CREATE TABLE research_metrics (
    id INTEGER PRIMARY KEY,
    session_id TEXT NOT NULL CHECK (length(session_id) BETWEEN 1 AND 512),
    metric_type TEXT NOT NULL CHECK (length(metric_type) BETWEEN 1 AND 128 AND metric_type NOT GLOB '*[^A-Za-z0-9_.:-]*'),
    metric_value REAL,
    metadata_json TEXT CHECK (length(CAST(metadata_json AS BLOB)) <= 262144),
    created_at TEXT NOT NULL,
    event_count INTEGER NOT NULL DEFAULT 1 CHECK (event_count >= 1),
    recording_id INTEGER REFERENCES recording (id)
) STRICT;
CREATE INDEX research_metrics_by_age ON research_metrics (created_at);
CREATE INDEX research_metrics_by_recording ON research_metrics (recording_id, metric_type);

CREATE TABLE ci_completion_suppression (
    id INTEGER PRIMARY KEY,
    detector_id TEXT NOT NULL,
    scope TEXT NOT NULL,
    reason TEXT NOT NULL,
    owner TEXT NOT NULL,
    created_at TEXT NOT NULL,
    expires_at TEXT,
    approved_by TEXT
) STRICT;

CREATE TABLE ci_completion_run (
    id INTEGER PRIMARY KEY,
    repository_id TEXT NOT NULL,
    branch TEXT,
    commit_sha TEXT,
    workflow TEXT NOT NULL,
    run_kind TEXT NOT NULL,
    started_at TEXT NOT NULL,
    finished_at TEXT NOT NULL,
    tool_versions_json TEXT CHECK (length(CAST(tool_versions_json AS BLOB)) <= 262144)
) STRICT;
CREATE INDEX ci_completion_run_by_age ON ci_completion_run (finished_at);

CREATE TABLE ci_completion_finding (
    id INTEGER PRIMARY KEY,
    run_id INTEGER NOT NULL REFERENCES ci_completion_run (id) ON DELETE CASCADE,
    detector_id TEXT NOT NULL,
    tier TEXT NOT NULL CHECK (tier IN ('A', 'B', 'C')),
    severity TEXT NOT NULL,
    confidence TEXT,
    file_path TEXT,
    symbol TEXT,
    line_start INTEGER CHECK (line_start >= 1),
    line_end INTEGER CHECK (line_end >= 1),
    fingerprint TEXT NOT NULL,
    status TEXT NOT NULL,
    suppressed INTEGER NOT NULL CHECK (suppressed IN (0, 1)),
    suppression_id INTEGER REFERENCES ci_completion_suppression (id) ON DELETE SET NULL,
    meta_json TEXT CHECK (length(CAST(meta_json AS BLOB)) <= 262144),
    UNIQUE (run_id, fingerprint)
) STRICT;
CREATE INDEX ci_completion_finding_by_suppression ON ci_completion_finding (suppression_id)
    WHERE suppression_id IS NOT NULL;

CREATE TABLE ci_completion_detector_snapshot (
    id INTEGER PRIMARY KEY,
    run_id INTEGER NOT NULL REFERENCES ci_completion_run (id) ON DELETE CASCADE,
    detector_id TEXT NOT NULL,
    tier TEXT NOT NULL CHECK (tier IN ('A', 'B', 'C')),
    finding_count INTEGER NOT NULL CHECK (finding_count >= 0),
    new_count INTEGER NOT NULL CHECK (new_count >= 0),
    resolved_count INTEGER NOT NULL CHECK (resolved_count >= 0),
    precision_estimate REAL,
    block_state TEXT,
    UNIQUE (run_id, detector_id)
) STRICT;

CREATE TABLE build_run (
    id INTEGER PRIMARY KEY,
    repository_id TEXT NOT NULL,
    run_name TEXT,
    rustc_version TEXT,
    profile TEXT NOT NULL,
    total_ms INTEGER NOT NULL CHECK (total_ms >= 0),
    crate_count INTEGER NOT NULL CHECK (crate_count >= 0),
    fresh_count INTEGER NOT NULL CHECK (fresh_count >= 0),
    dep_fingerprint TEXT,
    recorded_at TEXT NOT NULL
) STRICT;
CREATE INDEX build_run_by_age ON build_run (recorded_at);

CREATE TABLE build_crate_sample (
    id INTEGER PRIMARY KEY,
    run_id INTEGER NOT NULL REFERENCES build_run (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    version TEXT,
    elapsed_ms INTEGER CHECK (elapsed_ms >= 0),
    fresh INTEGER NOT NULL CHECK (fresh IN (0, 1)),
    features TEXT
) STRICT;
CREATE INDEX build_crate_sample_by_run ON build_crate_sample (run_id);

CREATE TABLE build_warning (
    id INTEGER PRIMARY KEY,
    run_id INTEGER NOT NULL REFERENCES build_run (id) ON DELETE CASCADE,
    crate_name TEXT NOT NULL,
    level TEXT NOT NULL,
    code TEXT,
    message TEXT NOT NULL
) STRICT;
CREATE INDEX build_warning_by_run ON build_warning (run_id);

CREATE TABLE build_run_dependency_shape (
    run_id INTEGER PRIMARY KEY REFERENCES build_run (id) ON DELETE CASCADE,
    dependency_json TEXT NOT NULL CHECK (length(CAST(dependency_json AS BLOB)) <= 262144)
) STRICT;

CREATE TABLE agent_exec_history (
    id INTEGER PRIMARY KEY,
    tool_key TEXT NOT NULL,
    repository_id TEXT NOT NULL,
    outcome TEXT NOT NULL,
    duration_ms INTEGER NOT NULL CHECK (duration_ms >= 0),
    timeout_budget_ms INTEGER CHECK (timeout_budget_ms >= 0),
    compute_tokens_used INTEGER CHECK (compute_tokens_used >= 0),
    vendor_cost_usd_micros INTEGER CHECK (vendor_cost_usd_micros >= 0),
    attention_cost_ms INTEGER CHECK (attention_cost_ms >= 0),
    recorded_at INTEGER NOT NULL
) STRICT;
CREATE INDEX agent_exec_history_by_age ON agent_exec_history (recorded_at);

-- How far each spool segment has been read; written in the transaction of its rows.
CREATE TABLE ingest_offset (
    segment TEXT PRIMARY KEY,
    recording_id INTEGER NOT NULL REFERENCES recording (id),
    offset INTEGER NOT NULL CHECK (offset >= 0)
) STRICT, WITHOUT ROWID;

-- What was refused, dropped or torn on the way in, by code, for the operator.
CREATE TABLE ingest_count (
    code TEXT PRIMARY KEY,
    events INTEGER NOT NULL CHECK (events >= 0)
) STRICT, WITHOUT ROWID;

-- What each prune did.
CREATE TABLE prune_log (
    id INTEGER PRIMARY KEY,
    pruned_at TEXT NOT NULL,
    table_name TEXT NOT NULL,
    rule TEXT NOT NULL,
    rows_deleted INTEGER NOT NULL CHECK (rows_deleted >= 0),
    bytes_freed INTEGER NOT NULL CHECK (bytes_freed >= 0)
) STRICT;
