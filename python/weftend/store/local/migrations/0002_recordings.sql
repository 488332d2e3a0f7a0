-- What each recording holds, by event type, whatever table the rows went to: all that a release of usage reads.

CREATE TABLE recording_event (
    recording_id INTEGER NOT NULL REFERENCES recording (id) ON DELETE CASCADE,
    event_type TEXT NOT NULL,
    events INTEGER NOT NULL CHECK (events >= 1),
    PRIMARY KEY (recording_id, event_type)
) STRICT, WITHOUT ROWID;

-- The completion run that a recording's findings belong to.
ALTER TABLE recording ADD COLUMN completion_run_id INTEGER REFERENCES ci_completion_run (id) ON DELETE SET NULL;
