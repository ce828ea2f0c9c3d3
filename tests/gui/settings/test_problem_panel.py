"""The problem and how it is run, driven as a person would."""

from dataclasses import replace

import pytest
from PyQt6.QtCore import QEvent, QPoint, Qt
from PyQt6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from optvis.document.session import RunSpec, Session
from optvis.document.shell_line import render_command
from optvis.draw.paint.theme import outcome_color
from optvis.gui.settings.problem_chooser import NAME, ProblemPopup, fits
from optvis.gui.settings.problem_panel import ProblemPanel
from optvis.gui.state.store import Store
from optvis.gui.widgets import palette
from optvis.problems.problem import CATALOGUE

LEFT = Qt.MouseButton.LeftButton
SESSION = Session("quadratic-valley", runs=(RunSpec("sgd"), RunSpec("adam", (("lr", 0.7),))))


@pytest.fixture
def make(qtbot):
    def make(session=SESSION, size=(320, 420)):
        palette.apply("light")
        frame = QWidget()
        qtbot.addWidget(frame)
        store = Store(session, frame)
        panel = ProblemPanel(store)
        panel.store, panel.frame = store, frame
        QVBoxLayout(frame).addWidget(panel)
        frame.resize(*size)
        frame.show()
        frame.activateWindow()
        QApplication.processEvents()
        return panel

    yield make
    for popup in [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, ProblemPopup)]:
        popup.close()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def panel(make):
    return make()


def settle(qtbot, panel):
    qtbot.waitUntil(lambda: not panel.store.is_busy)


def type_over(qtbot, field, text, key=Qt.Key.Key_Return):
    field.setFocus()
    field.selectAll()
    qtbot.keyClick(field, Qt.Key.Key_Delete)
    qtbot.keyClicks(field, text)
    if key is not None:
        qtbot.keyClick(field, key)


def undo_entries(store):
    count = 0
    while store.can_undo:
        store.undo()
        count += 1
    return count


# --- the catalogue ------------------------------------------------------------------------------


def test_it_shows_what_holds(panel):
    assert panel.chooser.currentText() == "Quadratic valley"
    assert panel.formula.text() == "x**2/20 + y**2"
    assert [field.text() for field in panel.start] == ["-7", "2"]
    assert [field.text() for field in panel.bounds] == ["-10", "10", "-5", "5"]
    assert panel.steps.value() == 30
    assert (panel.scheme.currentText(), panel.h.text()) == ("central", "0.0001")
    assert panel.teaches.text() == CATALOGUE["quadratic-valley"].teaches
    assert CATALOGUE["quadratic-valley"].source in panel.chooser.toolTip()


def test_choosing_by_search_and_enter(qtbot, panel):
    panel.chooser.setFocus()
    qtbot.keyClick(panel.chooser, Qt.Key.Key_Space)
    popup = panel.chooser.popup
    assert popup.list.currentItem().data(NAME) == "quadratic-valley"
    assert popup.search.hasFocus()
    qtbot.keyClicks(popup.search, "four bas")
    shown = [popup.list.item(row) for row in range(popup.list.count()) if not popup.list.item(row).isHidden()]
    assert [item.data(NAME) for item in shown] == ["styblinski-tang"]
    qtbot.keyClick(popup.search, Qt.Key.Key_Return)
    assert panel.store.session.problem == "styblinski-tang"
    assert panel.chooser.currentText() == CATALOGUE["styblinski-tang"].title


def test_choosing_with_arrows_and_with_the_mouse(qtbot, panel):
    panel.chooser.showPopup()
    popup = panel.chooser.popup
    qtbot.keyClick(popup.search, Qt.Key.Key_Down)
    qtbot.keyClick(popup.search, Qt.Key.Key_Return)
    assert panel.store.session.problem == "sphere"
    qtbot.mouseClick(panel.chooser, LEFT, pos=QPoint(20, 10))
    popup = panel.chooser.popup
    rosenbrock = popup.list.findItems("Rosenbrock", Qt.MatchFlag.MatchExactly)[0]
    qtbot.mouseClick(popup.list.viewport(), LEFT, pos=popup.list.visualItemRect(rosenbrock).center())
    assert panel.store.session.problem == "rosenbrock"
    assert panel.chooser.popup is None or not panel.chooser.popup.isVisible()


def test_escape_leaves_the_problem(qtbot, panel):
    panel.chooser.showPopup()
    qtbot.keyClicks(panel.chooser.popup.search, "himmel")
    qtbot.keyClick(panel.chooser.popup.search, Qt.Key.Key_Escape)
    assert panel.store.session == SESSION


