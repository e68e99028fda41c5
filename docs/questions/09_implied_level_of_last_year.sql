/*
由今年的总量与增速,倒推上年是多少?stated 是库中上年的说法(若有),gap_percent 是两者之差。
增速常按可比价计算,倒推所得与上年公布数不同并不就是错。
What was last year's level, by this year's level and growth? stated is what the warehouse has for last year, if
anything, and gap_percent how far apart they are. Growth is often at constant prices: a gap is not yet an error.
*/
WITH pair AS (
    SELECT
        l.region_code,
        l.region_name,
        l.indicator_code,
        l.indicator_name,
        l.period,
        l.period_start,
        l.period_end,
        l.unit_base,
        l.value_base::DOUBLE AS level,
        g.value_base::DOUBLE AS growth_percent,
        l.quote
    FROM indicator_series AS l
    JOIN indicator_series AS g
        ON
            g.region_code = l.region_code
            AND g.indicator_code = l.indicator_code
            AND g.period = l.period
            AND g.measure = 'growth'
            AND g.unit_base = '%'
    WHERE
        l.measure = 'level'
        AND l.bound = 'exact'
        AND g.bound = 'exact'
        AND l.unit_base <> '%'
        -- says nothing new, but with so few codes only the sentences of these indicators are read
        AND l.indicator_code IN (
            SELECT DISTINCT indicator_code FROM indicator_series WHERE measure = 'growth' AND unit_base = '%'
        )
)
SELECT
    p.region_name,
    p.indicator_name,
    p.period,
    p.level,
    p.growth_percent,
    round(p.level / (1 + p.growth_percent / 100), 2) AS implied_last_year,
    p.unit_base,
    b.value_base::DOUBLE AS stated,
    round(100 * (b.value_base::DOUBLE / (p.level / (1 + p.growth_percent / 100)) - 1), 2) AS gap_percent,
    p.quote
FROM pair AS p
LEFT JOIN indicator_series AS b
    ON
        b.region_code = p.region_code
        AND b.indicator_code = p.indicator_code
        AND b.measure = 'level'
        AND b.unit_base = p.unit_base
        AND b.period_start = p.period_start - INTERVAL 1 YEAR
        AND b.period_end = p.period_end - INTERVAL 1 YEAR
WHERE p.growth_percent > -100 AND p.level <> 0
ORDER BY p.region_code, p.indicator_code, p.period_end, p.period;
