-- Of each partitioned relation the years, and for each how many rows it has and a sum of their hashes: as long as both
-- stay the same, so does the file. A row's hash takes all its columns, and the order of rows follows from them.

-- name: observations
SELECT
    coalesce(try_cast(left(r.period, 4) AS INTEGER), year(r.published_on), 0)::INTEGER AS report_year,
    count(*) AS row_count,
    sum(hash(o))::VARCHAR AS hashes
FROM observations AS o
JOIN reports AS r ON r.report_id = o.report_id
GROUP BY report_year
ORDER BY row_count DESC, report_year;

-- name: tasks
SELECT
    coalesce(try_cast(left(r.period, 4) AS INTEGER), year(r.published_on), 0)::INTEGER AS report_year,
    count(*) AS row_count,
    sum(hash(t))::VARCHAR AS hashes
FROM tasks AS t
JOIN reports AS r ON r.report_id = t.report_id
GROUP BY report_year
ORDER BY row_count DESC, report_year;
