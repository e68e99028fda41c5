-- The numbers of one part of the reports that many_reports.sql made. Input: the variables part and parts.

-- A value depends on region, slot and year; two in a hundred numbers of a summary differ from those of the report.
INSERT INTO fact_observation BY NAME
WITH stated AS (
    SELECT
        r.report_id,
        r.name,
        r.about,
        r.region_code,
        s.*,
        (r.place_no * 7919 + s.slot * 104729 + CASE WHEN s.status = 'target' THEN 31 ELSE 0 END) % 9973 AS seed,
        CASE WHEN s.status = 'target' THEN (r.about + 1)::VARCHAR ELSE r.period END AS period,
        (r.kind = 'work_report_summary' AND (r.place_no + s.slot) % 50 = 0)::INTEGER AS slip
    FROM many_report AS r
    CROSS JOIN many_slot AS s
    WHERE r.report_no % getvariable('parts') = getvariable('part')
),
valued AS (
    SELECT
        *,
        CASE measure
            WHEN 'growth' THEN (seed % 160) / 10.0 - 2
            WHEN 'difference' THEN (seed % 40) / 10.0
            WHEN 'rank' THEN seed % 3 + 1
            ELSE CASE unit WHEN '%' THEN (seed % 900) / 10.0 ELSE (seed + 10 + (about - 2000) * (seed % 90)) / 10.0 END
        END::DECIMAL(18, 1) + slip AS value,
        coalesce(name_zh, '第' || (seed % 4999) || '类民生设施新建数') AS indicator
    FROM stated
),
said AS (
    SELECT
        *,
        CASE WHEN value % 1 = 0 THEN abs(value)::BIGINT::VARCHAR ELSE abs(value)::VARCHAR END AS digits,
        name || about || '年着力稳增长、促改革、调结构、惠民生、防风险,经济社会发展迈上新台阶,' || indicator AS before
    FROM valued
)
SELECT
    'O' || left(md5(o.report_id || ':' || o.slot), 20) AS observation_id,
    o.report_id,
    100 * o.slot + length(o.before) AS char_start,
    100 * o.slot + length(o.before) + length(o.digits) AS char_end,
    o.value,
    o.unit,
    CASE WHEN u.factor IS NOT NULL THEN o.value::DECIMAL(19, 1) * u.factor::DECIMAL(19, 6) END AS value_base,
    u.unit_base,
    o.indicator,
    o.indicator_code,
    o.measure,
    o.status,
    o.bound,
    o.period,
    'implied' AS period_basis,
    o.scope,
    g.region_key,
    o.before || o.digits || o.unit || ',发展质量和效益稳步提升。' AS quote,
    100 * o.slot AS quote_start,
    100 * o.slot + length(o.before || o.digits || o.unit) + 13 AS quote_end,
    o.about || '年工作回顾' AS section,
    ['arabic_number', 'noun_before', 'period_of_section', 'review_section'] AS rule_ids,
    (SELECT load_id FROM dim_load) AS load_id
FROM said AS o
JOIN dim_unit AS u ON u.unit = o.unit
JOIN dim_region AS g ON g.region_code = o.region_code AND g.valid_to IS NULL
ORDER BY o.report_id, char_start;
