"""Celery: a chain of nine tasks that do nothing, over Redis.

    engine_celery.py [COUNT] [CONCURRENCY]      REDIS_URL names the broker, which keeps the results too

The worker is started beside it: celery -A engine_celery worker.
"""

import os
import sys

from celery import Celery, chain

from engine_peer import STEPS, drive, report

url = os.environ["REDIS_URL"]
app = Celery("bench", broker=url, backend=url)
# Acknowledged after the task, so that a worker's death loses none: the others promise that too.
app.conf.update(task_acks_late=True, worker_prefetch_multiplier=4, broker_connection_retry_on_startup=True)


@app.task(name="no_operation")
def no_operation(value: int) -> int:
    return value


def run_one(_name: str) -> None:
    steps = [no_operation.s(1)] + [no_operation.s() for _ in range(STEPS - 1)]
    chain(*steps).apply_async().get(timeout=120)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    concurrency = int(sys.argv[2]) if len(sys.argv) > 2 else 50
    report(drive(run_one, count, concurrency))


if __name__ == "__main__":
    main()
