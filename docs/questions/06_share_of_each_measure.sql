/*
各类数字各占多少?按度量(水平、增长、差额、位次)与状态(实际、预计、目标)计数,share_percent 合计为 100。
What kinds of numbers are there? Counted by measure (level, growth, difference, rank) and status (actual, estimate,
target); share_percent adds up to 100.
*/
SELECT
    measure,
    status,
    count(*) AS observations,
    count(DISTINCT report_id) AS reports,
    round(100.0 * count(*) / sum(count(*)) OVER (), 2) AS share_percent,
    round(100.0 * count(indicator_code) / count(*), 2) AS with_code_percent
FROM observations
GROUP BY measure, status
ORDER BY observations DESC, measure, status;
