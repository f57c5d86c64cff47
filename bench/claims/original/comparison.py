"""The steps of the original's `compare_runs`, taken apart.

The report claims a gain for each of two changes that stand in one function:
how the metric types are united, and how often a value is looked up. Here the
loop of "before" is built anew with one of the two steps from "after": from the
source of the checkouts, so that it is their code that runs.
"""

import ast
import inspect
import textwrap

FRAME = """
def compare(this_stats, other_stats):
    comparison = {"metrics": {}}
    for metric_type in ():
        pass
    return comparison["metrics"]
"""


def loop_of(function):
    return next(node for node in ast.walk(function) if isinstance(node, ast.For))


def steps_of(storage):
    """The expression that unites the types, and what is done for each."""
    source = textwrap.dedent(inspect.getsource(storage.compare_runs))
    function = ast.parse(source)
    loop = loop_of(function)
    union = loop.iter
    if isinstance(union, ast.Name):
        union = next(
            node.value
            for node in ast.walk(function)
            if isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Name)
            and node.targets[0].id == union.id
        )
    return {"union": union, "lookups": (loop.target, loop.body)}


class Comparisons:
    """Comparisons of statistics in memory, by a mixture of both versions."""

    def __init__(self, storages):
        self.storages = storages

    def with_step(self, step, version):
        """The comparison of "before", with this step of a version."""
        if "before" not in self.storages:
            raise LookupError('"before" is needed, too')
        steps = steps_of(self.storages["before"])
        steps[step] = steps_of(self.storages[version])[step]
        tree = ast.parse(FRAME)
        loop = loop_of(tree)
        loop.iter = steps["union"]
        loop.target, loop.body = steps["lookups"]
        names = {}
        exec(compile(ast.fix_missing_locations(tree), "<steps>", "exec"), names)
        return names["compare"]
