"""Makes the files of the shipped models; the product imports none of it."""
