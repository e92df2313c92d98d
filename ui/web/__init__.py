"""The web chat, on Gradio: layout and wiring. What it shows is made in `ui.rendering`."""
