"""Pure functions from a report's bytes to its readings: no clock, environment, file, network or database."""
