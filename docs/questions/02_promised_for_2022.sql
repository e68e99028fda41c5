/*
2022年许下了什么目标,结果如何?每个目标一行。outcome:met 达到,missed 未达到,on_track 时期未满而进度相称,
open 尚无定论。actual 旁的 actual_period 是它的时期,可能只是上半年。两个标识由 zhengbao explain 引到原句,
view 中亦有原句(target_quote、actual_quote)。换一年,改 WHERE 中的一处。
What was promised for 2022, and what came of it? One row per target. outcome is met, missed, on_track (part of the
year, and in step) or open (nothing to tell yet); actual_period says of what period the actual value is, perhaps of the
first half only. zhengbao explain leads from either id to its sentence; the view has the sentences too (target_quote,
actual_quote). For another year change the WHERE.
*/
SELECT
    t.region_name,
    t.indicator,
    t.measure,
    t.target_bound,
    t.target_low::DOUBLE AS target_low,
    t.target_high::DOUBLE AS target_high,
    t.unit_base,
    t.actual::DOUBLE AS actual,
    t.actual_period,
    t.outcome,
    t.task_progress,
    t.target_observation_id,
    t.actual_observation_id
FROM target_vs_actual AS t
WHERE t.period = '2022'
ORDER BY t.region_code, t.indicator_code, t.measure, t.unit_base, t.target_observation_id;
