"""Counts what the report counts, while the original runs."""

import pathlib
import tracemalloc


def comparisons_in(function):
    """How often names or times of runs are compared to order them."""
    count = 0

    class Time(float):
        def __lt__(self, other):
            nonlocal count
            count += 1
            return float.__lt__(self, other)

    class Status:
        def __init__(self, status):
            self.status = status
            self.st_mtime = Time(status.st_mtime)

        def __getattr__(self, name):
            return getattr(self.status, name)

    def is_before(path, other):
        nonlocal count
        count += 1
        return path_is_before(path, other)

    path_is_before = pathlib.PurePath.__lt__
    stat = pathlib.Path.stat
    pathlib.PurePath.__lt__ = is_before
    pathlib.Path.stat = lambda *args, **named: Status(stat(*args, **named))
    try:
        function()
    finally:
        pathlib.PurePath.__lt__ = path_is_before
        pathlib.Path.stat = stat
    if count == 0:
        raise LookupError("neither paths nor times were compared")
    return count


def lookups_in(compare, own, other):
    """How many values of the statistics are looked up."""
    count = 0

    class Values(dict):
        def get(self, *args):
            nonlocal count
            count += 1
            return dict.get(self, *args)

        def __getitem__(self, key):
            nonlocal count
            count += 1
            return dict.__getitem__(self, key)

    def counted(stats):
        return {name: Values(values) for name, values in stats.items()}

    compare(counted(own), counted(other))
    return count


def peak_bytes_of(function):
    """What a call has in use at the most: CPython frees what it is done with.

    Objects that CPython keeps for reuse are not seen.
    """
    for _ in range(3):
        function()
    tracemalloc.start()
    try:
        function()
        tracemalloc.reset_peak()
        before, _ = tracemalloc.get_traced_memory()
        function()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return peak - before
