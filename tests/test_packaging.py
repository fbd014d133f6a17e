"""The wheel holds the content that a non-programmer edits, and nothing of it is lost on the way."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FOLDERS = ("generators", "prompts", "assets")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=120)
    return next(out.glob("*.whl"))


def test_the_wheel_holds_all_content_and_the_type_marker(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    shipped = {
        f"synthgest/{path.relative_to(ROOT).as_posix()}"
        for folder in FOLDERS
        for path in (ROOT / folder).rglob("*")
        if path.is_file()
    }
    assert shipped <= names
    assert "synthgest/py.typed" in names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert wheel.stat().st_size <= 60_000_000


def test_an_installed_wheel_finds_its_content(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path)
    code = (
        "import synthgest.content as c; from synthgest.gestures import load_gestures;"
        "print(c.content('assets')); print(len(load_gestures(['rocog'])))"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(tmp_path)!r}); {code}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == [str(tmp_path / "synthgest" / "assets"), "7"]


def test_no_file_names_a_registry_or_a_path_of_one_machine() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split(
        "\n"
    )
    hosts = ("pypi" + ".org", "python" + "hosted", "/wo" + "rk/", "/ro" + "ot/")
    for name in filter(None, listed):
        path = ROOT / name
        if path.suffix in {".py", ".toml", ".txt", ".md", ".yaml", ""} and path.is_file():
            text = path.read_text(encoding="utf-8", errors="ignore")
            assert not [host for host in hosts if host in text], name


@pytest.mark.parametrize(
    ("asset", "most"),
    [
        ("body/body.npz", 8_000_000),
        ("models/synthgest-encoder-small", 15_000_000),
        ("models/synthgest-clip-tiny", 12_000_000),
    ],
)
def test_what_ships_is_small(asset: str, most: int) -> None:
    path = ROOT / "assets" / asset
    files = [path] if path.is_file() else list(path.iterdir())
    assert 0 < sum(file.stat().st_size for file in files) <= most


def test_models_ship_as_safetensors_with_a_card_and_how_they_were_made() -> None:
    folders = [path for path in (ROOT / "assets" / "models").iterdir() if path.is_dir()]
    assert folders
    for folder in folders:
        names = {path.name for path in folder.iterdir()}
        assert {"README.md", "training.json"} <= names
        assert {path.suffix for path in folder.iterdir()} == {".md", ".json", ".safetensors"}
