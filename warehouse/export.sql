-- The Parquet files, one statement per relation, its target file as a parameter. The order is total, so that the same
-- warehouse gives the same files. Facts are partitioned by the year their report is about, a file for each: see
-- export_parts.sql for the years and for what tells whether a file would be the same as before.

-- name: observations
COPY (
    SELECT o.*
    FROM observations AS o
    JOIN report_part AS p ON p.report_id = o.report_id
    WHERE p.report_year = $report_year AND p.part = $part
    ORDER BY o.source_name, o.report_id, o.char_start, o.observation_id
) TO $target (FORMAT parquet, COMPRESSION zstd);

-- name: tasks
COPY (
    SELECT t.*
    FROM tasks AS t
    JOIN report_part AS p ON p.report_id = t.report_id
    WHERE p.report_year = $report_year AND p.part = $part
    ORDER BY t.source_name, t.report_id, t.ordinal, t.task_id
) TO $target (FORMAT parquet, COMPRESSION zstd);

-- name: reports
COPY (FROM reports ORDER BY source_name, report_id) TO $target (FORMAT parquet, COMPRESSION zstd);

-- name: loads
COPY (FROM loads ORDER BY load_number) TO $target (FORMAT parquet, COMPRESSION zstd);

-- name: quality_results
COPY (FROM quality_results ORDER BY load_id, suite, expectation) TO $target (FORMAT parquet, COMPRESSION zstd);

-- name: quality_trends
COPY (FROM quality_trends ORDER BY load_number, suite, expectation) TO $target (FORMAT parquet, COMPRESSION zstd);

-- name: issues
COPY (
    FROM issues ORDER BY source_name, report_id, char_start NULLS FIRST, issue_id
) TO $target (FORMAT parquet, COMPRESSION zstd);

-- name: indicator_series
COPY (
    FROM indicator_series
    WHERE left(period, 4) = $period_year
    ORDER BY region_code, indicator_code, measure, period, unit_base, observation_id
) TO $target (FORMAT parquet, COMPRESSION zstd);

-- name: target_vs_actual
COPY (
    FROM target_vs_actual
    WHERE left(period, 4) = $period_year
    ORDER BY region_code, indicator_code, measure, period, unit_base, target_observation_id
) TO $target (FORMAT parquet, COMPRESSION zstd);

-- name: conflicts
COPY (
    FROM conflicts
    WHERE left(period, 4) = $period_year
    ORDER BY observation_id_a, observation_id_b
) TO $target (FORMAT parquet, COMPRESSION zstd);

-- name: rankings
COPY (
    FROM rankings
    WHERE left(period, 4) = $period_year
    ORDER BY indicator_code, measure, period, unit_base, region_level, rank, region_code
) TO $target (FORMAT parquet, COMPRESSION zstd);

-- name: growth_check
COPY (
    FROM growth_check
    WHERE left(period, 4) = $period_year
    ORDER BY region_code, indicator_code, period, unit_base, level_observation_id, growth_observation_id
) TO $target (FORMAT parquet, COMPRESSION zstd);
