"""Scores of one answer, without a model: what was said, found, cited and borne out, and in which language."""
