"""The parts of `rag.quantities`: numbers, dates, units and hedges of both languages, and what is no figure."""
