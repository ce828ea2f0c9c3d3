"""What the window is at: the session and its scene, the step that is shown, and work that goes on in slices.

Imports foundation, problems, optimizers, engine, explain, maps, document and plot.
"""
