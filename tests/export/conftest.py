import pytest


@pytest.fixture(autouse=True)
def _application(qapp):
    """One for all tests; what happens without one is tested in an interpreter of its own."""
