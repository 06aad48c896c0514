"""Asks whether any package of the lock has a known weakness, and says plainly when nobody could be asked.

Exit status 1 only when a weakness is known: a machine without network is no reason to stop.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

LOCK = "requirements.txt"
PATIENCE = 300
"""Seconds for all packages together."""


def main() -> int:
    """Ask, tell, and return the exit status."""
    packages = _asked()
    if packages is None or all("vulns" not in one for one in packages):
        _say(f"{LOCK}: the advisory service cannot be reached from here, so nothing is known of weaknesses.")
        return 0
    weak = [one for one in packages if one.get("vulns")]
    for one in weak:
        for known in one["vulns"]:
            better = ", ".join(known["fix_versions"]) or "none yet"
            _say(f"{one['name']} {one['version']}: {known['id']} (mended in: {better})")
    asked = sum("vulns" in one for one in packages)
    _say(
        f"{LOCK}: {len(weak)} of {asked} packages have a known weakness; {len(packages) - asked} could not be asked about."
    )
    return 1 if weak else 0


def _asked() -> list[dict[str, Any]] | None:
    """What pip-audit found, a row for each package; None when it found nothing out."""
    tool = Path(sys.executable).with_name("pip-audit")
    wanted = [tool, "-r", LOCK, "--disable-pip", "--format", "json", "--progress-spinner", "off"]
    try:
        run = subprocess.run(  # noqa: S603 -- the tool that was installed beside Python, and words that stand here
            wanted, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        found: list[dict[str, Any]] = json.loads(run.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, json.JSONDecodeError, KeyError):
        return None
    return found


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main())
