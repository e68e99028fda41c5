-- Carries the rows of a warehouse with an older table layout into a new one, table by table, columns by name.
-- The rows of the older table are the relation carried. Referenced tables come first.

-- name: dim_load
INSERT INTO dim_load BY NAME FROM carried;

-- name: dim_region
INSERT INTO dim_region BY NAME FROM carried;

-- name: dim_indicator
INSERT INTO dim_indicator BY NAME FROM carried;

-- name: dim_unit
INSERT INTO dim_unit BY NAME FROM carried;

-- name: dim_period
INSERT INTO dim_period BY NAME FROM carried;

-- name: dim_report
INSERT INTO dim_report BY NAME FROM carried;

-- name: fact_observation
INSERT INTO fact_observation BY NAME FROM carried;

-- name: fact_task
INSERT INTO fact_task BY NAME FROM carried;

-- name: fact_quality_result
INSERT INTO fact_quality_result BY NAME FROM carried;

-- name: issue
INSERT INTO issue BY NAME FROM carried;

-- name: held_back
INSERT INTO held_back BY NAME FROM carried;

-- name: taken_back
INSERT INTO taken_back BY NAME FROM carried;
