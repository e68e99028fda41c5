-- How many reports a load put out of force; input: in_force_before, which load.sql makes.

UPDATE dim_load SET reports_superseded = (
    SELECT count(*)
    FROM in_force_before AS b
    JOIN dim_report AS r ON r.report_id = b.report_id
    WHERE r.superseded_by IS NOT NULL
)
WHERE load_id IN (SELECT load_id FROM incoming_load);

DROP TABLE in_force_before;
