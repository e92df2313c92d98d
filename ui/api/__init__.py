"""The doors over HTTP: our own API, the OpenAI-compatible one, and what watches over a server."""
