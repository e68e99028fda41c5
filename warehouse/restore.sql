-- Brings a lake back to the state attached as before, in the transaction of the caller. Input: $load_id, the load that
-- is taken back. Of the facts only what it brought and what it replaced is touched.

-- name: fact_observation
DELETE FROM fact_observation WHERE load_id = $load_id;

-- name: fact_observation_before
INSERT INTO fact_observation BY NAME
FROM before.main.fact_observation AS b
WHERE b.report_id NOT IN (SELECT report_id FROM fact_observation);

-- name: fact_task
DELETE FROM fact_task WHERE load_id = $load_id;

-- name: fact_task_before
INSERT INTO fact_task BY NAME
FROM before.main.fact_task AS b
WHERE b.report_id NOT IN (SELECT report_id FROM fact_task);

-- name: issue
DELETE FROM issue WHERE load_id = $load_id;

-- name: issue_before
INSERT INTO issue BY NAME
FROM before.main.issue AS b
WHERE b.report_id NOT IN (SELECT report_id FROM issue);

-- name: fact_quality_result
DELETE FROM fact_quality_result WHERE load_id = $load_id;

-- name: held_back
DELETE FROM held_back;

-- name: held_back_before
INSERT INTO held_back BY NAME FROM before.main.held_back;

-- name: taken_back
DELETE FROM taken_back;

-- name: taken_back_before
INSERT INTO taken_back BY NAME FROM before.main.taken_back;

-- name: dim_load
DELETE FROM dim_load;

-- name: dim_load_before
INSERT INTO dim_load BY NAME FROM before.main.dim_load;

-- name: dim_report
DELETE FROM dim_report;

-- name: dim_report_before
INSERT INTO dim_report BY NAME FROM before.main.dim_report;

-- name: dim_region
DELETE FROM dim_region;

-- name: dim_region_before
INSERT INTO dim_region BY NAME FROM before.main.dim_region;

-- name: dim_indicator
DELETE FROM dim_indicator;

-- name: dim_indicator_before
INSERT INTO dim_indicator BY NAME FROM before.main.dim_indicator;

-- name: dim_unit
DELETE FROM dim_unit;

-- name: dim_unit_before
INSERT INTO dim_unit BY NAME FROM before.main.dim_unit;

-- name: dim_period
DELETE FROM dim_period;

-- name: dim_period_before
INSERT INTO dim_period BY NAME FROM before.main.dim_period;
