"""The window's export: every format, what is remembered, progress and cancel."""

from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
from PIL import Image
from PyQt6.QtCore import QElapsedTimer, Qt, QTimer
from PyQt6.QtWidgets import QDialogButtonBox, QMessageBox

from optvis.cli.main import main
from optvis.document.layouts import LAYOUTS
from optvis.document.picture_spec import ANIMATIONS, STILLS, Picture
from optvis.document.session import RunSpec, Session, View, resolve
from optvis.document.session_text import to_text
from optvis.export.render import render_in_slices
from optvis.foundation.errors import InputError
from optvis.gui.files.export_dialog import ExportDialog
from optvis.gui.files.export_form import FORMATS


@pytest.fixture(scope="module")
def scene():
    return resolve(Session("quadratic-valley", runs=(RunSpec("sgd"), RunSpec("adam", style=1)), steps=40))


@pytest.fixture
def make_dialog(qtbot, scene, settings, tmp_path):
    def make(export=None, step=12):
        settings.setValue("export/folder", str(tmp_path))
        dialog = ExportDialog(scene, step, "dark", export or render_in_slices, settings)
        qtbot.addWidget(dialog)
        dialog.show()
        return dialog

    return make


@pytest.fixture
def dialog(make_dialog):
    return make_dialog()


def cancel(dialog):
    dialog.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Cancel).click()


def test_every_format_and_view_can_be_chosen(dialog):
    assert tuple(FORMATS) == STILLS + ANIMATIONS
    choice = dialog.form.layout_choice
    assert [(choice.itemData(at), choice.itemText(at)) for at in range(choice.count())] == [
        (each.name, each.title) for each in LAYOUTS.values()
    ]
    assert dialog.picture == Picture(
        dialog.file_field.text(), (1200, 800), 2.0, "dark", "map", 12
    )  # what is shown, at print quality


def test_enter_exports_from_every_field(qtbot, make_dialog, tmp_path):
    for name in ("file_field", "width_box", "scale_box"):
        dialog = make_dialog()
        field = dialog.file_field if name == "file_field" else getattr(dialog.form, name)
        dialog.file_field.setText(str(tmp_path / f"{name}.png"))
        field.setFocus()
        qtbot.keyClick(field, Qt.Key.Key_Return)
        qtbot.waitUntil((tmp_path / f"{name}.png").exists)
        qtbot.waitUntil(lambda dialog=dialog: not dialog.isVisible())


def test_what_was_chosen_is_remembered_after_cancel_too(make_dialog):
    dialog = make_dialog()
    dialog.form.width_box.setValue(640)
    dialog.form.set_ending(".svg")
    cancel(dialog)
    again = make_dialog()
    assert (again.form.width_box.value(), again.form.ending) == (640, ".svg")


@pytest.mark.parametrize("ending", FORMATS)
def test_the_file_takes_the_ending_of_the_format(dialog, ending, tmp_path):
    dialog.form.set_ending(".webp")
    dialog.form.set_ending(ending)
    assert dialog.file_field.text() == str(tmp_path / f"quadratic-valley{ending}")
    dialog.picture.check()
    form = dialog.form
    is_still = ending in STILLS
    assert form.step_box.isVisible() == form.transparent_box.isVisible() == is_still
    assert form.rate_box.isVisible() == form.hold_box.isVisible() == (not is_still)
    assert form.loop_box.isVisible() == (not is_still and ending != ".mp4")


def test_the_window_exports_what_render_draws(dialog, scene, tmp_path, qtbot):
    choose_layout(dialog, "multiples")
    dialog.file_field.setText(str(tmp_path / "window.png"))
    dialog.export_button.click()
    qtbot.waitUntil(lambda: not dialog.is_exporting)
    words = ["-s", to_text(scene.session), "--view", "multiples", "--theme", "dark", "--step", "12", "--scale", "2"]
    assert main(["render", *words, "-o", str(tmp_path / "render.png")]) == 0
    assert (tmp_path / "window.png").read_bytes() == (tmp_path / "render.png").read_bytes()


def choose_layout(dialog, name):
    choice = dialog.form.layout_choice
    choice.setCurrentIndex(choice.findData(name))


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_only_formats_are_offered_that_the_layout_has(dialog, layout):
    dialog.form.set_ending(".gif")
    choose_layout(dialog, layout.name)
    choice = dialog.form.format_choice
    offered = tuple(choice.itemData(at) for at in range(choice.count()))
    assert offered == (STILLS + ANIMATIONS if layout.can_be_animated else STILLS)
    assert dialog.form.ending == (".gif" if layout.can_be_animated else ".png")
    assert Path(dialog.file_field.text()).suffix == dialog.form.ending
    assert dialog.form.step_box.isVisible() == (not layout.can_be_animated)
    dialog.picture.check()
    choose_layout(dialog, "map")
    dialog.form.set_ending(".gif")
    assert dialog.form.ending == ".gif"


def test_a_dialog_that_remembers_an_animation_opens_on_a_layout_without_one(qtbot, settings, scene):
    settings.setValue("export/format", ".gif")
    swept = replace(scene, session=replace(scene.session, view=View(layout="sweep")))
    dialog = ExportDialog(swept, 0, "light", render_in_slices, settings)
    qtbot.addWidget(dialog)
    assert (dialog.form.ending, Path(dialog.file_field.text()).suffix) == (".png", ".png")


def test_an_animation_that_is_typed_all_the_same_is_refused(dialog, tmp_path):
    choose_layout(dialog, "sweep")
    dialog.file_field.setText(str(tmp_path / "own.gif"))
    dialog.export_button.click()
    assert "makes no animation; choose .png, .svg, .pdf" in dialog.error_label.text()
    assert not list(tmp_path.glob("own*"))


