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
        s.* EXCLUDE (quote, written),
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
    c.region_code,
    c.region_name,
    c.region_level,
    c.indicator_code,
    i.name_zh AS indicator_name,
    i.name_en AS indicator_name_en,
    c.measure,
    c.period,
    c.period_start,
    c.period_end,
    c.grain,
    c.value_base,
    c.unit_base,
    c.value,
    c.unit,
    c.status,
    c.bound,
    c.others,
    c.observation_id,
    c.report_id,
    r.source_name,
    o.quote,
    CASE
        WHEN c.others = 0 THEN '仅此一说 / the only statement'
        WHEN c.status <> c.runner_up.status THEN '实际先于预计 / actual before estimate'
        WHEN (c.bound = 'exact') <> (c.runner_up.bound = 'exact') THEN '恰为先于界 / exact before a bound'
        WHEN c.published_on IS DISTINCT FROM c.runner_up.published_on
            THEN '后发布者先 / later publication first'
        WHEN c.value_base = c.runner_up.value_base THEN '同等可取，说法相同 / equally good, saying the same'
        ELSE '同等可取而说法不同，依标识取一 / equally good but different: the first by id'
    END AS reason
FROM candidate AS c
JOIN dim_indicator AS i ON i.indicator_code = c.indicator_code
JOIN dim_report AS r ON r.report_id = c.report_id
JOIN statement AS o ON o.observation_id = c.observation_id
WHERE c.choice = 1
ORDER BY c.indicator_code, c.measure, c.region_code, c.period_end, c.period, c.unit_base;

-- Two reports disagree when both state an exact value for the same thing and the values differ by more than
-- rounding to the coarser of the two writings explains (745.3 and 745.31 亿元 agree).
DELETE FROM kept.conflicts WHERE region_code IN (SELECT region_code FROM touched_region);
INSERT INTO kept.conflicts BY NAME
WITH exact AS (
    SELECT s.* EXCLUDE (quote, written)
    FROM statement AS s
    WHERE s.indicator_code IS NOT NULL AND s.bound = 'exact' AND s.status IN ('actual', 'estimate')
    -- a report that repeats itself still says it once
    QUALIFY row_number() OVER (
        PARTITION BY
            s.report_id, s.region_code, s.indicator_code, s.measure, s.period, s.unit_base, s.value_base
        ORDER BY s.char_start, s.observation_id
    ) = 1
),
pair AS (
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
        b.report_id AS report_id_b
    FROM exact AS a
    JOIN exact AS b
        ON
            b.region_code = a.region_code
            AND b.indicator_code = a.indicator_code
            AND b.measure = a.measure
            AND b.period = a.period
            AND b.unit_base = a.unit_base
            AND b.report_id > a.report_id
    WHERE b.value_base <> a.value_base
)
SELECT
    c.*,
    ra.source_name AS source_name_a,
    rb.source_name AS source_name_b,
    oa.quote AS quote_a,
    ob.quote AS quote_b
FROM pair AS c
JOIN dim_report AS ra ON ra.report_id = c.report_id_a
JOIN dim_report AS rb ON rb.report_id = c.report_id_b
JOIN statement AS oa ON oa.observation_id = c.observation_id_a
JOIN statement AS ob ON ob.observation_id = c.observation_id_b
JOIN dim_unit AS ua ON ua.unit = oa.unit
JOIN dim_unit AS ub ON ub.unit = ob.unit
WHERE
    abs(c.difference::DOUBLE) > 1.000001 * greatest(
        rounding(oa.number, oa.value_base, ua.factor, oa.written),
        rounding(ob.number, ob.value_base, ub.factor, ob.written)
    )
ORDER BY c.region_code, c.indicator_code, c.period, c.measure, c.observation_id_a, c.observation_id_b;
