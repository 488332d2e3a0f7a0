-- No query finds rows by their recording: what a recording holds stands in recording_event. A recording is kept for
-- ever, so the reference needs no index either.
DROP INDEX research_metrics_by_recording;
