/*
各区历年地区生产总值是多少,增长多少?一地一期一行,总量与增速并列,各附原文。
What was the GDP of every district, year by year, and how much did it grow? One row per region and period, level and
growth side by side, each with its sentence. indicator_series has chosen one value where several reports state it.
*/
SELECT
    region_name,
    period,
    max(value_base) FILTER (WHERE measure = 'level')::DOUBLE / 1e8 AS gdp_yi_yuan,
    max(value_base) FILTER (WHERE measure = 'growth')::DOUBLE AS growth_percent,
    max(quote) FILTER (WHERE measure = 'level') AS level_quote,
    max(quote) FILTER (WHERE measure = 'growth') AS growth_quote
FROM indicator_series
WHERE indicator_code = 'gdp' AND (measure, unit_base) IN (('level', '元'), ('growth', '%'))
GROUP BY region_code, region_name, period, period_end
ORDER BY region_code, period_end, period;
