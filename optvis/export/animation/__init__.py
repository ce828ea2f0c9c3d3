"""One animation as GIF, APNG, WebP or MP4.

Imports foundation, explain, document, draw.paint, draw.page and export.stills.
"""
