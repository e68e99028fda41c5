-- One load, inside one transaction. Input: the relations incoming_load (one row), incoming_report,
-- incoming_observation, incoming_task, incoming_issue, incoming_held_back. What it replaces stands in the temporary
-- tables in_force_before and read_before; keep_quality.sql adds the results of the checks and drops the latter.
-- A report that was read before under other rules has its rows replaced; its dim_report row is updated in
-- place, because DuckDB refuses to delete a row in the transaction that deleted the last row pointing at it.

CREATE OR REPLACE TEMP TABLE in_force_before AS
SELECT report_id FROM dim_report WHERE superseded_by IS NULL;

CREATE OR REPLACE TEMP TABLE read_before AS
SELECT report_id, observation_count FROM dim_report WHERE report_id IN (SELECT report_id FROM incoming_report);

INSERT INTO dim_load BY NAME
SELECT
    l.*,
    (SELECT coalesce(max(load_number), 0) + 1 FROM dim_load) AS load_number,
    0 AS reports_superseded
FROM incoming_load AS l
ON CONFLICT DO UPDATE SET
    load_number = excluded.load_number,
    started_at = excluded.started_at,
    status = excluded.status,
    files_seen = excluded.files_seen,
    files_known = excluded.files_known,
    reports_loaded = excluded.reports_loaded,
    reports_superseded = 0,
    reports_held_back = excluded.reports_held_back,
    observations_loaded = excluded.observations_loaded,
    tasks_loaded = excluded.tasks_loaded,
    issues_found = excluded.issues_found,
    numbers_total = excluded.numbers_total,
    numbers_explained = excluded.numbers_explained;

DELETE FROM fact_observation WHERE report_id IN (SELECT report_id FROM incoming_report);
DELETE FROM fact_task WHERE report_id IN (SELECT report_id FROM incoming_report);
DELETE FROM issue WHERE report_id IN (SELECT report_id FROM incoming_report);
DELETE FROM fact_quality_result WHERE load_id IN (SELECT load_id FROM incoming_load);
DELETE FROM held_back
WHERE
    report_id IN (SELECT report_id FROM incoming_report)
    OR report_id IN (SELECT report_id FROM incoming_held_back)
    -- bytes that could not be had are known by reason and name, until a report comes under that name
    OR (
        report_id = sha256(reason || ':' || source_name)
        AND source_name IN (SELECT source_name FROM incoming_report)
    );

-- What was taken back once and comes again is wanted again.
DELETE FROM taken_back
WHERE
    report_id IN (SELECT report_id FROM incoming_report)
    OR report_id IN (SELECT report_id FROM incoming_held_back);

INSERT INTO dim_report BY NAME
SELECT
    r.* EXCLUDE (is_back),
    (SELECT max(load_number) FROM dim_load) AS first_load_number,
    CASE WHEN r.is_back THEN (SELECT max(load_number) FROM dim_load) END AS came_again,
    (SELECT load_id FROM incoming_load) AS load_id,
    (SELECT rules_version FROM incoming_load) AS rules_version
FROM incoming_report AS r
ON CONFLICT DO UPDATE SET
    source_name = excluded.source_name,
    title = excluded.title,
    report_type = excluded.report_type,
    region_code = excluded.region_code,
    region_name = excluded.region_name,
    period = excluded.period,
    plan_period = excluded.plan_period,
    published_on = excluded.published_on,
    delivered_on = excluded.delivered_on,
    issuer = excluded.issuer,
    index_number = excluded.index_number,
    source_url = excluded.source_url,
    media_type = excluded.media_type,
    encoding = excluded.encoding,
    characters = excluded.characters,
    observation_count = excluded.observation_count,
    numbers_total = excluded.numbers_total,
    numbers_explained = excluded.numbers_explained,
    signature = excluded.signature,
    text = excluded.text,
    came_again = coalesce(excluded.came_again, dim_report.came_again),
    rules_version = excluded.rules_version,
    load_id = excluded.load_id;

-- What seed.sql has not brought is in no way made of catalogue units: it stands without a factor.
INSERT INTO dim_unit BY NAME
SELECT DISTINCT o.unit, TRUE AS retired FROM incoming_observation AS o
ON CONFLICT DO NOTHING;

-- One period has one first and one last day; check.sql refuses a load that states two.
INSERT INTO dim_period BY NAME
SELECT DISTINCT
    o.period,
    CASE
        WHEN contains(o.period, '/') THEN 'range'
        WHEN regexp_full_match(o.period, '\d{4}') THEN 'year'
        WHEN regexp_full_match(o.period, '\d{4}H[12]') THEN 'half'
        WHEN regexp_full_match(o.period, '\d{4}Q[1-4]') THEN 'quarter'
        WHEN regexp_full_match(o.period, '\d{4}-\d{2}') THEN 'month'
        WHEN regexp_full_match(o.period, '\d{4}-\d{2}-\d{2}') THEN 'day'
    END AS grain,
    o.period_start,
    o.period_end
FROM incoming_observation AS o
ON CONFLICT DO UPDATE SET period_start = excluded.period_start, period_end = excluded.period_end
WHERE
    (dim_period.period_start, dim_period.period_end)
    IS DISTINCT FROM (excluded.period_start, excluded.period_end);

-- The division that bears the code in the year the period ends; failing that, the latest that bore it.
INSERT INTO fact_observation BY NAME
WITH asked AS (
    SELECT DISTINCT region_code, year(period_end) AS at_year
    FROM incoming_observation
    WHERE region_code IS NOT NULL
),
found AS (
    SELECT
        a.region_code,
        a.at_year,
        g.region_key,
        row_number() OVER (
            PARTITION BY a.region_code, a.at_year
            ORDER BY
                a.at_year BETWEEN coalesce(g.valid_from, 0) AND coalesce(g.valid_to, 9999) DESC,
                g.retired,
                coalesce(g.valid_from, 0) DESC,
                g.region_key
        ) AS choice
    FROM asked AS a
    JOIN dim_region AS g ON g.region_code = a.region_code
)
SELECT
    o.* EXCLUDE (region_code, period_start, period_end),
    f.region_key,
    (SELECT load_id FROM incoming_load) AS load_id
FROM incoming_observation AS o
LEFT JOIN found AS f
    ON f.region_code = o.region_code AND f.at_year = year(o.period_end) AND f.choice = 1
ORDER BY o.report_id, o.char_start, o.observation_id;

INSERT INTO fact_task BY NAME
SELECT *, (SELECT load_id FROM incoming_load) AS load_id FROM incoming_task;

INSERT INTO issue BY NAME
SELECT *, (SELECT load_id FROM incoming_load) AS load_id FROM incoming_issue;

INSERT INTO held_back BY NAME
SELECT
    *,
    (SELECT rules_version FROM incoming_load) AS rules_version,
    (SELECT load_id FROM incoming_load) AS load_id
FROM incoming_held_back;