def test_a_search_that_finds_nothing_says_so(qtbot, panel):
    panel.chooser.showPopup()
    popup = panel.chooser.popup
    qtbot.keyClicks(popup.search, "zzz")
    assert popup.nothing.isVisible()
    qtbot.keyClick(popup.search, Qt.Key.Key_Return)
    assert panel.store.session == SESSION


@pytest.mark.parametrize("name", CATALOGUE)
def test_every_problem_is_found_by_title_name_and_formula(name):
    problem = CATALOGUE[name]
    for words in (problem.title, name, problem.formula.text, problem.title.upper(), problem.title[1:]):
        assert fits(problem, words)
    assert not fits(problem, problem.title + " qqq")


def test_another_problem_keeps_what_was_set_by_hand_except_place(qtbot, panel):
    type_over(qtbot, panel.start[0], "-3")
    panel.choose("himmelblau")
    session = panel.store.session
    assert (session.start, session.bounds, session.steps) == (None, None, None)
    assert session.runs == SESSION.runs
    assert panel.steps.value() == CATALOGUE["himmelblau"].suggested.steps
    settle(qtbot, panel)
    assert [run.hyper["lr"] for run in panel.store.scene.runs] == [CATALOGUE["himmelblau"].suggested.lr["sgd"], 0.7]
    type_over(qtbot, panel.steps, "77")
    panel.choose("beale")
    assert panel.store.session.steps == 77


def test_suggested_settings(qtbot, panel):
    type_over(qtbot, panel.steps, "77")
    type_over(qtbot, panel.start[1], "1")
    assert panel.suggested_button.isEnabled()
    qtbot.mouseClick(panel.suggested_button, LEFT)
    assert panel.store.session == replace(SESSION, runs=(RunSpec("sgd"), RunSpec("adam")))
    assert panel.steps.value() == 30
    assert [field.text() for field in panel.start] == ["-7", "2"]
    assert not panel.suggested_button.isEnabled()


# --- a formula typed in place -------------------------------------------------------------------


def test_a_formula_is_taken_while_it_is_typed_as_one_entry(qtbot, panel):
    seen = []
    panel.store.sessionChanged.connect(lambda session: seen.append(session.problem))
    type_over(qtbot, panel.formula, "x**2 + sin(y)", None)
    assert panel.store.session.problem == "x**2 + sin(y)"
    assert "x**2" in seen
    assert panel.chooser.currentIndex() == -1
    qtbot.keyClick(panel.formula, Qt.Key.Key_Return)
    settle(qtbot, panel)
    assert panel.store.scene.problem.title == "x² + sin(y)"
    assert undo_entries(panel.store) == 1
    assert panel.formula.text() == "x**2/20 + y**2"
    assert panel.chooser.currentText() == "Quadratic valley"


def test_a_varied_formula_keeps_view_and_start(qtbot, panel):
    panel.formula.setFocus()
    panel.formula.setCursorPosition(len("x**2/20"))
    qtbot.keyClick(panel.formula, Qt.Key.Key_Backspace)
    assert panel.store.session.problem == "x**2/2 + y**2"
    assert panel.store.session.bounds == (-10, 10, -5, 5)
    assert panel.store.session.start == (-7, 2)
    panel.choose("rosenbrock")
    assert panel.store.session.bounds is None


@pytest.mark.parametrize(
    ("text", "said", "column"),
    [
        ("x**2 + foo(y)", "foo", 8),
        ("x +", "", None),
        ("", "", None),
        ("  x ? y", "?", 5),
        ("import os", "", None),
        ("rosenbrok", "did you mean rosenbrock", None),
    ],
)
def test_an_error_stands_beneath_and_the_last_good_formula_stays(qtbot, panel, text, said, column):
    type_over(qtbot, panel.formula, "x**2 + y**4", Qt.Key.Key_Return)
    settle(qtbot, panel)
    last = panel.store.scene
    panel.formula.selectAll()
    panel.formula.insert(text)
    panel.formula.textEdited.emit(text)
    error = panel.errors["formula"]
    assert error.isVisible()
    assert said in error.text()
    assert error.geometry().top() >= panel.formula.geometry().bottom()
    if column is not None:
        assert panel.formula.error_column == column
    settle(qtbot, panel)
    assert panel.store.scene is last
    assert panel.formula.text() == text


