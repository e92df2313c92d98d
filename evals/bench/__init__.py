"""The speed of the program beside what else one would take, with the same texts and embedder (`evals/BENCH.md`)."""
