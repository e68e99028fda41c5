-- Views for analysts over the public relations. Only the region as a whole counts (scope ''), only catalogued
-- indicators, and only values whose unit could be scaled: nothing is compared that has no common unit.

CREATE OR REPLACE VIEW indicator_series AS
WITH candidate AS (
    SELECT
        o.*,
        r.published_on,
        row_number() OVER (
            PARTITION BY o.region_code, o.indicator_code, o.measure, o.unit_base, o.period
            ORDER BY
                o.status = 'estimate',
                o.bound <> 'exact',
                r.published_on DESC NULLS LAST,
                o.observation_id
        ) AS choice,
        count(*) OVER (
            PARTITION BY o.region_code, o.indicator_code, o.measure, o.unit_base, o.period
        ) - 1 AS others,
        -- what the chosen one was preferred to: the next by the same order
        lead({status: o.status, bound: o.bound, published_on: r.published_on, value_base: o.value_base}) OVER (
            PARTITION BY o.region_code, o.indicator_code, o.measure, o.unit_base, o.period
            ORDER BY
                o.status = 'estimate',
                o.bound <> 'exact',
                r.published_on DESC NULLS LAST,
                o.observation_id
        ) AS runner_up
    FROM observations AS o
    JOIN reports AS r ON r.report_id = o.report_id
    WHERE
        o.scope = ''
        AND o.region_code IS NOT NULL
        AND o.indicator_code IS NOT NULL
        AND o.value_base IS NOT NULL
        AND o.status IN ('actual', 'estimate')
)
SELECT
    c.region_code,
    c.region_name,
    c.indicator_code,
    i.name_zh AS indicator_name,
    i.name_en AS indicator_name_en,
    c.measure,
    c.period,
    c.period_start,
    c.period_end,
    p.grain,
    c.value_base,
    c.unit_base,
    c.value,
    c.unit,
    c.status,
    c.bound,
    c.others,
    c.observation_id,
    c.report_id,
    c.source_name,
    c.quote,
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
JOIN dim_period AS p ON p.period = c.period
WHERE c.choice = 1;
COMMENT ON VIEW indicator_series IS '指标序列：每个地区、指标、度量、单位、时期取一个数（实际先于预计，恰为先于界，后发布者先） / Indicator series: one value per region, indicator, measure, unit and period (actual before estimate, exact before bounds, later publication first)';
COMMENT ON COLUMN indicator_series.region_code IS '区划代码 / Division code';
COMMENT ON COLUMN indicator_series.region_name IS '地区 / Region';
COMMENT ON COLUMN indicator_series.indicator_code IS '指标代码 / Indicator code';
COMMENT ON COLUMN indicator_series.indicator_name IS '指标中文名 / Chinese name of the indicator';
COMMENT ON COLUMN indicator_series.indicator_name_en IS '指标英文名 / English name of the indicator';
COMMENT ON COLUMN indicator_series.measure IS '度量 / Measure';
COMMENT ON COLUMN indicator_series.period IS '时期 / Period';
COMMENT ON COLUMN indicator_series.period_start IS '时期的第一天 / First day of the period';
COMMENT ON COLUMN indicator_series.period_end IS '时期的最后一天 / Last day of the period';
COMMENT ON COLUMN indicator_series.grain IS '时期的粒度 / Grain of the period';
COMMENT ON COLUMN indicator_series.value_base IS '基本单位的数值 / Value in the base unit';
COMMENT ON COLUMN indicator_series.unit_base IS '基本单位 / Base unit';
COMMENT ON COLUMN indicator_series.value IS '原文的数值 / Value as written';
COMMENT ON COLUMN indicator_series.unit IS '原文的单位 / Unit as written';
COMMENT ON COLUMN indicator_series.status IS '状态：实际或预计 / actual or estimate';
COMMENT ON COLUMN indicator_series.bound IS '界 / Bound';
COMMENT ON COLUMN indicator_series.others IS '未被选用的同类观测数 / Further observations of the same thing that were not chosen';
COMMENT ON COLUMN indicator_series.observation_id IS '所据观测 / Observation it rests on';
COMMENT ON COLUMN indicator_series.report_id IS '所据报告 / Report it rests on';
COMMENT ON COLUMN indicator_series.source_name IS '来源文件名 / File name as ingested';
COMMENT ON COLUMN indicator_series.quote IS '原文句子 / The sentence as in the source';
COMMENT ON COLUMN indicator_series.reason IS '为何选用此数而非次选 / Why this value was chosen before the next best';

