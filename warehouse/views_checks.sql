-- Views that hold one statement against another: promises against results, growth against levels.

-- A promise is one row, a range included (lower and upper end), beside what came of it: of the same indicator code
-- where there is one, else of the same phrase (新建 or 建成, it is the same thing) in the same row of a task table.
-- A whole period is judged, part of one never missed. What a promise asks for:
-- * at_least and at_most as written, of the size where a fall is promised (下降3%以上: a fall of 3 or more);
-- * a plain number or a range asks for at least so much (its lower end), of what is better low for at most so much;
-- * 左右 gives way by half of the last place written (6%左右 is met by 5.5).
-- A count that is part of the way is on track where it reached the share of the target that the time is of the
-- period; a rate, or what must not be exceeded, where it is where it should be in the end.
CREATE OR REPLACE VIEW target_vs_actual AS
WITH placed AS (
    -- the row of a task table in which an observation stands
    SELECT o.observation_id, any_value(t.task_id ORDER BY t.task_id) AS task_id
    FROM observations AS o
    JOIN tasks AS t ON t.report_id = o.report_id AND o.char_start >= t.char_start AND o.char_start < t.char_end
    GROUP BY o.observation_id
),
target AS (
    SELECT
        o.region_code,
        any_value(o.region_name) AS region_name,
        o.indicator_code,
        any_value(o.indicator ORDER BY o.observation_id) AS indicator,
        o.measure,
        o.period,
        any_value(o.period_start) AS period_start,
        any_value(o.period_end) AS period_end,
        o.unit_base,
        CASE WHEN count(*) > 1 THEN 'range' ELSE any_value(o.bound) END AS target_bound,
        min(o.value_base) AS target_low,
        max(o.value_base) AS target_high,
        min(o.observation_id) AS target_observation_id,
        o.report_id AS target_report_id,
        any_value(o.source_name) AS target_source_name,
        any_value(o.quote ORDER BY o.observation_id) AS target_quote,
        any_value(
            0.5
            * pow(10, -length(rtrim(split_part(f.value::VARCHAR, '.', 2), '0')))
            * coalesce(abs(o.value_base::DOUBLE / nullif(o.value, 0)), 1)
            ORDER BY o.observation_id
        ) AS half_place,
        any_value(p.task_id ORDER BY o.observation_id) AS task_id
    FROM observations AS o
    JOIN fact_observation AS f ON f.observation_id = o.observation_id
    LEFT JOIN placed AS p ON p.observation_id = o.observation_id
    WHERE
        o.status = 'target'
        AND o.scope = ''
        AND o.region_code IS NOT NULL
        AND o.value_base IS NOT NULL
    GROUP BY
        o.region_code,
        o.indicator_code,
        o.measure,
        o.period,
        o.unit_base,
        o.report_id,
        coalesce(o.range_id, o.observation_id)
),
found AS (
    -- by code: the best value of the period, or of a part from its first day on
    SELECT t.target_observation_id, s.observation_id
    FROM target AS t
    JOIN indicator_series AS s
        ON
            s.region_code = t.region_code
            AND s.indicator_code = t.indicator_code
            AND s.measure = t.measure
            AND s.unit_base = t.unit_base
            AND s.period_start = t.period_start
            AND s.period_end <= t.period_end
    UNION
    SELECT t.target_observation_id, o.observation_id
    FROM target AS t
    JOIN placed AS p ON p.task_id = t.task_id
    JOIN observations AS o
        ON
            o.observation_id = p.observation_id
            AND o.region_code = t.region_code
            AND o.measure = t.measure
            AND o.unit_base = t.unit_base
            AND o.period_start >= t.period_start
            AND o.period_end <= t.period_end
    WHERE
        o.status IN ('actual', 'estimate')
        AND o.scope = ''
        AND (
            o.indicator_code = t.indicator_code
            OR (
                o.indicator_code IS NULL
                AND t.indicator_code IS NULL
                AND regexp_replace(o.indicator, '建设|建成|新建', '') = regexp_replace(t.indicator, '建设|建成|新建', '')
            )
        )
),
pair AS (
    SELECT
        t.*,
        o.observation_id,
        o.report_id,
        o.source_name,
        o.quote,
        o.status,
        o.bound,
        o.value_base,
        o.period AS actual_period,
        -- sizes to compare: of a promised fall the size of the fall
        CASE WHEN t.target_high < 0 THEN -1 ELSE 1 END AS sign,
        o.value_base * CASE WHEN t.target_high < 0 THEN -1 ELSE 1 END AS reached,
        least(abs(t.target_low), abs(t.target_high)) AS floor_size,
        greatest(abs(t.target_low), abs(t.target_high)) AS ceiling_size,
        CASE
            WHEN t.target_bound IN ('at_least', 'at_most') THEN t.target_bound
            WHEN i.polarity = 'lower_better' AND t.target_high >= 0 THEN 'at_most'
            ELSE 'at_least'
        END AS asks,
        CASE WHEN t.target_bound = 'approx' THEN t.half_place ELSE 0 END AS slack,
        o.period_start = t.period_start AND o.period_end = t.period_end AS whole,
        (date_diff('day', t.period_start, o.period_end) + 1)
        / (date_diff('day', t.period_start, t.period_end) + 1) AS elapsed
    FROM target AS t
    LEFT JOIN found AS m ON m.target_observation_id = t.target_observation_id
    LEFT JOIN observations AS o ON o.observation_id = m.observation_id
    LEFT JOIN placed AS p ON p.observation_id = o.observation_id
    LEFT JOIN dim_indicator AS i ON i.indicator_code = t.indicator_code
    QUALIFY row_number() OVER (
        PARTITION BY t.target_observation_id
        ORDER BY
            -- the whole period, else the row of the task itself, else the longest part
            whole DESC NULLS LAST,
            p.task_id = t.task_id DESC NULLS LAST,
            o.period_end DESC NULLS LAST,
            o.status = 'estimate',
            o.bound <> 'exact',
            o.char_start,
            o.observation_id
    ) = 1
)
SELECT
    t.region_code,
    t.region_name,
    t.indicator_code,
    t.indicator,
    t.measure,
    t.period,
    t.unit_base,
    t.target_bound,
    t.target_low,
    t.target_high,
    t.value_base AS actual,
    t.status AS actual_status,
    t.bound AS actual_bound,
    t.actual_period,
    t.value_base - t.target_low AS difference,
    CASE
        WHEN t.value_base IS NULL THEN 'open'
        WHEN t.whole AND t.asks = 'at_least'
            THEN CASE
                WHEN t.reached::DOUBLE >= t.floor_size::DOUBLE - t.slack
                    THEN CASE WHEN t.bound = 'at_most' THEN 'open' ELSE 'met' END
                ELSE CASE WHEN t.bound = 'at_least' THEN 'open' ELSE 'missed' END
            END
        WHEN t.whole
            THEN CASE
                WHEN t.reached::DOUBLE <= t.ceiling_size::DOUBLE + t.slack
                    THEN CASE WHEN t.bound = 'at_least' THEN 'open' ELSE 'met' END
                ELSE CASE WHEN t.bound = 'at_most' THEN 'open' ELSE 'missed' END
            END
        WHEN t.asks = 'at_most'
            THEN CASE
                WHEN t.reached::DOUBLE <= t.ceiling_size::DOUBLE + t.slack AND t.bound <> 'at_least' THEN 'on_track'
                ELSE 'open'
            END
        WHEN
            t.bound <> 'at_most'
            AND t.reached::DOUBLE >= (t.floor_size::DOUBLE - t.slack)
            * CASE WHEN t.measure = 'growth' OR t.unit_base = '%' THEN 1 ELSE t.elapsed END
            THEN 'on_track'
        ELSE 'open'
    END AS outcome,
    t.target_observation_id,
    t.target_report_id,
    t.target_source_name,
    t.target_quote,
    t.observation_id AS actual_observation_id,
    t.report_id AS actual_report_id,
    t.source_name AS actual_source_name,
    t.quote AS actual_quote,
    t.task_id,
    k.progress AS task_progress
