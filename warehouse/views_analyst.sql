-- Views for analysts over what kept.sql computes for each load. Only the region as a whole counts (scope ''), only
-- catalogued indicators, and only values whose unit could be scaled: nothing is compared that has no common unit.

CREATE OR REPLACE VIEW indicator_series AS
SELECT * EXCLUDE (region_level) FROM kept.indicator_series;
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

CREATE OR REPLACE VIEW conflicts AS
FROM kept.conflicts;
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

-- The name stands beside the code in PARTITION BY so that a question for one of the two reads only its rows.
CREATE OR REPLACE VIEW rankings AS
SELECT
    rank() OVER (
        PARTITION BY s.indicator_code, s.indicator_name, s.measure, s.unit_base, s.period, s.region_level
        ORDER BY s.value_base DESC
    ) AS rank,
    s.region_code,
    s.region_name,
    s.region_level,
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
FROM kept.indicator_series AS s
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
