"""One picture as PNG, SVG or PDF.

Imports foundation, maps, document, draw.paint and draw.page.
"""
