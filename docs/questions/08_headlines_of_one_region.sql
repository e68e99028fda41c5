/*
一个地区的主要指标如何?各期总量与增速。换一个地区,改 asked 中的一处。金额为元。
What are the headline indicators of one region? Level and growth for every period. For another region change asked.
Money is in yuan.
*/
WITH asked AS (
    SELECT '余杭区' AS asked_region
),
headline AS (
    FROM (
        VALUES
            (1, 'gdp'),
            (2, 'industrial_value_added'),
            (3, 'digital_core_value_added'),
            (4, 'fiscal_revenue'),
            (5, 'budget_revenue'),
            (6, 'fixed_investment'),
            (7, 'retail_sales'),
            (8, 'online_retail_sales'),
            (9, 'exports'),
            (10, 'fdi_utilized'),
            (11, 'income_urban'),
            (12, 'income_rural')
    ) AS listed (place, indicator_code)
)
SELECT
    s.indicator_name,
    s.indicator_name_en,
    s.period,
    max(s.value_base) FILTER (WHERE s.measure = 'level')::DOUBLE AS level,
    max(s.unit_base) FILTER (WHERE s.measure = 'level') AS level_unit,
    max(s.value_base) FILTER (WHERE s.measure = 'growth' AND s.unit_base = '%')::DOUBLE AS growth_percent
FROM indicator_series AS s
JOIN headline AS h ON h.indicator_code = s.indicator_code
WHERE s.region_name = (SELECT asked_region FROM asked) AND s.measure IN ('level', 'growth')
GROUP BY h.place, s.indicator_name, s.indicator_name_en, s.period, s.period_end
ORDER BY s.period_end DESC, s.period, h.place;
