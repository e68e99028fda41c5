-- The public relations: views over the star that hide superseded reports.

CREATE OR REPLACE VIEW observations AS
SELECT
    o.observation_id,
    r.source_name,
    o.report_id,
    o.char_start,
    o.char_end,
    o.value::DOUBLE AS value,
    o.unit,
    o.value_base,
    o.unit_base,
    o.indicator,
    o.indicator_code,
    o.measure,
    o.status,
    o.bound,
    o.period,
    p.period_start,
    p.period_end,
    o.period_basis,
    o.scope,
    g.region_code,
    g.name AS region_name,
    o.quote,
    o.section,
    o.rule_ids,
    o.load_id,
    o.range_id,
    o.quote_start,
    o.quote_end
FROM fact_observation AS o
JOIN dim_report AS r ON r.report_id = o.report_id
JOIN dim_period AS p ON p.period = o.period
LEFT JOIN dim_region AS g ON g.region_key = o.region_key
WHERE r.superseded_by IS NULL;
COMMENT ON VIEW observations IS '观测：现行报告中每个有所指的数字一行 / Observations: one row per number that states something, in reports in force';
COMMENT ON COLUMN observations.observation_id IS '观测标识，相同字节得相同标识 / Stable id: the same bytes give the same id';
COMMENT ON COLUMN observations.source_name IS '来源文件名 / File name as ingested';
COMMENT ON COLUMN observations.report_id IS '所在报告：文件字节的 SHA-256 / Report it stands in: SHA-256 of the bytes';
COMMENT ON COLUMN observations.char_start IS '数字在原文中的起点（码点，自 0 起） / Offset of its digits in the source text (code points, from 0)';
COMMENT ON COLUMN observations.char_end IS '数字在原文中的终点（不含） / Offset one past its digits';
COMMENT ON COLUMN observations.value IS '原文的数值，带符号 / The value as written, signed';
COMMENT ON COLUMN observations.unit IS '原文的单位（简体），未写为空串，位次为 位 / The unit as written, simplified; empty if none, 位 for a rank';
COMMENT ON COLUMN observations.value_base IS '换算为基本单位的数值；单位未知为空 / The value in the base unit; NULL where the unit is unknown';
COMMENT ON COLUMN observations.unit_base IS '基本单位 / Base unit';
COMMENT ON COLUMN observations.indicator IS '所度量事物的名称（简体，省略已补） / The phrase that names what is measured, simplified, ellipsis resolved';
COMMENT ON COLUMN observations.indicator_code IS '指标代码，目录之外为空 / Catalogue code or NULL';
COMMENT ON COLUMN observations.measure IS '度量：水平、增长、差额、位次 / level, growth, difference, rank';
COMMENT ON COLUMN observations.status IS '状态：实际、预计、目标 / actual, estimate, target';
COMMENT ON COLUMN observations.bound IS '界：恰为、至少、至多、约 / exact, at_least, at_most, approx';
COMMENT ON COLUMN observations.period IS '所指时期：2022、2022H1、2022Q1、2020-05、2022-07-22 或 起/止 / Period it speaks of: 2022, 2022H1, 2022Q1, 2020-05, 2022-07-22, or A/B';
COMMENT ON COLUMN observations.period_start IS '时期的第一天 / First day of the period';
COMMENT ON COLUMN observations.period_end IS '时期的最后一天 / Last day of the period';
COMMENT ON COLUMN observations.period_basis IS '时期依据：写明或推定 / Whether the period is written or implied';
COMMENT ON COLUMN observations.scope IS '范围，空串为本地区整体 / Scope; empty for the region as a whole';
COMMENT ON COLUMN observations.region_code IS '所指时期有效的区划代码（GB/T 2260） / Division code (GB/T 2260) valid at the period';
COMMENT ON COLUMN observations.region_name IS '区划名称 / Name of the division';
COMMENT ON COLUMN observations.quote IS '原文句子 / The sentence as in the source';
COMMENT ON COLUMN observations.section IS '所在标题 / Heading it stands under';
COMMENT ON COLUMN observations.rule_ids IS '得出它的规则 / Rules that made it';
COMMENT ON COLUMN observations.load_id IS '入库批次 / Load that brought it';
COMMENT ON COLUMN observations.range_id IS '同一区间的两行共有的标识 / Shared by the two rows of one range';
COMMENT ON COLUMN observations.quote_start IS '句子起点 / Offset of the sentence';
COMMENT ON COLUMN observations.quote_end IS '句子终点（不含） / Offset one past the sentence';

