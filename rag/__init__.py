"""A question in, a checked and cited answer out. Read `rag.answer` first, then `rag.assistant`."""
