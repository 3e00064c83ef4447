"""End-to-end ingest on the running stack, and what a clip costs in calls. `python -m bench.intake`

Servers, host and load share this machine, so the clips per second are a laptop's and not the cloud's; the calls of
each step are the same in both. What is timed and what is counted: bench/load.py, bench/cost.py.
"""

import sys

from bench.served import measured, served, servers
from bench.table import keep, show

LOADS = {1: 20, 8: 64, 32: 96}  # in flight: clips


def throughput() -> list[dict[str, object]]:
    rows = list[dict[str, object]]()
    with served() as stack:
        measured("bench.load", "4", "8", str(stack.published), stack=stack)  # what a process pays once
        for in_flight, clips in LOADS.items():
            figures = measured("bench.load", str(in_flight), str(clips), str(stack.published), stack=stack)
            rows.append({"in_flight": in_flight, "clips": clips, **figures})
    return rows


def cost() -> list[dict[str, object]]:
    """A row for each step, a column for each kind of call that any step makes."""
    with servers() as stack:
        steps: dict[str, dict[str, int]] = measured("bench.cost", stack=stack)
    kinds = sorted({kind for counted in steps.values() for kind in counted})
    steps["a clip"] = {kind: sum(counted.get(kind, 0) for counted in steps.values()) for kind in kinds}
    return [{"step": step, **{kind: counted.get(kind, 0) for kind in kinds}} for step, counted in steps.items()]


def main() -> int:
    rows, steps = throughput(), cost()
    show("ingest, from commit to searchable", rows)
    show("calls for one clip", steps)
    keep("intake", rows)
    keep("cost", steps)
    return 0


if __name__ == "__main__":
    sys.exit(main())
