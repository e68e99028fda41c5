-- After kept_series.sql, with the table statement it leaves: one statement held against another.

-- A promise is one row, a range included (lower and upper end), beside what came of it: of the same indicator code
-- where there is one, else of the same phrase (新建 or 建成, it is the same thing) in the same row of a task table.
-- A whole period is judged, part of one never missed. What a promise asks for:
-- * at_least and at_most as written, of the size where a fall is promised (下降3%以上: a fall of 3 or more);
-- * a plain number or a range asks for at least so much (its lower end), of what is better low for at most so much;
-- * 左右 gives way by half of the last place written (6%左右 is met by 5.5).
-- A count that is part of the way is on track where it reached the share of the target that the time is of the
-- period; a rate, or what must not be exceeded, where it is where it should be in the end.
DELETE FROM kept.target_vs_actual WHERE region_code IN (SELECT region_code FROM touched_region);
INSERT INTO kept.target_vs_actual BY NAME
WITH placed AS (
    -- the row of a task table in which an observation stands
    SELECT s.fact, min(t.task_id) AS task_id
    FROM statement AS s
    JOIN fact_task AS t ON t.report_id = s.report_id AND s.char_start >= t.char_start AND s.char_start < t.char_end
    GROUP BY s.fact
),
range_target AS (
    -- a range stands as one row, in the place of its first end
    SELECT
        min(s.observation_id) AS observation_id,
        count(*) AS ends,
        min(s.value_base) AS low,
        max(s.value_base) AS high,
        string_agg(format('{:.12g} {}', s.value, s.unit), ' – ' ORDER BY s.value_base) AS said
    FROM statement AS s
    WHERE s.status = 'target' AND s.range_id IS NOT NULL
    GROUP BY s.region_code, s.indicator_code, s.measure, s.period, s.unit_base, s.report_id, s.range_id
),
target AS (
    SELECT
        s.* REPLACE (CASE WHEN e.ends > 1 THEN 'range' ELSE s.bound END AS bound),
        coalesce(e.low, s.value_base) AS low,
        coalesce(e.high, s.value_base) AS high,
        coalesce(e.said, format('{:.12g} {}', s.value, s.unit)) AS said,
        p.task_id
    FROM statement AS s
    LEFT JOIN range_target AS e ON e.observation_id = s.observation_id
    LEFT JOIN placed AS p ON p.fact = s.fact
    WHERE s.status = 'target' AND (s.range_id IS NULL OR e.observation_id IS NOT NULL)
),
found AS (
    -- by code: the best value of the period, or of a part from its first day on
    SELECT t.fact AS target_fact, t.task_id AS target_task, t.period_start AS first_day, t.period_end AS last_day, o.*
    FROM target AS t
    JOIN kept.indicator_series AS s
        ON
            s.region_code = t.region_code
            AND s.indicator_code = t.indicator_code
            AND s.measure = t.measure
            AND s.unit_base = t.unit_base
            AND s.period_start = t.period_start
            AND s.period_end <= t.period_end
    JOIN statement AS o ON o.observation_id = s.observation_id
    UNION ALL
    SELECT t.fact AS target_fact, t.task_id AS target_task, t.period_start AS first_day, t.period_end AS last_day, o.*
    FROM target AS t
    JOIN placed AS p ON p.task_id = t.task_id
    JOIN statement AS o
        ON
            o.fact = p.fact
            AND o.region_code = t.region_code
            AND o.measure = t.measure
            AND o.unit_base = t.unit_base
            AND o.period_start >= t.period_start
            AND o.period_end <= t.period_end
    WHERE
        o.status IN ('actual', 'estimate')
        AND (
            o.indicator_code = t.indicator_code
            OR (
                o.indicator_code IS NULL
                AND t.indicator_code IS NULL
                AND regexp_replace(o.indicator, '建设|建成|新建', '') = regexp_replace(t.indicator, '建设|建成|新建', '')
            )
        )
),
best AS (
    SELECT m.*, m.period_start = m.first_day AND m.period_end = m.last_day AS whole
    FROM found AS m
    LEFT JOIN placed AS p ON p.fact = m.fact
    QUALIFY row_number() OVER (
        PARTITION BY m.target_fact
        ORDER BY
            -- the whole period, else the row of the task itself, else the longest part
            whole DESC,
            p.task_id = m.target_task DESC NULLS LAST,
            m.period_end DESC,
            m.status = 'estimate',
            m.bound <> 'exact',
            m.char_start,
            m.observation_id
    ) = 1
),
pair AS (
    SELECT
        t.*,
        o.observation_id AS actual_id,
        o.report_id AS actual_report_id,
        o.status AS actual_status,
        o.bound AS actual_bound,
        o.value_base AS actual,
        o.period AS actual_period,
        o.quote AS actual_quote,
        -- sizes to compare: of a promised fall the size of the fall
        o.value_base * CASE WHEN t.high < 0 THEN -1 ELSE 1 END AS reached,
        least(abs(t.low), abs(t.high)) AS floor_size,
        greatest(abs(t.low), abs(t.high)) AS ceiling_size,
        CASE
            WHEN t.bound IN ('at_least', 'at_most') THEN t.bound
            WHEN i.polarity = 'lower_better' AND t.high >= 0 THEN 'at_most'
            ELSE 'at_least'
        END AS asks,
        CASE WHEN t.bound = 'approx' THEN t.half_place ELSE 0 END AS slack,
        o.whole,
        (date_diff('day', t.period_start, o.period_end) + 1)
        / (date_diff('day', t.period_start, t.period_end) + 1) AS elapsed
    FROM target AS t
    LEFT JOIN best AS o ON o.target_fact = t.fact
    LEFT JOIN dim_indicator AS i ON i.indicator_code = t.indicator_code
)
SELECT
    t.region_code,
    t.region_name,
    t.indicator_code,
    t.indicator,
    t.measure,
    t.period,
    t.unit_base,
    t.bound AS target_bound,
    t.said AS target_written,
    t.low AS target_low,
    t.high AS target_high,
    t.actual,
    t.actual_status,
    t.actual_bound,
    t.actual_period,
    t.actual - t.low AS difference,
    CASE
        WHEN t.actual IS NULL THEN 'open'
        WHEN t.whole AND t.asks = 'at_least'
            THEN CASE
                WHEN t.reached::DOUBLE >= t.floor_size::DOUBLE - t.slack
                    THEN CASE WHEN t.actual_bound = 'at_most' THEN 'open' ELSE 'met' END
                ELSE CASE WHEN t.actual_bound = 'at_least' THEN 'open' ELSE 'missed' END
            END
        WHEN t.whole
            THEN CASE
                WHEN t.reached::DOUBLE <= t.ceiling_size::DOUBLE + t.slack
                    THEN CASE WHEN t.actual_bound = 'at_least' THEN 'open' ELSE 'met' END
                ELSE CASE WHEN t.actual_bound = 'at_most' THEN 'open' ELSE 'missed' END
            END
        WHEN t.asks = 'at_most'
            THEN CASE
                WHEN t.reached::DOUBLE <= t.ceiling_size::DOUBLE + t.slack AND t.actual_bound <> 'at_least'
                    THEN 'on_track'
                ELSE 'open'
            END
        WHEN
            t.actual_bound <> 'at_most'
            AND t.reached::DOUBLE >= (t.floor_size::DOUBLE - t.slack)
            * CASE WHEN t.measure = 'growth' OR t.unit_base = '%' THEN 1 ELSE t.elapsed END
            THEN 'on_track'
        ELSE 'open'
    END AS outcome,
    t.observation_id AS target_observation_id,
    t.report_id AS target_report_id,
    tr.source_name AS target_source_name,
    t.quote AS target_quote,
    t.actual_id AS actual_observation_id,
    t.actual_report_id,
    ar.source_name AS actual_source_name,
    t.actual_quote,
    t.task_id,
    k.progress AS task_progress
