-- Versions of one report share file name, region, type and period; each gives way to the one that came after it.
-- Computed for all reports at once, so the result depends on what came when, not on the path taken here.
UPDATE dim_report SET superseded_by = chain.next_version
FROM (
    SELECT
        report_id,
        lead(report_id) OVER (
            PARTITION BY source_name, region_code, report_type, period
            ORDER BY first_load_number, published_on NULLS FIRST, report_id
        ) AS next_version
    FROM dim_report
) AS chain
WHERE chain.report_id = dim_report.report_id AND dim_report.superseded_by IS DISTINCT FROM chain.next_version;
