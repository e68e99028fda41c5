"""Great Expectations suites over reports and observations, and what their failure means."""
