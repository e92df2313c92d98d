"""What people see of answers, as HTML for the web chat and as plain text for a terminal: pure functions, no Gradio.

Documents, questions and models are not trusted: whatever they say is escaped and reaches the reader as text. No link,
image or Markdown of theirs is ever live, and nothing here reads rendered text back.
"""
