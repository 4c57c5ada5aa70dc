"""DBOS Transact: a workflow of nine steps that do nothing.

    engine_dbos.py DATABASE_URL [COUNT] [CONCURRENCY]      sqlite:///FILE or postgresql://...
"""

import sys

from dbos import DBOS, SetWorkflowID

from engine_peer import STEPS, drive, report


@DBOS.step()
def no_operation(value: int) -> int:
    return value


@DBOS.workflow()
def nine_steps(value: int) -> int:
    for _ in range(STEPS):
        value = no_operation(value)
    return value


def run_one(name: str) -> None:
    with SetWorkflowID(name):
        nine_steps(1)


def main() -> None:
    url = sys.argv[1]
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 200
    concurrency = int(sys.argv[3]) if len(sys.argv) > 3 else 50
    DBOS(config={"name": "bench", "system_database_url": url, "log_level": "ERROR", "run_admin_server": False})
    DBOS.launch()
    found = drive(run_one, count, concurrency)
    DBOS.destroy()
    report(found)


if __name__ == "__main__":
    main()
