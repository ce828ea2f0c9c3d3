"""Learning rates that show something, for every problem and optimizer of the catalogues, as tables.

They were found by trying rates 1, 1.5, 2, 3, 5, 7 times powers of ten: from the problem's start, in
its suggested number of steps, the optimizer visibly gets somewhere and does not run off, and most
other starts in the domain do as well. They show a behaviour; they are not the fastest.
"""

from __future__ import annotations

# Steps proportional to the gradient: a rate is bounded by 2 / curvature, whatever the domain's size.
_BY_CURVATURE = """
                   sgd     momentum  nesterov  qhm
quadratic-valley   0.95    0.1       0.1       3
sphere             0.05    0.03      0.03      0.15
rosenbrock         0.001   0.001     0.001     0.005
beale              0.002   0.0002    0.0002    0.005
booth              0.03    0.002     0.002     0.07
himmelblau         0.005   0.003     0.003     0.007
rastrigin          0.003   0.007     0.003     0.01
ackley             0.1     0.01      0.03      0.3
styblinski-tang    0.05    0.005     0.005     0.15
six-hump-camel     0.03    0.03      0.05      0.2
three-hump-camel   0.05    0.03      0.1       0.1
goldstein-price    7e-06   2e-06     3e-06     2e-05
matyas             0.3     0.05      0.05      1
mccormick          0.05    0.007     0.005     0.1
easom              0.07    0.03      0.015     0.2
levy-13            0.02    0.005     0.001     0.07
griewank           0.5     0.03      0.03      5
bukin-6            0.0003  3e-05     5e-05     0.001
eggholder          1       0.03      0.03      1
monkey-saddle      0.015   0.003     0.003     0.05
hyperbolic-saddle  0.03    0.007     0.007     0.1
"""

# Steps of a length of their own, nearly whatever the gradient: a rate is a length in the domain
# (RAdam's first five steps are proportional to the gradient; AdaDelta's rate is a pure number).
_BY_LENGTH = """
                   adagrad  rmsprop  adadelta  adam   adamw  amsgrad  nadam  radam  adamax  lion   qhadam
quadratic-valley   1.5      0.15     200       0.3    0.3    0.3      0.5    0.7    0.5     0.3    1.5
sphere             0.7      0.07     100       0.3    0.3    0.3      0.2    0.15   0.5     0.3    0.7
rosenbrock         0.5      0.03     3         0.3    0.3    0.3      0.07   0.001  0.5     0.01   0.1
beale              0.5      0.03     10        0.07   0.1    0.07     0.07   0.001  0.3     0.02   0.1
booth              2        0.2      200       0.5    0.5    0.5      0.7    0.02   1.5     0.5    2
himmelblau         0.3      0.02     7         0.2    0.2    0.2      0.1    0.02   0.3     0.1    0.15
rastrigin          1        0.1      15        0.5    0.5    0.5      0.15   0.01   0.7     0.1    0.3
ackley             1        0.1      100       0.7    0.7    0.7      0.5    0.15   0.7     0.02   0.7
styblinski-tang    1        0.1      70        0.3    0.3    0.3      0.3    0.005  0.5     0.15   0.7
six-hump-camel     0.5      0.05     7         0.5    0.5    0.5      0.15   0.1    0.5     0.02   0.3
three-hump-camel   1        0.1      15        0.7    0.7    0.7      0.15   0.2    0.7     0.015  0.7
goldstein-price    0.3      0.03     7         0.2    0.2    0.2      0.1    2e-06  0.3     0.007  0.05
matyas             2        0.2      150       0.7    0.5    0.7      0.7    0.3    1.5     0.15   0.7
mccormick          0.7      0.07     50        0.3    0.3    0.3      0.2    0.3    0.5     0.3    0.5
easom              0.1      0.007    1.5       0.02   0.02   0.02     0.015  0.3    0.05    0.03   0.05
levy-13            0.3      0.03     70        0.5    0.5    0.5      0.3    0.05   0.3     0.2    0.3
griewank           0.7      0.05     30        0.1    0.1    0.1      0.07   0.7    0.5     0.1    0.2
bukin-6            0.1      0.007    2         0.015  0.015  0.015    0.01   0.015  0.015   0.02   0.02
eggholder          70       1.5      300       70     5      70       1      3      70      1      1
monkey-saddle      0.07     0.007    1.5       0.02   0.02   0.02     0.02   0.07   0.03    0.03   0.02
hyperbolic-saddle  0.1      0.01     1         0.03   0.03   0.03     0.02   0.2    0.05    0.03   0.03
"""


def suggested_rates(problem: str) -> dict[str, float]:
    """Return the suggested learning rate of every optimizer of the catalogue, by its name."""
    rates: dict[str, float] = {}
    for table in (_BY_CURVATURE, _BY_LENGTH):
        header, *rows = table.strip().splitlines()
        (row,) = (row.split()[1:] for row in rows if row.split()[0] == problem)
        rates |= zip(header.split(), map(float, row), strict=True)
    return rates
