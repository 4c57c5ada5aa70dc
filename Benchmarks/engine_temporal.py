"""Temporal's development server with its Python SDK: a workflow of nine activities that do nothing.

    engine_temporal.py HOST:PORT [COUNT] [CONCURRENCY] [ROUND]      ids of workflows must be new in each round

Processor time and peak memory are those of this process, which is client and worker.
"""

import asyncio
import os
import resource
import sys
import time
from datetime import timedelta

from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.worker import Worker

from engine_peer import STEPS, report, summary


@activity.defn
async def no_operation(value: int) -> int:
    return value


@workflow.defn
class NineSteps:
    @workflow.run
    async def run(self, value: int) -> int:
        for _ in range(STEPS):
            value = await workflow.execute_activity(
                no_operation, value, start_to_close_timeout=timedelta(seconds=30)
            )
        return value


async def drive(client: Client, prefix: str, count: int, concurrency: int) -> list[float]:
    turn = asyncio.Semaphore(concurrency)
    latencies: list[float] = []

    async def run_one(number: int) -> None:
        async with turn:
            begun = time.perf_counter()
            await client.execute_workflow(NineSteps.run, 1, id=f"{prefix}-{number}", task_queue="bench")
            latencies.append(time.perf_counter() - begun)

    await asyncio.gather(*(run_one(number) for number in range(count)))
    return latencies


async def main() -> None:
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 200
    concurrency = int(sys.argv[3]) if len(sys.argv) > 3 else 50
    name = sys.argv[4] if len(sys.argv) > 4 else "1"
    client = await Client.connect(sys.argv[1])
    async with Worker(client, task_queue="bench", workflows=[NineSteps], activities=[no_operation]):
        await drive(client, f"warm-{name}", concurrency, concurrency)
        cpu = time.process_time()
        start = time.perf_counter()
        latencies = await drive(client, f"run-{name}", count, concurrency)
        elapsed = time.perf_counter() - start
        cpu = time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    report(summary(latencies, elapsed) | {"cpu_seconds": cpu, "peak_rss_bytes": peak})


if __name__ == "__main__":
    asyncio.run(main())
    sys.stdout.flush()
    # Its SDK's threads may still run when the interpreter takes itself apart, and end it with an abort.
    os._exit(0)
