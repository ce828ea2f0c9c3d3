"""The laws of what is computed coarsely and then finer: newest wins, once is enough, the old stays meanwhile."""

import pytest
from PyQt6.QtWidgets import QApplication

from optvis.foundation.errors import InputError
from optvis.gui.state.refinement import Refinement


class Work:
    """Stages that note their slices, and stop at a gate until it is opened."""

    def __init__(self):
        self.log = []
        self.gates = set()

    def stage(self, name, slices=3):
        def computed():
            try:
                for index in range(slices):
                    self.log.append(f"{name} {index}")
                    yield index / slices
                while name in self.gates:
                    yield 1.0
                return name
            except GeneratorExit:
                self.log.append(f"{name} closed")
                raise

        return computed

    def stages(self, *names):
        return [self.stage(name) for name in names]

    @property
    def begun(self):
        return [entry.removesuffix(" 0") for entry in self.log if entry.endswith(" 0")]


def refused():
    yield 0.0
    raise InputError("'q' is not known here")


@pytest.fixture
def work():
    return Work()


@pytest.fixture
def refinement(qapp):
    refinement = Refinement()
    refinement.results = []
    refinement.changed.connect(lambda: refinement.results.append(refinement.result))
    yield refinement
    refinement.cancel()


def finish(qtbot, refinement):
    qtbot.waitUntil(lambda: not refinement.is_running)


def until_held(qtbot, work, name):
    """Wait until a stage is at its gate."""
    qtbot.waitUntil(lambda: f"{name} 2" in work.log)


def test_each_stage_is_shown_before_the_next_is_done_the_coarsest_first(qtbot, refinement, work):
    refinement.want("a", work.stages("coarse", "middle", "fine"))
    assert refinement.is_running
    assert work.log == [], "nothing is computed before the window has had its turn"
    finish(qtbot, refinement)
    assert refinement.results == ["coarse", "middle", "fine"]
    assert work.begun == refinement.results


def test_a_stage_may_build_on_the_one_before(qtbot, refinement):
    def more():
        yield 0.5
        return (refinement.result or 0) + 1

    refinement.want("a", [more, more, more])
    finish(qtbot, refinement)
    assert refinement.results == [1, 2, 3]


def test_the_newest_request_wins_and_closes_what_is_under_way(qtbot, refinement, work):
    work.gates = {"old fine"}
    refinement.want("old", work.stages("old coarse", "old fine", "old finest"))
    until_held(qtbot, work, "old fine")
    refinement.want("new", work.stages("new coarse", "new fine"))
    assert work.log[-1] == "old fine closed"
    finish(qtbot, refinement)
    assert refinement.results == ["old coarse", "new coarse", "new fine"]
    assert "old finest" not in work.begun


def test_of_many_requests_in_a_row_only_the_last_is_computed(qtbot, refinement, work):
    for name in ("a", "b", "c"):
        refinement.want(name, work.stages(name))
    finish(qtbot, refinement)
    assert work.begun == ["c"]
    assert refinement.key == "c"


def test_the_same_request_changes_nothing(qtbot, refinement, work):
    work.gates = {"fine"}
    refinement.want(("a", 1), work.stages("coarse", "fine"))
    until_held(qtbot, work, "fine")
    refinement.want(("a", 1), work.stages("again"))
    work.gates.clear()
    finish(qtbot, refinement)
    refinement.want(("a", 1), work.stages("once more"))
    assert not refinement.is_running
    QApplication.processEvents()
    assert work.begun == ["coarse", "fine"]
    assert refinement.results == ["coarse", "fine"]


def test_the_last_result_stays_until_the_new_one_is_there(qtbot, refinement, work):
    refinement.want("old", work.stages("old"))
    finish(qtbot, refinement)
    work.gates = {"coarse"}
    refinement.want("new", work.stages("coarse", "fine"))
    until_held(qtbot, work, "coarse")
    assert refinement.result == "old"
    work.gates = {"fine"}
    until_held(qtbot, work, "fine")
    assert refinement.result == "coarse"


