/*
哪两份报告说法不一?同一地区、指标、时期,两份现行报告的确数之差超出舍入所能解释,两句原文并列。
没有行就是没有矛盾。
Which two reports disagree? Same region, indicator and period, exact values further apart than rounding explains, with
both sentences side by side. No row: no disagreement.
*/
SELECT
    region_name,
    indicator_code,
    measure,
    period,
    value_a::DOUBLE AS value_a,
    value_b::DOUBLE AS value_b,
    difference::DOUBLE AS difference,
    unit_base,
    source_name_a,
    quote_a,
    source_name_b,
    quote_b
FROM conflicts
ORDER BY region_code, indicator_code, period, measure, observation_id_a, observation_id_b;
