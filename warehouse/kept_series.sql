-- Computes the tables of schema_kept.sql anew for the regions in touched_region: from the facts in force, so it depends
-- on what is there and not on the path that led to it. Sentences are fetched last, for the rows that stay. Each table is stored in the order
-- it is asked in: a question for one indicator, or one period, then reads only its part.

-- Half of the last place written, in the base unit; 7.0 as written is finer than 7.
CREATE OR REPLACE TEMP MACRO rounding(number, base, factor, written) AS
    0.5
    * pow(10, -greatest(
        length(rtrim(split_part(number::VARCHAR, '.', 2), '0')),
        length(regexp_extract(written, '\.(\d+)', 1))
    ))
    * coalesce(abs(base::DOUBLE / nullif(number::DOUBLE, 0)), factor::DOUBLE, 1);

-- What can be compared at all: of the region as a whole, with a value that could be scaled. kept_checks.sql reads this
-- table too and drops it.
CREATE OR REPLACE TEMP TABLE statement AS
SELECT
    -- what rows are put together by: a number, where ids and sentences are long
    o.rowid AS fact,
    o.observation_id,
    o.report_id,
    r.published_on,
    o.char_start,
    g.region_code,
    g.name AS region_name,
    g.level AS region_level,
    o.indicator,
    o.indicator_code,
    o.measure,
    o.status,
    o.bound,
    o.range_id,
    o.period,
    p.period_start,
    p.period_end,
    p.grain,
    o.value::DOUBLE AS value,
    o.value AS number,
    o.unit,
    o.value_base,
    o.unit_base,
    o.quote,
    substr(o.quote, o.char_start - o.quote_start + 1, o.char_end - o.char_start) AS written,
    -- half of the last place of the value
    CASE
        WHEN o.status = 'target' AND o.bound = 'approx'
            THEN 0.5
                * pow(10, -length(rtrim(split_part(o.value::VARCHAR, '.', 2), '0')))
                * coalesce(abs(o.value_base::DOUBLE / nullif(o.value::DOUBLE, 0)), 1)
    END AS half_place
FROM fact_observation AS o
JOIN dim_report AS r ON r.report_id = o.report_id
JOIN dim_period AS p ON p.period = o.period
JOIN dim_region AS g ON g.region_key = o.region_key
WHERE
    r.superseded_by IS NULL
    AND o.scope = ''
    AND o.value_base IS NOT NULL
    AND g.region_code IN (SELECT region_code FROM touched_region);

DELETE FROM kept.indicator_series WHERE region_code IN (SELECT region_code FROM touched_region);
INSERT INTO kept.indicator_series BY NAME
WITH candidate AS (
    SELECT
        s.fact,
        row_number() OVER preferred AS choice,
        count(*) OVER (PARTITION BY s.region_code, s.indicator_code, s.measure, s.unit_base, s.period) - 1 AS others,
        -- what the chosen one was preferred to: the next by the same order
        lead({status: s.status, bound: s.bound, published_on: s.published_on, value_base: s.value_base})
            OVER preferred AS runner_up
    FROM statement AS s
    WHERE s.indicator_code IS NOT NULL AND s.status IN ('actual', 'estimate')
    WINDOW preferred AS (
        PARTITION BY s.region_code, s.indicator_code, s.measure, s.unit_base, s.period
        ORDER BY s.status = 'estimate', s.bound <> 'exact', s.published_on DESC NULLS LAST, s.observation_id
    )
)
SELECT
    o.region_code,
    o.region_name,
    o.region_level,
    o.indicator_code,
    i.name_zh AS indicator_name,
    i.name_en AS indicator_name_en,
    o.measure,
    o.period,
    o.period_start,
    o.period_end,
    o.grain,
    o.value_base,
    o.unit_base,
    o.value,
    o.unit,
    o.status,
    o.bound,
    c.others,
    o.observation_id,
    o.report_id,
    r.source_name,
    o.quote,
    CASE
        WHEN c.others = 0 THEN '仅此一说 / the only statement'
        WHEN o.status <> c.runner_up.status THEN '实际先于预计 / actual before estimate'
        WHEN (o.bound = 'exact') <> (c.runner_up.bound = 'exact') THEN '恰为先于界 / exact before a bound'
        WHEN o.published_on IS DISTINCT FROM c.runner_up.published_on
            THEN '后发布者先 / later publication first'
        WHEN o.value_base = c.runner_up.value_base THEN '同等可取，说法相同 / equally good, saying the same'
        ELSE '同等可取而说法不同，依标识取一 / equally good but different: the first by id'
    END AS reason