CREATE OR REPLACE VIEW reports AS
SELECT
    report_id,
    source_name,
    title,
    report_type,
    region_code,
    region_name,
    period,
    plan_period,
    published_on,
    delivered_on,
    issuer,
    index_number,
    source_url,
    media_type,
    encoding,
    characters,
    observation_count,
    superseded_by,
    load_id,
    numbers_total,
    numbers_explained,
    rules_version
FROM dim_report;
COMMENT ON VIEW reports IS '报告：每个入库版本一行 / Reports: one row per ingested report version';
COMMENT ON COLUMN reports.report_id IS '文件字节的 SHA-256 / SHA-256 of the bytes';
COMMENT ON COLUMN reports.source_name IS '来源文件名 / File name as ingested';
COMMENT ON COLUMN reports.title IS '标题 / Title';
COMMENT ON COLUMN reports.report_type IS '报告类型 / work_report, work_report_summary, performance_report, task_progress, other';
COMMENT ON COLUMN reports.region_code IS '报告所属区划代码 / Division code of the report''s region';
COMMENT ON COLUMN reports.region_name IS '报告所属地区 / Name of the report''s region';
COMMENT ON COLUMN reports.period IS '回顾的时期 / Period it reviews';
COMMENT ON COLUMN reports.plan_period IS '计划的时期，无则空 / Period it plans, or NULL';
COMMENT ON COLUMN reports.published_on IS '发布日期 / Date of publication';
COMMENT ON COLUMN reports.delivered_on IS '作报告的日期 / Date it was delivered';
COMMENT ON COLUMN reports.issuer IS '发布机构 / Issuing body';
COMMENT ON COLUMN reports.index_number IS '索引号 / Index number';
COMMENT ON COLUMN reports.source_url IS '来源网址 / Source URL';
COMMENT ON COLUMN reports.media_type IS '媒体类型 / Media type';
COMMENT ON COLUMN reports.encoding IS '字符编码 / Character encoding';
COMMENT ON COLUMN reports.characters IS '字符数 / Number of characters';
COMMENT ON COLUMN reports.observation_count IS '观测数 / Number of observations';
COMMENT ON COLUMN reports.superseded_by IS '取代它的报告标识，现行为空 / Report id of the version that superseded it, NULL if in force';
COMMENT ON COLUMN reports.load_id IS '入库批次 / Load that brought this reading';
COMMENT ON COLUMN reports.numbers_total IS '文中数字总数 / Numbers in the text';
COMMENT ON COLUMN reports.numbers_explained IS '已解释的数字 / Numbers that were explained';
COMMENT ON COLUMN reports.rules_version IS '读取它的规则版本 / Rules version that read it';

CREATE OR REPLACE VIEW tasks AS
SELECT
    t.task_id,
    r.source_name,
    t.report_id,
    t.ordinal,
    t.category,
    t.content,
    t.progress,
    t.char_start,
    t.char_end
FROM fact_task AS t
JOIN dim_report AS r ON r.report_id = t.report_id
WHERE r.superseded_by IS NULL;
COMMENT ON VIEW tasks IS '任务：任务表或民生实事清单中每对承诺与进展一行 / Tasks: one row per promise–progress pair of a task table or livelihood list';
COMMENT ON COLUMN tasks.task_id IS '任务标识 / Task id';
COMMENT ON COLUMN tasks.source_name IS '来源文件名 / File name as ingested';
COMMENT ON COLUMN tasks.report_id IS '所在报告 / Report it stands in';
COMMENT ON COLUMN tasks.ordinal IS '序号，自 1 起 / Ordinal, from 1';
COMMENT ON COLUMN tasks.category IS '类别或项目名称 / Category or project';
COMMENT ON COLUMN tasks.content IS '任务内容 / What was promised';
COMMENT ON COLUMN tasks.progress IS '进展情况，无则空 / What came of it, or NULL';
COMMENT ON COLUMN tasks.char_start IS '在原文中的起点 / Offset in the source text';
COMMENT ON COLUMN tasks.char_end IS '在原文中的终点（不含） / Offset one past it';

CREATE OR REPLACE VIEW loads AS
SELECT
    load_id,
    load_number,
    started_at,
    rules_version,
    status,
    files_seen,
    files_known,
    reports_loaded,
    reports_superseded,
    reports_held_back,
    observations_loaded,
    tasks_loaded,
    issues_found,
    numbers_total,
    numbers_explained
