-- The rows of a load as load.sql reads them: what was staged, of the reports the load wants (incoming_wanted).
-- Where they were staged in Parquet files, the variables of the same names list these.

-- name: files_report
SET VARIABLE staged_report = $files;

-- name: files_observation
SET VARIABLE staged_observation = $files;

-- name: files_task
SET VARIABLE staged_task = $files;

-- name: files_issue
SET VARIABLE staged_issue = $files;

-- name: staged_report
CREATE OR REPLACE TEMP VIEW staged_report AS FROM read_parquet(getvariable('staged_report'));

-- name: staged_observation
CREATE OR REPLACE TEMP VIEW staged_observation AS FROM read_parquet(getvariable('staged_observation'));

-- name: staged_task
CREATE OR REPLACE TEMP VIEW staged_task AS FROM read_parquet(getvariable('staged_task'));

-- name: staged_issue
CREATE OR REPLACE TEMP VIEW staged_issue AS FROM read_parquet(getvariable('staged_issue'));

-- name: incoming_report
CREATE OR REPLACE TEMP VIEW incoming_report AS
SELECT s.*, w.is_back FROM staged_report AS s JOIN incoming_wanted AS w ON w.report_id = s.report_id;

-- name: incoming_observation
CREATE OR REPLACE TEMP VIEW incoming_observation AS
SELECT s.* FROM staged_observation AS s SEMI JOIN incoming_wanted AS w ON w.report_id = s.report_id;

-- name: incoming_task
CREATE OR REPLACE TEMP VIEW incoming_task AS
SELECT s.* FROM staged_task AS s SEMI JOIN incoming_wanted AS w ON w.report_id = s.report_id;

-- name: incoming_issue
CREATE OR REPLACE TEMP VIEW incoming_issue AS
SELECT s.* FROM staged_issue AS s SEMI JOIN incoming_wanted AS w ON w.report_id = s.report_id;

-- name: written_units
SELECT DISTINCT unit FROM incoming_observation;

-- name: forget
DROP VIEW IF EXISTS incoming_report;
DROP VIEW IF EXISTS incoming_observation;
DROP VIEW IF EXISTS incoming_task;
DROP VIEW IF EXISTS incoming_issue;
