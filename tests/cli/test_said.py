"""What a rule of one's own takes because nobody said otherwise is told, or refused."""

import pytest

from optvis.cli.main import main

RULE = "rule{ v = k*v - lr*g; step = v }"


@pytest.mark.parametrize(
    ("words", "note"),
    [
        (["run", "-p", "sphere", "-O", RULE, "--steps", "2"], "k = 0.5, lr = 0.1"),
        (["run", "-p", "sphere", "-O", f"{RULE}:k=0.9", "--steps", "2"], "lr = 0.1"),
        (["run", "-p", "sphere", "-O", f"{RULE}:k=0.9,lr=0.2", "-O", "adam", "--steps", "2"], None),
        (["render", "-p", "sphere", "-O", RULE, "--steps", "2", "-o", "a.png"], "k = 0.5, lr = 0.1"),
        (["map", "sweep", "-p", "sphere", "-O", RULE, "--x", "k", "--resolution", "4,4", "-o", "a.npz"], "lr = 0.1"),
        (["map", "basin", "-p", "sphere", "-O", RULE, "--resolution", "4,4", "-o", "a.npz"], "k = 0.5, lr = 0.1"),
        (["tune", "-p", "sphere", "-O", RULE, "--budget", "20000", "--names", "lr"], "k = 0.5"),
        (["tune", "-p", "sphere", "-O", RULE, "--budget", "20000"], None),
    ],
)
def test_a_hyperparameter_that_nobody_gave_is_told_or_refused(tmp_path, monkeypatch, capsys, words, note):
    monkeypatch.chdir(tmp_path)
    assert main(words) == 0
    told = [line for line in capsys.readouterr().err.splitlines() if "note" in line]
    assert [line.rpartition(": ")[2] for line in told] == ([] if note is None else [note])
    made = [file.name for file in tmp_path.iterdir()]
    for name in made:
        (tmp_path / name).unlink()
    status = main([*words, "--strict"])
    out, err = capsys.readouterr()
    assert status == (0 if note is None else 2)
    if note is not None:
        assert err.startswith(f"optvis: error: nobody gave these hyperparameters of {RULE}: {note}; --strict asks")
        assert not list(tmp_path.iterdir())
        assert out == ""


def test_a_rule_does_not_see_both_coordinates(capsys):
    rule = "rule{ n = sqrt(gx**2 + gy**2); step = -lr*g/n }"
    assert main(["run", "-p", "sphere", "-O", rule]) == 2
    assert "gx is not known: a rule sees one coordinate at a time, and g is its gradient" in capsys.readouterr().err