@pytest.mark.parametrize("text", ["x^2 + 3$(y-1)^2", "x**2 + foo(y", "2*x^2 + 5*y^2)"])
@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Tab, None])
def test_no_beginning_of_a_text_becomes_the_document(qtbot, panel, text, key):
    """The field shows what was typed, marked; session, scene and history are as they were."""
    type_over(qtbot, panel.formula, text, key)
    settle(qtbot, panel)
    assert panel.formula.text() == text
    assert panel.errors["formula"].isVisible()
    assert panel.store.session == SESSION
    assert panel.store.scene.problem.name == "quadratic-valley"
    assert not panel.store.can_undo
    panel.formula.setFocus()
    qtbot.keyClick(panel.formula, Qt.Key.Key_Escape)
    assert panel.formula.text() == "x**2/20 + y**2"
    assert not panel.errors["formula"].isVisible()
    assert panel.store.session == SESSION


@pytest.mark.parametrize("text", ["x^2 + 3(y-1)^2", "2x^2+5y^2"])
def test_what_is_typed_as_at_school_is_taken_as_it_stands(qtbot, panel, text):
    type_over(qtbot, panel.formula, text, Qt.Key.Key_Return)
    settle(qtbot, panel)
    assert panel.formula.text() == panel.store.session.problem == panel.store.scene.problem.formula.text == text
    qtbot.keyClick(panel.formula, Qt.Key.Key_Escape)
    assert panel.formula.text() == panel.store.session.problem == text
    assert render_command(panel.store.session).startswith(f"optvis render -p '{text}'")


def test_typing_goes_on_after_an_error(qtbot, panel):
    type_over(qtbot, panel.formula, "x**2 + foo", None)
    assert panel.store.session == SESSION
    for _ in "foo":
        qtbot.keyClick(panel.formula, Qt.Key.Key_Backspace)
    qtbot.keyClicks(panel.formula, "y**4")
    qtbot.keyClick(panel.formula, Qt.Key.Key_Return)
    settle(qtbot, panel)
    assert panel.store.session.problem == panel.formula.text() == "x**2 + y**4"
    panel.store.undo()
    assert panel.store.session == SESSION
    assert not panel.store.can_undo


def test_the_place_of_an_error_is_underlined(qtbot, panel):
    type_over(qtbot, panel.formula, "x + y", None)
    panel.formula.setCursorPosition(0)
    panel.formula.clearFocus()
    clean = panel.formula.grab().toImage()
    panel.formula.mark(5)
    marked = panel.formula.grab().toImage()
    ratio = marked.devicePixelRatio()
    changed = [
        x for x in range(marked.width()) if any(marked.pixel(x, y) != clean.pixel(x, y) for y in range(marked.height()))
    ]
    metrics = panel.formula.fontMetrics()
    left = (changed[0] / ratio) - panel.formula.cursorRect().center().x()
    assert abs(left - metrics.horizontalAdvance("x + ")) <= 4


def test_escape_takes_the_typing_back_to_the_problem_of_the_catalogue(qtbot, panel):
    type_over(qtbot, panel.formula, "x**2 +", None)
    assert panel.errors["formula"].isVisible()
    qtbot.keyClick(panel.formula, Qt.Key.Key_Escape)
    assert panel.store.session == SESSION
    assert panel.formula.text() == "x**2/20 + y**2"
    assert not panel.errors["formula"].isVisible()


def test_a_name_typed_as_formula_is_that_problem(qtbot, panel):
    type_over(qtbot, panel.formula, "himmelblau", Qt.Key.Key_Return)
    assert panel.store.session.problem == "himmelblau"
    assert panel.store.session.bounds is None
    assert panel.formula.text() == CATALOGUE["himmelblau"].formula.text


def test_an_edit_elsewhere_leaves_a_formula_that_is_not_right_yet(qtbot, panel):
    type_over(qtbot, panel.formula, "x**2 +", None)
    panel.store.edit(replace(panel.store.session, steps=55))
    assert panel.formula.text() == "x**2 +"
    assert panel.errors["formula"].isVisible()
    panel.choose("booth")
    assert panel.formula.text() == CATALOGUE["booth"].formula.text
    assert not panel.errors["formula"].isVisible()


# --- start, domain, steps, gradient -------------------------------------------------------------


