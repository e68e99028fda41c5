-- The dimensions of the star. Every key is determined by bytes (a code, a spelling, a hash), never by a counter.
-- A row here that others point at may only change in columns without an index: DuckDB carries an UPDATE of an
-- indexed column (or of one that shares a CHECK with it) out as delete and insert, which a foreign key then
-- refuses. So dimensions have one key each and no foreign keys among themselves; check.sql guards those
-- references before a load is committed.

CREATE TABLE schema_info (
    tables_digest VARCHAR NOT NULL,
    views_digest VARCHAR
);
COMMENT ON TABLE schema_info IS '表与视图的定义版本，一行 / Which definitions made the tables and views, one row';
COMMENT ON COLUMN schema_info.tables_digest IS '表定义的指纹 / Fingerprint of the table definitions';
COMMENT ON COLUMN schema_info.views_digest IS '视图定义的指纹 / Fingerprint of the view definitions';

CREATE TABLE dim_load (
    load_id VARCHAR PRIMARY KEY,
    load_number BIGINT NOT NULL CHECK (load_number >= 1),
    started_at TIMESTAMP NOT NULL,
    rules_version VARCHAR NOT NULL,
    status VARCHAR NOT NULL CHECK (status IN ('complete', 'partial')),
    files_seen BIGINT NOT NULL CHECK (files_seen >= 0),
    files_known BIGINT NOT NULL CHECK (files_known >= 0),
    reports_loaded BIGINT NOT NULL CHECK (reports_loaded >= 0),
    reports_superseded BIGINT NOT NULL CHECK (reports_superseded >= 0),
    reports_held_back BIGINT NOT NULL CHECK (reports_held_back >= 0),
    observations_loaded BIGINT NOT NULL CHECK (observations_loaded >= 0),
    tasks_loaded BIGINT NOT NULL CHECK (tasks_loaded >= 0),
    issues_found BIGINT NOT NULL CHECK (issues_found >= 0),
    numbers_total BIGINT CHECK (numbers_total >= 0),
    numbers_explained BIGINT CHECK (numbers_explained >= 0)
);
COMMENT ON TABLE dim_load IS '入库批次，每批一行 / One row per load';
COMMENT ON COLUMN dim_load.load_id IS '批次标识，由规则版本与报告标识算出 / Load id, computed from the rules version and the report ids';
COMMENT ON COLUMN dim_load.load_number IS '批次序号，自 1 起 / Ordinal of the load, from 1';
COMMENT ON COLUMN dim_load.started_at IS '开始时间（UTC） / When the load started (UTC)';
COMMENT ON COLUMN dim_load.rules_version IS '读取规则的版本 / Version of the reading rules';
COMMENT ON COLUMN dim_load.status IS 'complete：全部入库；partial：有扣留 / complete: everything came in; partial: something was held back';
COMMENT ON COLUMN dim_load.files_seen IS '看到的文件数 / Files seen';
COMMENT ON COLUMN dim_load.files_known IS '其中早已入库的文件数 / Of these, files known before';
COMMENT ON COLUMN dim_load.reports_loaded IS '入库的报告数 / Reports loaded';
COMMENT ON COLUMN dim_load.reports_superseded IS '被本批新版取代的报告数 / Reports superseded by newer versions in this load';
COMMENT ON COLUMN dim_load.reports_held_back IS '扣留的报告数 / Reports held back';
COMMENT ON COLUMN dim_load.observations_loaded IS '入库的观测数 / Observations loaded';
COMMENT ON COLUMN dim_load.tasks_loaded IS '入库的任务数 / Tasks loaded';
COMMENT ON COLUMN dim_load.issues_found IS '记录的问题数 / Issues recorded';
COMMENT ON COLUMN dim_load.numbers_total IS '入库报告中的数字总数,早先的批次为空 / Numbers in the texts loaded; NULL for loads of earlier versions';
COMMENT ON COLUMN dim_load.numbers_explained IS '其中已解释的数字 / Of these, numbers that were explained';

