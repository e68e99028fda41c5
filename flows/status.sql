-- What `zhengbao status`, `zhengbao explain` and the end of an idle run ask of the public relations.

-- name: totals
SELECT
    (SELECT count(*) FROM reports WHERE superseded_by IS NULL) AS reports,
    (SELECT count(*) FROM observations) AS observations,
    (SELECT count(*) FROM tasks) AS tasks,
    (SELECT count(*) FROM issues WHERE held_back) AS held_back,
    (SELECT max(started_at) FROM loads) AS last_load;

-- name: last_loads
SELECT
    l.load_id,
    l.started_at,
    l.files_seen,
    l.files_seen - l.files_known AS files_new,
    l.reports_loaded,
    l.observations_loaded,
    l.reports_held_back,
    (
        SELECT count(*) FILTER (WHERE q.success) || '/' || count(*)
        FROM quality_results AS q
        WHERE q.load_id = l.load_id
    ) AS passed
FROM loads AS l
ORDER BY l.load_number DESC;

-- name: held_back
SELECT i.source_name, i.kind, i.reason, i.load_id
FROM issues AS i
JOIN loads AS l ON l.load_id = i.load_id
WHERE i.held_back
ORDER BY l.load_number DESC, i.source_name, i.report_id;

-- name: warnings
SELECT q.suite, q.expectation, q.severity, q.unexpected, q.evaluated
FROM quality_results AS q
WHERE NOT q.success AND q.load_id = (SELECT l.load_id FROM loads AS l ORDER BY l.load_number DESC LIMIT 1)
ORDER BY q.suite, q.expectation;

-- name: failed
SELECT expectation, severity, unexpected
FROM quality_results
WHERE load_id = $load_id AND NOT success
ORDER BY list_position(['fail', 'hold', 'warn'], severity), expectation;

-- name: figures
-- For Prometheus: numbers only, their names those of the metrics.
SELECT
    epoch(l.started_at) AS last_load_timestamp_seconds,
    l.files_seen AS last_load_files,
    l.reports_loaded AS last_load_reports,
    l.observations_loaded AS last_load_observations,
    l.reports_held_back AS last_load_held_back,
    (SELECT count(*) FROM quality_results AS q WHERE q.load_id = l.load_id AND NOT q.success)
        AS last_load_expectations_failed,
    l.numbers_total AS last_load_numbers,
    l.numbers_explained AS last_load_numbers_explained,
    (SELECT count(*) FROM reports AS r WHERE r.superseded_by IS NULL) AS reports,
    (SELECT count(*) FROM observations) AS observations
FROM loads AS l
ORDER BY l.load_number DESC
LIMIT 1;

-- name: unmapped
SELECT
    o.indicator,
    count(*) AS observations,
    count(DISTINCT o.report_id) AS reports,
    first(o.quote ORDER BY length(o.quote), o.report_id, o.char_start) AS example
FROM observations AS o
WHERE o.indicator_code IS NULL
GROUP BY o.indicator
ORDER BY observations DESC, reports DESC, o.indicator;

-- name: observation
-- Also of a report that gave way to another edition, which the view leaves out: who wrote the id down may ask.
SELECT
    o.observation_id, r.source_name, o.char_start, o.char_end, o.value::DOUBLE AS value, o.unit, o.value_base,
    o.unit_base, o.indicator, o.indicator_code, o.measure, o.status, o.bound, o.range_id, o.period, p.period_start,
    p.period_end, o.period_basis, o.scope, g.region_code, g.name AS region_name, o.section, o.quote, o.quote_start,
    o.rule_ids, o.load_id, o.report_id, r.title, n.source_name AS superseded_by_name, r.superseded_by,
    r.text, r.encoding, r.media_type
FROM fact_observation AS o
JOIN dim_report AS r ON r.report_id = o.report_id
JOIN dim_period AS p ON p.period = o.period
LEFT JOIN dim_region AS g ON g.region_key = o.region_key
LEFT JOIN dim_report AS n ON n.report_id = r.superseded_by
WHERE o.observation_id = $observation_id;
