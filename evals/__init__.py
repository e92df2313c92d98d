"""Known answers in, figures out. Read `evals.cases` first, then `evals.runs` and `evals.squad`."""
