-- What the tables promise and the engine does not keep, as questions: each gives a name and a culprit for a row of
-- this load that breaks it. Input to the questions: incoming_load. With $everything, also what DuckDB would
-- keep by itself: a lake keeps none of it.

-- name: questions
WITH promised AS (
    SELECT
        k.table_name,
        CASE WHEN k.referenced_table IS NULL THEN 'PRIMARY KEY' ELSE 'FOREIGN KEY' END AS kind,
        [k.column_name] AS columns,
        k.referenced_table,
        k.referenced_column,
        NULL AS expression
    FROM schema_key AS k
    UNION ALL
    SELECT
        c.table_name,
        c.constraint_type,
        c.constraint_column_names,
        c.referenced_table,
        c.referenced_column_names[1],
        c.expression
    FROM duckdb_constraints() AS c
    WHERE $everything AND c.database_name = current_database() AND c.schema_name = 'main'
),
-- what a load leaves alone was asked when it came
placed AS (
    SELECT
        p.*,
        array_to_string(p.columns, ', ') AS listed,
        CASE
            WHEN p.table_name <> 'dim_load'
                AND EXISTS (
                    FROM duckdb_columns() AS c
                    WHERE
                        c.database_name = current_database()
                        AND c.schema_name = 'main'
                        AND c.table_name = p.table_name
                        AND c.column_name = 'load_id'
                )
                THEN 'load_id = (SELECT load_id FROM incoming_load)'
            ELSE 'TRUE'
        END AS concerned
    FROM promised AS p
),
-- what must be true of every row of a table is one question, for all of it is read at once
each_row AS (
    SELECT
        p.table_name,
        p.concerned,
        CASE p.kind WHEN 'NOT NULL' THEN p.listed || ' IS NOT NULL' ELSE p.expression END AS holds
    FROM placed AS p
    WHERE p.kind IN ('NOT NULL', 'CHECK')
    UNION ALL
    SELECT p.table_name, p.concerned, unnest(p.columns) || ' IS NOT NULL'
    FROM placed AS p
    WHERE p.kind = 'PRIMARY KEY'
)
SELECT
    format(
        '(SELECT ''{0}: '' || CASE {1} END, ''1'' FROM {0} WHERE {2} AND ({3}) LIMIT 1)',
        r.table_name,
        string_agg(
            format('WHEN NOT ({}) THEN ''{}''', r.holds, replace(r.holds, '''', '''''')), ' ' ORDER BY r.holds
        ),
        r.concerned,
        string_agg(format('NOT ({})', r.holds), ' OR ' ORDER BY r.holds)
    ) AS question
FROM each_row AS r
GROUP BY r.table_name, r.concerned
UNION ALL
SELECT
    CASE p.kind
        WHEN 'PRIMARY KEY'
            THEN format(
                '(SELECT ''{0}.{1}'', concat_ws('' '', {1}) FROM {0} WHERE ({1}) IN (SELECT ({1}) FROM {0} WHERE {2}) '
                'GROUP BY {1} HAVING count(*) > 1 LIMIT 1)',
                p.table_name, p.listed, p.concerned
            )
        ELSE format(
            '(SELECT ''{0}.{1}'', {1} FROM {0} WHERE {2} AND {1} NOT IN (SELECT {4} FROM {3}) LIMIT 1)',
            p.table_name, p.listed, p.concerned, p.referenced_table, p.referenced_column
        )
    END AS question
FROM placed AS p
WHERE p.kind IN ('PRIMARY KEY', 'FOREIGN KEY')
ORDER BY question;
