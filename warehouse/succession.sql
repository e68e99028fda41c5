-- Editions of one report form a chain, and each gives way to the one that came after it: the newest load wins, in one
-- load the later publication, then the report id. Input: the relation incoming_edition (seeds/editions.csv).
-- Computed for all reports at once, so the result depends on what came when, not on the path taken here.

CREATE OR REPLACE TEMP TABLE edition_pair AS
WITH signed AS (
    SELECT
        report_id,
        region_code,
        report_type,
        period,
        signature,
        region_code IS NULL OR period IS NULL OR report_type = 'other' AS is_vague
    FROM dim_report
    WHERE signature IS NOT NULL
),
-- A file that comes again under its name is corrected, however much of it changed.
named AS (
    SELECT
        report_id AS one,
        lead(report_id) OVER (
            PARTITION BY source_name, region_code, report_type, period ORDER BY report_id
        ) AS another
    FROM dim_report
),
agreeing AS (
    SELECT a.report_id AS one, b.report_id AS another, 'agree' AS known
    FROM signed AS a
    JOIN signed AS b
        ON b.region_code = a.region_code AND b.report_type = a.report_type AND b.period = a.period
    WHERE a.report_id < b.report_id
),
-- Where place, kind or period of one is not known, any report may be its edition. Comparing all with all would take
-- too long; of two signatures that agree in more than three quarters, one of the 32 pieces is the same.
piece AS (
    SELECT s.report_id, s.is_vague, p.place, substr(s.signature, 4 * p.place + 1, 16) AS part
    FROM signed AS s, range(0, 128, 4) AS p (place)
    WHERE EXISTS (SELECT 1 FROM signed WHERE is_vague)
),
unsure AS (
    SELECT DISTINCT a.report_id AS one, b.report_id AS another, 'unsure' AS known
    FROM piece AS a
    JOIN piece AS b ON b.place = a.place AND b.part = a.part
    WHERE a.is_vague AND a.report_id <> b.report_id
),
alike AS (
    SELECT p.*, b.region_code, b.report_type, b.period
    FROM (FROM agreeing UNION ALL BY NAME FROM unsure) AS p
    JOIN incoming_edition AS e ON e.known = p.known
    JOIN signed AS a ON a.report_id = p.one
    JOIN signed AS b ON b.report_id = p.another
    WHERE
        (a.region_code = b.region_code OR a.region_code IS NULL OR b.region_code IS NULL)
        AND (a.period = b.period OR a.period IS NULL OR b.period IS NULL)
        AND (a.report_type = b.report_type OR 'other' IN (a.report_type, b.report_type))
        AND len(list_filter(
            range(128), lambda place: substr(a.signature, 4 * place + 1, 4) = substr(b.signature, 4 * place + 1, 4)
        )) >= 128 * e.similarity
),
-- What would fit two places, kinds or periods belongs to neither.
fitting AS (
    SELECT one, another
    FROM alike
    QUALIFY
        known = 'agree'
        OR (
            count(DISTINCT region_code) OVER (PARTITION BY one, known) <= 1
            AND count(DISTINCT nullif(report_type, 'other')) OVER (PARTITION BY one, known) <= 1
            AND count(DISTINCT period) OVER (PARTITION BY one, known) <= 1
        )
)
SELECT one, another FROM named WHERE another IS NOT NULL
UNION
SELECT one, another FROM fitting;

-- What hangs together by such pairs is one report; its smallest report id stands for it.
UPDATE dim_report SET superseded_by = chain.next_version
FROM (
    WITH RECURSIVE linked AS (
        SELECT one, another FROM edition_pair
        UNION
        SELECT another, one FROM edition_pair
    ),
    root (report_id, smallest) USING KEY (report_id) AS (
        SELECT report_id, report_id FROM dim_report
        UNION
        SELECT l.another, min(r.smallest)
        FROM root AS r
        JOIN linked AS l ON l.one = r.report_id
        JOIN recurring.root AS known ON known.report_id = l.another
        WHERE r.smallest < known.smallest
        GROUP BY l.another
    )
    SELECT
        d.report_id,
        lead(d.report_id) OVER (
            PARTITION BY r.smallest
            ORDER BY coalesce(d.came_again, d.first_load_number), d.published_on NULLS FIRST, d.report_id
        ) AS next_version
    FROM dim_report AS d
    JOIN root AS r ON r.report_id = d.report_id
) AS chain
WHERE chain.report_id = dim_report.report_id AND dim_report.superseded_by IS DISTINCT FROM chain.next_version;

DROP TABLE edition_pair;
