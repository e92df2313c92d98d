"""The programs that are measured, each behind the seam of `evals.bench.contender`; each module needs its packages."""
