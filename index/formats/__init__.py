"""The readers, one module for each kind of file: bytes and a name in, documents or reasons out."""
