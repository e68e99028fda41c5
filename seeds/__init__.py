"""Reference data reviewed by people (CSV), and the strict loader that hands it to the transforms."""
