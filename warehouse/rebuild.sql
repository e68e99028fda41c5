-- After all loads were made again: what only the earlier warehouse remembers, namely when each load was and what
-- it did, which report came first, and what was taken back. Input: the relations remembered_….

-- A load from which later loads took files cannot be checked again as it was; its results are the remembered ones.
CREATE OR REPLACE TEMP TABLE changed_load AS
SELECT m.load_id
FROM remembered_load AS m
LEFT JOIN dim_load AS d ON d.load_id = m.load_id
WHERE
    d.load_id IS NULL
    OR (m.reports_loaded, m.reports_held_back) IS DISTINCT FROM (d.reports_loaded, d.reports_held_back);

INSERT INTO dim_load BY NAME
FROM remembered_load
ON CONFLICT DO UPDATE SET
    load_number = excluded.load_number,
    started_at = excluded.started_at,
    rules_version = excluded.rules_version,
    status = excluded.status,
    files_seen = excluded.files_seen,
    files_known = excluded.files_known,
    reports_loaded = excluded.reports_loaded,
    reports_superseded = excluded.reports_superseded,
    reports_held_back = excluded.reports_held_back,
    observations_loaded = excluded.observations_loaded,
    tasks_loaded = excluded.tasks_loaded,
    issues_found = excluded.issues_found,
    -- not known of loads from before these columns
    numbers_total = coalesce(excluded.numbers_total, dim_load.numbers_total),
    numbers_explained = coalesce(excluded.numbers_explained, dim_load.numbers_explained);

UPDATE dim_report SET first_load_number = m.first_load_number, came_again = m.came_again
FROM remembered_report AS m
WHERE m.report_id = dim_report.report_id;

-- The warehouse gate judged each load beside what was loaded then, part of which has moved to later loads since.
DELETE FROM fact_quality_result
WHERE load_id IN (SELECT load_id FROM changed_load) OR suite = 'warehouse';
INSERT INTO fact_quality_result BY NAME
FROM remembered_quality WHERE load_id IN (SELECT load_id FROM changed_load) OR suite = 'warehouse';

INSERT OR REPLACE INTO taken_back BY NAME FROM remembered_taken;

DROP TABLE changed_load;