FROM pair AS t
LEFT JOIN tasks AS k ON k.task_id = t.task_id;
COMMENT ON VIEW target_vs_actual IS '目标与实际：每个目标一行，旁列同一指标的实际数（任务表中则为进展） / Targets and what came of them: one row per target beside the actual value of the same thing, in a task table its progress';
COMMENT ON COLUMN target_vs_actual.region_code IS '区划代码 / Division code';
COMMENT ON COLUMN target_vs_actual.region_name IS '地区 / Region';
COMMENT ON COLUMN target_vs_actual.indicator_code IS '指标代码 / Indicator code';
COMMENT ON COLUMN target_vs_actual.indicator IS '目标中的指标名称 / Indicator as the target names it';
COMMENT ON COLUMN target_vs_actual.measure IS '度量 / Measure';
COMMENT ON COLUMN target_vs_actual.period IS '时期 / Period';
COMMENT ON COLUMN target_vs_actual.unit_base IS '基本单位 / Base unit';
COMMENT ON COLUMN target_vs_actual.target_bound IS '目标的界，区间为 range / Bound of the target; range for a range';
COMMENT ON COLUMN target_vs_actual.target_low IS '目标（区间的下端） / Target (lower end of a range)';
COMMENT ON COLUMN target_vs_actual.target_high IS '目标（区间的上端） / Target (upper end of a range)';
COMMENT ON COLUMN target_vs_actual.actual IS '实际数，无则空 / Actual value, or NULL';
COMMENT ON COLUMN target_vs_actual.actual_status IS '实际或预计 / actual or estimate';
COMMENT ON COLUMN target_vs_actual.actual_bound IS '实际数的界 / Bound of the actual value';
COMMENT ON COLUMN target_vs_actual.actual_period IS '实际数的时期，可能只是目标时期的一部分 / Period of the actual value; may be part of the target''s';
COMMENT ON COLUMN target_vs_actual.difference IS '实际减目标下端 / Actual minus the lower end of the target';
COMMENT ON COLUMN target_vs_actual.outcome IS '结果：met 达到，missed 未达到，on_track 时期未满而进度相称，open 尚无定论 / Outcome: met, missed, on_track (part of the period, and in step), open (nothing to tell yet)';
COMMENT ON COLUMN target_vs_actual.target_observation_id IS '目标的观测 / Observation of the target';
COMMENT ON COLUMN target_vs_actual.target_report_id IS '目标所在报告 / Report of the target';
COMMENT ON COLUMN target_vs_actual.target_source_name IS '目标的来源文件名 / File of the target';
COMMENT ON COLUMN target_vs_actual.target_quote IS '目标的原文 / Sentence of the target';
COMMENT ON COLUMN target_vs_actual.actual_observation_id IS '实际数的观测 / Observation of the actual value';
COMMENT ON COLUMN target_vs_actual.actual_report_id IS '实际数所在报告 / Report of the actual value';
COMMENT ON COLUMN target_vs_actual.actual_source_name IS '实际数的来源文件名 / File of the actual value';
COMMENT ON COLUMN target_vs_actual.actual_quote IS '实际数的原文 / Sentence of the actual value';
COMMENT ON COLUMN target_vs_actual.task_id IS '目标所在的任务，不在任务表中则空 / Task the target stands in, or NULL';
COMMENT ON COLUMN target_vs_actual.task_progress IS '该任务的进展原文 / What the task table says of its progress';

