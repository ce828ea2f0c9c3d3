"""How fast optvis is, as ratios to other ways of doing the same; not run by pytest."""
