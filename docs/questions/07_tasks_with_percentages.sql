/*
哪些任务写明了百分比?任务表的每一项,承诺与进展并列,列出其中读到的百分数;promised 为所承诺的,reached 为已达到的。
Which tasks come with percentages? The promise beside its progress, and the percentages read in them: promised is what
was undertaken, reached is what the progress reports. The percentages are looked up in the fact tables, without the
columns that the public views add; what is superseded falls away with the tasks.
*/
WITH found AS (
    SELECT
        t.task_id,
        list_sort(list({
            place: o.char_start,
            value: o.value::DOUBLE,
            status: o.status,
            indicator: o.indicator
        })) AS percentages
    FROM fact_task AS t
    JOIN fact_observation AS o
        ON
            o.report_id = t.report_id
            AND o.char_start >= t.char_start
            AND o.char_start < t.char_end
    WHERE o.unit = '%'
    GROUP BY t.task_id
)
SELECT
    t.source_name,
    t.ordinal,
    t.content,
    t.progress,
    nullif(array_to_string([p.value FOR p IN f.percentages IF p.status = 'target'], '、'), '') AS promised,
    nullif(array_to_string([p.value FOR p IN f.percentages IF p.status <> 'target'], '、'), '') AS reached,
    array_to_string([p.indicator FOR p IN f.percentages], '、') AS indicators
FROM found AS f
JOIN tasks AS t ON t.task_id = f.task_id
ORDER BY t.source_name, t.report_id, t.ordinal;
