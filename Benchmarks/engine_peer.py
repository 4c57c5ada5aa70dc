"""The closed loop that drives every peer: so many workflows kept running until so many are done."""

import json
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

STEPS = 9


def drive(run_one: Callable[[str], None], count: int, concurrency: int) -> dict[str, float]:
    """Runs `run_one(id)` `count` times on `concurrency` threads; it returns once that workflow is done."""
    with ThreadPoolExecutor(concurrency) as clients:
        list(clients.map(run_one, [f"warm-{number}" for number in range(concurrency)]))
        latencies: list[float] = []

        def timed(name: str) -> None:
            begun = time.perf_counter()
            run_one(name)
            latencies.append(time.perf_counter() - begun)

        start = time.perf_counter()
        list(clients.map(timed, [f"run-{number}" for number in range(count)]))
        elapsed = time.perf_counter() - start
    return summary(latencies, elapsed)


def summary(latencies: list[float], elapsed: float) -> dict[str, float]:
    return {
        "workflows": len(latencies),
        "workflows_per_second": len(latencies) / elapsed,
        "steps_per_second": len(latencies) * STEPS / elapsed,
        "p50_ms": statistics.median(latencies) * 1000,
        "p95_ms": sorted(latencies)[int(len(latencies) * 0.95)] * 1000,
    }


def report(found: dict[str, float]) -> None:
    print(json.dumps(found), flush=True)