CREATE TABLE dim_region (
    region_key VARCHAR PRIMARY KEY,
    region_code VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    short_name VARCHAR NOT NULL,
    level VARCHAR NOT NULL,
    parent_code VARCHAR,
    valid_from INTEGER,
    valid_to INTEGER,
    retired BOOLEAN NOT NULL,
    CHECK (valid_from <= valid_to)
);
COMMENT ON TABLE dim_region IS '行政区划（GB/T 2260），同一代码的各个时期各一行 / Administrative divisions (GB/T 2260), one row per code and span of validity';
COMMENT ON COLUMN dim_region.region_key IS '键：代码，或代码@起始年 / Key: the code, or code@first year';
COMMENT ON COLUMN dim_region.region_code IS '区划代码，全国为 100000 / Division code; the country is 100000';
COMMENT ON COLUMN dim_region.name IS '全称 / Full name';
COMMENT ON COLUMN dim_region.short_name IS '简称 / Short name';
COMMENT ON COLUMN dim_region.level IS '级别：country、province、city、county / Level: country, province, city, county';
COMMENT ON COLUMN dim_region.parent_code IS '上级区划代码 / Code of the parent division';
COMMENT ON COLUMN dim_region.valid_from IS '生效的第一年，空为不限 / First year of validity, NULL if open';
COMMENT ON COLUMN dim_region.valid_to IS '生效的最后一年，空为不限 / Last year of validity, NULL if open';
COMMENT ON COLUMN dim_region.retired IS '参考表中已无此行，仅旧观测仍在引用 / No longer in the reference table, kept for older observations';

CREATE TABLE dim_indicator (
    indicator_code VARCHAR PRIMARY KEY,
    name_zh VARCHAR NOT NULL,
    name_en VARCHAR NOT NULL,
    parent_code VARCHAR,
    dimension VARCHAR,
    aliases VARCHAR NOT NULL,
    polarity VARCHAR CHECK (polarity IN ('higher_better', 'lower_better', 'neutral')),
    retired BOOLEAN NOT NULL
);
COMMENT ON TABLE dim_indicator IS '指标目录 / Catalogue of indicators';
COMMENT ON COLUMN dim_indicator.indicator_code IS '指标代码 / Indicator code';
COMMENT ON COLUMN dim_indicator.name_zh IS '中文名 / Chinese name';
COMMENT ON COLUMN dim_indicator.name_en IS '英文名 / English name';
COMMENT ON COLUMN dim_indicator.parent_code IS '上级指标代码 / Code of the parent indicator';
COMMENT ON COLUMN dim_indicator.dimension IS '量纲 / Dimension of its unit';
COMMENT ON COLUMN dim_indicator.aliases IS '别名，以竖线分隔 / Further spellings, separated by vertical bars';
COMMENT ON COLUMN dim_indicator.polarity IS '升高是好是坏：higher_better、lower_better、neutral，不明为空 / Whether more is better: higher_better, lower_better, neutral, NULL if unknown';
COMMENT ON COLUMN dim_indicator.retired IS '参考表中已无此行，仅旧观测仍在引用 / No longer in the reference table, kept for older observations';

CREATE TABLE dim_unit (
    unit VARCHAR PRIMARY KEY,
    unit_base VARCHAR,
    dimension VARCHAR,
    factor DECIMAL(38, 18) CHECK (factor > 0),
    retired BOOLEAN NOT NULL,
    CHECK ((unit_base IS NULL) = (factor IS NULL))
);
COMMENT ON TABLE dim_unit IS '计量单位的写法，亿元之类的组合亦各一行；目录之外的单位无换算 / Spellings of units, composed ones (亿元) included; those outside the catalogue have no factor';
COMMENT ON COLUMN dim_unit.unit IS '单位写法，未写单位时为空串 / The spelling; empty where no unit is written';
COMMENT ON COLUMN dim_unit.unit_base IS '基本单位 / Base unit';
COMMENT ON COLUMN dim_unit.dimension IS '量纲 / Dimension';
COMMENT ON COLUMN dim_unit.factor IS '换算系数，乘以它得到基本单位 / Factor that takes one of it to the base unit';
COMMENT ON COLUMN dim_unit.retired IS '参考表中没有，也不能由其中的单位组成 / Neither in the reference table nor composed of its units';

CREATE TABLE dim_period (
    period VARCHAR PRIMARY KEY,
    grain VARCHAR NOT NULL CHECK (grain IN ('day', 'month', 'quarter', 'half', 'year', 'range')),
    period_start DATE NOT NULL,
    period_end DATE NOT NULL,
    CHECK (period_start <= period_end)
);
COMMENT ON TABLE dim_period IS '时期 / Periods';
COMMENT ON COLUMN dim_period.period IS '时期的写法：2022、2022H1、2022Q1、2020-05、2022-07-22 或 起/止 / How it is written: 2022, 2022H1, 2022Q1, 2020-05, 2022-07-22, or A/B';
COMMENT ON COLUMN dim_period.grain IS '粒度：日、月、季、半年、年、区间 / Grain: day, month, quarter, half, year, range';
COMMENT ON COLUMN dim_period.period_start IS '第一天 / First day';
COMMENT ON COLUMN dim_period.period_end IS '最后一天 / Last day';

