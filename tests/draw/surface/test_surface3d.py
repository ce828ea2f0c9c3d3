import math

import numpy as np
import pytest
from PyQt6.QtCore import QPointF, QRectF
from PyQt6.QtGui import QColor, QImage, QPainter

from optvis.document.session import RunSpec, Session, View, resolve
from optvis.draw.paint.theme import DARK, LIGHT, color_table, run_style
from optvis.draw.surface.camera import FLOOR, TOP, Camera, Projection
from optvis.draw.surface.facets import facets
from optvis.draw.surface.mesh import mesh
from optvis.draw.surface.surface3d import camera_for, mesh_of, paint_background, paint_overlay, paint_surface, view_of
from optvis.draw.surface.surface_trails import SurfaceTrailLayer, surface_trail
from optvis.landscape.loss_surface import NOT_FINITE, loss_scale
from optvis.problems.problem import problem

RECT = QRectF(0, 0, 400, 300)
AZIMUTHS = (-180, -137, -90, -58, -45, -10, 0, 33, 45, 80, 90, 121, 135, 170)

pytestmark = pytest.mark.usefixtures("qapp")


def scene_of(name, *optimizers, **settings):
    runs = tuple(
        RunSpec(optimizer, tuple(sorted(hyper.items())), style=index)
        for index, (optimizer, hyper) in enumerate(optimizers)
    )
    return resolve(Session(name, runs=runs, **settings))


def mesh_for(name, resolution=30, bounds=None, **settings):
    made = problem(name, bounds=bounds)
    return mesh(made, loss_scale(made), made.plane.bounds, resolution, **settings)


