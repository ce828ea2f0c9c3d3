"""Trajectories over the map of their loss, in a plot of your own pyqtgraph program."""

import pyqtgraph as pg

import optvis
import optvis.items

problem = optvis.problem("x**2/20 + y**2", bounds=(-10, 10, -5, 5))
rules = {"SGD": optvis.optimizers.SGD(lr=0.95), "Momentum": optvis.optimizers.Momentum(lr=0.1)}

app = pg.mkQApp("Trajectories")
plot = pg.PlotWidget()
plot.addLegend()
plot.addItem(optvis.items.LossMapItem(problem))
for style, (name, rule) in enumerate(rules.items()):
    item = optvis.items.TrajectoryItem(optvis.run(problem, rule, start=(-7, 2), steps=30), style)
    plot.addItem(item)
    plot.getPlotItem().legend.addItem(item, name)
optvis.items.dress(plot, "light")
plot.show()

if __name__ == "__main__":
    app.exec()