FROM candidate AS c
JOIN statement AS o ON o.fact = c.fact
JOIN dim_indicator AS i ON i.indicator_code = o.indicator_code
JOIN dim_report AS r ON r.report_id = o.report_id
WHERE c.choice = 1
ORDER BY o.indicator_code, o.measure, o.region_code, o.period_end, o.period, o.unit_base;

-- Two reports disagree when both state an exact value for the same thing and the values differ by more than
-- rounding to the coarser of the two writings explains (745.3 and 745.31 亿元 agree).
DELETE FROM kept.conflicts WHERE region_code IN (SELECT region_code FROM touched_region);
INSERT INTO kept.conflicts BY NAME
WITH told_twice AS (
    -- of most things there is but one statement
    SELECT region_code, indicator_code, measure, period, unit_base
    FROM kept.indicator_series
    WHERE others > 0 AND region_code IN (SELECT region_code FROM touched_region)
),
exact AS (
    SELECT s.*
    FROM statement AS s
    SEMI JOIN told_twice AS t
        ON
            t.region_code = s.region_code
            AND t.indicator_code = s.indicator_code
            AND t.measure = s.measure
            AND t.period = s.period
            AND t.unit_base = s.unit_base
    WHERE s.indicator_code IS NOT NULL AND s.bound = 'exact' AND s.status IN ('actual', 'estimate')
    -- a report that repeats itself still says it once
    QUALIFY row_number() OVER (
        PARTITION BY
            s.report_id, s.region_code, s.indicator_code, s.measure, s.period, s.unit_base, s.value_base
        ORDER BY s.char_start, s.observation_id
    ) = 1
)
SELECT
    a.region_code,
    a.region_name,
    a.indicator_code,
    a.measure,
    a.period,
    a.unit_base,
    a.value_base AS value_a,
    b.value_base AS value_b,
    b.value_base - a.value_base AS difference,
    a.status AS status_a,
    b.status AS status_b,
    a.observation_id AS observation_id_a,
    b.observation_id AS observation_id_b,
    a.report_id AS report_id_a,
    b.report_id AS report_id_b,
    ra.source_name AS source_name_a,
    rb.source_name AS source_name_b,
    a.quote AS quote_a,
    b.quote AS quote_b
FROM exact AS a
JOIN exact AS b
    ON
        b.region_code = a.region_code
        AND b.indicator_code = a.indicator_code
        AND b.measure = a.measure
        AND b.period = a.period
        AND b.unit_base = a.unit_base
        AND b.report_id > a.report_id
JOIN dim_report AS ra ON ra.report_id = a.report_id
JOIN dim_report AS rb ON rb.report_id = b.report_id
JOIN dim_unit AS ua ON ua.unit = a.unit
JOIN dim_unit AS ub ON ub.unit = b.unit
WHERE
    b.value_base <> a.value_base
    AND abs((b.value_base - a.value_base)::DOUBLE) > 1.000001 * greatest(
        rounding(a.number, a.value_base, ua.factor, a.written),
        rounding(b.number, b.value_base, ub.factor, b.written)
    )
ORDER BY a.region_code, a.indicator_code, a.period, a.measure, a.observation_id, b.observation_id;
