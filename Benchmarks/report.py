"""Prints the medians of a run and how Atelier stands to its peers.

    report.py RESULTS      lines of `name {json}`, as run.sh writes them
"""

import collections
import json
import statistics
import sys


def medians(path: str) -> dict[str, dict[str, float]]:
    rounds = collections.defaultdict(lambda: collections.defaultdict(list))
    with open(path) as lines:
        for line in lines:
            name, record = line.split(" ", 1)
            for key, value in flat(json.loads(record)).items():
                rounds[name][key].append(value)
    return {name: {key: statistics.median(values) for key, values in keys.items()} for name, keys in rounds.items()}


def flat(found: dict) -> dict[str, float]:
    """The numbers of a report, without the names of the parts that they are in."""
    numbers = {}
    for key, value in found.items():
        if isinstance(value, dict):
            numbers |= flat(value)
        elif isinstance(value, list):
            for part in value:
                numbers |= {f"{name}_{part['pending']}": number for name, number in part.items()}
        elif isinstance(value, (int, float)):
            numbers[key] = value
    return numbers


def ratio(over: float | None, under: float | None) -> str:
    return f"{over / under:.2f}" if over and under else "-"


def report_images(found: dict[str, dict[str, float]]) -> None:
    print("\n| 12 MP JPEG to three variations | CPU ms a photo | times the limit | Pillow takes | peak MB |")
    print("|---|---:|---:|---:|---:|")
    limit = found["images.limit"]["cpu_seconds_per_photo"]
    pillow = found["images.pillow"]["cpu_seconds_per_photo"]
    names = {
        "images.limit": "libjpeg-turbo alone (1 decode, 3 encodes)",
        "images.pillow": "Pillow, plain script",
        "images.atelier": "**Atelier**",
    }
    for name, title in names.items():
        if name not in found:
            continue
        own = found[name]["cpu_seconds_per_photo"]
        peak = found[name].get("peak_rss_bytes")
        print(
            f"| {title} | {own * 1000:.0f} | {ratio(own, limit)} | {ratio(pillow, own)} times as long "
            f"| {f'{peak / 1e6:.0f}' if peak else '-'} |"
        )


def report_http(found: dict[str, dict[str, float]], method: str, title: str) -> None:
    print(f"\n| {title}, 64 connections | requests a second | p50 ms | p99 ms | failures |")
    print("|---|---:|---:|---:|---:|")
    sides = [("FastAPI + uvicorn", found.get(f"http.{method}.fastapi")), ("**Atelier**", found.get(f"http.{method}.atelier"))]
    for name, own in sides:
        if own:
            print(
                f"| {name} | {own['per_second']:.0f} | {own['p50_us'] / 1000:.1f} | {own['p99_us'] / 1000:.1f} "
                f"| {own['failures']:.0f} |"
            )
    peer, atelier = sides[0][1], sides[1][1]
    if peer and atelier:
        faster = ratio(atelier["per_second"], peer["per_second"])
        print(f"| ratio | {faster} | {ratio(atelier['p50_us'], peer['p50_us'])} | {ratio(atelier['p99_us'], peer['p99_us'])} | |")


PEERS = {
    "engine.dbos.sqlite": "DBOS Transact on SQLite (WAL)",
    "engine.dbos.postgresql": "DBOS Transact on PostgreSQL",
    "engine.celery": "Celery chain, Redis with appendfsync always",
    "engine.temporal": "Temporal's development server, in memory, Python SDK",
    "engine.atelier.temporal": "**Atelier's worker on the same server**",
    "engine.atelier.sqlite": "**Atelier on SQLite**",
    "engine.atelier.postgresql": "**Atelier on PostgreSQL**",
}


def report_engine(found: dict[str, dict[str, float]]) -> None:
    print("\n| nine steps that do nothing, 50 workflows at once | workflows a second | steps a second | p50 ms | p95 ms |")
    print("|---|---:|---:|---:|---:|")
    for name, title in PEERS.items():
        if own := found.get(name):
            print(
                f"| {title} | {own['workflows_per_second']:.1f} | {own['steps_per_second']:.0f} | {own['p50_ms']:.1f} "
                f"| {own['p95_ms']:.1f} |"
            )
    report_temporal(found)
    if "engine.atelier.sqlite" not in found:
        return
    print("\n| times the rate of | Atelier on SQLite | Atelier on PostgreSQL |\n|---|---:|---:|")
    for name, title in PEERS.items():
        if name in found and "atelier" not in name:
            rates = [found.get(f"engine.atelier.{own}", {}).get("workflows_per_second") for own in ("sqlite", "postgresql")]
            peer = found[name]["workflows_per_second"]
            print(f"| {title} | {ratio(rates[0], peer)} | {ratio(rates[1], peer)} |")
    report_engine_parts(found)


def report_temporal(found: dict[str, dict[str, float]]) -> None:
    peer, atelier = found.get("engine.temporal"), found.get("engine.atelier.temporal")
    if not peer or not atelier:
        return
    print("\n| workers on one Temporal server | workflows a second | CPU ms a workflow | peak MB |\n|---|---:|---:|---:|")
    for name, own in (("Python SDK", peer), ("**Atelier**", atelier)):
        cpu = own["cpu_seconds"] / own["workflows"] * 1000
        print(f"| {name} | {own['workflows_per_second']:.1f} | {cpu:.1f} | {own['peak_rss_bytes'] / 1e6:.0f} |")
    print(
        f"| ratio | {ratio(atelier['workflows_per_second'], peer['workflows_per_second'])} "
        f"| {ratio(atelier['cpu_seconds'] / atelier['workflows'], peer['cpu_seconds'] / peer['workflows'])} "
        f"| {ratio(atelier['peak_rss_bytes'], peer['peak_rss_bytes'])} |"
    )


def report_engine_parts(found: dict[str, dict[str, float]]) -> None:
    print("\n| the engine alone | |\n|---|---|")
    for name, own in found.items():
        if name.startswith("engine.") and "workflows_per_second" not in own:
            numbers = ", ".join(f"{key} {value:.2f}".rstrip("0").rstrip(".") for key, value in own.items())
            print(f"| {name} | {numbers} |")


def main() -> None:
    found = medians(sys.argv[1])
    if "images.limit" in found:
        report_images(found)
    if any(name.startswith("engine.") for name in found):
        report_engine(found)
    if "http.GET.fastapi" in found:
        report_http(found, "GET", "GET of a campaign")
        report_http(found, "POST", "POST of a campaign to 202, on disk")


if __name__ == "__main__":
    main()
