"""A site of its own for measurements: a fresh instance folder, and the commands run against it."""

import os
import subprocess
import sys
from pathlib import Path

from bench import content

HOUSE = Path(__file__).resolve().parent.parent
SECRET = "measured"


def environment(instance: Path) -> dict[str, str]:
    """The settings of the measured site."""
    return {
        **os.environ,
        "KUNNSKAP_INSTANCE": str(instance),
        "KUNNSKAP_SECRET_KEY": SECRET,
        "KUNNSKAP_LOG_LEVEL": "WARNING",
        "KUNNSKAP_RATE_LIMITS": "no",
    }


def run(instance: Path, *command: str) -> tuple[float, int]:
    """Run a command of the site; returns seconds and peak memory in MB, as the system counted them."""
    flask = [sys.executable, "-m", "flask", "--app", "app", *command]
    with subprocess.Popen(flask, cwd=HOUSE, env=environment(instance)) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"flask {' '.join(command)} failed")
    return used.ru_utime + used.ru_stime, used.ru_maxrss // 1024


def filled(instance: Path) -> dict[str, tuple[float, int]]:
    """Fill an instance with the large collection; returns CPU seconds and peak MB of each step."""
    lines = instance / "content.jsonl"
    instance.mkdir(parents=True, exist_ok=True)
    content.write(lines)
    steps = (("migrate",), ("load-reference",), ("import", str(lines)), ("rebuild-search",))
    return {step[0]: run(instance, *step) for step in steps}
