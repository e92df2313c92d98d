"""Known answers in, figures out. Read `evals.cases` first, then `evals.suite` and `evals.squad`."""
