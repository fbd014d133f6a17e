"""What the documents say is what happens: their code is run, their commands exist, their links lead somewhere."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import synthgest as sg
from synthgest.engines import load_engine
from synthgest.gestures import load_gestures, shipped_gestures
from synthgest.motion.hand_shapes import HAND_SHAPES
from synthgest.motion.landmarks import HAND_PARTS, LANDMARKS
from synthgest.recipes import change, load_recipe, parse_settings
from synthgest.types import TRUTH

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
sys.path.insert(0, str(ROOT / "scripts"))


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", page.read_text(encoding="utf-8"), flags=re.DOTALL)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_and_option_in_the_documents_exists(page: Path) -> None:
    from write_docs import command_line_page

    helps = command_line_page()
    for block in blocks(page, "console"):
        for line in re.findall(r"^\$ synthgest (.*)$", block, flags=re.MULTILINE):
            command = " ".join(line.split()[: 2 if line.startswith(("evaluate ", "motion ")) else 1])
            assert f"## synthgest {command}\n" in helps, line
            section = helps.split(f"## synthgest {command}\n")[1].split("\n## ")[0]
            words = shlex.split(line)
            for option in (word for word in words if word.startswith("--")):
                assert re.search(rf"{re.escape(option)}[ ,]", section), f"{line}: {option}"
            given = parse_settings([words[place + 1] for place, word in enumerate(words) if word == "--set"])
            named = words[words.index("--generator") + 1] if "--generator" in words else "pose-transfer"
            if command == "generate" and not named.endswith(".toml"):
                load_engine(change(load_recipe(named), given))


def test_the_generated_pages_are_up_to_date() -> None:
    from write_docs import command_line_page, with_table

    page = ROOT / "docs" / "the-data-set.md"
    assert (ROOT / "docs" / "command-line.md").read_text(encoding="utf-8") == command_line_page(), "run `make docs`"
    assert all(f"| `{name}` |" in page.read_text(encoding="utf-8") for name in TRUTH)
    assert page.read_text(encoding="utf-8") == with_table(page.read_text(encoding="utf-8")), "run `make docs`"


def test_the_page_for_authors_names_every_place_part_and_shape() -> None:
    page = (ROOT / "assets" / "gestures" / "README.md").read_text(encoding="utf-8")
    assert [word for word in (*LANDMARKS, *HAND_PARTS, *HAND_SHAPES) if f"`{word}`" not in page] == []


def test_the_page_of_gestures_says_what_their_files_say_and_shows_each() -> None:
    from write_docs import DIGESTS, gestures_page, strip_of

    assert (ROOT / "docs" / "gestures.md").read_text(encoding="utf-8") == gestures_page(), "run `make docs`"
    drawn = json.loads(DIGESTS.read_text(encoding="utf-8"))
    assert drawn == {gesture.name: gesture.digest for gesture in shipped_gestures()}, "run `make docs`"
    assert all(strip_of(gesture).stat().st_size > 5000 for gesture in shipped_gestures())


@pytest.mark.parametrize(
    "page",
    [
        "README.md",
        "docs/encoders.md",
        "docs/in-your-training-code.md",
        "docs/people-places-and-light.md",
        "docs/scores-and-labels.md",
        "docs/train-and-evaluate.md",
        "docs/your-own-generator.md",
        "docs/your-own-gesture.md",
    ],
)
def test_the_python_in_the_documents_runs(page: str, tmp_path: Path) -> None:
    for code in blocks(ROOT / page, "python"):
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, timeout=300)
        assert done.returncode == 0, done.stderr


def test_the_python_of_the_data_set_page_reads_a_data_set(tmp_path: Path) -> None:
    sg.generate("wave", settings={"width": 64, "height": 64, "frames": [48, 56]}, clips=1, seed=0, out=tmp_path / "out")
    environment = os.environ | {"HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path / "cache")}
    for code in blocks(ROOT / "docs" / "the-data-set.md", "python"):
        command = [sys.executable, "-c", code]
        done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=environment, timeout=120)
        assert done.returncode == 0, done.stderr


def test_the_gesture_files_in_the_documents_are_read(tmp_path: Path) -> None:
    (tmp_path / "takes").mkdir()
    (tmp_path / "takes" / "wave-right_1.bvh").write_text("HIERARCHY")
    names = []
    for number, text in enumerate(blocks(ROOT / "docs" / "your-own-gesture.md", "toml")):
        path = tmp_path / f"{number}.toml"
        path.write_text(text)
        names += [gesture.name for gesture in load_gestures([str(path)])]
    assert names == ["own/tip-hat", "own/wave-right-hand"]


def test_the_example_engine_installs_and_runs_as_its_page_says(tmp_path: Path) -> None:
    package = ROOT / "docs" / "your-own-generator"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    copy = tmp_path / "package"
    copy.mkdir()
    for file in package.iterdir():
        if file.is_file():
            (copy / file.name).write_bytes(file.read_bytes())
    subprocess.run([*pip, "--target", str(tmp_path / "site"), str(copy)], check=True, timeout=120)
    code = (
        f"import sys; sys.path.insert(0, {str(tmp_path / 'site')!r}); sys.argv[0] = 'synthgest';"
        "from synthgest.cli import main; main()"
    )
    recipe = str(package / "bouncing-dot.toml")
    words = ["generate", "wave", "--generator", recipe, "--clips", "4", "--out", "dots", "--sheet", "dots.png"]
    done = subprocess.run(
        [sys.executable, "-c", code, *words, "--workers", "0"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert "4 clips of 1 gestures" in done.stdout
    assert (tmp_path / "dots.png").stat().st_size > 1000
