-- What export.sql and export_parts.sql ask part by part, gathered from a lake at once. Temporary tables are found before
-- its views; they may be there from a first try that failed.

-- name: gather_observations
CREATE OR REPLACE TEMP TABLE observations AS FROM warehouse.observations;

-- name: gather_tasks
CREATE OR REPLACE TEMP TABLE tasks AS FROM warehouse.tasks;

-- name: gather_indicator_series
CREATE OR REPLACE TEMP TABLE indicator_series AS FROM warehouse.indicator_series;

-- name: gather_target_vs_actual
CREATE OR REPLACE TEMP TABLE target_vs_actual AS FROM warehouse.target_vs_actual;

-- name: gather_conflicts
CREATE OR REPLACE TEMP TABLE conflicts AS FROM warehouse.conflicts;

-- name: gather_rankings
CREATE OR REPLACE TEMP TABLE rankings AS FROM warehouse.rankings;

-- name: gather_growth_check
CREATE OR REPLACE TEMP TABLE growth_check AS FROM warehouse.growth_check;

-- name: forget_observations
DROP TABLE temp.observations;

-- name: forget_tasks
DROP TABLE temp.tasks;

-- name: forget_indicator_series
DROP TABLE temp.indicator_series;

-- name: forget_target_vs_actual
DROP TABLE temp.target_vs_actual;

-- name: forget_conflicts
DROP TABLE temp.conflicts;

-- name: forget_rankings
DROP TABLE temp.rankings;

-- name: forget_growth_check
DROP TABLE temp.growth_check;
