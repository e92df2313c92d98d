"""The parts of `rag.names`: the glossary, the shapes of names in either script, and names that a text explains."""
