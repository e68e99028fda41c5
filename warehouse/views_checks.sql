-- Views that hold one statement against another, as kept.sql computes them: promises against results, growth against
-- levels.

CREATE OR REPLACE VIEW target_vs_actual AS
SELECT * EXCLUDE (target_written) FROM kept.target_vs_actual;
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

CREATE OR REPLACE VIEW growth_check AS
FROM kept.growth_check;
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
