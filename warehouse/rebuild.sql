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

MERGE INTO dim_load
USING remembered_load AS m
ON m.load_id = dim_load.load_id
WHEN MATCHED THEN UPDATE SET
    load_number = m.load_number,
    started_at = m.started_at,
    rules_version = m.rules_version,
    status = m.status,
    files_seen = m.files_seen,
    files_known = m.files_known,
    reports_loaded = m.reports_loaded,
    reports_superseded = m.reports_superseded,
    reports_held_back = m.reports_held_back,
    observations_loaded = m.observations_loaded,
    tasks_loaded = m.tasks_loaded,
    issues_found = m.issues_found,
    -- not known of loads from before these columns
    numbers_total = coalesce(m.numbers_total, dim_load.numbers_total),
    numbers_explained = coalesce(m.numbers_explained, dim_load.numbers_explained)
WHEN NOT MATCHED THEN INSERT BY NAME;

UPDATE dim_report SET first_load_number = m.first_load_number, came_again = m.came_again
FROM remembered_report AS m
WHERE m.report_id = dim_report.report_id;

-- The warehouse gate judged each load beside what was loaded then, part of which has moved to later loads since.
DELETE FROM fact_quality_result
WHERE load_id IN (SELECT load_id FROM changed_load) OR suite = 'warehouse';
INSERT INTO fact_quality_result BY NAME
FROM remembered_quality WHERE load_id IN (SELECT load_id FROM changed_load) OR suite = 'warehouse';

DELETE FROM taken_back WHERE report_id IN (SELECT report_id FROM remembered_taken);
INSERT INTO taken_back BY NAME FROM remembered_taken;

DROP TABLE changed_load;
