-- Brings the reference dimensions to what the seeds say. Rows that left the seeds stay, marked retired, since
-- older observations may point at them. Input: the relations incoming_region, incoming_indicator, incoming_unit.
-- MERGE, not ON CONFLICT: a lake has no keys that could conflict.

MERGE INTO dim_region
USING (SELECT *, FALSE AS retired FROM incoming_region) AS i
ON i.region_key = dim_region.region_key
WHEN MATCHED
    AND (
        dim_region.region_code, dim_region.name, dim_region.short_name, dim_region.level,
        dim_region.parent_code, dim_region.valid_from, dim_region.valid_to, dim_region.retired
    ) IS DISTINCT FROM (
        i.region_code, i.name, i.short_name, i.level, i.parent_code, i.valid_from, i.valid_to, i.retired
    )
    THEN UPDATE SET
        region_code = i.region_code,
        name = i.name,
        short_name = i.short_name,
        level = i.level,
        parent_code = i.parent_code,
        valid_from = i.valid_from,
        valid_to = i.valid_to,
        retired = i.retired
WHEN NOT MATCHED THEN INSERT BY NAME;

UPDATE dim_region SET retired = TRUE
WHERE NOT retired AND region_key NOT IN (SELECT region_key FROM incoming_region);

MERGE INTO dim_indicator
USING (SELECT *, FALSE AS retired FROM incoming_indicator) AS i
ON i.indicator_code = dim_indicator.indicator_code
WHEN MATCHED
    AND (
        dim_indicator.name_zh, dim_indicator.name_en, dim_indicator.parent_code,
        dim_indicator.dimension, dim_indicator.aliases, dim_indicator.polarity, dim_indicator.retired
    ) IS DISTINCT FROM (i.name_zh, i.name_en, i.parent_code, i.dimension, i.aliases, i.polarity, i.retired)
    THEN UPDATE SET
        name_zh = i.name_zh,
        name_en = i.name_en,
        parent_code = i.parent_code,
        dimension = i.dimension,
        aliases = i.aliases,
        polarity = i.polarity,
        retired = i.retired
WHEN NOT MATCHED THEN INSERT BY NAME;

UPDATE dim_indicator SET retired = TRUE
WHERE NOT retired AND indicator_code NOT IN (SELECT indicator_code FROM incoming_indicator);

MERGE INTO dim_unit
USING (SELECT *, FALSE AS retired FROM incoming_unit) AS i
ON i.unit = dim_unit.unit
WHEN MATCHED
    AND (dim_unit.unit_base, dim_unit.dimension, dim_unit.factor, dim_unit.retired)
    IS DISTINCT FROM (i.unit_base, i.dimension, i.factor, i.retired)
    THEN UPDATE SET
        unit_base = i.unit_base,
        dimension = i.dimension,
        factor = i.factor,
        retired = i.retired
WHEN NOT MATCHED THEN INSERT BY NAME;

UPDATE dim_unit SET retired = TRUE
WHERE NOT retired AND unit NOT IN (SELECT unit FROM incoming_unit);
