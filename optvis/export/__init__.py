"""Pictures and data of a scene. `data` needs no Qt, so nothing is imported here."""
