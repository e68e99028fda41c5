-- Brings the reference dimensions to what the seeds say. Rows that left the seeds stay, marked retired, since
-- older observations may point at them. Input: the relations incoming_region, incoming_indicator, incoming_unit.

INSERT INTO dim_region BY NAME
SELECT *, FALSE AS retired FROM incoming_region
ON CONFLICT DO UPDATE SET
    region_code = excluded.region_code,
    name = excluded.name,
    short_name = excluded.short_name,
    level = excluded.level,
    parent_code = excluded.parent_code,
    valid_from = excluded.valid_from,
    valid_to = excluded.valid_to,
    retired = FALSE
WHERE
    (
        dim_region.region_code, dim_region.name, dim_region.short_name, dim_region.level,
        dim_region.parent_code, dim_region.valid_from, dim_region.valid_to, dim_region.retired
    ) IS DISTINCT FROM (
        excluded.region_code, excluded.name, excluded.short_name, excluded.level,
        excluded.parent_code, excluded.valid_from, excluded.valid_to, FALSE
    );

UPDATE dim_region SET retired = TRUE
WHERE NOT retired AND region_key NOT IN (SELECT region_key FROM incoming_region);

INSERT INTO dim_indicator BY NAME
SELECT *, FALSE AS retired FROM incoming_indicator
ON CONFLICT DO UPDATE SET
    name_zh = excluded.name_zh,
    name_en = excluded.name_en,
    parent_code = excluded.parent_code,
    dimension = excluded.dimension,
    aliases = excluded.aliases,
    polarity = excluded.polarity,
    retired = FALSE
WHERE
    (
        dim_indicator.name_zh, dim_indicator.name_en, dim_indicator.parent_code,
        dim_indicator.dimension, dim_indicator.aliases, dim_indicator.polarity, dim_indicator.retired
    ) IS DISTINCT FROM (
        excluded.name_zh, excluded.name_en, excluded.parent_code,
        excluded.dimension, excluded.aliases, excluded.polarity, FALSE
    );

UPDATE dim_indicator SET retired = TRUE
WHERE NOT retired AND indicator_code NOT IN (SELECT indicator_code FROM incoming_indicator);

INSERT INTO dim_unit BY NAME
SELECT *, FALSE AS retired FROM incoming_unit
ON CONFLICT DO UPDATE SET
    unit_base = excluded.unit_base,
    dimension = excluded.dimension,
    factor = excluded.factor,
    retired = FALSE
WHERE
    (dim_unit.unit_base, dim_unit.dimension, dim_unit.factor, dim_unit.retired)
    IS DISTINCT FROM (excluded.unit_base, excluded.dimension, excluded.factor, FALSE);

UPDATE dim_unit SET retired = TRUE
WHERE NOT retired AND unit NOT IN (SELECT unit FROM incoming_unit);
