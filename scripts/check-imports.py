#!/usr/bin/env python3
"""Holds every import against Package.swift.

The compiler's own check of undeclared imports lets a module through that a target reaches over one of its dependencies.
This one does not: what a target imports it must list, and what it lists it must import.
"""

import json
import pathlib
import re
import subprocess
import sys

PLATFORM = {"Foundation", "FoundationEssentials", "Glibc", "Testing"}
IMPORT = re.compile(r"^(?:@testable )?(?:(?:public|package|internal|private|fileprivate) )?import (\w+)", re.MULTILINE)

package = json.loads(subprocess.run(["swift", "package", "dump-package"], capture_output=True, check=True).stdout)
faults = []
for target in package["targets"]:
    if target["type"] == "system" or not target.get("path"):
        continue
    declared = {entry[kind][0] for entry in target["dependencies"] for kind in entry}
    imported = set()
    for source in pathlib.Path(target["path"]).rglob("*.swift"):
        imported |= set(IMPORT.findall(source.read_text()))
    imported -= PLATFORM | {target["name"]}
    for module in sorted(imported - declared):
        faults.append(f"{target['name']} imports {module}, which Package.swift does not list for it")
    # Programs that tests run need to be built, not imported.
    for module in sorted(declared - imported - {"AtelierTesting", "EngineSimulation", "atelier"}):
        if any(pathlib.Path(target["path"]).rglob("*.swift")):
            faults.append(f"{target['name']} lists {module} in Package.swift and never imports it")
print("\n".join(faults), file=sys.stderr, end="\n" if faults else "")
sys.exit(1 if faults else 0)
