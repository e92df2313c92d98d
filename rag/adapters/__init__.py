"""Retriever and assistant in the shapes of other frameworks; each module needs the package that it is named for."""