def test_a_name_that_is_typed_says_the_format(dialog, tmp_path, qtbot):
    dialog.file_field.setText(str(tmp_path / "own.svg"))
    dialog.export_button.click()
    qtbot.waitUntil(lambda: not dialog.isVisible())
    assert (tmp_path / "own.svg").read_bytes().startswith(b"<?xml")
    assert dialog.form.ending == ".svg"


def test_an_animation_is_as_the_form_says(dialog, tmp_path, qtbot):
    form = dialog.form
    form.set_ending(".webp")
    form.width_box.setValue(300)
    form.height_box.setValue(240)
    form.first_box.setValue(10)
    form.last_box.setValue(20)
    form.stride_box.setValue(2)
    form.rate_box.setValue(10)
    form.hold_box.setValue(0.5)
    form.loop_box.setChecked(False)
    assert form.length_label.text() == "6 frames, 1.1 s"
    dialog.export_button.click()
    qtbot.waitUntil(lambda: not dialog.isVisible())
    with Image.open(tmp_path / "quadratic-valley.webp") as image:
        assert (image.size, image.n_frames, image.info["loop"]) == ((300, 240), 6, 1)


def test_choices_are_remembered(make_dialog, qtbot):
    dialog = make_dialog()
    form = dialog.form
    form.set_ending(".gif")
    form.width_box.setValue(320)
    form.height_box.setValue(280)
    form.rate_box.setValue(12.5)
    form.hold_box.setValue(0)
    form.loop_box.setChecked(False)
    form.stride_box.setValue(20)
    dialog.export_button.click()
    qtbot.waitUntil(lambda: not dialog.isVisible())
    again = make_dialog(step=3)
    picture = again.picture
    assert (picture.ending, picture.size, picture.fps, picture.hold, picture.loop) == (
        ".gif", (320, 280), 12.5, 0, False,
    )  # fmt: skip
    again.form.set_ending(".png")
    assert (again.picture.size, again.picture.scale, again.picture.step) == ((1200, 800), 2.0, 3)


def test_settings_that_somebody_spoiled_do_no_harm(make_dialog, settings):
    for name in ("format", "fps", "hold", "loop", "still-width", "still-scale", "transparent"):
        settings.setValue(f"export/{name}", "rubbish")
    make_dialog().picture.check()


def test_cancel_stops_the_export_and_keeps_the_dialog(dialog, tmp_path, qtbot):
    dialog.form.set_ending(".apng")
    dialog.form.width_box.setValue(2000)
    dialog.form.height_box.setValue(1500)
    dialog.export_button.click()
    assert dialog.is_exporting
    qtbot.waitUntil(lambda: dialog.progress_bar.value() > 20)
    assert dialog.progress_bar.isVisible()
    assert not dialog.form.isEnabled()
    cancel(dialog)
    assert not dialog.is_exporting
    assert dialog.isVisible()
    assert dialog.form.isEnabled()
    assert list(tmp_path.glob("*.apng")) == list(tmp_path.glob(".*")) == []
    cancel(dialog)
    assert not dialog.isVisible()


def test_closing_the_dialog_stops_the_export(dialog, tmp_path):
    dialog.form.set_ending(".gif")
    dialog.export_button.click()
    dialog.close()
    assert not dialog.is_exporting
    assert list(tmp_path.glob("*.gif")) == list(tmp_path.glob(".*")) == []


@pytest.mark.slow
def test_the_window_lives_on_while_an_animation_is_written(dialog, qtbot):
    dialog.form.set_ending(".gif")
    dialog.form.width_box.setValue(1600)  # enough work for many slices on a fast machine, too
    dialog.form.height_box.setValue(1200)
    ticks, timer, clock = count(), QTimer(interval=0), QElapsedTimer()
    timer.timeout.connect(lambda: next(ticks))
    timer.start()
    clock.start()
    dialog.export_button.click()
    qtbot.waitUntil(lambda: not dialog.isVisible(), timeout=20_000)
    timer.stop()
    assert next(ticks) >= 10


@pytest.mark.parametrize("after", [0, 3])
def test_an_error_stays_beside_the_button(make_dialog, qtbot, after):
    def fail(scene, picture):
        for share in range(after):
            yield share / 10
        raise InputError("the disk is full")

    dialog = make_dialog(fail)
    dialog.export_button.click()
    qtbot.waitUntil(lambda: not dialog.is_exporting)
    assert dialog.isVisible()
    assert dialog.error_label.isVisible()
    assert dialog.error_label.text() == "the disk is full"
    assert dialog.form.isEnabled()
    dialog.form.set_ending(".svg")
    assert not dialog.error_label.isVisible()


def test_a_folder_that_is_not_there_is_said(dialog, tmp_path, qtbot):
    dialog.file_field.setText(str(tmp_path / "nowhere" / "a.png"))
    dialog.export_button.click()
    qtbot.waitUntil(dialog.error_label.isVisible)
    assert "does not exist" in dialog.error_label.text()


@pytest.mark.parametrize("answer", [QMessageBox.StandardButton.Yes, QMessageBox.StandardButton.No])
def test_it_asks_before_it_replaces_a_file(dialog, tmp_path, qtbot, monkeypatch, answer):
    file = Path(dialog.file_field.text())
    file.write_bytes(b"old")
    monkeypatch.setattr(QMessageBox, "question", lambda *_: answer)
    dialog.export_button.click()
    if answer == QMessageBox.StandardButton.Yes:
        qtbot.waitUntil(lambda: not dialog.isVisible())
    assert (file.read_bytes() == b"old") == (answer == QMessageBox.StandardButton.No)
    assert dialog.isVisible() == (answer == QMessageBox.StandardButton.No)
