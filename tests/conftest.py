"""What every test needs before Qt is loaded."""

import os

import pytest
from hypothesis import settings

if not os.environ.get("QT_QPA_PLATFORM"):
    os.environ["QT_QPA_PLATFORM"] = "offscreen"

settings.register_profile("optvis", deadline=None)  # a busy machine is no defect
settings.load_profile("optvis")


@pytest.fixture(scope="session", autouse=True)
def _application(qapp):
    """One QApplication for all tests: a picture that is rendered first would make a lesser one."""
    return qapp