-- Does the growth a report states follow from its level and last period's? Growth at constant prices does not, and
-- says so: a difference beyond rounding is a question, not an error. Only exact values are compared.
CREATE OR REPLACE VIEW growth_check AS
WITH stated AS (
    SELECT
        s.*,
        0.5
        * pow(10, -greatest(
            length(rtrim(split_part(f.value::VARCHAR, '.', 2), '0')),
            length(regexp_extract(
                substr(f.quote, f.char_start - f.quote_start + 1, f.char_end - f.char_start), '\.(\d+)', 1
            ))
        ))
        * coalesce(abs(s.value_base::DOUBLE / nullif(s.value, 0)), u.factor::DOUBLE, 1) AS rounding
    FROM indicator_series AS s
    JOIN fact_observation AS f ON f.observation_id = s.observation_id
    JOIN dim_unit AS u ON u.unit = f.unit
    WHERE s.bound = 'exact' AND s.measure IN ('level', 'growth')
),
compared AS (
    SELECT
        n.region_code,
        n.region_name,
        n.indicator_code,
        n.indicator_name,
        n.period,
        l.period AS last_period,
        n.unit_base,
        n.value_base AS level,
        l.value_base AS last_level,
        100 * (n.value_base::DOUBLE / l.value_base::DOUBLE - 1) AS implied_growth,
        -- the least and the most that the writings of both levels allow
        100 * ((n.value_base::DOUBLE - n.rounding) / (l.value_base::DOUBLE + l.rounding) - 1) AS implied_low,
        CASE
            WHEN l.value_base::DOUBLE > l.rounding
                THEN 100 * ((n.value_base::DOUBLE + n.rounding) / (l.value_base::DOUBLE - l.rounding) - 1)
            ELSE 'infinity'::DOUBLE
        END AS implied_high,
        g.value_base::DOUBLE AS stated_growth,
        g.rounding AS growth_rounding,
        n.observation_id AS level_observation_id,
        l.observation_id AS last_level_observation_id,
        g.observation_id AS growth_observation_id,
        n.quote AS level_quote,
        l.quote AS last_level_quote,
        g.quote AS growth_quote
    FROM stated AS n
    JOIN stated AS l
        ON
            l.region_code = n.region_code
            AND l.indicator_code = n.indicator_code
            AND l.measure = n.measure
            AND l.unit_base = n.unit_base
            AND l.period_start = n.period_start - INTERVAL 1 YEAR
            -- the last day of February is the last day of February
            AND l.period_end + 1 = (n.period_end + 1) - INTERVAL 1 YEAR
    JOIN stated AS g
        ON
            g.region_code = n.region_code
            AND g.indicator_code = n.indicator_code
            AND g.period = n.period
            AND g.measure = 'growth'
            AND g.unit_base = '%'
    WHERE n.measure = 'level' AND n.unit_base <> '%' AND n.value_base >= 0 AND l.value_base > 0
)
SELECT
    c.region_code,
    c.region_name,
    c.indicator_code,
    c.indicator_name,
    c.period,
    c.last_period,
    c.unit_base,
    c.level,
    c.last_level,
    c.implied_growth,
    c.stated_growth,
    c.stated_growth - c.implied_growth AS difference,
    -- a hair's breadth for binary fractions
    c.stated_growth + c.growth_rounding >= c.implied_low - 1e-9
    AND c.stated_growth - c.growth_rounding <= c.implied_high + 1e-9 AS within_rounding,
    c.level_observation_id,
    c.last_level_observation_id,
    c.growth_observation_id,
    c.level_quote,
    c.last_level_quote,
    c.growth_quote
