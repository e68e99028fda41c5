-- What the analyst views show, computed once for each load and kept: to compute it for each question takes seconds
-- where there are millions of observations. The columns are explained by the views of the same names; these tables
-- get their comments from there. Nothing refers to them: they can be made again at any time, by kept.sql.

CREATE SCHEMA IF NOT EXISTS kept;

CREATE OR REPLACE TABLE kept.indicator_series (
    region_code VARCHAR NOT NULL,
    region_name VARCHAR NOT NULL,
    region_level VARCHAR NOT NULL,
    indicator_code VARCHAR NOT NULL,
    indicator_name VARCHAR NOT NULL,
    indicator_name_en VARCHAR NOT NULL,
    measure VARCHAR NOT NULL,
    period VARCHAR NOT NULL,
    period_start DATE NOT NULL,
    period_end DATE NOT NULL,
    grain VARCHAR NOT NULL,
    value_base DECIMAL(38, 9) NOT NULL,
    unit_base VARCHAR NOT NULL,
    value DOUBLE NOT NULL,
    unit VARCHAR NOT NULL,
    status VARCHAR NOT NULL,
    bound VARCHAR NOT NULL,
    others BIGINT NOT NULL,
    observation_id VARCHAR NOT NULL,
    report_id VARCHAR NOT NULL,
    source_name VARCHAR NOT NULL,
    quote VARCHAR NOT NULL,
    reason VARCHAR NOT NULL
);
COMMENT ON COLUMN kept.indicator_series.region_level IS '地区级别 / Level of the region';

CREATE OR REPLACE TABLE kept.conflicts (
    region_code VARCHAR NOT NULL,
    region_name VARCHAR NOT NULL,
    indicator_code VARCHAR NOT NULL,
    measure VARCHAR NOT NULL,
    period VARCHAR NOT NULL,
    unit_base VARCHAR NOT NULL,
    value_a DECIMAL(38, 9) NOT NULL,
    value_b DECIMAL(38, 9) NOT NULL,
    difference DECIMAL(38, 9) NOT NULL,
    status_a VARCHAR NOT NULL,
    status_b VARCHAR NOT NULL,
    observation_id_a VARCHAR NOT NULL,
    observation_id_b VARCHAR NOT NULL,
    report_id_a VARCHAR NOT NULL,
    report_id_b VARCHAR NOT NULL,
    source_name_a VARCHAR NOT NULL,
    source_name_b VARCHAR NOT NULL,
    quote_a VARCHAR NOT NULL,
    quote_b VARCHAR NOT NULL
);

CREATE OR REPLACE TABLE kept.target_vs_actual (
    region_code VARCHAR NOT NULL,
    region_name VARCHAR NOT NULL,
    indicator_code VARCHAR,
    indicator VARCHAR NOT NULL,
    measure VARCHAR NOT NULL,
    period VARCHAR NOT NULL,
    unit_base VARCHAR NOT NULL,
    target_bound VARCHAR NOT NULL,
    target_written VARCHAR NOT NULL,
    target_low DECIMAL(38, 9) NOT NULL,
    target_high DECIMAL(38, 9) NOT NULL,
    actual DECIMAL(38, 9),
    actual_status VARCHAR,
    actual_bound VARCHAR,
    actual_period VARCHAR,
    difference DECIMAL(38, 9),
    outcome VARCHAR NOT NULL,
    target_observation_id VARCHAR NOT NULL,
    target_report_id VARCHAR NOT NULL,
    target_source_name VARCHAR NOT NULL,
    target_quote VARCHAR NOT NULL,
    actual_observation_id VARCHAR,
    actual_report_id VARCHAR,
    actual_source_name VARCHAR,
    actual_quote VARCHAR,
    task_id VARCHAR,
    task_progress VARCHAR
);
COMMENT ON COLUMN kept.target_vs_actual.target_written IS '目标的写法 / The target as written';

CREATE OR REPLACE TABLE kept.growth_check (
    region_code VARCHAR NOT NULL,
    region_name VARCHAR NOT NULL,
    indicator_code VARCHAR NOT NULL,
    indicator_name VARCHAR NOT NULL,
    period VARCHAR NOT NULL,
    last_period VARCHAR NOT NULL,
    unit_base VARCHAR NOT NULL,
    level DECIMAL(38, 9) NOT NULL,
    last_level DECIMAL(38, 9) NOT NULL,
    implied_growth DOUBLE NOT NULL,
    stated_growth DOUBLE NOT NULL,
    difference DOUBLE NOT NULL,
    within_rounding BOOLEAN NOT NULL,
    level_observation_id VARCHAR NOT NULL,
    last_level_observation_id VARCHAR NOT NULL,
    growth_observation_id VARCHAR NOT NULL,
    level_quote VARCHAR NOT NULL,
    last_level_quote VARCHAR NOT NULL,
    growth_quote VARCHAR NOT NULL
);