def blank(size=(400, 300), color="#ff00ff"):
    image = QImage(*size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(QColor(color))
    return image


def pixels_of(image):
    bits = image.constBits()
    bits.setsize(image.sizeInBytes())
    rows = np.frombuffer(bits, dtype=np.uint32).reshape(image.height(), image.bytesPerLine() // 4)
    return rows[:, : image.width()].copy()


# Camera and projection


def test_from_the_front_x_goes_right_and_y_and_z_go_up():
    projection = Projection(Camera(azimuth=-90, elevation=30), RECT)
    origin = projection.to_pixels(0, 0, 0)
    np.testing.assert_allclose(projection.to_pixels(1, 0, 0) - origin, [projection.scale, 0], atol=1e-9)
    np.testing.assert_allclose(projection.to_pixels(0, 1, 0) - origin, [0, -projection.scale / 2], atol=1e-9)
    up = -projection.scale * math.sqrt(3) / 2
    np.testing.assert_allclose(projection.to_pixels(0, 0, 1) - origin, [0, up], atol=1e-9)


@pytest.mark.parametrize("azimuth", AZIMUTHS)
@pytest.mark.parametrize("elevation", [5, 38, 89])
@pytest.mark.parametrize("half", [(1.0, 1.0), (1.0, 0.3)])
def test_all_of_the_box_fits_at_zoom_1(azimuth, elevation, half):
    projection = Projection(Camera(azimuth, elevation), QRectF(20, 30, 640, 480), half)
    corners = [(x, y, z) for x in (-half[0], half[0]) for y in (-half[1], half[1]) for z in (FLOOR, TOP)]
    for corner in corners:
        assert projection.rect.contains(projection.point(*corner))


def test_one_point_and_many_are_projected_alike():
    projection = Projection(Camera(17, 51, 1.7), QRectF(3, 4, 500, 400), (1.0, 0.6))
    at = projection.point(0.3, -0.2, 0.4)
    np.testing.assert_allclose(projection.to_pixels([0.3], [-0.2], [0.4]), [[at.x(), at.y()]])


def test_the_camera_never_goes_beneath_the_floor_nor_upside_down():
    camera = Camera()
    for dy in (1e6, -1e6, 300, -70):
        camera = camera.rotated(12345.6, dy)
        assert 0 < camera.elevation < 90
        assert -180 <= camera.azimuth < 180


def test_dragging_to_the_right_moves_the_near_side_to_the_right():
    before, after = (Projection(camera, RECT) for camera in (Camera(-90), Camera(-90).rotated(40, 0)))
    assert after.point(0, -1, 0).x() > before.point(0, -1, 0).x() + 10


def test_zoom_is_limited_and_undone_by_its_inverse():
    assert Camera().zoomed(1.5).zoomed(1 / 1.5).zoom == pytest.approx(1)
    assert Camera().zoomed(1e9) == Camera().zoomed(1e12)
    assert Camera().zoomed(1e-9).zoom > 0


# Mesh


def test_heights_follow_the_loss_and_stay_in_the_box():
    made = mesh_for("quadratic-valley", 41)
    assert np.nanmin(made.heights) >= 0
    assert np.nanmax(made.heights) <= TOP
    assert made.heights[20, 20] == made.heights.min()
    assert made.heights[40, 20] > made.heights[30, 20] > made.heights[20, 20]


def test_a_huge_corner_does_not_flatten_the_rest():
    made = mesh_for("x**2 + y**2 + exp(60*(x - 0.9))", 41, (-1, 1, -1, 1))
    middle = made.heights[:, 20]
    assert middle.max() - middle.min() > 0.2 * TOP


def test_a_zoomed_window_uses_the_height_of_the_box():
    made = problem("rosenbrock")
    near = mesh(made, loss_scale(made), (0.9, 1.1, 0.9, 1.1), 30)
    assert np.ptp(near.heights) > 0.6 * TOP


def test_height_at_meets_the_nodes_and_is_nan_beyond_the_edges():
    made = mesh_for("himmelblau", 12)
    x, y = made.nodes
    at = np.stack(np.meshgrid(x, y), axis=-1)
    np.testing.assert_allclose(made.height_at(at), made.heights, atol=1e-9)
    assert np.isnan(made.height_at(np.array([[1.01, 0], [0, -1.01], [np.nan, 0], [np.inf, 0]]))).all()


def test_contours_lie_on_the_surface():
    made = mesh_for("himmelblau", 40)
    points = made.contours.points
    assert len(points) > 100
    np.testing.assert_allclose(points[:, 2], made.height_at(points[:, :2]), atol=1e-12)


def test_equal_aspect_keeps_units_equal():
    assert mesh_for("quadratic-valley", 10, is_equal=True).half == (1.0, 0.5)


# What is seen


def first_hit(made, projection, px, py):
    """Walk from the viewer into the picture; the cell of the first crossing of the surface, or None."""
    (ahead_x, ahead_y), (cos, sin) = projection.towards, projection.tilt
    origin = projection.point(0, 0, 0)
    across, up = (px - origin.x()) / projection.scale, (origin.y() - py) / projection.scale
    near = np.linspace(1.5, -1.5, 6001)
    places = np.column_stack([near * ahead_x - across * ahead_y, near * ahead_y + across * ahead_x])
    above = made.height_at(places) * cos - near * sin - up  # of the surface over the line of sight
    with np.errstate(invalid="ignore"):
        crossings = np.flatnonzero(above[:-1] * above[1:] <= 0)
    return None if len(crossings) == 0 else places[crossings[0]]


@pytest.mark.parametrize("azimuth", AZIMUTHS)
@pytest.mark.parametrize(("name", "bounds"), [("rastrigin", (-2, 2, -2, 2)), ("himmelblau", None)])
def test_the_nearest_cell_is_seen_from_all_sides(name, bounds, azimuth):
    made = mesh_for(name, 41, bounds)
    projection = Projection(Camera(azimuth, 30), RECT)
    view = facets(made, projection, 1.0)
    x, y = made.nodes
    generator = np.random.default_rng(1)
    wrong, total = 0, 300
    for px, py in generator.uniform((90, 60), (310, 230), (total, 2)):
        pixel = np.floor([px, py]) + 0.5
        (cell,) = view.seen_at(pixel[None])
        hit = first_hit(made, projection, *pixel)
        if (cell < 0) != (hit is None):
            wrong += 1
        elif hit is not None:
            row, column = divmod(int(cell), 40)
            off = np.abs([x[column : column + 2].mean() - hit[0], y[row : row + 2].mean() - hit[1]])
            wrong += bool((off > 2 * 2 / 40).any())
    assert wrong <= 0.04 * total  # single pixels at outlines


def test_there_are_no_cracks_between_cells():
    made = mesh_for("3", 30, (-1, 1, -1, 1))
    for azimuth in AZIMUTHS:
        projection = Projection(Camera(azimuth, 50), RECT)
        numbers = facets(made, projection, 2.0).numbers
        filled = numbers > 0
        for row in filled[filled.any(axis=1)]:
            inside = np.flatnonzero(row)
            assert row[inside[0] : inside[-1] + 1].all()


def test_a_level_cell_has_exactly_the_color_of_the_map():
    scene = scene_of("3")
    image = blank()
    painter = QPainter(image)
    view = view_of(mesh_of(scene, 30), Camera(), RECT)
    paint_background(painter, scene, view, LIGHT)
    painter.end()
    at = view.projection.point(0.03, 0.04, TOP / 2).toPoint()
    assert image.pixelColor(at) == QColor.fromRgba(color_table("viridis", LIGHT)[127])


def test_colors_follow_the_tone_of_the_cell_under_the_pixel():
    scene = scene_of("x", bounds=(-1, 1, -1, 1))
    view = view_of(mesh_of(scene, 30), Camera(-90, 80), RECT)
    image = view.image(LIGHT, "viridis")
    table = [QColor.fromRgba(value) for value in color_table("viridis", LIGHT)[:NOT_FINITE]]
    for x in (-0.8, 0.0, 0.8):
        at = view.projection.point(x, 0, float(view.mesh.height_at(np.array([x, 0.0])))) - view.corner
        seen = image.pixelColor(round(at.x() * view.density), round(at.y() * view.density))
        hues = [abs(seen.hueF() - color.hueF()) for color in table]
        assert abs(int(np.argmin(hues)) / 254 - (x + 1) / 2) < 0.08


def test_cells_without_a_loss_are_left_open():
    made = mesh_for("log(x)", 30, (-1, 1, -1, 1))
    assert made.is_whole.any()
    for azimuth in AZIMUTHS:
        numbers = facets(made, Projection(Camera(azimuth), RECT), 1.0).numbers
        seen = np.unique(numbers[numbers > 0]) - 1
        assert len(seen) > 50
        assert made.is_whole.ravel()[seen].all()


# The whole picture


@pytest.mark.parametrize("name", ["log(-1 - x**2)", "3", "log(x)", "x**200", "1/(x*y)"])
@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_odd_functions_are_painted_without_complaint(name, theme):
    scene = scene_of(name, ("sgd", {"lr": 0.1}), ("adam", {}))
    image = blank()
    painter = QPainter(image)
    paint_surface(painter, scene, 10, RECT, theme)
    painter.end()
    assert (pixels_of(image) != QColor("#ff00ff").rgba()).any()


@pytest.mark.parametrize("size", [(1, 1), (60, 40), (30, 400)])
def test_tiny_rectangles_are_painted(size):
    image = blank()
    painter = QPainter(image)
    paint_surface(painter, scene_of("himmelblau", ("sgd", {})), 10, QRectF(5, 5, *size), LIGHT)
    painter.end()


@pytest.mark.parametrize("zoom", [1.0, 6.0])
@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_nothing_is_painted_outside(zoom, ratio):
    scene = scene_of("quadratic-valley", ("sgd", {"lr": 1.2}), ("adam", {"lr": 0.5}))
    image = blank((round(300 * ratio), round(240 * ratio)))
    image.setDevicePixelRatio(ratio)
    rect = QRectF(50, 40, 200, 150)
    painter = QPainter(image)
    paint_surface(painter, scene, 30, rect, LIGHT, Camera(zoom=zoom), ratio)
    painter.end()
    left = pixels_of(image) == QColor("#ff00ff").rgba()
    inside = np.zeros_like(left)
    inside[round(40 * ratio) : round(190 * ratio), round(50 * ratio) : round(250 * ratio)] = True
    assert left[~inside].all()
    assert not left[inside].all()


def test_the_usual_side_is_left_only_for_a_better_one():
    assert camera_for(mesh_for("3", 20)) == Camera()
    # A wall stands on the near side, the valley is right behind it, and the far side is open.
    walled = camera_for(mesh_for("exp(-14*(y + 1)) + 0.3*y", 60, (-1, 1, -1, 1)))
    assert Projection(walled, RECT).towards[1] > 0


# Trails


def ridge(start):
    """A ridge along y between the viewer, at large x, and small x."""
    scene = scene_of("exp(-8*x**2)", ("sgd", {"lr": 0.05}), bounds=(-2.0, 2.0, -2.0, 2.0), start=start, steps=30)
    return scene, view_of(mesh_of(scene, 80), Camera(azimuth=0, elevation=12), RECT)


def test_a_trail_behind_a_ridge_is_hidden_and_one_before_it_is_not():
    for start, is_hidden in (((-0.4, 0.3), True), ((0.4, 0.3), False)):
        scene, view = ridge(start)
        made = surface_trail(scene.runs[0].trajectory, view, run_style(0, LIGHT))
        assert (len(made.hidden.lines) > 0) == is_hidden
        assert (len(made.line.lines) == 0) == is_hidden
        assert (len(made.dots) == 0) == is_hidden


@pytest.mark.parametrize(
    ("formula", "place", "is_hidden"),
    [
        ("exp(-8*x**2)", (-0.9, 0.0), True),  # level ground behind the ridge
        ("exp(-8*x**2)", (0.9, 0.0), False),
        ("x**2", (0.97, 0.0), True),  # the inner side of the near wall, right behind its rim
        ("x**2", (-0.9, 0.0), False),
        ("x**2", (0.0, 0.0), True),
    ],
)
def test_what_cannot_be_seen_from_the_side_of_large_x(formula, place, is_hidden):
    made = mesh_for(formula, 80, (-2, 2, -2, 2))
    projection = Projection(Camera(azimuth=0, elevation=12), RECT)
    at = np.array([place])
    pixels = projection.to_pixels(at[:, 0], at[:, 1], made.height_at(at)) - (0, 1.5)
    assert facets(made, projection, 2.0).hides(pixels, at).tolist() == [is_hidden]


def strength(start):
    """How much trail and head change the picture, at most."""
    scene, view = ridge(start)
    images = []
    for has_runs in (False, True):
        image = blank()
        painter = QPainter(image)
        paint_background(painter, scene, view, LIGHT)
        if has_runs:
            layer = SurfaceTrailLayer()
            layer.update(scene.runs, view, 30, LIGHT)
            layer.paint(painter)
        painter.end()
        images.append(pixels_of(image).view(np.uint8).astype(int))
    return np.abs(images[0] - images[1]).max()


def test_a_hidden_trail_is_fainter():
    assert 15 < strength((-0.4, 0.3)) < 0.6 * strength((0.4, 0.3))


def test_a_trail_runs_through_the_projected_steps():
    scene = scene_of("quadratic-valley", ("sgd", {}), steps=6)
    view = view_of(mesh_of(scene, 60), Camera(elevation=70), RECT)
    trajectory = scene.runs[0].trajectory
    made = surface_trail(trajectory, view, run_style(0, LIGHT))
    for step in range(1, 7):
        place = view.mesh.to_box(trajectory.x[step], trajectory.y[step])
        at = view.projection.point(*place, float(view.mesh.height_at(place)))
        ends = made.line.between(step - 1, step)[-1, 2:]
        assert math.dist(ends, (at.x(), at.y())) < 3


def test_a_run_that_diverges_is_clipped_to_the_box():
    scene = scene_of("quadratic-valley", ("sgd", {"lr": 1.3}), steps=60)
    view = view_of(mesh_of(scene, 40), Camera(elevation=60), RECT)
    made = surface_trail(scene.runs[0].trajectory, view, run_style(0, LIGHT))
    corners = view.projection.to_pixels([-1, -1, 1, 1], [-1, 1, -1, 1], [[0.0], [TOP]]).reshape(-1, 2)
    for strokes in (made.line, made.hidden):
        ends = strokes.lines.reshape(-1, 2)
        assert (ends > corners.min(axis=0) - 3).all()
        assert (ends < corners.max(axis=0) + 3).all()
    assert np.isfinite(made.line.lines).all()


def test_an_arrow_stands_where_a_run_left():
    scene = scene_of("quadratic-valley", ("sgd", {"lr": 1.3}), steps=60)
    view = view_of(mesh_of(scene, 40), Camera(elevation=60), RECT)
    images = []
    for runs in ((), scene.runs):
        image = blank()
        painter = QPainter(image)
        paint_overlay(painter, scene, runs, view, 60, LIGHT)
        painter.end()
        images.append(pixels_of(image))
    rows, columns = np.nonzero(images[0] != images[1])
    made = surface_trail(scene.runs[0].trajectory, view, run_style(0, LIGHT))
    last = max((strokes for strokes in (made.line, made.hidden) if len(strokes.steps)), key=lambda one: one.steps[-1])
    x, y = last.lines[-1, 2:]
    assert len(rows) > 20
    assert np.hypot(columns - x, rows - y).min() < 4
    assert np.hypot(columns - x, rows - y).max() < 25


def layer_picture(scene, view, steps):
    layer = SurfaceTrailLayer()
    for step in steps:
        layer.update(scene.visible_runs, view, step, LIGHT)
    image = blank(color="#ffffff")
    painter = QPainter(image)
    layer.paint(painter)
    painter.end()
    return pixels_of(image), layer.rebuilt


def test_trails_drawn_step_by_step_are_the_trails_drawn_at_once():
    scene = scene_of("himmelblau", ("momentum", {}))
    view = view_of(mesh_of(scene, 40), Camera(), RECT)
    by_step, rebuilt = layer_picture(scene, view, range(26))
    at_once, _ = layer_picture(scene, view, [25])
    back, _ = layer_picture(scene, view, [40, 25])
    assert rebuilt == 1
    is_inked = at_once != 0xFFFFFFFF
    np.testing.assert_array_equal(is_inked, by_step != 0xFFFFFFFF)
    # Qt takes strokes of one call together where they overlap, so single pixels at joints differ.
    assert np.count_nonzero(by_step != at_once) < 0.05 * np.count_nonzero(is_inked)
    np.testing.assert_array_equal(back, at_once)


def test_a_new_camera_prepares_trails_anew_and_a_new_style_only_its_own():
    scene = scene_of("himmelblau", ("sgd", {}), ("adam", {}))
    view = view_of(mesh_of(scene, 30), Camera(), RECT)
    layer = SurfaceTrailLayer()
    layer.update(scene.runs, view, 5, LIGHT)
    layer.update(scene.runs[:1], view, 7, LIGHT)
    assert layer.rebuilt == 2
    layer.update(scene.runs, view_of(view.mesh, Camera().rotated(9, 0), RECT), 7, LIGHT)
    assert layer.rebuilt == 4


def test_the_head_is_drawn_at_its_place_on_the_surface():
    scene = scene_of("sphere", ("adam", {}), view=View(colormap="cividis"))
    view = view_of(mesh_of(scene, 40), Camera(elevation=60), RECT)
    image = blank()
    painter = QPainter(image)
    paint_background(painter, scene, view, LIGHT)
    paint_overlay(painter, scene, scene.runs, view, 10, LIGHT)
    painter.end()
    trajectory = scene.runs[0].trajectory
    place = view.mesh.to_box(trajectory.x[10], trajectory.y[10])
    at = view.projection.point(*place, float(view.mesh.height_at(place))) - QPointF(0, 1.5)
    assert image.pixelColor(at.toPoint()) == run_style(0, LIGHT).color
