"""Measures the import of 10,000 questions with 25,000 answers, and a full build of the index."""

import tempfile
from pathlib import Path

from bench.site import filled


def main() -> None:
    """Fill a new instance and tell what each step took."""
    with tempfile.TemporaryDirectory(prefix="kunnskap-bench-") as folder:
        for step, (seconds, memory) in filled(Path(folder)).items():
            print(f"{step:16} {seconds:7.1f} CPU seconds, at most {memory} MB")


if __name__ == "__main__":
    main()
