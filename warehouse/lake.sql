-- What a lake is made of and what it remembers. The definitions are those of the embedded warehouse: the statements under
-- the first names are made from its catalogue, and run in the lake.

-- name: tables
SELECT
    format(
        'CREATE TABLE {}.{} ({})',
        c.schema_name,
        c.table_name,
        string_agg(
            format('{} {}{}', c.column_name, c.data_type, CASE WHEN c.is_nullable THEN '' ELSE ' NOT NULL' END),
            ', ' ORDER BY c.column_index
        )
    )
FROM duckdb_columns() AS c
JOIN duckdb_tables() AS t ON t.table_oid = c.table_oid AND t.database_oid = c.database_oid
WHERE NOT t.internal AND NOT t.temporary AND c.schema_name IN ('main', 'kept')
GROUP BY c.schema_name, c.table_name
ORDER BY c.schema_name, c.table_name;

-- name: table_comments
SELECT format('COMMENT ON TABLE {}.{} IS ''{}''', t.schema_name, t.table_name, replace(t.comment, '''', ''''''))
FROM duckdb_tables() AS t
WHERE NOT t.internal AND NOT t.temporary AND t.comment IS NOT NULL
UNION ALL
SELECT
    format(
        'COMMENT ON COLUMN {}.{}.{} IS ''{}''', c.schema_name, c.table_name, c.column_name, replace(c.comment, '''', '''''')
    )
FROM duckdb_columns() AS c
JOIN duckdb_tables() AS t ON t.table_oid = c.table_oid AND t.database_oid = c.database_oid
WHERE NOT t.internal AND NOT t.temporary AND c.comment IS NOT NULL;

-- name: names
SELECT t.schema_name || '.' || t.table_name
FROM duckdb_tables() AS t
WHERE NOT t.internal AND NOT t.temporary AND t.database_name = current_database();

-- name: keys
FROM schema_key;

-- name: keep_key
INSERT INTO schema_key VALUES ($table_name, $column_name, $referenced_table, $referenced_column);

-- name: note
INSERT INTO schema_info VALUES ($tables, $views);

-- name: say
CALL warehouse.set_commit_message($author, $message, extra_info => $load_id);

-- name: version_of
-- The version that a load made; the last one where it was rolled back and came again.
SELECT max(snapshot_id)
FROM ducklake_snapshots('warehouse')
WHERE commit_extra_info = $load_id;

-- name: versions
SELECT commit_extra_info AS load_id, max(snapshot_id) AS version
FROM ducklake_snapshots('warehouse')
WHERE commit_extra_info IS NOT NULL
GROUP BY commit_extra_info;

-- name: settings
SELECT data_path FROM ducklake_settings('warehouse');

-- name: access
CREATE OR REPLACE TEMPORARY SECRET zhengbao_files (
    TYPE s3,
    KEY_ID getvariable('key_id'),
    SECRET getvariable('secret'),
    SESSION_TOKEN getvariable('session_token'),
    REGION getvariable('region'),
    ENDPOINT getvariable('endpoint'),
    URL_STYLE getvariable('url_style'),
    USE_SSL getvariable('use_ssl')
);
