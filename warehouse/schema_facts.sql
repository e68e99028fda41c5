-- The facts. All rows of one report are deleted and inserted together, so nothing here is ever updated. The keys of
-- the large tables are not declared to DuckDB, which would look each of them up row by row (of 500,000 observations,
-- 12 seconds instead of 1.4, and four times the file): they stand in schema_key and are asked at once before a load is
-- committed, as all keys are in a lake, which has none.

CREATE TABLE fact_observation (
    observation_id VARCHAR NOT NULL,
    report_id VARCHAR NOT NULL,
    char_start BIGINT NOT NULL CHECK (char_start >= 0),
    char_end BIGINT NOT NULL,
    value DECIMAL(38, 12) NOT NULL,
    unit VARCHAR NOT NULL,
    value_base DECIMAL(38, 9),
    unit_base VARCHAR,
    indicator VARCHAR NOT NULL CHECK (indicator <> ''),
    indicator_code VARCHAR,
    measure VARCHAR NOT NULL CHECK (measure IN ('level', 'growth', 'difference', 'rank')),
    status VARCHAR NOT NULL CHECK (status IN ('actual', 'estimate', 'target')),
    bound VARCHAR NOT NULL CHECK (bound IN ('exact', 'at_least', 'at_most', 'approx')),
    range_id VARCHAR,
    period VARCHAR NOT NULL,
    period_basis VARCHAR NOT NULL CHECK (period_basis IN ('written', 'implied')),
    scope VARCHAR NOT NULL,
    region_key VARCHAR,
    quote VARCHAR NOT NULL,
    quote_start BIGINT NOT NULL,
    quote_end BIGINT NOT NULL,
    section VARCHAR NOT NULL,
    rule_ids VARCHAR[] NOT NULL,
    load_id VARCHAR NOT NULL,
    CHECK (char_start < char_end),
    CHECK (quote_start < quote_end),
    CHECK ((value_base IS NULL) = (unit_base IS NULL))
);
COMMENT ON TABLE fact_observation IS '观测：每个有所指的数字一行 / Observations: one row per number that states something';
COMMENT ON COLUMN fact_observation.observation_id IS '观测标识，相同字节得相同标识 / Stable id: the same bytes give the same id';
COMMENT ON COLUMN fact_observation.report_id IS '所在报告 / Report it stands in';
COMMENT ON COLUMN fact_observation.char_start IS '数字在原文中的起点（码点，自 0 起） / Offset of its digits in the source text (code points, from 0)';
COMMENT ON COLUMN fact_observation.char_end IS '数字在原文中的终点（不含） / Offset one past its digits';
COMMENT ON COLUMN fact_observation.value IS '原文的数值，带符号 / The value as written, signed';
COMMENT ON COLUMN fact_observation.unit IS '原文的单位（简体） / The unit as written, simplified';
COMMENT ON COLUMN fact_observation.value_base IS '换算为基本单位的数值，九位小数；单位未知为空 / The value in the base unit, to nine decimals; NULL where the unit is unknown';
COMMENT ON COLUMN fact_observation.unit_base IS '基本单位 / Base unit';
COMMENT ON COLUMN fact_observation.indicator IS '所度量事物的名称 / The phrase that names what is measured';
COMMENT ON COLUMN fact_observation.indicator_code IS '指标代码，目录之外为空 / Catalogue code or NULL';
COMMENT ON COLUMN fact_observation.measure IS '度量：水平、增长、差额、位次 / level, growth, difference, rank';
COMMENT ON COLUMN fact_observation.status IS '状态：实际、预计、目标 / actual, estimate, target';
COMMENT ON COLUMN fact_observation.bound IS '界：恰为、至少、至多、约 / exact, at_least, at_most, approx';
COMMENT ON COLUMN fact_observation.range_id IS '同一区间的两行共有的标识 / Shared by the two rows of one range';
COMMENT ON COLUMN fact_observation.period IS '所指时期 / Period it speaks of';
COMMENT ON COLUMN fact_observation.period_basis IS '时期依据：写明或推定 / Whether the period is written or implied';
COMMENT ON COLUMN fact_observation.scope IS '范围，空串为本地区整体 / Scope; empty for the region as a whole';
COMMENT ON COLUMN fact_observation.region_key IS '所指时期有效的区划 / Division valid at the period';
COMMENT ON COLUMN fact_observation.quote IS '原文句子 / The sentence as in the source';
COMMENT ON COLUMN fact_observation.quote_start IS '句子起点 / Offset of the sentence';
COMMENT ON COLUMN fact_observation.quote_end IS '句子终点（不含） / Offset one past the sentence';
COMMENT ON COLUMN fact_observation.section IS '所在标题 / Heading it stands under';
COMMENT ON COLUMN fact_observation.rule_ids IS '得出它的规则 / Rules that made it';
COMMENT ON COLUMN fact_observation.load_id IS '入库批次 / Load that brought it';

