-- What the data dictionary is made of.

-- name: relations
WITH found AS (
    SELECT v.view_name AS relation, 'public' AS kind, v.comment
    FROM duckdb_views() AS v
    WHERE NOT v.internal AND v.schema_name = 'main'
    UNION ALL
    SELECT
        t.table_name,
        CASE WHEN t.table_name LIKE 'dim\_%' ESCAPE '\' THEN 'dimension' ELSE 'fact' END,
        t.comment
    FROM duckdb_tables() AS t
    WHERE NOT t.internal AND t.schema_name = 'main' AND t.table_name NOT LIKE 'schema\_%' ESCAPE '\'
)
SELECT relation, kind, coalesce(comment, '') AS comment
FROM found
ORDER BY
    -- what is asked for most comes first; the rest by name
    coalesce(list_position(['observations', 'reports', 'tasks', 'fact_observation'], relation), 99),
    relation;

-- name: columns
WITH known_key AS (
    -- those DuckDB keeps, and those a load asks
    SELECT table_name, unnest(constraint_column_names) AS column_name, referenced_table
    FROM duckdb_constraints()
    WHERE constraint_type IN ('PRIMARY KEY', 'FOREIGN KEY')
    UNION ALL
    SELECT table_name, column_name, referenced_table
    FROM schema_key
)
SELECT
    c.column_name,
    c.data_type,
    coalesce((
        SELECT string_agg(
            CASE WHEN k.referenced_table IS NULL THEN '(PK)' ELSE '→ ' || k.referenced_table END,
            ' ' ORDER BY k.referenced_table NULLS FIRST
        )
        FROM known_key AS k
        WHERE k.table_name = c.table_name AND k.column_name = c.column_name
    ), '') AS key,
    coalesce(c.comment, '') AS comment
FROM duckdb_columns() AS c
WHERE NOT c.internal AND c.schema_name = 'main' AND c.table_name = $relation
ORDER BY c.column_index;

-- name: macros
SELECT f.function_name, array_to_string(f.parameters, ', ') AS parameters, coalesce(f.comment, '') AS comment
FROM duckdb_functions() AS f
WHERE NOT f.internal AND f.schema_name = 'main' AND f.function_type = 'table_macro'
ORDER BY f.function_name;