FROM pair AS t
JOIN dim_report AS tr ON tr.report_id = t.report_id
LEFT JOIN dim_report AS ar ON ar.report_id = t.actual_report_id
LEFT JOIN fact_task AS k ON k.task_id = t.task_id
ORDER BY t.period, t.region_code, t.indicator_code, t.measure, t.unit_base, t.observation_id;

-- Does the growth a report states follow from its level and last period's? Growth at constant prices does not, and
-- says so: a difference beyond rounding is a question, not an error. Only exact values are compared.
DELETE FROM kept.growth_check WHERE region_code IN (SELECT region_code FROM touched_region);
INSERT INTO kept.growth_check BY NAME
WITH stated AS (
    SELECT *
    FROM kept.indicator_series
    WHERE
        bound = 'exact'
        AND measure IN ('level', 'growth')
        AND region_code IN (SELECT region_code FROM touched_region)
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
        g.value_base::DOUBLE AS stated_growth,
        n.observation_id AS level_observation_id,
        l.observation_id AS last_level_observation_id,
        g.observation_id AS growth_observation_id
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
),
noted AS (
    -- few of all: put together with them, and not with all three times
    SELECT s.*
    FROM statement AS s
    WHERE s.observation_id IN (
        SELECT level_observation_id FROM compared
        UNION ALL
        SELECT last_level_observation_id FROM compared
        UNION ALL
        SELECT growth_observation_id FROM compared
    )
),
written AS (
    SELECT
        c.*,
        n.quote AS level_quote,
        l.quote AS last_level_quote,
        g.quote AS growth_quote,
        rounding(n.number, n.value_base, un.factor, n.written) AS level_rounding,
        rounding(l.number, l.value_base, ul.factor, l.written) AS last_rounding,
        rounding(g.number, g.value_base, ug.factor, g.written) AS growth_rounding
    FROM compared AS c
    JOIN noted AS n ON n.observation_id = c.level_observation_id
    JOIN noted AS l ON l.observation_id = c.last_level_observation_id
    JOIN noted AS g ON g.observation_id = c.growth_observation_id
    JOIN dim_unit AS un ON un.unit = n.unit
    JOIN dim_unit AS ul ON ul.unit = l.unit
    JOIN dim_unit AS ug ON ug.unit = g.unit
),
implied AS (
    SELECT
        w.*,
        100 * (w.level::DOUBLE / w.last_level::DOUBLE - 1) AS implied_growth,
        -- the least and the most that the writings of both levels allow
        100 * ((w.level::DOUBLE - w.level_rounding) / (w.last_level::DOUBLE + w.last_rounding) - 1) AS implied_low,
        CASE
            WHEN w.last_level::DOUBLE > w.last_rounding
                THEN 100 * ((w.level::DOUBLE + w.level_rounding) / (w.last_level::DOUBLE - w.last_rounding) - 1)
            ELSE 'infinity'::DOUBLE
        END AS implied_high
    FROM written AS w
)
SELECT
    i.* EXCLUDE (implied_low, implied_high, level_rounding, last_rounding, growth_rounding),
    i.stated_growth - i.implied_growth AS difference,
    -- a hair's breadth for binary fractions
    i.stated_growth + i.growth_rounding >= i.implied_low - 1e-9
    AND i.stated_growth - i.growth_rounding <= i.implied_high + 1e-9 AS within_rounding
FROM implied AS i
ORDER BY i.indicator_code, i.region_code, i.period, i.unit_base, i.level_observation_id, i.growth_observation_id;

DROP TABLE statement;
DROP MACRO rounding;
