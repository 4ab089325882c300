import subprocess
import sys

import pytest
from sqlalchemy import text

from app.config import ROOT
from app.db import Database
from app.postgres import EmbeddedPostgres, EmbeddedPostgresError


def answers(url):
    database = Database(url)
    try:
        with database.read() as db:
            return db.scalar(text("SELECT current_database()"))
    finally:
        database.close()


def is_running(server):
    return (server.folder / "postmaster.pid").exists()


def test_it_lives_in_a_path_with_spaces_and_diacritics(tmp_path):
    server = EmbeddedPostgres(tmp_path / "thư mục có dấu cách" / "postgresql")
    server.start()
    try:
        server.ensure_database("longdan")
        server.ensure_database("longdan")
        assert answers(server.url()) == "longdan"
    finally:
        server.stop()
    assert not is_running(server)


OTHER = """
import sys
from pathlib import Path
from app.postgres import EmbeddedPostgres
server = EmbeddedPostgres(Path(sys.argv[1]))
server.start()
print("started", flush=True)
sys.stdin.readline()
{end}
"""


@pytest.mark.parametrize("end", ["", "import os; os.kill(os.getpid(), 9)"])
def test_the_last_user_stops_it_even_when_another_was_killed(tmp_path, end):
    server = EmbeddedPostgres(tmp_path / "postgresql")
    server.start()
    other = subprocess.Popen(
        [sys.executable, "-c", OTHER.format(end=end), str(server.folder)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert other.stdout.readline() == "started\n"
    server.ensure_database("longdan")
    server.stop()
    assert is_running(server)
    assert answers(server.url()) == "longdan"
    other.communicate("go\n")
    again = EmbeddedPostgres(server.folder)
    again.start()
    again.stop()
    assert not is_running(server)


def test_a_folder_with_other_files_is_left_alone(tmp_path):
    folder = tmp_path / "postgresql"
    folder.mkdir()
    (folder / "letter.txt").write_text("keep me")
    with pytest.raises(EmbeddedPostgresError, match="Move them away"):
        EmbeddedPostgres(folder).start()
    assert (folder / "letter.txt").read_text() == "keep me"
