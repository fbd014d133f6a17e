"""Files appear whole or not at all (FAULTS.md F5, F6)."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from synthgest.data.storage import is_locked, locked, sweep, write_bytes, write_whole
from synthgest.errors import FrameError, StorageError


def _parts(folder: Path) -> list[Path]:
    return list(folder.rglob(".part-*"))


def test_a_write_that_fails_leaves_the_old_file_and_no_part(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    write_bytes(path, b"old")

    def write(part: Path) -> None:
        part.write_bytes(b"half")
        raise RuntimeError("stopped")

    with pytest.raises(RuntimeError):
        write_whole(path, write)
    assert path.read_bytes() == b"old"
    assert not _parts(tmp_path)


def test_a_file_that_does_not_pass_its_check_never_appears(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"

    def refuse(part: Path) -> None:
        raise FrameError("258 bytes and no frames")

    with pytest.raises(FrameError):
        write_whole(path, lambda part: part.write_bytes(b"x" * 258), refuse)
    assert not path.exists()
    assert not _parts(tmp_path)


def test_a_full_disk_is_said_with_the_path_and_what_to_do(tmp_path: Path) -> None:
    def write(part: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(StorageError, match=r"a\.mp4.*No space left.*same command"):
        write_whole(tmp_path / "a.mp4", write)


def test_a_file_where_the_folder_should_be_is_an_error_and_not_a_loop(tmp_path: Path) -> None:
    (tmp_path / "clips").write_text("in the way")
    with pytest.raises(StorageError, match="a file is in the way"):
        write_bytes(tmp_path / "clips" / "a.json", b"{}")


def test_sweeping_removes_the_parts_of_dead_processes_and_keeps_those_of_the_living(tmp_path: Path) -> None:
    sleeper = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    own = f".part-{_host(tmp_path)}"
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    (tmp_path / f"{own}-{dead.pid}-a.mp4").write_bytes(b"x")
    (tmp_path / f"{own}-{sleeper.pid}-b.mp4").write_bytes(b"x")
    assert sweep(tmp_path) == 1
    assert [path.name for path in _parts(tmp_path)] == [f"{own}-{sleeper.pid}-b.mp4"]
    sleeper.communicate(b"\n")
    assert sweep(tmp_path) == 1


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
def test_a_dead_process_that_nobody_has_reaped_counts_as_dead(tmp_path: Path) -> None:
    zombie = subprocess.Popen([sys.executable, "-c", ""])
    os.waitid(os.P_PID, zombie.pid, os.WEXITED | os.WNOWAIT)  # it has ended, and stays unreaped
    (tmp_path / f".part-{_host(tmp_path)}-{zombie.pid}-a.mp4").write_bytes(b"x")
    assert sweep(tmp_path) == 1
    zombie.wait()


def test_a_young_part_of_another_machine_is_left_alone_and_an_old_one_goes(tmp_path: Path) -> None:
    part = tmp_path / ".part-elsewhere-1-a.mp4"
    part.write_bytes(b"x")
    assert sweep(tmp_path) == 0
    os.utime(part, (0, 0))
    assert sweep(tmp_path) == 1


def test_a_file_system_without_locks_is_a_warning_and_not_an_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*words: object) -> None:
        raise OSError(errno.ENOSYS, "Function not implemented")

    monkeypatch.setattr("fcntl.flock", refuse)
    with locked(tmp_path / ".lock"):
        assert "cannot be locked" in caplog.text
    assert not is_locked(tmp_path / ".lock")


def test_the_lock_is_exclusive(tmp_path: Path) -> None:
    code = (
        "import fcntl, sys; handle = open(sys.argv[1], 'a')\n"
        "try: fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB); print('free')\n"
        "except BlockingIOError: print('held')"
    )
    lock = tmp_path / ".lock"

    def ask() -> str:
        return subprocess.run(
            [sys.executable, "-c", code, str(lock)], capture_output=True, text=True, check=True
        ).stdout.strip()

    with locked(lock):
        assert ask() == "held"
    assert ask() == "free"


def _host(folder: Path) -> str:
    """The host part of a temporary name, seen through the public door."""
    seen: list[str] = []
    write_whole(folder / "probe", lambda part: (part.write_bytes(b""), seen.append(part.name.split("-")[1]))[1])
    return seen[0]