CREATE TABLE dim_report (
    report_id VARCHAR PRIMARY KEY CHECK (length(report_id) > 0),
    source_name VARCHAR NOT NULL,
    title VARCHAR,
    report_type VARCHAR NOT NULL CHECK (
        report_type IN ('work_report', 'work_report_summary', 'performance_report', 'task_progress', 'other')
    ),
    region_code VARCHAR,
    region_name VARCHAR,
    period VARCHAR,
    plan_period VARCHAR,
    published_on DATE,
    delivered_on DATE,
    issuer VARCHAR,
    index_number VARCHAR,
    source_url VARCHAR,
    media_type VARCHAR NOT NULL,
    encoding VARCHAR NOT NULL,
    characters BIGINT NOT NULL CHECK (characters >= 0),
    observation_count BIGINT NOT NULL CHECK (observation_count >= 0),
    numbers_total BIGINT NOT NULL CHECK (numbers_total >= 0),
    numbers_explained BIGINT NOT NULL CHECK (numbers_explained >= 0),
    signature VARCHAR,
    text VARCHAR,
    rules_version VARCHAR NOT NULL,
    first_load_number BIGINT NOT NULL CHECK (first_load_number >= 1),
    came_again BIGINT,
    superseded_by VARCHAR,
    load_id VARCHAR NOT NULL
);
COMMENT ON TABLE dim_report IS '报告版本，每份文件内容一行 / Report versions, one row per distinct bytes';
COMMENT ON COLUMN dim_report.report_id IS '文件字节的 SHA-256 / SHA-256 of the bytes';
COMMENT ON COLUMN dim_report.source_name IS '来源文件名 / File name as ingested';
COMMENT ON COLUMN dim_report.title IS '标题 / Title';
COMMENT ON COLUMN dim_report.report_type IS '报告类型 / Type of report';
COMMENT ON COLUMN dim_report.region_code IS '报告所属区划代码 / Division code of the report''s region';
COMMENT ON COLUMN dim_report.region_name IS '报告所属地区 / Name of the report''s region';
COMMENT ON COLUMN dim_report.period IS '回顾的时期 / Period it reviews';
COMMENT ON COLUMN dim_report.plan_period IS '计划的时期 / Period it plans';
COMMENT ON COLUMN dim_report.published_on IS '发布日期 / Date of publication';
COMMENT ON COLUMN dim_report.delivered_on IS '作报告的日期 / Date it was delivered';
COMMENT ON COLUMN dim_report.issuer IS '发布机构 / Issuing body';
COMMENT ON COLUMN dim_report.index_number IS '索引号 / Index number';
COMMENT ON COLUMN dim_report.source_url IS '来源网址 / Source URL';
COMMENT ON COLUMN dim_report.media_type IS '媒体类型 / Media type';
COMMENT ON COLUMN dim_report.encoding IS '字符编码 / Character encoding';
COMMENT ON COLUMN dim_report.characters IS '字符数 / Number of characters';
COMMENT ON COLUMN dim_report.observation_count IS '观测数 / Number of observations';
COMMENT ON COLUMN dim_report.numbers_total IS '文中数字总数 / Numbers in the text';
COMMENT ON COLUMN dim_report.numbers_explained IS '已解释的数字 / Numbers that were explained';
COMMENT ON COLUMN dim_report.signature IS '正文的 MinHash 签名，128 位，每位四个十六进制数字；两份之间相等的位所占比例即估计的相似度；无则空 / MinHash signature of the text told, 128 places of four hex digits; the share of equal places estimates how similar two texts are; NULL if there is none';
COMMENT ON COLUMN dim_report.text IS '从网页、PDF、DOCX 提取的文本，位置即指此文；纯文本文件以其字节为准，故空 / Text taken out of a web page, PDF or DOCX, which offsets refer to; NULL for a text file, whose bytes say it';
COMMENT ON COLUMN dim_report.rules_version IS '读取它的规则版本 / Rules version that read it';
COMMENT ON COLUMN dim_report.first_load_number IS '首次入库的批次序号 / Ordinal of the load that first brought it';
COMMENT ON COLUMN dim_report.came_again IS '文件改回这些字节的批次序号，未有此事则空 / Ordinal of the load in which its file went back to these bytes, NULL if it never did';
COMMENT ON COLUMN dim_report.superseded_by IS '取代它的报告标识 / Report id of the version that superseded it';
COMMENT ON COLUMN dim_report.load_id IS '入库批次 / Load that brought this reading';
