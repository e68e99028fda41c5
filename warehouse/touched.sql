-- Regions of which a load may have changed what the analyst views show: touched_region, for kept_series.sql and
-- kept_checks.sql. All of their statements are of one region, so what is kept of the others stands.

-- name: before
-- Before the load replaces anything: regions of reports that are read anew.
CREATE OR REPLACE TEMP TABLE touched_region AS
SELECT DISTINCT g.region_code
FROM fact_observation AS o
JOIN dim_region AS g ON g.region_key = o.region_key
WHERE o.report_id IN (SELECT report_id FROM incoming_report);

-- name: after
-- After succession.sql: regions of what came in and of what gave way or came back. All of them where the reference
-- tables may be others than in the load before, and from time to time, since what is renewed by region is no longer
-- stored in the order it is asked in. Input besides: in_force_before.
INSERT INTO touched_region
SELECT DISTINCT g.region_code
FROM fact_observation AS o
JOIN dim_region AS g ON g.region_key = o.region_key
WHERE o.report_id IN (
    SELECT report_id FROM incoming_report
    UNION ALL
    (
        SELECT report_id FROM in_force_before
        EXCEPT
        SELECT report_id FROM dim_report WHERE superseded_by IS NULL
    )
    UNION ALL
    (
        SELECT report_id FROM dim_report WHERE superseded_by IS NULL
        EXCEPT
        SELECT report_id FROM in_force_before
    )
)
UNION
SELECT r.region_code
FROM dim_region AS r
WHERE (
    SELECT max_by(l.rules_version, l.load_number)
    FROM dim_load AS l
    WHERE l.load_id NOT IN (SELECT load_id FROM incoming_load)
) IS DISTINCT FROM (SELECT rules_version FROM incoming_load)
OR (SELECT max(load_number) FROM dim_load) % 30 = 0;

-- name: everything
CREATE OR REPLACE TEMP TABLE touched_region AS SELECT DISTINCT region_code FROM dim_region;

-- name: forget
DROP TABLE touched_region;
