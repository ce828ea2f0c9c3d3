"""The catalogue of two-dimensional test functions, as data.

Everything here is numbers and text; `optvis.problems.problem` makes problems of it, in the same way as of a
formula that a user types. Formulas are written as in the literature. Where a formula is named after
someone, the source is the publication it goes back to; where that is uncertain, the survey of
Jamil and Yang (2013) that collected it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

MinimumKind = Literal["smooth", "kink", "edge"]


@dataclass(frozen=True)
class Entry:
    """One test function.

    Attributes
    ----------
    bounds
        What is drawn: xmin, xmax, ymin, ymax. Not always the domain of the literature: a window in
        which a trajectory of some hundred steps can be followed.
    start
        A place from which there is something to see.
    steps
        How many updates show it.
    minima
        x, y and value of every global minimum within the bounds; () for a saddle.
    minimum_is
        ``smooth``: the gradient vanishes there; ``kink``: it has none; ``edge``: the function goes on
        falling beyond the bounds.
    source
        Authors and year.
    teaches
        One line on what an optimizer meets here.
    """

    title: str
    formula: str
    bounds: tuple[float, float, float, float]
    start: tuple[float, float]
    steps: int
    minima: tuple[tuple[float, float, float], ...]
    source: str
    teaches: str
    minimum_is: MinimumKind = "smooth"


ENTRIES: dict[str, Entry] = {
    "quadratic-valley": Entry(
        title="Quadratic valley",
        formula="x**2/20 + y**2",
        bounds=(-10, 10, -5, 5),
        start=(-7, 2),
        steps=30,
        minima=((0, 0, 0),),
        source="Saitoh (2016)",
        teaches="Twenty times steeper across than along: what suits one direction zigzags or crawls in the other.",
    ),
    "sphere": Entry(
        title="Sphere",
        formula="x**2 + y**2",
        bounds=(-5, 5, -5, 5),
        start=(-4, 3),
        steps=40,
        minima=((0, 0, 0),),
        source="De Jong (1975)",
        teaches="The easiest case: the gradient points straight at the minimum, so a detour is the optimizer's own.",
    ),
    "rosenbrock": Entry(
        title="Rosenbrock",
        formula="(1 - x)**2 + 100*(y - x**2)**2",
        bounds=(-2, 2, -1, 3),
        start=(-1.2, 1),
        steps=300,
        minima=((1, 1, 0),),
        source="Rosenbrock (1960)",
        teaches="A curved ravine: falling into it is quick, following its nearly flat floor to the minimum is slow.",
    ),
    "beale": Entry(
        title="Beale",
        formula="(1.5 - x + x*y)**2 + (2.25 - x + x*y**2)**2 + (2.625 - x + x*y**3)**2",
        bounds=(-4.5, 4.5, -4.5, 4.5),
        start=(1, 1.5),
        steps=300,
        minima=((3, 0.5, 0),),
        source="Beale (1958)",
        teaches="Steep walls in the corners round a flat middle: gradients differ by many orders of magnitude.",
    ),
    "booth": Entry(
        title="Booth",
        formula="(x + 2*y - 7)**2 + (2*x + y - 5)**2",
        bounds=(-10, 10, -10, 10),
        start=(-8, 5),
        steps=60,
        minima=((1, 3, 0),),
        source="Jamil and Yang (2013)",
        teaches="A valley that lies aslant: scaling x and y each by itself, as Adam does, cannot straighten it.",
    ),
    "himmelblau": Entry(
        title="Himmelblau",
        formula="(x**2 + y - 11)**2 + (x + y**2 - 7)**2",
        bounds=(-6, 6, -6, 6),
        start=(0, -1),
        steps=100,
        minima=(
            (3, 2, 0),
            (-2.8051180869527448, 3.1313125182505730, 0),
            (-3.7793102533777469, -3.2831859912861694, 0),
            (3.5844283403304917, -1.8481265269644036, 0),
        ),
        source="Himmelblau (1972)",
        teaches="Four minima of equal depth: which of them a run finds depends on the start and on the optimizer.",
    ),
    "rastrigin": Entry(
        title="Rastrigin",
        formula="20 + x**2 - 10*cos(2*pi*x) + y**2 - 10*cos(2*pi*y)",
        bounds=(-5.12, 5.12, -5.12, 5.12),
        start=(-3.4, 2.6),
        steps=150,
        minima=((0, 0, 0),),
        source="Rastrigin (1974)",
        teaches="An egg box on a bowl: nearly every run is caught by one of some hundred local minima.",
    ),
    "ackley": Entry(
        title="Ackley",
        formula="20 + e - 20*exp(-0.2*sqrt(0.5*(x**2 + y**2))) - exp(0.5*(cos(2*pi*x) + cos(2*pi*y)))",
        bounds=(-5, 5, -5, 5),
        start=(-3.4, 2.4),
        steps=150,
        minima=((0, 0, 0),),
        source="Ackley (1987)",
        teaches="Shallow ripples on a funnel with a pointed bottom: momentum rolls over what stops plain descent.",
        minimum_is="kink",
    ),
    "styblinski-tang": Entry(
        title="Styblinski–Tang",
        formula="(x**4 - 16*x**2 + 5*x + y**4 - 16*y**2 + 5*y)/2",
        bounds=(-5, 5, -5, 5),
        start=(0.1, 4.5),
        steps=80,
        minima=((-2.9035340277711771, -2.9035340277711771, -78.332331407542831),),
        source="Styblinski and Tang (1990)",
        teaches="Four basins, one deeper than the others: going down is not enough to end in the best one.",
    ),
    "six-hump-camel": Entry(
        title="Six-hump camel",
        formula="(4 - 2.1*x**2 + x**4/3)*x**2 + x*y + (-4 + 4*y**2)*y**2",
        bounds=(-2.2, 2.2, -1.3, 1.3),
        start=(-1.9, -0.1),
        steps=80,
        minima=(
            (0.089842013100318062, -0.71265640302073964, -1.0316284534898774),
            (-0.089842013100318062, 0.71265640302073964, -1.0316284534898774),
        ),
        source="Dixon and Szegö (1978)",
        teaches="Two deepest minima and four more: a run may settle halfway down.",
    ),
    "three-hump-camel": Entry(
        title="Three-hump camel",
        formula="2*x**2 - 1.05*x**4 + x**6/6 + x*y + y**2",
        bounds=(-2.5, 2.5, -2.5, 2.5),
        start=(-2, 2),
        steps=80,
        minima=((0, 0, 0),),
        source="Jamil and Yang (2013)",
        teaches="A deep basin between two shallow ones: enough momentum carries a run over the hump.",
    ),
    "goldstein-price": Entry(
        title="Goldstein–Price",
        formula="(1 + (x + y + 1)**2*(19 - 14*x + 3*x**2 - 14*y + 6*x*y + 3*y**2))"
        "*(30 + (2*x - 3*y)**2*(18 - 32*x + 12*x**2 + 48*y - 36*x*y + 27*y**2))",
        bounds=(-2, 2, -2, 2),
        start=(-1, 0.5),
        steps=200,
        minima=((0, -1, 3),),
        source="Goldstein and Price (1971)",
        teaches="Values from 3 to a million: a learning rate safe on the slopes is far too small on the floor.",
    ),
    "matyas": Entry(
        title="Matyas",
        formula="0.26*(x**2 + y**2) - 0.48*x*y",
        bounds=(-10, 10, -10, 10),
        start=(-8, 2),
        steps=100,
        minima=((0, 0, 0),),
        source="Jamil and Yang (2013)",
        teaches="A long plain along the diagonal: after the quick descent into it little pull is left.",
    ),
    "mccormick": Entry(
        title="McCormick",
        formula="sin(x + y) + (x - y)**2 - 1.5*x + 2.5*y + 1",
        bounds=(-1.5, 4, -3, 4),
        start=(-1, 2.8),
        steps=80,
        minima=((-0.54719755119659774, -1.5471975511965979, -1.9132229549810367),),
        source="Jamil and Yang (2013)",
        teaches="A bent chute with a lower way out beyond each minimum: speed decides in which a run stops.",
    ),
    "easom": Entry(
        title="Easom",
        formula="-cos(x)*cos(y)*exp(-(x - pi)**2 - (y - pi)**2)",
        bounds=(0, 6, 0, 6),
        start=(1.8, 2.2),
        steps=100,
        minima=((3.1415926535897931, 3.1415926535897931, -1),),
        source="Easom (1990)",
        teaches="A single pit in a plateau: a few steps away from it the gradient vanishes and nothing points the way.",
    ),
    "levy-13": Entry(
        title="Lévy 13",
        formula="sin(3*pi*x)**2 + (x - 1)**2*(1 + sin(3*pi*y)**2) + (y - 1)**2*(1 + sin(2*pi*y)**2)",
        bounds=(-2, 4, -2, 4),
        start=(-1.2, 3.2),
        steps=120,
        minima=((1, 1, 0),),
        source="Levy and Montalvo (1985)",
        teaches="Ridges across a bowl, dense in x: x is soon caught between two of them while y still moves.",
    ),
    "griewank": Entry(
        title="Griewank",
        formula="1 + (x**2 + y**2)/4000 - cos(x)*cos(y/sqrt(2))",
        bounds=(-10, 10, -10, 10),
        start=(-3.5, 0.9),
        steps=100,
        minima=((0, 0, 0),),
        source="Griewank (1981)",
        teaches="Waves on a bowl so wide that it is felt only from afar: near the middle all minima look alike.",
    ),
    "bukin-6": Entry(
        title="Bukin 6",
        formula="100*sqrt(abs(y - 0.01*x**2)) + 0.01*abs(x + 10)",
        bounds=(-15, -5, -3, 3),
        start=(-13, -1),
        steps=200,
        minima=((-10, 1, 0),),
        source="Bukin (1997)",
        teaches="A razor-sharp curved valley: its gradient grows without limit at the bottom, so no step size settles.",
        minimum_is="kink",
    ),
    "eggholder": Entry(
        title="Eggholder",
        formula="-(y + 47)*sin(sqrt(abs(x/2 + y + 47))) - x*sin(sqrt(abs(x - (y + 47))))",
        bounds=(-512, 512, -512, 512),
        start=(300, -300),
        steps=150,
        minima=((512, 404.23180511375781, -959.64066272085080),),
        source="Whitley, Mathias, Rana and Dzubera (1996)",
        teaches="Deep hollows everywhere and the deepest at the very edge: descent finds a good one only by luck.",
        minimum_is="edge",
    ),
    "monkey-saddle": Entry(
        title="Monkey saddle",
        formula="x**3 - 3*x*y**2",
        bounds=(-2, 2, -2, 2),
        start=(1.2, 0.05),
        steps=60,
        minima=(),
        source="Hilbert and Cohn-Vossen (1932)",
        teaches="There is no minimum: three ways lead down from a saddle so flat that even its curvature vanishes.",
    ),
    "hyperbolic-saddle": Entry(
        title="Hyperbolic saddle",
        formula="x**2 - y**2",
        bounds=(-2, 2, -2, 2),
        start=(-1.5, 0.02),
        steps=60,
        minima=(),
        source="Hilbert and Cohn-Vossen (1932)",
        teaches="There is no minimum: the way in is a ridge, and who comes in along it waits long before falling off.",
    ),
}
