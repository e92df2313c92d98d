"""The doors: the command line and the web chat. Nothing below imports from here."""
