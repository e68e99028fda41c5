/*
2022年许下了什么目标,结果如何?每个目标一行;没有后来的报告时 outcome 为 no_actual,即尚无结果。
so_far 是同年内较短时期(如上半年)的实绩。换一年,改 asked 中的一处。
What was promised for 2022, and what came of it? One row per target; outcome is no_actual while no report has told.
so_far is what a shorter period of that year (its first half, say) had reached. For another year change asked.
*/
WITH asked AS (
    SELECT '2022' AS asked_period
),
so_far AS (
    SELECT
        t.target_observation_id,
        max_by(s.value_base, s.period_end)::DOUBLE AS so_far,
        max_by(s.period, s.period_end) AS so_far_period
    FROM target_vs_actual AS t
    JOIN indicator_series AS s
        ON
            s.region_code = t.region_code
            AND s.indicator_code = t.indicator_code
            AND s.measure = t.measure
            AND s.unit_base = t.unit_base
            AND left(s.period, 4) = t.period
            AND s.period <> t.period
    WHERE t.period = (SELECT asked_period FROM asked)
    GROUP BY t.target_observation_id
)
SELECT
    t.region_name,
    t.indicator,
    t.measure,
    t.target_bound,
    t.target_low::DOUBLE AS target_low,
    t.target_high::DOUBLE AS target_high,
    t.unit_base,
    t.actual::DOUBLE AS actual,
    t.outcome,
    f.so_far,
    f.so_far_period,
    t.target_quote,
    t.actual_quote
FROM target_vs_actual AS t
LEFT JOIN so_far AS f ON f.target_observation_id = t.target_observation_id
WHERE t.period = (SELECT asked_period FROM asked)
ORDER BY t.region_code, t.indicator_code, t.measure, t.unit_base, t.target_observation_id;