FROM compared AS c;
COMMENT ON VIEW growth_check IS '增速核对：由本期与上年同期的水平推算增速，与所述增速相比；按可比价计算的增速本不相等 / Growth check: growth implied by the level and that of a year before, beside the growth stated; growth at constant prices need not agree';
COMMENT ON COLUMN growth_check.region_code IS '区划代码 / Division code';
COMMENT ON COLUMN growth_check.region_name IS '地区 / Region';
COMMENT ON COLUMN growth_check.indicator_code IS '指标代码 / Indicator code';
COMMENT ON COLUMN growth_check.indicator_name IS '指标中文名 / Chinese name of the indicator';
COMMENT ON COLUMN growth_check.period IS '时期 / Period';
COMMENT ON COLUMN growth_check.last_period IS '上年同期 / The same period a year before';
COMMENT ON COLUMN growth_check.unit_base IS '水平的基本单位 / Base unit of the levels';
COMMENT ON COLUMN growth_check.level IS '本期水平 / Level of the period';
COMMENT ON COLUMN growth_check.last_level IS '上年同期水平 / Level a year before';
COMMENT ON COLUMN growth_check.implied_growth IS '推算的增速（%） / Growth the levels imply (%)';
COMMENT ON COLUMN growth_check.stated_growth IS '所述的增速（%） / Growth stated (%)';
COMMENT ON COLUMN growth_check.difference IS '所述减推算（百分点） / Stated minus implied (percentage points)';
COMMENT ON COLUMN growth_check.within_rounding IS '三个数的舍入足以解释差异 / Whether rounding of the three writings explains the difference';
COMMENT ON COLUMN growth_check.level_observation_id IS '本期水平的观测 / Observation of the level';
COMMENT ON COLUMN growth_check.last_level_observation_id IS '上年水平的观测 / Observation of the level a year before';
COMMENT ON COLUMN growth_check.growth_observation_id IS '增速的观测 / Observation of the growth';
COMMENT ON COLUMN growth_check.level_quote IS '本期水平的原文 / Sentence of the level';
COMMENT ON COLUMN growth_check.last_level_quote IS '上年水平的原文 / Sentence of the level a year before';
COMMENT ON COLUMN growth_check.growth_quote IS '增速的原文 / Sentence of the growth';