CREATE TABLE fact_task (
    task_id VARCHAR NOT NULL,
    report_id VARCHAR NOT NULL,
    ordinal INTEGER NOT NULL CHECK (ordinal >= 1),
    category VARCHAR NOT NULL,
    content VARCHAR NOT NULL,
    progress VARCHAR,
    char_start BIGINT NOT NULL CHECK (char_start >= 0),
    char_end BIGINT NOT NULL,
    load_id VARCHAR NOT NULL,
    CHECK (char_start < char_end)
);
COMMENT ON TABLE fact_task IS '任务：每对承诺与进展一行 / Tasks: one row per promise and its progress';
COMMENT ON COLUMN fact_task.task_id IS '任务标识 / Task id';
COMMENT ON COLUMN fact_task.report_id IS '所在报告 / Report it stands in';
COMMENT ON COLUMN fact_task.ordinal IS '序号，自 1 起 / Ordinal, from 1';
COMMENT ON COLUMN fact_task.category IS '类别或项目名称 / Category or project';
COMMENT ON COLUMN fact_task.content IS '任务内容 / What was promised';
COMMENT ON COLUMN fact_task.progress IS '进展情况 / What came of it';
COMMENT ON COLUMN fact_task.char_start IS '在原文中的起点 / Offset in the source text';
COMMENT ON COLUMN fact_task.char_end IS '在原文中的终点（不含） / Offset one past it';
COMMENT ON COLUMN fact_task.load_id IS '入库批次 / Load that brought it';

CREATE TABLE fact_quality_result (
    load_id VARCHAR NOT NULL REFERENCES dim_load (load_id),
    suite VARCHAR NOT NULL,
    expectation VARCHAR NOT NULL,
    column_name VARCHAR NOT NULL,
    severity VARCHAR NOT NULL CHECK (severity IN ('hold', 'fail', 'warn')),
    success BOOLEAN NOT NULL,
    evaluated BIGINT NOT NULL CHECK (evaluated >= 0),
    unexpected BIGINT NOT NULL CHECK (unexpected >= 0),
    sample VARCHAR NOT NULL,
    report_ids VARCHAR[] NOT NULL,
    title VARCHAR NOT NULL DEFAULT '',
    PRIMARY KEY (load_id, suite, expectation)
);
COMMENT ON TABLE fact_quality_result IS '质量检验：每批每条期望一行 / Quality results: one row per load and expectation';
COMMENT ON COLUMN fact_quality_result.load_id IS '批次 / Load';
COMMENT ON COLUMN fact_quality_result.suite IS '期望集，即检验的关口：reports、observations、warehouse / Suite, the gate it stands at: reports, observations, warehouse';
COMMENT ON COLUMN fact_quality_result.expectation IS '期望的名称 / Name of the expectation';
COMMENT ON COLUMN fact_quality_result.column_name IS '所检验的列，无则空串 / Column it looks at, empty if none';
COMMENT ON COLUMN fact_quality_result.severity IS 'hold：扣留报告；fail：整批失败；warn：提醒 / hold: holds the report back; fail: fails the load; warn: warns';
COMMENT ON COLUMN fact_quality_result.success IS '是否通过 / Whether it passed';
COMMENT ON COLUMN fact_quality_result.evaluated IS '检验的行数 / Rows evaluated';
COMMENT ON COLUMN fact_quality_result.unexpected IS '不合格的行数 / Rows that failed it';
COMMENT ON COLUMN fact_quality_result.sample IS '不合格样例（JSON） / Sample of failing rows (JSON)';
COMMENT ON COLUMN fact_quality_result.report_ids IS '涉及的报告 / Reports concerned';
COMMENT ON COLUMN fact_quality_result.title IS '期望什么 / What is expected';