def test_what_cannot_stand_in_for_the_new_result_is_taken_away_by_whoever_asks(qtbot, refinement, work):
    refinement.want("old", work.stages("old"))
    finish(qtbot, refinement)
    refinement.result = None
    refinement.want("new", work.stages("new"))
    assert refinement.result is None
    finish(qtbot, refinement)
    assert refinement.result == "new"


def test_what_is_refused_is_said_in_words_and_ends_the_request(qtbot, refinement, work):
    refinement.want("a", [work.stage("coarse"), refused, work.stage("fine")])
    finish(qtbot, refinement)
    assert refinement.error == "'q' is not known here"
    assert refinement.results == ["coarse", None]
    assert work.begun == ["coarse"]
    refinement.want("b", work.stages("good"))
    assert refinement.error == ""
    finish(qtbot, refinement)
    assert refinement.result == "good"


def test_a_stage_may_be_refused_before_its_first_slice(qtbot, refinement):
    def never():
        raise InputError("no such optimizer")

    refinement.want("a", [never])
    finish(qtbot, refinement)
    assert refinement.error == "no such optimizer"


def test_cancelling_closes_what_is_under_way_and_the_same_may_be_asked_for_again(qtbot, refinement, work):
    refinement.want("old", work.stages("old"))
    finish(qtbot, refinement)
    work.gates = {"coarse"}
    refinement.want("a", work.stages("coarse", "fine"))
    until_held(qtbot, work, "coarse")
    refinement.cancel()
    assert work.log[-1] == "coarse closed"
    assert not refinement.is_running
    assert refinement.result == "old"
    work.gates.clear()
    refinement.want("a", work.stages("coarse", "fine"))
    finish(qtbot, refinement)
    assert refinement.results == ["old", "coarse", "fine"]


def test_whoever_hears_of_a_result_may_ask_for_something_else(qtbot, refinement, work):
    refinement.changed.connect(lambda: refinement.want("b", work.stages("b coarse", "b fine")))
    refinement.want("a", work.stages("coarse", "fine"))
    finish(qtbot, refinement)
    assert refinement.results == ["coarse", "b coarse", "b fine"]
    assert "fine" not in work.begun


def test_the_share_of_each_stage_is_told(qtbot, refinement, work):
    shares = []
    refinement.progressed.connect(shares.append)
    work.gates = {"coarse"}
    refinement.want("a", work.stages("coarse"))
    qtbot.waitUntil(lambda: 1.0 in shares)
    assert refinement.seconds > 0
    work.gates.clear()
    finish(qtbot, refinement)
    assert refinement.seconds == 0


def test_a_request_of_nothing_ends_what_was_under_way(refinement, work):
    refinement.want("a", work.stages("a"))
    refinement.want((), [])
    assert not refinement.is_running
    assert work.log == []


# --- at rest -------------------------------------------------------------------------------------


def test_finer_stages_wait_for_a_rest(qtbot, work):
    refinement = Refinement(rest_ms=10**8)
    refinement.want("a", work.stages("coarse", "fine"))
    qtbot.waitUntil(lambda: refinement.result == "coarse")
    for _ in range(20):
        QApplication.processEvents()
    assert refinement.is_running
    assert work.begun == ["coarse"]
    refinement.cancel()
    assert not refinement.is_running


def test_after_the_rest_they_are_computed(qtbot, work):
    refinement = Refinement(rest_ms=100)
    refinement.want("a", work.stages("coarse", "middle", "fine"))
    finish(qtbot, refinement)
    assert work.begun == ["coarse", "middle", "fine"]


def test_a_coarse_stage_that_outlasts_the_rest_is_not_cut_short(qtbot, work):
    refinement, results = Refinement(rest_ms=1), []
    refinement.changed.connect(lambda: results.append(refinement.result))
    work.gates = {"coarse"}
    refinement.want("a", work.stages("coarse", "middle", "fine"))
    until_held(qtbot, work, "coarse")
    qtbot.wait(20)
    assert work.begun == ["coarse"]
    work.gates.clear()
    finish(qtbot, refinement)
    assert results == ["coarse", "middle", "fine"]
