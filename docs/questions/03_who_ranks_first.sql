/*
谁在什么上排第一?取报告自己写明的位次(measure = 'rank')。不同报告的数值之间的排名另见 rankings 视图与宏。
Who ranks first in what? The positions that reports state themselves (measure = 'rank'). For a ranking computed from
the values of different reports see the view and macro rankings: FROM rankings('gdp', '2022').
*/
SELECT
    region_name,
    nullif(scope, '') AS part_of_it,
    indicator,
    period,
    quote,
    source_name
FROM observations
WHERE measure = 'rank' AND value = 1
ORDER BY region_code, period_end, source_name, char_start;
