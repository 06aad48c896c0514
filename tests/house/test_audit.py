"""Weaknesses that are known stop CI; a machine without network does not."""

import importlib.util
import subprocess
from pathlib import Path

import pytest

import kunnskap

FILE = Path(kunnskap.__file__).resolve().parents[1] / ".ci" / "audit.py"


@pytest.fixture
def audit(monkeypatch, capsys):
    """Run it with what the tool would have written, and give the exit status and what it said."""
    spec = importlib.util.spec_from_file_location("audit", FILE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    def run(written):
        def instead(*_args, **_kwargs):
            if written is None:
                raise subprocess.TimeoutExpired("pip-audit", 1)
            return subprocess.CompletedProcess([], 1, stdout=written, stderr="")

        monkeypatch.setattr(subprocess, "run", instead)
        return module.main(), capsys.readouterr().out

    return run


@pytest.mark.parametrize(
    "written",
    [
        pytest.param("", id="no connection"),
        pytest.param('{"dependencies": [{"name": "a", "skip_reason": "not found"}]}', id="nothing found"),
        pytest.param(None, id="no answer in time"),
    ],
)
def test_where_nobody_can_be_asked_it_says_so_and_stops_nothing(audit, written):
    status, said = audit(written)
    assert status == 0
    assert "cannot be reached" in said


def test_packages_without_known_weaknesses_are_fine(audit):
    status, said = audit(
        '{"dependencies": [{"name": "a", "version": "1", "vulns": []}, {"name": "b", "skip_reason": "x"}]}'
    )
    assert status == 0
    assert "0 of 1 packages have a known weakness; 1 could not be asked about" in said


def test_a_package_with_a_known_weakness_is_named_with_the_version_that_mends_it(audit):
    known = '{"name": "a", "version": "1", "vulns": [{"id": "CVE-2026-1", "fix_versions": ["2"]}]}'
    status, said = audit(f'{{"dependencies": [{known}]}}')
    assert status == 1
    assert "a 1: CVE-2026-1 (mended in: 2)" in said
