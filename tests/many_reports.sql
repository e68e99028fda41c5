-- A warehouse of many generated reports, for the bench: into the real schema, after the seeds are in; the numbers
-- themselves come from many_observations.sql. Input: the variable observations. Nothing is random: each run makes
-- the same rows. How many targets, growths, ranks, codes, tasks and issues there are among 200 numbers is what the
-- sample reports and those of 2026 hold.

-- Every division in force: provinces and cities for 25 years, counties for 6; every eighth report comes a second
-- time as a summary, every tenth is about half a year.
CREATE TEMP TABLE many_report AS
WITH place AS (
    SELECT *, row_number() OVER (ORDER BY region_code) AS place_no
    FROM dim_region
    WHERE valid_to IS NULL AND level <> 'country'
),
told AS (
    SELECT
        p.*,
        y.about,
        k.kind,
        row_number() OVER (ORDER BY y.about DESC, p.region_code, k.kind) - 1 AS report_no
    FROM place AS p
    CROSS JOIN range(2001, 2026) AS y (about)
    CROSS JOIN (VALUES ('work_report'), ('work_report_summary')) AS k (kind)
    WHERE
        (p.level <> 'county' OR y.about >= 2020)
        AND (p.valid_from IS NULL OR p.valid_from <= y.about)
        AND (k.kind = 'work_report' OR (p.place_no + y.about) % 8 = 0)
)
SELECT
    *,
    sha256('report ' || report_no) AS report_id,
    CASE WHEN kind = 'work_report' AND report_no % 10 = 7 THEN about || 'H1' ELSE about::VARCHAR END AS period
FROM told
WHERE report_no < getvariable('observations') / 200;

-- What each of the 200 numbers of a report states: of the first catalogue entry with level and growth, and so on.
CREATE TEMP TABLE many_slot AS
WITH catalogue AS (
    SELECT
        indicator_code,
        name_zh,
        dimension,
        row_number() OVER (
            ORDER BY
                coalesce(list_position(['gdp', 'budget_revenue', 'income_urban', 'income_rural'], indicator_code), 99),
                indicator_code
        ) - 1 AS entry
    FROM dim_indicator
    WHERE dimension IN ('money', 'people', 'count', 'area') AND indicator_code <> 'fiscal_revenue'
),
kind AS (
    FROM (
        VALUES
            (0, 3, 0, 'level', 'actual'),
            (4, 39, 16, 'level', 'actual'),
            (40, 55, 0, 'growth', 'actual'),
            (56, 61, 0, 'growth', 'target'),
            (62, 72, 16, 'level', 'target'),
            (73, 74, 20, 'rank', 'actual'),
            (75, 76, NULL, 'rank', 'actual'),
            (77, 78, 60, 'level', 'estimate'),
            (79, 80, 70, 'difference', 'actual'),
            (81, 88, NULL, 'growth', 'actual'),
            (89, 93, NULL, 'growth', 'target'),
            (94, 169, NULL, 'level', 'actual'),
            (170, 199, NULL, 'level', 'target')
    ) AS k (first_slot, last_slot, first_entry, measure, status)
)
SELECT
    s.slot,
    k.measure,
    k.status,
    c.indicator_code,
    c.name_zh,
    CASE
        WHEN k.measure = 'growth' THEN '%'
        WHEN k.measure = 'rank' THEN '位'
        WHEN k.measure = 'difference' THEN '个百分点'
        WHEN c.dimension = 'money' THEN '亿元'
        WHEN c.dimension = 'people' THEN '万人'
        WHEN c.dimension = 'area' THEN '亩'
        -- one plain level in eight is a share
        WHEN c.dimension IS NULL AND s.slot % 8 = 3 THEN '%'
        ELSE '个'
    END AS unit,
    CASE WHEN s.slot % 6 = 5 THEN 'at_least' WHEN s.slot % 30 = 7 THEN 'approx' ELSE 'exact' END AS bound,
    CASE WHEN s.slot % 60 = 41 THEN '规上工业' ELSE '' END AS scope
FROM range(200) AS s (slot)
JOIN kind AS k ON s.slot BETWEEN k.first_slot AND k.last_slot
LEFT JOIN catalogue AS c ON c.entry = k.first_entry + s.slot - k.first_slot;

INSERT INTO dim_unit (unit, unit_base, dimension, factor, retired)
VALUES ('亿元', '元', 'money', 100000000, FALSE), ('万人', '人', 'people', 10000, FALSE);

INSERT INTO dim_period (period, grain, period_start, period_end)
SELECT y::VARCHAR, 'year', make_date(y, 1, 1), make_date(y, 12, 31) FROM range(2001, 2027) AS r (y)
UNION ALL
SELECT y || 'H1', 'half', make_date(y, 1, 1), make_date(y, 6, 30) FROM range(2001, 2027) AS r (y)
ON CONFLICT DO NOTHING;

INSERT INTO dim_report BY NAME
SELECT
    report_id,
    report_no || '_' || name || about || '.txt' AS source_name,
    about || '年' || name || '政府工作报告' AS title,
    CASE WHEN period LIKE '%H1' THEN 'performance_report' ELSE kind END AS report_type,
    region_code,
    name AS region_name,
    period,
    (about + 1)::VARCHAR AS plan_period,
    make_date(about + 1, 1, 1 + (report_no % 28)::INTEGER) AS published_on,
    name || '人民政府' AS issuer,
    'text/plain' AS media_type,
    'utf-8' AS encoding,
    20000 AS characters,
    200 AS observation_count,
    203 AS numbers_total,
    201 AS numbers_explained,
    (SELECT rules_version FROM dim_load) AS rules_version,
    1 AS first_load_number,
    (SELECT load_id FROM dim_load) AS load_id
FROM many_report
ORDER BY report_id;

-- Every fifth report ends in a task table of 25 rows with eight numbers each.
INSERT INTO fact_task BY NAME
SELECT
    'T' || left(md5(r.report_id || ':' || t.ordinal), 20) AS task_id,
    r.report_id,
    t.ordinal,
    '民生实事' AS category,
    '推进第' || t.ordinal || '项民生实事,完成年度建设任务,群众满意度持续提升。' AS content,
    '第' || t.ordinal || '项已完成年度任务的' || (r.report_no * 7 + t.ordinal) % 100 || '%,其余正在推进。' AS progress,
    800 * (t.ordinal - 1) AS char_start,
    800 * t.ordinal AS char_end,
    (SELECT load_id FROM dim_load) AS load_id
FROM many_report AS r
CROSS JOIN range(1, 26) AS t (ordinal)
WHERE r.report_no % 5 = 0
ORDER BY r.report_id, t.ordinal;

INSERT INTO issue BY NAME
SELECT
    'I' || left(md5(r.report_id || ':' || n.ordinal), 20) AS issue_id,
    r.report_id,
    'unread_number' AS kind,
    '数字未读懂 / number not read' AS reason,
    20000 + 10 * n.ordinal AS char_start,
    20004 + 10 * n.ordinal AS char_end,
    (r.report_no % 9000 + 1000)::VARCHAR AS text,
    (SELECT load_id FROM dim_load) AS load_id
FROM many_report AS r
CROSS JOIN range(2) AS n (ordinal)
ORDER BY r.report_id, n.ordinal;