def test_start(qtbot, panel):
    type_over(qtbot, panel.start[0], "-3.5")
    assert panel.store.session.start == (-3.5, 2.0)
    qtbot.keyClick(panel.start[1], Qt.Key.Key_Up)
    qtbot.keyClick(panel.start[1], Qt.Key.Key_Up)
    assert panel.store.session.start == (-3.5, 4.0)
    assert undo_entries(panel.store) == 2


@pytest.mark.parametrize("text", ["1e200", "nan", "inf", "abc", "", "1e999"])
def test_a_start_that_cannot_be_used(qtbot, panel, text):
    type_over(qtbot, panel.start[0], text)
    assert panel.store.session == SESSION
    assert panel.errors["start"].isVisible()
    assert panel.start[0].text() == text
    qtbot.keyClick(panel.start[0], Qt.Key.Key_Escape)
    assert panel.start[0].text() == "-7"
    assert not panel.errors["start"].isVisible()


def test_domain(qtbot, panel):
    qtbot.mouseClick(panel.more_button, LEFT)
    assert all(field.isVisible() for field in panel.bounds)
    type_over(qtbot, panel.bounds[1], "4")
    assert panel.store.session.bounds == (-10.0, 4.0, -5.0, 5.0)


def test_a_domain_may_be_entered_end_by_end(qtbot, panel):
    """20 is above the old right end; with the new right end it is fine."""
    panel.more_button.click()
    type_over(qtbot, panel.bounds[0], "20")
    assert panel.errors["bounds"].isVisible()
    assert "xmin" in panel.errors["bounds"].text()
    assert panel.store.session == SESSION
    type_over(qtbot, panel.bounds[1], "30")
    assert panel.store.session.bounds == (20.0, 30.0, -5.0, 5.0)
    assert not panel.errors["bounds"].isVisible()
    assert panel.bounds[0].text() == "20"


@pytest.mark.parametrize("text", ["0", "-1", "1000000000", "1000001"])
def test_steps_that_are_not_legal(qtbot, panel, text):
    type_over(qtbot, panel.steps, text)
    assert panel.store.session == SESSION
    assert "1,000,000" in panel.errors["steps"].text()
    type_over(qtbot, panel.steps, "40")
    assert panel.store.session.steps == 40
    assert not panel.errors["steps"].isVisible()


def test_steps_count_with_arrows_within_what_is_legal(qtbot, panel):
    panel.steps.setFocus()
    for _ in range(3):
        qtbot.keyClick(panel.steps, Qt.Key.Key_Up)
    assert panel.store.session.steps == 33
    assert undo_entries(panel.store) == 1
    type_over(qtbot, panel.steps, "2")
    for _ in range(4):
        qtbot.keyClick(panel.steps, Qt.Key.Key_Down)
    assert panel.store.session.steps == 1
    type_over(qtbot, panel.steps, "999999")
    for _ in range(4):
        qtbot.keyClick(panel.steps, Qt.Key.Key_Up)
    assert panel.steps.value() == 1_000_000


def test_gradient(qtbot, panel):
    panel.more_button.click()
    panel.scheme.setFocus()
    qtbot.keyClick(panel.scheme, Qt.Key.Key_Down)
    assert panel.store.session.gradient == "forward:1e-06"
    type_over(qtbot, panel.h, "1e-3")
    assert panel.store.session.gradient == "forward:0.001"
    type_over(qtbot, panel.h, "-1")
    assert panel.store.session.gradient == "forward:0.001"
    assert panel.errors["gradient"].isVisible()


def test_complex_step_is_refused_where_the_formula_is_not_analytic(qtbot, make):
    panel = make(replace(SESSION, problem="abs(x) + y**2"))
    panel.more_button.click()
    panel.scheme.setFocus()
    qtbot.keyClick(panel.scheme, Qt.Key.Key_End)
    assert panel.store.session.gradient == SESSION.gradient
    assert "abs" in panel.errors["gradient"].text()
    assert panel.scheme.currentText() == "central"


def test_undo_brings_the_fields_back(qtbot, panel):
    type_over(qtbot, panel.start[0], "-3")
    type_over(qtbot, panel.steps, "50")
    panel.choose("sphere")
    for _ in range(3):
        panel.store.undo()
    assert panel.store.session == SESSION
    assert [field.text() for field in panel.start] == ["-7", "2"]
    assert panel.steps.value() == 30
    assert panel.chooser.currentText() == "Quadratic valley"


# --- reach --------------------------------------------------------------------------------------


