-- What the quality pages show, asked of the warehouse that is about to be published.

-- name: loads
SELECT
    l.load_id,
    l.started_at,
    l.status,
    l.rules_version,
    l.reports_loaded AS reports,
    l.observations_loaded AS observations,
    l.reports_held_back AS held_back,
    l.numbers_explained / nullif(l.numbers_total, 0) AS explained,
    (
        SELECT count(*) FILTER (WHERE NOT q.success)
        FROM quality_results AS q
        WHERE q.load_id = l.load_id
        HAVING count(*) > 0
    ) AS failed
FROM loads AS l
ORDER BY l.load_number DESC
LIMIT $most;

-- name: trends
SELECT t.suite, t.expectation, t.times_failed, t.change
FROM quality_trends AS t
WHERE t.load_id = $load_id AND NOT t.success;

-- name: reports
SELECT
    r.report_id, r.source_name, r.title, r.report_type, r.region_code, r.region_name, r.period, r.plan_period,
    r.published_on::VARCHAR AS published_on, r.issuer, r.source_url, r.characters, r.observation_count,
    r.numbers_total, r.numbers_explained, r.rules_version, r.load_id, r.superseded_by, p.name AS province
FROM reports AS r
LEFT JOIN (
    SELECT left(region_code, 2) AS prefix, any_value(name ORDER BY retired, valid_from DESC) AS name
    FROM dim_region
    WHERE level IN ('province', 'country')
    GROUP BY prefix
) AS p ON p.prefix = left(r.region_code, 2)
ORDER BY r.report_id;

-- name: texts
-- Of web pages, PDF and DOCX files; the bytes of a text file say it themselves.
SELECT r.report_id, r.text FROM dim_report AS r WHERE r.text IS NOT NULL AND r.report_id IN (SELECT unnest($report_ids));

-- name: readings
-- Also of reports that gave way to another edition, which the view observations leaves out.
SELECT
    o.report_id, o.observation_id, o.char_start, o.char_end, o.value, o.unit, o.indicator, o.indicator_code, o.measure,
    o.status, o.bound, o.period, o.period_basis, o.scope, g.name AS region_name, o.rule_ids
FROM fact_observation AS o
LEFT JOIN dim_region AS g ON g.region_key = o.region_key
WHERE o.report_id IN (SELECT unnest($report_ids))
ORDER BY o.report_id, o.char_start, o.char_end, o.observation_id;

-- name: unread
SELECT i.report_id, i.char_start, i.char_end, i.kind, i.reason
FROM issue AS i
WHERE i.char_start IS NOT NULL AND i.report_id IN (SELECT unnest($report_ids))
ORDER BY i.report_id, i.char_start, i.char_end, i.issue_id;

-- name: headlines
-- Per headline indicator of which something is stated one row, the fields of a Headline that the seeds do not give: the
-- chosen actual or estimate of each region and period, and every target (a range is one), as rows of a JSON array in the
-- order that indicator.js reads, regions, groups and reports as places in the lists beside it.
WITH stated AS (
    SELECT
        s.indicator_code, s.region_name, s.region_code, s.measure, s.unit_base, s.period, s.period_end, s.grain,
        s.value_base AS low, s.value_base AS high, format('{:.12g} {}', s.value, s.unit) AS written,
        s.status, s.bound, s.report_id, s.observation_id
    FROM indicator_series AS s
    WHERE s.indicator_code IN (SELECT unnest($codes))
    UNION ALL
    SELECT
        t.indicator_code, t.region_name, t.region_code, t.measure, t.unit_base, t.period, p.period_end, p.grain,
        t.target_low, t.target_high, t.target_written, 'target', t.target_bound, t.target_report_id,
        t.target_observation_id
    FROM kept.target_vs_actual AS t
    JOIN dim_period AS p ON p.period = t.period
    WHERE t.indicator_code IN (SELECT unnest($codes))
),
shared_name AS (
    -- 鼓楼区 is the name of four divisions
    SELECT region_name FROM stated GROUP BY region_name HAVING count(DISTINCT region_code) > 1
),
region AS (
    SELECT
        indicator_code,
        region_code,
        region_name,
        CASE WHEN region_name IN (FROM shared_name) THEN region_name || ' ' || region_code ELSE region_name END AS shown,
        row_number() OVER (PARTITION BY indicator_code ORDER BY region_code, region_name) - 1 AS place
    FROM (SELECT DISTINCT indicator_code, region_code, region_name FROM stated)
),
report AS (
    SELECT
        indicator_code,
        report_id,
        row_number() OVER (PARTITION BY indicator_code ORDER BY report_id) - 1 AS place
    FROM (SELECT DISTINCT indicator_code, report_id FROM stated)
),
unit_group AS (
    -- levels first, then growth; of each what is stated most often
    SELECT
        indicator_code,
        measure,
        unit_base,
        row_number() OVER (
            PARTITION BY indicator_code
            ORDER BY measure NOT IN ('level', 'growth'), measure = 'growth', count(*) DESC, measure, unit_base
        ) - 1 AS place
    FROM stated
    GROUP BY indicator_code, measure, unit_base
),
point AS (
    SELECT
        s.indicator_code,
        min(s.period[:4]) AS first_year,
        max(s.period[:4]) AS last_year,
        count(*) FILTER (s.status <> 'target') AS actual,
        count(*) FILTER (s.status = 'target') AS target,
        string_agg(
            json_array(
                g.place,
                u.place,
                s.period,
                s.grain,
                -- the end of the year 2022 is 2022, its middle 2021.5
                round(
                    year(s.period_end) - 1
                    + dayofyear(s.period_end) / dayofyear(make_date(year(s.period_end), 12, 31)),
                    3
                ),
                s.low::DOUBLE,
                s.high::DOUBLE,
                s.written,
                s.status,
                s.bound,
                r.place,
                s.observation_id
            )::VARCHAR,
            ',' ORDER BY s.region_code, s.period_end, s.status, s.observation_id
        ) AS points
    FROM stated AS s
    JOIN region AS g
        ON
            g.indicator_code = s.indicator_code
            AND g.region_code = s.region_code
            AND g.region_name = s.region_name
    JOIN report AS r ON r.indicator_code = s.indicator_code AND r.report_id = s.report_id
    JOIN unit_group AS u
        ON u.indicator_code = s.indicator_code AND u.measure = s.measure AND u.unit_base = s.unit_base
    GROUP BY s.indicator_code
)
SELECT
    p.indicator_code AS code,
    (SELECT list(g.shown ORDER BY g.place) FROM region AS g WHERE g.indicator_code = p.indicator_code) AS regions,
    (SELECT count(DISTINCT g.region_code) FROM region AS g WHERE g.indicator_code = p.indicator_code) AS region_count,
    (SELECT min(g.place) FROM region AS g WHERE g.indicator_code = p.indicator_code AND g.region_code = '100000')
        AS country,
    (
        SELECT list([u.measure, u.unit_base] ORDER BY u.place)
        FROM unit_group AS u
        WHERE u.indicator_code = p.indicator_code
    ) AS groups,
    (SELECT list(r.report_id ORDER BY r.place) FROM report AS r WHERE r.indicator_code = p.indicator_code) AS reports,
    p.first_year,
    p.last_year,
    p.actual,
    p.target,
    p.points
FROM point AS p
ORDER BY p.indicator_code;
