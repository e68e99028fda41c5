-- What is handed over, one statement per relation, in an order a reader follows: report by report, in the order of
-- the text. The order is total, so that the same warehouse gives the same files.

-- name: observations
FROM observations ORDER BY source_name, report_id, char_start, observation_id;

-- name: reports
FROM reports ORDER BY source_name, report_id;

-- name: tasks
FROM tasks ORDER BY source_name, report_id, ordinal, task_id;

-- name: indicator_series
FROM indicator_series ORDER BY region_code, indicator_code, measure, period, unit_base, observation_id;

-- name: target_vs_actual
FROM target_vs_actual ORDER BY region_code, indicator_code, measure, period, unit_base, target_observation_id;

-- name: conflicts
FROM conflicts ORDER BY observation_id_a, observation_id_b;

-- name: rankings
FROM rankings ORDER BY indicator_code, measure, period, unit_base, region_level, rank, region_code, observation_id;

-- name: quality_trends
FROM quality_trends ORDER BY load_number, suite, expectation;

-- name: growth_check
FROM growth_check ORDER BY region_code, indicator_code, period, unit_base, level_observation_id, growth_observation_id;

-- name: loads
FROM loads ORDER BY load_number, load_id;

-- name: quality_results
FROM quality_results ORDER BY load_id, suite, expectation;

-- name: issues
FROM issues ORDER BY source_name, report_id, char_start NULLS FIRST, issue_id;

-- name: sources
SELECT
    source_name,
    title,
    issuer,
    region_code,
    region_name,
    period,
    plan_period,
    published_on,
    delivered_on,
    source_url,
    report_id AS sha256,
    superseded_by
FROM reports
ORDER BY source_name, report_id;

-- name: columns
SELECT
    c.table_name AS relation,
    c.column_name,
    c.data_type,
    split_part(c.comment, ' / ', 1) AS comment_zh,
    substr(c.comment, instr(c.comment, ' / ') + 3) AS comment_en
FROM duckdb_columns() AS c
JOIN duckdb_views() AS v
    ON
        v.view_name = c.table_name
        AND v.schema_name = c.schema_name
        AND v.database_name = c.database_name
WHERE NOT v.internal AND c.schema_name = 'main' AND c.database_name = current_database()
ORDER BY c.table_name, c.column_index;
