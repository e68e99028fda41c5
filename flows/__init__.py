"""Orchestration: the nightly Prefect flow, fetching, settings and the command line."""
