-- What foreign keys do not say, asked before a load is committed: every row that comes back is a fault of ours.

SELECT 'dim_region.parent_code' AS broken, r.region_code AS culprit
FROM dim_region AS r
WHERE NOT r.retired AND r.parent_code NOT IN (SELECT region_code FROM dim_region)
UNION ALL
SELECT 'dim_indicator.parent_code', i.indicator_code
FROM dim_indicator AS i
WHERE NOT i.retired AND i.parent_code NOT IN (SELECT indicator_code FROM dim_indicator)
UNION ALL
SELECT 'dim_report.region_code', r.report_id
FROM dim_report AS r
WHERE r.region_code NOT IN (SELECT region_code FROM dim_region)
UNION ALL
SELECT 'dim_report.load_id', r.report_id
FROM dim_report AS r
WHERE r.load_id NOT IN (SELECT load_id FROM dim_load)
UNION ALL
SELECT 'dim_report.superseded_by', r.report_id
FROM dim_report AS r
WHERE r.superseded_by = r.report_id OR r.superseded_by NOT IN (SELECT report_id FROM dim_report)
UNION ALL
SELECT 'dim_report.observation_count', r.report_id
FROM dim_report AS r
WHERE r.observation_count <> (SELECT count(*) FROM fact_observation AS o WHERE o.report_id = r.report_id)
UNION ALL
SELECT 'fact_observation.region_key', i.observation_id
FROM incoming_observation AS i
JOIN fact_observation AS o ON o.observation_id = i.observation_id
WHERE i.region_code IS NOT NULL AND o.region_key IS NULL
UNION ALL
SELECT 'dim_period', i.observation_id
FROM incoming_observation AS i
JOIN dim_period AS p ON p.period = i.period
WHERE (i.period_start, i.period_end) IS DISTINCT FROM (p.period_start, p.period_end)
ORDER BY ALL;
