"""Small widgets that know nothing of a session, but for the colours and the icons of the program.

Imports foundation, problems, optimizers, engine, maps, draw.paint and draw.sweeps.
"""
