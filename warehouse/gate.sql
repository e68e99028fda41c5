-- What is asked of a load before it is published: one row per thing that can be judged, each kind in a column of its
-- own, the figure of it. What figure is too much is not decided here. Input: $load_id, and the relations
-- incoming_not_part, incoming_share, incoming_plausible, read_before (see load.sql). Only what the load brought is looked at.

-- name: findings
WITH brought AS (
    SELECT report_id FROM dim_report WHERE load_id = $load_id
),
brought_observation AS (
    SELECT observation_id FROM fact_observation WHERE load_id = $load_id
),
-- of all that was ever loaded, a night asks for a few regions
brought_region AS (
    SELECT DISTINCT o.region_code FROM observations AS o WHERE o.load_id = $load_id
),
level AS (
    SELECT
        o.observation_id,
        o.report_id,
        o.load_id,
        o.region_code,
        o.region_name,
        o.indicator,
        o.indicator_code,
        o.unit_base,
        o.period,
        o.period_end,
        p.grain,
        o.status,
        o.bound,
        o.value_base::DOUBLE AS size,
        concat(o.period, ' ', printf('%.10g', o.value), ' ', o.unit) AS written
    FROM observations AS o
    JOIN dim_period AS p ON p.period = o.period
    WHERE
        o.measure = 'level'
        AND o.scope = ''
        AND o.region_code IN (FROM brought_region)
        AND o.indicator_code IS NOT NULL
        AND o.value_base > 0
),
new_level AS (
    FROM level WHERE load_id = $load_id AND unit_base <> '%'
),
old_level AS (
    FROM level
    WHERE
        load_id <> $load_id
        AND status <> 'target'
    QUALIFY row_number() OVER (
        PARTITION BY region_code, indicator_code, unit_base, grain, period_end
        ORDER BY bound <> 'exact', observation_id
    ) = 1
),
-- the last value said before, or where there is none the first after
near_level AS (
    SELECT n.*, o.size AS old_size, o.written AS old_written, o.observation_id AS old_id, o.period_end AS old_end
    FROM new_level AS n
    ASOF JOIN old_level AS o
        ON
            o.region_code = n.region_code
            AND o.indicator_code = n.indicator_code
            AND o.unit_base = n.unit_base
            AND o.grain = n.grain
            AND o.period_end <= n.period_end
    UNION ALL
    SELECT n.*, o.size AS old_size, o.written AS old_written, o.observation_id AS old_id, o.period_end AS old_end
    FROM new_level AS n
    ASOF JOIN old_level AS o
        ON
            o.region_code = n.region_code
            AND o.indicator_code = n.indicator_code
            AND o.unit_base = n.unit_base
            AND o.grain = n.grain
            AND o.period_end > n.period_end
),
jump AS (
    SELECT
        n.report_id,
        n.observation_id,
        concat(n.region_name, ' ', n.indicator, ' ', n.written, ' ← ', n.old_written, ' (', n.old_id, ')') AS about,
        abs(date_diff('year', n.old_end, n.period_end)) AS years_apart,
        n.size / n.old_size AS jump
    FROM near_level AS n
    LEFT JOIN incoming_plausible AS p ON p.indicator_code = n.indicator_code AND p.unit_base = n.unit_base
    -- an old value that cannot be right does not accuse a new one that can: 325万亿元 before the currency reform of
    -- 1955, or a slip that was loaded with the first report of its region
    WHERE
        p.minimum IS NULL
        OR n.old_size BETWEEN p.minimum AND p.maximum
        OR n.size NOT BETWEEN p.minimum AND p.maximum
    QUALIFY row_number() OVER (PARTITION BY n.observation_id ORDER BY n.old_end > n.period_end) = 1
),
jump_within_load AS (
    SELECT
        report_id,
        observation_id,
        concat(region_name, ' ', indicator, ' ', written, ' ← ', lag(written) OVER said) AS about,
        date_diff('year', lag(period_end) OVER said, period_end) AS years_apart,
        size / lag(size) OVER said AS jump_within_load
    FROM new_level
    WINDOW
        said AS (
            PARTITION BY region_code, indicator_code, unit_base, grain ORDER BY period_end, report_id, observation_id
        )
    QUALIFY lag(size) OVER said IS NOT NULL
),
growth AS (
    SELECT
        o.report_id,
        g.growth_observation_id AS observation_id,
        concat(
            g.region_name, ' ', g.indicator_name, ' ', g.period,
            printf(': %.4g%% / %.4g%%', g.stated_growth::DOUBLE, g.implied_growth)
        ) AS about,
        CASE WHEN g.within_rounding THEN 0 ELSE g.difference END AS growth_gap
    FROM growth_check AS g
    JOIN fact_observation AS o ON o.observation_id = g.growth_observation_id
    WHERE
        g.growth_observation_id IN (FROM brought_observation)
        OR g.level_observation_id IN (FROM brought_observation)
        OR g.last_level_observation_id IN (FROM brought_observation)
),
part AS (
    SELECT
        c.report_id,
        c.observation_id,
        concat(
            c.region_name, ' ', c.indicator, ' ', c.written, ' / ', max_by(w.indicator, w.size), ' ',
            max_by(w.written, w.size)
        ) AS about,
        c.size / max(w.size) AS part_of_whole
    FROM new_level AS c
    JOIN dim_indicator AS i ON i.indicator_code = c.indicator_code
    JOIN level AS w
        ON
            w.report_id = c.report_id
            AND w.indicator_code = i.parent_code
            AND w.region_code = c.region_code
            AND w.period = c.period
            AND w.unit_base = c.unit_base
            AND w.status = c.status
    WHERE c.indicator_code NOT IN (SELECT indicator_code FROM incoming_not_part)
    GROUP BY c.report_id, c.observation_id, c.region_name, c.indicator, c.written, c.size
),
share AS (
    SELECT
        o.report_id,
        min(o.observation_id) AS observation_id,
        concat(any_value(o.quote ORDER BY o.char_start), ' = ', printf('%.10g', sum(o.value))) AS about,
        sum(o.value) - 100 AS gap,
        -- half of the last place of each, as written
        sum(0.5 * pow(10, -length(regexp_extract(
            substr(o.quote, o.char_start - o.quote_start + 1, o.char_end - o.char_start), '\.(\d+)', 1
        )))) AS rounding
    FROM observations AS o
    JOIN incoming_share AS s ON s.indicator_code = o.indicator_code
    WHERE o.load_id = $load_id AND o.measure = 'level' AND o.scope = '' AND o.bound = 'exact'
    GROUP BY o.report_id, o.region_code, o.period, o.status, s.structure, s.members
    HAVING count(*) = s.members AND count(DISTINCT o.indicator_code) = s.members
),
conflict AS (
    SELECT
        CASE WHEN c.report_id_a IN (FROM brought) THEN c.report_id_a ELSE c.report_id_b END AS report_id,
        CASE WHEN c.report_id_a IN (FROM brought) THEN c.observation_id_a ELSE c.observation_id_b END AS observation_id,
        concat(
            c.region_name, ' ', c.indicator_code, ' ', c.measure, ' ', c.period,
            printf(': %.10g / %.10g %s', c.value_a::DOUBLE, c.value_b::DOUBLE, c.unit_base),
            ' (', c.observation_id_a, ', ', c.observation_id_b, ')'
        ) AS about,
        abs(c.difference::DOUBLE) / greatest(abs(c.value_a::DOUBLE), abs(c.value_b::DOUBLE)) AS conflict
    FROM conflicts AS c
    -- not by joining both observations: DuckDB would join these two first, every new one with every old one
    WHERE (c.report_id_a IN (FROM brought)) <> (c.report_id_b IN (FROM brought))
),
-- reports of one type and one level of government are alike in how much they state
kind AS (
    SELECT r.*, (SELECT any_value(g.level) FROM dim_region AS g WHERE g.region_code = r.region_code) AS level
    FROM dim_report AS r
),
usual AS (
    SELECT
        report_type,
        level,
        avg(observation_count) AS a_report,
        sum(observation_count) / nullif(sum(characters), 0) AS a_character,
        sum(observation_count) / nullif(sum(numbers_total), 0) AS a_number
    FROM kind
    WHERE load_id IN (
        SELECT l.load_id
        FROM dim_load AS l
        WHERE l.load_id <> $load_id AND l.load_id IN (SELECT r.load_id FROM dim_report AS r)
        ORDER BY l.load_number DESC
        LIMIT 10
    )
    GROUP BY ALL
),
compared AS (
    SELECT
        count(*) AS reports,
        sum(k.observation_count) AS found,
        sum(k.observation_count) / nullif(sum(u.a_report), 0) AS by_report,
        sum(k.observation_count) / nullif(sum(u.a_character * k.characters), 0) AS by_character,
        sum(k.observation_count) / nullif(sum(u.a_number * k.numbers_total), 0) AS by_number
    FROM kind AS k
    JOIN usual AS u ON u.report_type = k.report_type AND u.level IS NOT DISTINCT FROM k.level
    WHERE k.load_id = $load_id
),
coverage AS (
    SELECT
        concat(
            found, ' 个观测 / observations: ',
            printf('每份 %.0f%%, 每字 %.0f%%, 每个数字 %.0f%%', 100 * by_report, 100 * by_character, 100 * by_number)
        ) AS about,
        reports,
        greatest(by_report, by_character, by_number) AS coverage,
        greatest(by_report, by_character) AS density
    FROM compared
    WHERE reports > 0
),
reread AS (
    SELECT
        concat(sum(b.observation_count), ' → ', sum(r.observation_count), ' 个观测 / observations') AS about,
        count(*) AS reports,
        sum(r.observation_count) / nullif(sum(b.observation_count), 0) AS reread_coverage
    FROM read_before AS b
    JOIN dim_report AS r ON r.report_id = b.report_id
    HAVING count(*) > 0
),
failed AS (
    SELECT count(*) AS failed FROM held_back WHERE load_id = $load_id AND reason = 'failed_expectations'
),
failed_share AS (
    SELECT
        concat(f.failed, ' / ', f.failed + l.reports_loaded, ' 份报告 / reports') AS about,
        f.failed + l.reports_loaded AS reports,
        f.failed / nullif(f.failed + l.reports_loaded, 0) AS failed_share
    FROM failed AS f, dim_load AS l
    WHERE l.load_id = $load_id
),
-- Keys that the schema declares are refused by DuckDB itself; these it does not know.
reference AS (
    SELECT
        r.report_id,
        concat(r.source_name, ' ', r.region_code) AS about,
        (r.region_code IS NULL OR r.region_code IN (SELECT g.region_code FROM dim_region AS g))
        AND (r.superseded_by IS NULL OR r.superseded_by IN (SELECT d.report_id FROM dim_report AS d))
        AND r.observation_count = coalesce(o.observations, 0)
        AND coalesce(o.placed, TRUE) AS reference_whole
    FROM dim_report AS r
    LEFT JOIN (
        SELECT
            f.report_id,
            count(*) AS observations,
            bool_and(f.region_key IS NULL OR g.region_key IS NOT NULL) AS placed
        FROM fact_observation AS f
        LEFT JOIN dim_region AS g ON g.region_key = f.region_key
        WHERE f.report_id IN (FROM brought)
        GROUP BY f.report_id
    ) AS o ON o.report_id = r.report_id
    WHERE r.load_id = $load_id
)
SELECT report_id, NULL::VARCHAR AS observation_id, about, reference_whole FROM reference
UNION ALL BY NAME
SELECT * FROM jump
UNION ALL BY NAME
SELECT * FROM jump_within_load
UNION ALL BY NAME
SELECT * FROM growth
UNION ALL BY NAME
SELECT * FROM part
UNION ALL BY NAME
SELECT report_id, observation_id, about, sign(gap) * greatest(0, abs(gap) - rounding) AS share_gap FROM share
UNION ALL BY NAME
SELECT * FROM conflict
UNION ALL BY NAME
SELECT * FROM coverage
UNION ALL BY NAME
SELECT * FROM reread
UNION ALL BY NAME
SELECT * FROM failed_share
ORDER BY ALL;