-- What an expectation found from load to load. A load that had nothing to judge (evaluated 0) says nothing of the trend.
CREATE OR REPLACE VIEW quality_trends AS
SELECT
    q.suite,
    q.expectation,
    q.title,
    q.severity,
    l.load_number,
    q.load_id,
    l.rules_version,
    q.success,
    q.evaluated,
    q.unexpected,
    q.unexpected / nullif(q.evaluated, 0) AS unexpected_share,
    q.unexpected / nullif(q.evaluated, 0)
    - avg(q.unexpected / nullif(q.evaluated, 0)) OVER (
        PARTITION BY q.suite, q.expectation ORDER BY l.load_number ROWS BETWEEN 10 PRECEDING AND 1 PRECEDING
    ) AS change,
    count(*) FILTER (NOT q.success) OVER (
        PARTITION BY q.suite, q.expectation ORDER BY l.load_number
    ) AS times_failed
FROM fact_quality_result AS q
JOIN dim_load AS l ON l.load_id = q.load_id;
COMMENT ON VIEW quality_trends IS '质量走势：每条期望逐批的结果与此前十批相比 / Quality trends: each expectation from load to load, beside the ten loads before';
COMMENT ON COLUMN quality_trends.suite IS '期望集，即检验的关口 / Suite, the gate it stands at';
COMMENT ON COLUMN quality_trends.expectation IS '期望的名称 / Name of the expectation';
COMMENT ON COLUMN quality_trends.title IS '期望什么 / What is expected';
COMMENT ON COLUMN quality_trends.severity IS '不合格的后果 / What follows where it fails';
COMMENT ON COLUMN quality_trends.load_number IS '批次序号 / Ordinal of the load';
COMMENT ON COLUMN quality_trends.load_id IS '批次 / Load';
COMMENT ON COLUMN quality_trends.rules_version IS '读取规则的版本 / Version of the reading rules';
COMMENT ON COLUMN quality_trends.success IS '是否通过 / Whether it passed';
COMMENT ON COLUMN quality_trends.evaluated IS '检验的行数 / Rows evaluated';
COMMENT ON COLUMN quality_trends.unexpected IS '不合格的行数 / Rows that failed it';
COMMENT ON COLUMN quality_trends.unexpected_share IS '不合格的比例，没有可检验的行则空 / Share that failed it, NULL where nothing was evaluated';
COMMENT ON COLUMN quality_trends.change IS '与此前十批平均比例之差 / Difference from the average share of the ten loads before';
COMMENT ON COLUMN quality_trends.times_failed IS '迄今未通过的批数 / Loads so far in which it failed';
