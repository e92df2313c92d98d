"""Who may use a server: keys and their file, the log-in of the page, a trusted proxy, and the wall that asks."""
