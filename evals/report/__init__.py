"""The report of a run: one HTML file that opens offline, in both languages, light and dark."""
