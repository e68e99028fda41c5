-- The results of all checks of a load, those of the loaded warehouse included. Input: incoming_load, incoming_quality.

INSERT INTO fact_quality_result BY NAME
SELECT *, (SELECT load_id FROM incoming_load) AS load_id FROM incoming_quality;

DROP TABLE read_before;
