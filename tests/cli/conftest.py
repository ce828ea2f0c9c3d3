"""What the tests of the command line share."""

import csv
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

import optvis
from optvis.cli.main import main


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("OPTVIS_DEBUG", raising=False)


@pytest.fixture
def optvis_says(capsys):
    """Run a command that succeeds and return what it prints."""

    def run(*words):
        status = main(list(words))
        out, err = capsys.readouterr()
        assert (status, err) == (0, "")
        return out

    return run


@pytest.fixture
def rows():
    """Turn CSV into its rows as dicts of numbers."""

    def read(text):
        assert text.splitlines()[0] == "run,optimizer,step,x,y,loss,grad_x,grad_y"
        return [
            {key: value if key == "optimizer" else float(value) for key, value in row.items()}
            for row in csv.DictReader(io.StringIO(text))
        ]

    return read


@pytest.fixture
def in_a_process():
    """Run a command, or with one word a line of the shell that begins with one."""

    def run(*words, stdout=subprocess.PIPE, **environment):
        environment = os.environ | {"PYTHONPATH": str(Path(optvis.__file__).parents[1])} | environment
        line = ["sh", "-c", f"{sys.executable} -m {words[0]}"]
        command = line if len(words) == 1 else [sys.executable, "-m", "optvis", *words]
        return subprocess.run(command, stdout=stdout, stderr=subprocess.PIPE, text=True, env=environment, timeout=60)

    return run
