"""Searches of other programs over weights that LoraHub evaluates, for `lorahub bench study`.

{"do": "load", "kind": "ngopt" or "mergekit", "dimension": N, "budget": N, "seed": N}, then {"do": "ask"} and {"do": "tell", "value": X} in
turns, and at the end {"do": "recommended"}.
ngopt: nevergrad's NGOpt as the published program starts it. mergekit: pycma as mergekit-evolve starts it for task arithmetic (its
scripts/evolve.py and evo/genome.py): from the uniform mix, a deviation of 1/6, no bounds, and the amount of a negative weight.
"""
import driver
import numpy


class NGOpt:
    def __init__(self, dimension, budget, seed):
        import nevergrad
        numpy.random.seed(seed)
        weights = nevergrad.p.Array(init=[0] * dimension, upper=[1.5] * dimension, lower=[-1.5] * dimension)
        self.optimizer = nevergrad.optimizers.NGOpt(parametrization=weights, budget=budget)

    def ask(self):
        self.asked = self.optimizer.ask()
        return self.asked.value

    def tell(self, value):
        self.optimizer.tell(self.asked, value)

    def recommended(self):
        return self.optimizer.provide_recommendation().value


class Mergekit:
    def __init__(self, dimension, budget, seed):
        import cma
        self.strategy = cma.CMAEvolutionStrategy([1 / dimension] * dimension, 1 / 6, {"seed": seed, "verbose": -9})
        self.waiting, self.done = [], []
        self.best = (float("inf"), None)

    def ask(self):
        if not self.waiting:
            self.waiting = self.strategy.ask()
        return abs(self.waiting[0])

    def tell(self, value):
        point = self.waiting.pop(0)
        self.best = min(self.best, (value, tuple(abs(point))))
        self.done.append((point, value))
        if not self.waiting:
            points, values = zip(*self.done)
            self.strategy.tell(points, values)
            self.done = []

    def recommended(self):
        return self.best[1]


class Loaded:
    def __init__(self, kind, dimension, budget, seed):
        self.search = {"ngopt": NGOpt, "mergekit": Mergekit}[kind](dimension, budget, seed)

    def ask(self):
        return {"weights": [float(w) for w in self.search.ask()]}

    def tell(self, value):
        self.search.tell(value)
        return {}

    def recommended(self):
        return {"weights": [float(w) for w in self.search.recommended()]}


if __name__ == "__main__":
    driver.serve(Loaded)
