-- What of each count the operator has been told and has acknowledged: what came after that is a problem.
ALTER TABLE ingest_count ADD COLUMN acknowledged INTEGER NOT NULL DEFAULT 0 CHECK (acknowledged >= 0);