FROM dim_load;
COMMENT ON VIEW loads IS '入库批次：每批做了什么 / Loads: what each load did';
COMMENT ON COLUMN loads.load_id IS '批次标识 / Load id';
COMMENT ON COLUMN loads.load_number IS '批次序号，自 1 起 / Ordinal of the load, from 1';
COMMENT ON COLUMN loads.started_at IS '开始时间（UTC） / When the load started (UTC)';
COMMENT ON COLUMN loads.rules_version IS '读取规则的版本 / Version of the reading rules';
COMMENT ON COLUMN loads.status IS 'complete：全部入库；partial：有扣留 / complete: everything came in; partial: something was held back';
COMMENT ON COLUMN loads.files_seen IS '看到的文件数 / Files seen';
COMMENT ON COLUMN loads.files_known IS '其中早已入库的文件数 / Of these, files known before';
COMMENT ON COLUMN loads.reports_loaded IS '入库的报告数 / Reports loaded';
COMMENT ON COLUMN loads.reports_superseded IS '被本批新版取代的报告数 / Reports superseded by newer versions in this load';
COMMENT ON COLUMN loads.reports_held_back IS '扣留的报告数 / Reports held back';
COMMENT ON COLUMN loads.observations_loaded IS '入库的观测数 / Observations loaded';
COMMENT ON COLUMN loads.tasks_loaded IS '入库的任务数 / Tasks loaded';
COMMENT ON COLUMN loads.issues_found IS '记录的问题数 / Issues recorded';
COMMENT ON COLUMN loads.numbers_total IS '入库报告中的数字总数,早先的批次为空 / Numbers in the texts loaded; NULL for loads of earlier versions';
COMMENT ON COLUMN loads.numbers_explained IS '其中已解释的数字 / Of these, numbers that were explained';

CREATE OR REPLACE VIEW quality_results AS
SELECT
    load_id,
    suite,
    expectation,
    column_name,
    severity,
    success,
    evaluated,
    unexpected,
    sample,
    report_ids,
    title
FROM fact_quality_result;
COMMENT ON VIEW quality_results IS '质量检验结果：每批每条期望一行 / Quality results: one row per load and expectation';
COMMENT ON COLUMN quality_results.load_id IS '批次 / Load';
COMMENT ON COLUMN quality_results.suite IS '期望集，即检验的关口：reports、observations、warehouse / Suite, the gate it stands at: reports, observations, warehouse';
COMMENT ON COLUMN quality_results.expectation IS '期望的名称 / Name of the expectation';
COMMENT ON COLUMN quality_results.column_name IS '所检验的列，无则空串 / Column it looks at, empty if none';
COMMENT ON COLUMN quality_results.severity IS 'hold：扣留报告；fail：整批失败；warn：提醒 / hold: holds the report back; fail: fails the load; warn: warns';
COMMENT ON COLUMN quality_results.success IS '是否通过 / Whether it passed';
COMMENT ON COLUMN quality_results.evaluated IS '检验的行数 / Rows evaluated';
COMMENT ON COLUMN quality_results.unexpected IS '不合格的行数 / Rows that failed it';
COMMENT ON COLUMN quality_results.sample IS '不合格样例（JSON） / Sample of failing rows (JSON)';
COMMENT ON COLUMN quality_results.report_ids IS '涉及的报告 / Reports concerned';
COMMENT ON COLUMN quality_results.title IS '期望什么 / What is expected';

CREATE OR REPLACE VIEW issues AS
SELECT
    i.issue_id,
    i.report_id,
    r.source_name,
    i.kind,
    i.reason,
    i.char_start,
    i.char_end,
    i.text,
    FALSE AS held_back,
    i.load_id
FROM issue AS i
JOIN dim_report AS r ON r.report_id = i.report_id
WHERE r.superseded_by IS NULL
UNION ALL
SELECT
    'H' || h.report_id AS issue_id,
    h.report_id,
    h.source_name,
    h.reason AS kind,
    h.message AS reason,
    NULL AS char_start,
    NULL AS char_end,
    '' AS text,
    TRUE AS held_back,
    h.load_id
FROM held_back AS h;
COMMENT ON VIEW issues IS '问题：未能读懂之处与被扣留的文件，各有原因 / Issues: everything that could not be read, and files held back, each with its reason';
COMMENT ON COLUMN issues.issue_id IS '问题标识 / Issue id';
COMMENT ON COLUMN issues.report_id IS '所在报告 / Report concerned';
COMMENT ON COLUMN issues.source_name IS '来源文件名 / File name as ingested';
COMMENT ON COLUMN issues.kind IS '类别代码 / Code of its kind';
COMMENT ON COLUMN issues.reason IS '原因 / Reason';
COMMENT ON COLUMN issues.char_start IS '在原文中的起点，无则空 / Offset in the source text, or NULL';
COMMENT ON COLUMN issues.char_end IS '在原文中的终点（不含） / Offset one past it';
COMMENT ON COLUMN issues.text IS '原文 / The text concerned';
COMMENT ON COLUMN issues.held_back IS '整份文件被扣留 / The whole file was held back';
COMMENT ON COLUMN issues.load_id IS '批次 / Load';
