-- What export.sql asks year by year, gathered from a lake at once. Temporary tables are found before its views. They may be
-- there from a first try that failed.

-- name: gather_observations
CREATE OR REPLACE TEMP TABLE observations AS FROM warehouse.observations;

-- name: gather_tasks
CREATE OR REPLACE TEMP TABLE tasks AS FROM warehouse.tasks;

-- name: forget_observations
DROP TABLE temp.observations;

-- name: forget_tasks
DROP TABLE temp.tasks;
