-- One load, inside one transaction. Input: the relations incoming_load (one row), incoming_report,
-- incoming_observation, incoming_task, incoming_issue, incoming_held_back. What it replaces stands in the temporary
-- tables in_force_before and read_before; keep_quality.sql adds the results of the checks and drops the latter.
-- A report that was read before under other rules has its rows replaced; its dim_report row is updated in place.

-- Every load changes this row: of several that commit into one lake at once, one does and the others meet a conflict.
UPDATE schema_info SET tables_digest = tables_digest;

CREATE OR REPLACE TEMP TABLE in_force_before AS
SELECT report_id FROM dim_report WHERE superseded_by IS NULL;

CREATE OR REPLACE TEMP TABLE read_before AS
SELECT report_id, observation_count FROM dim_report WHERE report_id IN (SELECT report_id FROM incoming_report);

MERGE INTO dim_load
USING (
    SELECT
        l.*,
        (SELECT coalesce(max(load_number), 0) + 1 FROM dim_load) AS load_number,
        0 AS reports_superseded
    FROM incoming_load AS l
) AS i
ON i.load_id = dim_load.load_id
WHEN MATCHED THEN UPDATE SET
    load_number = i.load_number,
    started_at = i.started_at,
    status = i.status,
    files_seen = i.files_seen,
    files_known = i.files_known,
    reports_loaded = i.reports_loaded,
    reports_superseded = 0,
    reports_held_back = i.reports_held_back,
    observations_loaded = i.observations_loaded,
    tasks_loaded = i.tasks_loaded,
    issues_found = i.issues_found,
    numbers_total = i.numbers_total,
    numbers_explained = i.numbers_explained
WHEN NOT MATCHED THEN INSERT BY NAME;

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

MERGE INTO dim_report
USING (
    SELECT
        r.* EXCLUDE (is_back),
        (SELECT max(load_number) FROM dim_load) AS first_load_number,
        CASE WHEN r.is_back THEN (SELECT max(load_number) FROM dim_load) END AS came_again,
        (SELECT load_id FROM incoming_load) AS load_id,
        (SELECT rules_version FROM incoming_load) AS rules_version
    FROM incoming_report AS r
) AS i
ON i.report_id = dim_report.report_id
WHEN MATCHED THEN UPDATE SET
    source_name = i.source_name,
    title = i.title,
    report_type = i.report_type,
    region_code = i.region_code,
    region_name = i.region_name,
    period = i.period,
    plan_period = i.plan_period,
    published_on = i.published_on,
    delivered_on = i.delivered_on,
    issuer = i.issuer,
    index_number = i.index_number,
    source_url = i.source_url,
    media_type = i.media_type,
    encoding = i.encoding,
    characters = i.characters,
    observation_count = i.observation_count,
    numbers_total = i.numbers_total,
    numbers_explained = i.numbers_explained,
    signature = i.signature,
    text = i.text,
    came_again = coalesce(i.came_again, dim_report.came_again),
    rules_version = i.rules_version,
    load_id = i.load_id
WHEN NOT MATCHED THEN INSERT BY NAME;

-- What seed.sql has not brought is in no way made of catalogue units: it stands without a factor.
INSERT INTO dim_unit BY NAME
SELECT DISTINCT o.unit, TRUE AS retired
FROM incoming_observation AS o
WHERE o.unit NOT IN (SELECT unit FROM dim_unit);

-- One period has one first and one last day; check.sql refuses a load that states two.
-- A table first: merging the distinct rows themselves into a lake breaks DuckDB 1.5 ("Out of buffer").
CREATE OR REPLACE TEMP TABLE stated_period AS
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
FROM incoming_observation AS o;

MERGE INTO dim_period
USING stated_period AS i
ON i.period = dim_period.period
WHEN MATCHED
    AND (dim_period.period_start, dim_period.period_end) IS DISTINCT FROM (i.period_start, i.period_end)
    THEN UPDATE SET period_start = i.period_start, period_end = i.period_end
WHEN NOT MATCHED THEN INSERT BY NAME;

DROP TABLE stated_period;

-- The division that bears the code in the year the period ends; failing that, the latest that bore it. Rows stay in the
-- order in which they were read, report by report: to sort them by the ids of reports, which say nothing, takes as long
-- as half of what else is done with them here.
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
    ON f.region_code = o.region_code AND f.at_year = year(o.period_end) AND f.choice = 1;

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
