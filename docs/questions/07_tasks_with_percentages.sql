/*
哪些任务写明了百分比?任务表的每一项,承诺与进展并列,列出其中读到的百分数;promised 为所承诺的,reached 为已达到的。
Which tasks come with percentages? The promise beside its progress, and the percentages read in them: promised is what
was undertaken, reached is what the progress reports.
*/
SELECT
    t.source_name,
    t.ordinal,
    t.content,
    t.progress,
    list(o.value ORDER BY o.char_start) FILTER (WHERE o.status = 'target') AS promised,
    list(o.value ORDER BY o.char_start) FILTER (WHERE o.status <> 'target') AS reached,
    list(o.indicator ORDER BY o.char_start) AS indicators
FROM tasks AS t
JOIN observations AS o
    ON
        o.report_id = t.report_id
        AND o.char_start >= t.char_start
        AND o.char_start < t.char_end
WHERE o.unit = '%'
GROUP BY t.source_name, t.report_id, t.ordinal, t.task_id, t.content, t.progress
ORDER BY t.source_name, t.report_id, t.ordinal;
