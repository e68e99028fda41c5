/*
哪些数字没有读懂?每份现行报告:共有多少数字,解释了多少,余下的原文与原因。
Which numbers were left unread? For each report in force: how many numbers it holds, how many are explained, and the
text and reason of what is left.
*/
SELECT
    r.source_name,
    r.region_name,
    r.numbers_total,
    r.numbers_explained,
    r.numbers_total - r.numbers_explained AS left_unread,
    list(i.text || ' (' || i.reason || ')' ORDER BY i.char_start, i.issue_id)
        FILTER (WHERE i.issue_id IS NOT NULL) AS unread
FROM reports AS r
LEFT JOIN issues AS i ON i.report_id = r.report_id AND NOT i.held_back
WHERE r.superseded_by IS NULL
GROUP BY r.report_id, r.source_name, r.region_name, r.numbers_total, r.numbers_explained
ORDER BY left_unread DESC, r.source_name, r.report_id;
