/*
财政收入增长了多少?财政总收入与一般公共预算收入的增速,附原文;含目标,由 status 区分。
How fast did revenue grow? Total fiscal revenue and general public budget revenue, with the sentence; targets are
included and told apart by status.
*/
SELECT
    o.region_name,
    o.period,
    i.name_zh AS indicator_name,
    i.name_en AS indicator_name_en,
    o.value AS growth_percent,
    o.status,
    o.bound,
    o.quote,
    o.source_name
FROM observations AS o
JOIN dim_indicator AS i ON i.indicator_code = o.indicator_code
WHERE
    o.indicator_code IN ('fiscal_revenue', 'budget_revenue')
    AND o.measure = 'growth'
    AND o.unit_base = '%'
    AND o.scope = ''
ORDER BY o.region_code, o.period_end, o.indicator_code, o.source_name, o.char_start;
