-- The relations that are written in parts, and of each part its path below the folder of the relation, how many rows it
-- is made from, a sum of their hashes, and what of it is asked (the parameters of its statement in export.sql, by name).
-- As long as rows and hashes stay the same, so does the file: a hash takes all that its rows come from, and their order
-- follows from them. A relation without rows has one part without rows, so that its readers find an empty table.

-- name: place_reports
-- A year of facts is cut where the reports up to there brought $part_size observations, in the order in which they came:
-- what comes next is added to the last part, and the others stay.
CREATE OR REPLACE TEMP TABLE report_part AS
SELECT
    report_id,
    report_year,
    (sum(observation_count) OVER came - observation_count)::BIGINT // $part_size AS part
FROM (
    SELECT
        report_id,
        observation_count,
        first_load_number,
        coalesce(try_cast(left(period, 4) AS INTEGER), year(published_on), 0)::INTEGER AS report_year
    FROM dim_report
)
WINDOW came AS (PARTITION BY report_year ORDER BY first_load_number, report_id);

-- name: facts
-- By the year of the report. What a report says is replaced as a whole, by another load; names of regions come from
-- their table, and what a period is changes with the rules only. So instead of a million facts these are asked.
WITH row_hash AS (
    SELECT
        report_id,
        hash(
            report_id,
            load_id,
            source_name,
            observation_count,
            (SELECT sum(hash(g)) FROM dim_region AS g),
            (SELECT max_by(l.rules_version, l.load_number) FROM dim_load AS l)
        ) AS hash
    FROM dim_report
    WHERE superseded_by IS NULL
)
SELECT
    known.relation,
    format('report_year={}/data_{}.parquet', coalesce(p.report_year, 0), coalesce(p.part, 0)) AS path,
    count(h.hash) AS row_count,
    sum(h.hash)::VARCHAR AS hashes,
    coalesce(p.report_year, 0) AS report_year,
    coalesce(p.part, 0) AS part
FROM (VALUES ('observations'), ('tasks')) AS known (relation)
LEFT JOIN row_hash AS h ON TRUE
LEFT JOIN report_part AS p ON p.report_id = h.report_id
GROUP BY known.relation, p.report_year, p.part
ORDER BY row_count DESC, path, relation;

-- name: compared
-- What is compared of regions, by the year in which the period begins. All ranks of a year come from the values of this
-- year, and these are asked in their place: it takes less time.
WITH row_hash AS (
    SELECT 'indicator_series' AS relation, s.period, hash(s) AS hash
    FROM indicator_series AS s
    UNION ALL
    SELECT 'rankings', s.period, hash(s)
    FROM kept.indicator_series AS s
    WHERE s.measure IN ('level', 'growth')
    UNION ALL
    SELECT 'target_vs_actual', t.period, hash(t)
    FROM target_vs_actual AS t
    UNION ALL
    SELECT 'conflicts', c.period, hash(c)
    FROM conflicts AS c
    UNION ALL
    SELECT 'growth_check', g.period, hash(g)
    FROM growth_check AS g
)
SELECT
    relation,
    format('data_{}.parquet', coalesce(left(h.period, 4), '0')) AS path,
    count(h.hash) AS row_count,
    sum(h.hash)::VARCHAR AS hashes,
    coalesce(left(h.period, 4), '0') AS period_year
FROM (
    VALUES ('indicator_series'), ('rankings'), ('target_vs_actual'), ('conflicts'), ('growth_check')
) AS known (relation)
LEFT JOIN row_hash AS h USING (relation)
GROUP BY relation, left(h.period, 4)
ORDER BY row_count DESC, path, relation;
