-- Small questions to a warehouse, one under each name.

-- name: known_reports
SELECT report_id FROM dim_report WHERE rules_version = $rules_version
UNION
SELECT report_id FROM held_back WHERE rules_version = $rules_version;

-- name: unwanted_reports
-- What was taken back: bytes that are nowhere else are not wanted at all, others not under these rules.
SELECT t.report_id
FROM taken_back AS t
WHERE
    t.rules_version = $rules_version
    OR (
        t.report_id NOT IN (SELECT r.report_id FROM dim_report AS r)
        AND t.report_id NOT IN (SELECT h.report_id FROM held_back AS h)
    );

-- name: former_editions
-- Under a file name, the edition it brought last and the superseded ones of the same report: were the file to hold one
-- of these again, its publisher went back to it. What was taken back is not wanted again, unless $again.
WITH RECURSIVE edition AS (
    SELECT report_id, report_id AS current FROM dim_report WHERE superseded_by IS NULL
    UNION ALL
    SELECT r.report_id, e.current
    FROM dim_report AS r
    JOIN edition AS e ON e.report_id = r.superseded_by
),
latest AS (
    SELECT r.source_name, r.report_id, e.current
    FROM dim_report AS r
    JOIN edition AS e ON e.report_id = r.report_id
    QUALIFY row_number() OVER (
        PARTITION BY r.source_name, e.current
        ORDER BY
            coalesce(r.came_again, r.first_load_number) DESC, r.published_on DESC NULLS LAST, r.report_id DESC
    ) = 1
)
SELECT l.source_name, e.report_id, l.report_id AS latest_id
FROM latest AS l
JOIN edition AS e ON e.current = l.current
WHERE
    e.report_id NOT IN (l.report_id, e.current)
    AND ($again OR e.report_id NOT IN (SELECT t.report_id FROM taken_back AS t));

-- name: table_names
SELECT table_name FROM duckdb_tables() WHERE NOT internal AND database_name = current_database();

-- name: outdated_reports
SELECT r.report_id, r.source_name, TRUE AS loaded
FROM dim_report AS r
WHERE
    r.rules_version <> $rules_version
    AND r.report_id NOT IN (SELECT h.report_id FROM held_back AS h WHERE h.rules_version = $rules_version)
    AND r.report_id NOT IN (SELECT t.report_id FROM taken_back AS t WHERE t.rules_version = $rules_version)
UNION ALL
SELECT h.report_id, h.source_name, FALSE AS loaded
FROM held_back AS h
WHERE
    h.rules_version <> $rules_version
    AND h.report_id NOT IN (SELECT r.report_id FROM dim_report AS r)
    AND h.report_id NOT IN (SELECT t.report_id FROM taken_back AS t WHERE t.rules_version = $rules_version)
ORDER BY source_name, report_id;

-- name: loaded_reports
SELECT r.report_id, r.source_name
FROM dim_report AS r
WHERE r.report_id NOT IN (SELECT h.report_id FROM held_back AS h);

-- name: held_back_reports
SELECT report_id FROM held_back;

-- name: taken_reports
SELECT report_id, source_name FROM taken_back;

-- name: all_loads
SELECT load_number, load_id FROM dim_load ORDER BY load_number;

-- name: brought_by
-- Everything a load brought, and what was taken back before it and still counts.
SELECT r.report_id, r.source_name, r.rules_version FROM dim_report AS r WHERE r.load_id = $load_id
UNION
SELECT h.report_id, h.source_name, h.rules_version FROM held_back AS h WHERE h.load_id = $load_id
UNION
SELECT t.report_id, t.source_name, t.rules_version FROM taken_back AS t;

-- name: take_back
MERGE INTO taken_back
USING (SELECT $report_id AS report_id, $source_name AS source_name, $rules_version AS rules_version) AS i
ON i.report_id = taken_back.report_id
WHEN MATCHED THEN UPDATE SET source_name = i.source_name, rules_version = i.rules_version
WHEN NOT MATCHED THEN INSERT BY NAME;

-- name: all_held_back
SELECT report_id, source_name, reason, message FROM held_back ORDER BY report_id;

-- name: remembered_load
SELECT * FROM dim_load ORDER BY load_number;

-- name: remembered_report
SELECT report_id, source_name, load_id, first_load_number, came_again FROM dim_report ORDER BY source_name, report_id;

-- name: remembered_held_back
SELECT report_id, source_name, reason, message, load_id FROM held_back ORDER BY source_name, report_id;

-- name: remembered_quality
SELECT * FROM fact_quality_result;

-- name: remembered_taken
SELECT * FROM taken_back;

-- name: latest_load
SELECT load_id, load_number, started_at FROM dim_load ORDER BY load_number DESC LIMIT 1;

-- name: load_counts
SELECT reports_loaded, observations_loaded, tasks_loaded, issues_found, reports_held_back, reports_superseded
FROM dim_load
WHERE load_id = $load_id;

-- name: units
SELECT unit FROM dim_unit;

-- name: describe_relations
SELECT v.view_name AS relation, coalesce(v.comment, '') AS comment
FROM duckdb_views() AS v
WHERE NOT v.internal AND v.database_name = current_database() AND v.schema_name = 'main'
ORDER BY v.view_name;

-- name: describe_columns
SELECT c.column_name, c.data_type, coalesce(c.comment, '') AS comment
FROM duckdb_columns() AS c
WHERE
    NOT c.internal
    AND c.database_name = current_database()
    AND c.schema_name = 'main'
    AND c.table_name = $relation
ORDER BY c.column_index;

-- name: note_tables
INSERT INTO schema_info (tables_digest) VALUES ($digest);

-- name: note_views
UPDATE schema_info SET views_digest = $digest;

-- name: has_schema_info
SELECT 1 FROM duckdb_tables() WHERE table_name = 'schema_info' AND database_name = current_database();

-- name: read_digests
SELECT tables_digest, views_digest FROM schema_info;

-- name: explain_kept
-- Statements that give the tables of the schema kept the comments of the views that show them.
SELECT
    'COMMENT ON COLUMN kept.' || t.table_name || '.' || t.column_name
    || ' IS ''' || replace(v.comment, '''', '''''') || ''''
FROM duckdb_columns() AS t
JOIN duckdb_columns() AS v
    ON
        v.database_name = t.database_name
        AND v.schema_name = 'main'
        AND v.table_name = t.table_name
        AND v.column_name = t.column_name
WHERE t.schema_name = 'kept' AND t.database_name = current_database()
UNION ALL
SELECT 'COMMENT ON TABLE kept.' || t.table_name || ' IS ''' || replace(v.comment, '''', '''''') || ''''
FROM duckdb_tables() AS t
JOIN duckdb_views() AS v
    ON v.database_name = t.database_name AND v.schema_name = 'main' AND v.view_name = t.table_name
WHERE t.schema_name = 'kept' AND t.database_name = current_database();
