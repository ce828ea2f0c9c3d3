"""Playing, driven by a clock of our own."""

import pytest

from optvis.gui.state.playback import HOLD_SECONDS, SPEEDS, Playback, steps_per_second


@pytest.fixture
def play(qapp, clock):
    play = Playback(clock=clock)
    play.set_length(30)
    yield play
    play.pause()


def run(play, clock, seconds, frame=1 / 60):
    """Let time pass, frame by frame."""
    end = clock.now + seconds
    while clock.now < end - 1e-9:
        clock.now = min(clock.now + frame, end)
        if play.playing:
            play.tick()


def test_it_stands_at_the_start(play):
    assert (play.step, play.length, play.playing, play.speed, play.loop) == (0, 30, False, 1.0, False)


@pytest.mark.parametrize("length", [1, 30, 96, 1000, 1_000_000])
def test_any_run_is_over_within_twelve_seconds(length):
    assert length / steps_per_second(length) <= 12.0
    assert steps_per_second(length) >= 8.0


@pytest.mark.parametrize("speed", SPEEDS)
def test_the_pace_follows_the_clock_not_the_frames(play, clock, speed):
    play.set_length(10_000)
    play.set_speed(speed)
    play.play()
    run(play, clock, 0.5)
    smooth = play.step
    play.to_start()
    play.play()
    run(play, clock, 0.5, frame=0.25)
    assert play.step == smooth
    assert abs(smooth - 0.5 * speed * 10_000 / 12) <= 1


def test_it_stops_at_the_end(play, clock):
    seen = []
    play.stepChanged.connect(seen.append)
    play.play()
    run(play, clock, 10)
    assert seen == list(range(1, 31))
    assert not play.playing


def test_play_at_the_end_starts_over(play, clock):
    play.to_end()
    play.play()
    assert (play.step, play.playing) == (0, True)


def test_a_loop_holds_at_the_end_then_begins_again(play, clock):
    play.set_loop(True)
    play.seek(30)
    play.seek(29)
    play.play()
    run(play, clock, 1 / 8 + HOLD_SECONDS / 2)
    assert (play.step, play.playing) == (30, True)
    run(play, clock, HOLD_SECONDS)
    assert play.playing
    assert play.step < 10


def test_stepping_pauses(play, clock):
    play.play()
    run(play, clock, 1.0)
    at = play.step
    play.step_by(1)
    assert (play.step, play.playing) == (at + 1, False)
    play.step_by(-1)
    assert play.step == at


@pytest.mark.parametrize(("method", "step"), [("to_start", 0), ("to_end", 30)])
def test_going_to_an_end_pauses(play, method, step):
    play.seek(10)
    play.play()
    getattr(play, method)()
    assert (play.step, play.playing) == (step, False)


def test_steps_are_clipped(play):
    play.seek(1000)
    assert play.step == 30
    play.step_by(-1000)
    assert play.step == 0


def test_a_shorter_run_clips_the_step(play):
    play.seek(25)
    seen = []
    play.stepChanged.connect(seen.append)
    play.set_length(20)
    assert play.step == 20
    assert seen == [20]
    play.seek(15)
    play.set_length(100)
    assert play.step == 15, "the step stays"


def test_who_rests_at_the_end_stays_at_the_end(play, clock):
    play.to_end()
    play.set_length(300)
    assert play.step == 300
    play.set_length(30)
    play.set_length(50)
    assert play.step == 50
    play.play()
    play.set_length(80)
    assert play.step < 80, "what plays goes on from where it is"


def test_a_change_of_speed_or_length_does_not_jump(play, clock):
    play.set_length(60)
    play.play()
    run(play, clock, 2.0)
    at = play.step
    assert abs(at - 16) <= 1
    play.set_speed(4.0)
    play.tick()
    assert play.step == at
    run(play, clock, 0.5)
    assert abs(play.step - (at + 16)) <= 1
    at = play.step
    play.set_length(1000)
    play.tick()
    assert play.step == at


def test_seeking_while_playing_goes_on_from_there(play, clock):
    play.play()
    run(play, clock, 1.0)
    play.seek(20)
    run(play, clock, 0.5)
    assert abs(play.step - 24) <= 1
    assert play.playing


def test_nothing_to_play(play):
    play.set_length(0)
    play.play()
    assert not play.playing


def test_signals_tell_every_change_once(play):
    seen = []
    play.playingChanged.connect(lambda on: seen.append(("playing", on)))
    play.speedChanged.connect(lambda speed: seen.append(("speed", speed)))
    play.loopChanged.connect(lambda on: seen.append(("loop", on)))
    play.lengthChanged.connect(lambda length: seen.append(("length", length)))
    for _ in range(2):
        play.play()
        play.set_speed(2.0)
        play.set_loop(True)
        play.set_length(40)
    play.toggle()
    assert seen == [("playing", True), ("speed", 2.0), ("loop", True), ("length", 40), ("playing", False)]


def test_the_timer_ticks_by_itself(qtbot):
    play = Playback()
    play.set_length(5)
    play.set_speed(16.0)
    with qtbot.waitSignal(play.playingChanged, check_params_cb=lambda on: not on, timeout=5000):
        play.play()
    assert play.step == 5
