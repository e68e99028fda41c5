"""The star schema in DuckDB and Parquet: SQL files, loading, publication and read-only queries."""
