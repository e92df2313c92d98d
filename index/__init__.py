"""Documents in, ranked passages out. Read `index.schema` first, then `index.library`."""
