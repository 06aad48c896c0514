"""Commands that look after a site."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

from sqlalchemy import create_engine

import kunnskap
from kunnskap.cli.backup import copy_instance
from kunnskap.config import Settings

HOUSE = Path(kunnskap.__file__).resolve().parent.parent


def test_a_backup_holds_database_files_and_key_and_leaves_the_index_out(tmp_path):
    instance = tmp_path / "instance"
    (instance / "files" / "ab").mkdir(parents=True)
    (instance / "files" / "ab" / "abc").write_bytes(b"file")
    (instance / "search").mkdir()
    (instance / "secret_key").write_text("secret")
    engine = create_engine(f"sqlite:///{instance / 'kunnskap.db'}")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE kept (word TEXT)")
        connection.exec_driver_sql("INSERT INTO kept VALUES ('ja')")
    made = copy_instance(Settings(instance, str(engine.url), "secret"), engine, tmp_path / "backups")
    engine.dispose()
    copy = sqlite3.connect(made / "kunnskap.db")
    assert copy.execute("SELECT word FROM kept").fetchall() == [("ja",)]
    copy.close()
    assert (made / "files" / "ab" / "abc").read_bytes() == b"file"
    assert (made / "secret_key").read_text() == "secret"
    assert not (made / "search").exists()


def test_a_wrong_setting_stops_the_start_with_one_sentence(tmp_path):
    environment = os.environ | {"KUNNSKAP_INSTANCE": str(tmp_path), "KUNNSKAP_PORT": "many"}
    command = [sys.executable, "-c", "import app"]
    started = subprocess.run(command, cwd=HOUSE, env=environment, capture_output=True, text=True, check=False)
    assert started.returncode == 1
    assert started.stderr == "Kunnskap cannot start: KUNNSKAP_PORT='many': must be a whole number from 1 to 65535\n"