-- Two reports disagree when both state an exact value for the same thing and the values differ by more than
-- rounding to the coarser of the two writings explains (745.3 and 745.31 亿元 agree).
CREATE OR REPLACE VIEW conflicts AS
WITH statement AS (
    SELECT
        o.*,
        -- half of the last place; 7.0 as written is finer than 7
        0.5
        * pow(10, -greatest(
            length(rtrim(split_part(f.value::VARCHAR, '.', 2), '0')),
            length(regexp_extract(
                substr(o.quote, o.char_start - o.quote_start + 1, o.char_end - o.char_start), '\.(\d+)', 1
            ))
        ))
        * coalesce(abs(o.value_base::DOUBLE / nullif(o.value, 0)), u.factor::DOUBLE, 1) AS rounding
    FROM observations AS o
    JOIN fact_observation AS f ON f.observation_id = o.observation_id
    JOIN dim_unit AS u ON u.unit = o.unit
    WHERE
        o.scope = ''
        AND o.bound = 'exact'
        AND o.status IN ('actual', 'estimate')
        AND o.region_code IS NOT NULL
        AND o.indicator_code IS NOT NULL
        AND o.value_base IS NOT NULL
    -- a report that repeats itself still says it once
    QUALIFY row_number() OVER (
        PARTITION BY
            o.report_id, o.region_code, o.indicator_code, o.measure, o.period, o.unit_base, o.value_base
        ORDER BY o.char_start, o.observation_id
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
    a.source_name AS source_name_a,
    b.source_name AS source_name_b,
    a.quote AS quote_a,
    b.quote AS quote_b
FROM statement AS a
JOIN statement AS b
    ON
        b.region_code = a.region_code
        AND b.indicator_code = a.indicator_code
        AND b.measure = a.measure
        AND b.period = a.period
        AND b.unit_base = a.unit_base
        AND b.report_id > a.report_id
WHERE abs((b.value_base - a.value_base)::DOUBLE) > greatest(a.rounding, b.rounding) * 1.000001;
COMMENT ON VIEW conflicts IS '矛盾：两份报告对同一事物所述不同，且非舍入所致 / Conflicts: two reports that state different values for the same thing, beyond rounding';
COMMENT ON COLUMN conflicts.region_code IS '区划代码 / Division code';
COMMENT ON COLUMN conflicts.region_name IS '地区 / Region';
COMMENT ON COLUMN conflicts.indicator_code IS '指标代码 / Indicator code';
COMMENT ON COLUMN conflicts.measure IS '度量 / Measure';
COMMENT ON COLUMN conflicts.period IS '时期 / Period';
COMMENT ON COLUMN conflicts.unit_base IS '基本单位 / Base unit';
COMMENT ON COLUMN conflicts.value_a IS '甲报告的数值 / Value in the first report';
COMMENT ON COLUMN conflicts.value_b IS '乙报告的数值 / Value in the second report';
COMMENT ON COLUMN conflicts.difference IS '乙减甲 / Second minus first';
COMMENT ON COLUMN conflicts.status_a IS '甲的状态 / Status in the first';
COMMENT ON COLUMN conflicts.status_b IS '乙的状态 / Status in the second';
COMMENT ON COLUMN conflicts.observation_id_a IS '甲的观测 / Observation in the first';
COMMENT ON COLUMN conflicts.observation_id_b IS '乙的观测 / Observation in the second';
COMMENT ON COLUMN conflicts.report_id_a IS '甲报告 / First report';
COMMENT ON COLUMN conflicts.report_id_b IS '乙报告 / Second report';
COMMENT ON COLUMN conflicts.source_name_a IS '甲的来源文件名 / File of the first';
COMMENT ON COLUMN conflicts.source_name_b IS '乙的来源文件名 / File of the second';
COMMENT ON COLUMN conflicts.quote_a IS '甲的原文 / Sentence in the first';
COMMENT ON COLUMN conflicts.quote_b IS '乙的原文 / Sentence in the second';

CREATE OR REPLACE VIEW rankings AS
SELECT
    rank() OVER (
        PARTITION BY s.indicator_code, s.measure, s.unit_base, s.period, g.level
        ORDER BY s.value_base DESC
    ) AS rank,
    s.region_code,
    s.region_name,
    g.level AS region_level,
    s.indicator_code,
    s.indicator_name,
    s.measure,
    s.period,
    s.value_base,
    s.unit_base,
    s.value,
    s.unit,
    s.status,
    s.bound,
    s.observation_id,
    s.source_name
FROM indicator_series AS s
JOIN fact_observation AS f ON f.observation_id = s.observation_id
JOIN dim_region AS g ON g.region_key = f.region_key
WHERE s.measure IN ('level', 'growth');
COMMENT ON VIEW rankings IS '排名：同级地区按数值从大到小 / Rankings: regions of one level, largest value first';
COMMENT ON COLUMN rankings.rank IS '位次，并列同位 / Rank; ties share one';
COMMENT ON COLUMN rankings.region_code IS '区划代码 / Division code';
COMMENT ON COLUMN rankings.region_name IS '地区 / Region';
COMMENT ON COLUMN rankings.region_level IS '地区级别，只在同级内排名 / Level of the region; only regions of one level are ranked together';
COMMENT ON COLUMN rankings.indicator_code IS '指标代码 / Indicator code';
COMMENT ON COLUMN rankings.indicator_name IS '指标中文名 / Chinese name of the indicator';
COMMENT ON COLUMN rankings.measure IS '度量：水平或增长 / level or growth';
COMMENT ON COLUMN rankings.period IS '时期 / Period';
COMMENT ON COLUMN rankings.value_base IS '基本单位的数值 / Value in the base unit';
COMMENT ON COLUMN rankings.unit_base IS '基本单位 / Base unit';
COMMENT ON COLUMN rankings.value IS '原文的数值 / Value as written';
COMMENT ON COLUMN rankings.unit IS '原文的单位 / Unit as written';
COMMENT ON COLUMN rankings.status IS '状态：实际或预计 / actual or estimate';
COMMENT ON COLUMN rankings.bound IS '界 / Bound';
COMMENT ON COLUMN rankings.observation_id IS '所据观测 / Observation it rests on';
COMMENT ON COLUMN rankings.source_name IS '来源文件名 / File name as ingested';

-- The parameters cannot be called indicator and period: DuckDB refuses a macro whose parameter has the name of a
-- column anywhere beneath it.
CREATE OR REPLACE MACRO rankings(of_indicator, in_period) AS TABLE
SELECT *
FROM rankings
WHERE
    rankings.period = in_period
    AND (rankings.indicator_code = of_indicator OR rankings.indicator_name = of_indicator)
ORDER BY rankings.measure DESC, rankings.unit_base, rankings.region_level, rankings.rank, rankings.region_code;
COMMENT ON MACRO TABLE rankings IS '某指标某时期的排名：rankings(''gdp'', ''2022'') / Ranking of one indicator in one period: rankings(''gdp'', ''2022'')';