CREATE TABLE issue (
    issue_id VARCHAR NOT NULL,
    report_id VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    reason VARCHAR NOT NULL,
    char_start BIGINT,
    char_end BIGINT,
    text VARCHAR NOT NULL,
    load_id VARCHAR NOT NULL,
    CHECK (char_start <= char_end),
    CHECK ((char_start IS NULL) = (char_end IS NULL))
);
COMMENT ON TABLE issue IS '已入库报告中看到而未读懂之处 / What was seen and not read in reports that were loaded';
COMMENT ON COLUMN issue.issue_id IS '问题标识 / Issue id';
COMMENT ON COLUMN issue.report_id IS '所在报告 / Report it stands in';
COMMENT ON COLUMN issue.kind IS '类别代码 / Code of its kind';
COMMENT ON COLUMN issue.reason IS '原因 / Reason';
COMMENT ON COLUMN issue.char_start IS '在原文中的起点，无则空 / Offset in the source text, or NULL';
COMMENT ON COLUMN issue.char_end IS '在原文中的终点（不含） / Offset one past it';
COMMENT ON COLUMN issue.text IS '原文 / The text concerned';
COMMENT ON COLUMN issue.load_id IS '批次 / Load';

CREATE TABLE held_back (
    report_id VARCHAR PRIMARY KEY CHECK (length(report_id) > 0),
    source_name VARCHAR NOT NULL,
    reason VARCHAR NOT NULL CHECK (reason <> ''),
    message VARCHAR NOT NULL,
    rules_version VARCHAR NOT NULL,
    load_id VARCHAR NOT NULL REFERENCES dim_load (load_id)
);
COMMENT ON TABLE held_back IS '被扣留的文件；以后读通即移出 / Files held back; a file leaves this table once it could be loaded';
COMMENT ON COLUMN held_back.report_id IS '文件字节的 SHA-256 / SHA-256 of the bytes';
COMMENT ON COLUMN held_back.source_name IS '来源文件名 / File name as ingested';
COMMENT ON COLUMN held_back.reason IS '原因代码 / Reason code';
COMMENT ON COLUMN held_back.message IS '说明 / Explanation';
COMMENT ON COLUMN held_back.rules_version IS '当时的规则版本 / Rules version at the time';
COMMENT ON COLUMN held_back.load_id IS '批次 / Load that held it back';

CREATE TABLE taken_back (
    report_id VARCHAR PRIMARY KEY,
    source_name VARCHAR NOT NULL,
    rules_version VARCHAR NOT NULL
);
COMMENT ON TABLE taken_back IS '随批次撤回的文件；除非用 --again，不再入库 / Files that went with a load that was rolled back; they do not come again unless asked for with --again';
COMMENT ON COLUMN taken_back.report_id IS '文件字节的 SHA-256 / SHA-256 of the bytes';
COMMENT ON COLUMN taken_back.source_name IS '来源文件名 / File name as ingested';
COMMENT ON COLUMN taken_back.rules_version IS '撤回的读数所用的规则版本 / Rules version of the reading that was taken back';

CREATE TABLE schema_key (
    table_name VARCHAR NOT NULL,
    column_name VARCHAR NOT NULL,
    referenced_table VARCHAR,
    referenced_column VARCHAR
);
COMMENT ON TABLE schema_key IS '不由 DuckDB 保证、每次入库前查验的键 / Keys that are asked before each load is committed and not left to DuckDB';
COMMENT ON COLUMN schema_key.table_name IS '表 / Table';
COMMENT ON COLUMN schema_key.column_name IS '列 / Column';
COMMENT ON COLUMN schema_key.referenced_table IS '所指的表；主键则空 / Table it points at; NULL for a primary key';
COMMENT ON COLUMN schema_key.referenced_column IS '所指的列 / Column it points at';
INSERT INTO schema_key VALUES
    ('fact_observation', 'observation_id', NULL, NULL),
    ('fact_observation', 'report_id', 'dim_report', 'report_id'),
    ('fact_observation', 'unit', 'dim_unit', 'unit'),
    ('fact_observation', 'indicator_code', 'dim_indicator', 'indicator_code'),
    ('fact_observation', 'period', 'dim_period', 'period'),
    ('fact_observation', 'region_key', 'dim_region', 'region_key'),
    ('fact_observation', 'load_id', 'dim_load', 'load_id'),
    ('fact_task', 'task_id', NULL, NULL),
    ('fact_task', 'report_id', 'dim_report', 'report_id'),
    ('fact_task', 'load_id', 'dim_load', 'load_id'),
    ('issue', 'issue_id', NULL, NULL),
    ('issue', 'report_id', 'dim_report', 'report_id'),
    ('issue', 'load_id', 'dim_load', 'load_id');