def interactive(panel):
    kinds = (QAbstractButton, QLineEdit, QComboBox, QAbstractSpinBox)
    found = [widget for kind in kinds for widget in panel.findChildren(kind)]
    return [widget for widget in found if widget.isVisible() and not isinstance(widget.parent(), QAbstractSpinBox)]


def test_everything_has_a_name_and_fields_have_labels(panel):
    panel.more_button.click()
    for widget in interactive(panel):
        assert widget.accessibleName() or widget.text()
    buddies = {label.buddy() for label in panel.findChildren(QLabel) if label.buddy() is not None}
    fields = {panel.chooser, panel.formula, *panel.start, *panel.bounds, panel.steps, panel.scheme, panel.h}
    assert fields <= buddies


def test_tab_goes_through_everything(qtbot, panel):
    panel.store.edit(replace(panel.store.session, steps=40))  # so that there is something to give back
    panel.more_button.click()
    panel.chooser.setFocus(Qt.FocusReason.TabFocusReason)
    reached = [panel.chooser]
    for _ in range(len(interactive(panel)) - 1):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        reached.append(QApplication.focusWidget())
    assert set(reached) == set(interactive(panel))
    assert reached.index(panel.start[0]) < reached.index(panel.start[1]) < reached.index(panel.bounds[0])


@pytest.mark.parametrize("width", [290, 320, 400])
def test_nothing_is_clipped(make, width):
    panel = make(size=(width, 420))
    panel.more_button.click()
    QApplication.processEvents()
    for widget in interactive(panel):
        assert widget.mapTo(panel, QPoint(widget.width(), 0)).x() <= panel.width()
        assert widget.width() >= widget.minimumSizeHint().width()


def test_a_long_lesson_is_cut_and_stands_in_the_tooltip(make):
    panel = make(size=(290, 420))
    assert panel.teaches.shown_text() != panel.teaches.text()


def test_all_texts_follow_the_theme(qtbot, panel):
    type_over(qtbot, panel.formula, "x +", None)
    for choice in ("dark", "light"):
        theme = palette.apply(choice)
        QApplication.processEvents()
        wanted = {panel.teaches: theme.muted, panel.errors["formula"]: outcome_color("diverged", theme)}
        for label, color in wanted.items():
            image = label.grab().toImage()
            seen = {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}
            assert color.name() in seen


def test_where_f_is_not_defined_at_the_start_the_nearest_place_is_offered(qtbot, make):
    panel = make(Session("sqrt(x) + (y - 1)**2", start=(-7.0, 6.0), runs=(RunSpec("sgd"),)))
    qtbot.waitUntil(panel.offer_button.isVisible)
    assert "not defined" in panel.offer_button.text()
    qtbot.mouseClick(panel.offer_button, LEFT)
    qtbot.waitUntil(lambda: not panel.offer_button.isVisible())
    x, y = panel.store.session.start
    assert 0 <= x < 1
    assert y == pytest.approx(6, abs=1)
    assert "start" in panel.store.undo_name
    assert not make().offer_button.isVisible(), "nothing to offer where f is defined"


LONG = "weight_of_the_first_layer"


def labels_of(panel, field):
    return [label for label in panel.findChildren(QLabel) if label.buddy() is field and "&" not in label.text()]


def test_fields_are_called_as_the_formula_calls_its_variables(panel):
    for text, first, second in (("w**2/20 + b**2", "w", "b"), ("x**2 + y**2", "x", "y")):
        panel.store.edit(replace(panel.store.session, problem=text))
        assert [field.accessibleName() for field in panel.start] == [f"Start {first}", f"Start {second}"]
        assert panel.bounds[3].accessibleName() == f"Domain {second} to"
        fields = (*panel.start, panel.bounds[0], panel.bounds[2])
        shown = [label.text() for field in fields for label in labels_of(panel, field)]
        assert shown == [first, second, first, second]


def test_long_names_do_not_widen_the_panel(panel):
    panel.store.edit(replace(panel.store.session, problem="x**2 + y**2"))
    QApplication.processEvents()
    before = panel.minimumSizeHint().width()
    panel.store.edit(replace(panel.store.session, problem=f"f({LONG}, b) = {LONG}**2 + b**2"))
    QApplication.processEvents()
    (label,) = labels_of(panel, panel.start[0])
    assert label.text() != LONG
    assert LONG in label.toolTip()
    assert panel.start[0].accessibleName() == f"Start {LONG}"
    assert panel.minimumSizeHint().width() <= before + 2 * 4 * panel.fontMetrics().horizontalAdvance("m")
