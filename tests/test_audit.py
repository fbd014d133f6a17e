"""The audit: what is planted in a folder of clips is found, what is sound is left alone, and nothing is changed."""

import shutil
from collections import defaultdict
from pathlib import Path

import cv2
import numpy as np
import pytest
from conftest import tree_digest
from test_cli import last_line, synthgest

import synthgest as sg
from synthgest.data.real.media import VideoFile
from synthgest.data.real.probing import facts
from synthgest.data.video import write_video
from synthgest.errors import FrameError
from synthgest.exporters.job import export
from synthgest.report.audit import audit
from synthgest.report.evidence import ReportSettings
from synthgest.report.run import Report

SMALL = {"width": 96, "height": 96, "fps": 12, "frames": [16, 20]}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Class folders in two splits with one clip or two of every fault; their names say which."""
    made = sg.generate(
        ["drone/land", "drone/up", "everyday/clap"],
        settings=SMALL,
        clips=8,
        seed=5,
        out=tmp_path_factory.mktemp("made") / "set",
    )
    out = tmp_path_factory.mktemp("films") / "films"
    for number, clip in enumerate(made):
        home = out / ("test" if clip.record.index >= 6 else "train") / clip.gesture.partition("/")[2]
        home.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(clip.path, home / f"sound_{number}.mp4")
    train, test = out / "train" / "land", out / "test" / "land"
    frames, fps = made[0].frames(), 12.0
    write_video(
        train / "black.mp4", np.clip(np.random.default_rng(0).normal(2, 1, frames.shape), 0, 255).astype(np.uint8), fps
    )
    write_video(train / "flat.mp4", np.full_like(frames, 120), fps)
    write_video(train / "frozen.mp4", np.repeat(frames[8:9], len(frames), axis=0), fps)
    write_video(train / "short.mp4", made[1].frames()[:4], fps)
    write_video(train / "slow.mp4", made[4].frames()[::2], 6.0)
    (train / "unreadable.mp4").write_bytes(b"\x00\x00\x00\x18ftypmp42 and no more")
    (train / "truncated.mp4").write_bytes(made[2].path.read_bytes()[: made[2].path.stat().st_size // 2])
    shutil.copyfile(made[3].path, train / "twin.mp4")
    smaller = [cv2.resize(frame, (80, 80), interpolation=cv2.INTER_AREA) for frame in made[5].frames()]
    write_video(train / "likeness.mp4", np.stack(smaller).astype(np.uint8), fps)
    write_video(test / "leak.mp4", np.clip(made[4].frames().astype(int) + 10, 0, 255).astype(np.uint8), fps)
    return out


@pytest.fixture(scope="module")
def found(folder: Path) -> tuple[Report, dict[str, set[str]], str]:
    """The audit, kinds of fault by the clip's name, and a digest of the folder from before."""
    before = tree_digest(folder)
    report = audit(sg.open_dataset(folder), ReportSettings(players=4))
    kinds: dict[str, set[str]] = defaultdict(set)
    for fault in report.numbers["sections"]["faults"]["numbers"]["faults"]:
        kinds[Path(fault["id"]).stem].add(fault["kind"])
    return report, kinds, before


@pytest.mark.parametrize(
    ("clip", "kinds"),
    [
        ("black", {"black"}),
        ("flat", {"flat"}),
        ("frozen", {"frozen"}),
        ("short", {"short"}),
        ("slow", {"frames a second"}),
        ("unreadable", {"unreadable"}),
        ("truncated", {"unreadable", "truncated"}),
        ("twin", {"duplicate"}),
        ("likeness", {"near-duplicate"}),
        ("leak", {"leak"}),
    ],
)
def test_every_planted_fault_is_found(
    found: tuple[Report, dict[str, set[str]], str], clip: str, kinds: set[str]
) -> None:
    twin = {"likeness": "sound_5"}.get(clip, clip)  # of two that are the same either may be named
    assert (found[1][clip] | found[1][twin]) & kinds


def test_sound_clips_are_left_alone(found: tuple[Report, dict[str, set[str]], str]) -> None:
    wrong = {name: kinds - {"label"} for name, kinds in found[1].items() if name.startswith("sound")}
    twins = {"sound_3", "sound_4", "sound_5"}
    assert not {name: kinds for name, kinds in wrong.items() if kinds and name not in twins}


def test_nothing_is_changed(found: tuple[Report, dict[str, set[str]], str], folder: Path) -> None:
    assert tree_digest(folder) == found[2]


def test_its_figures_can_be_gated(folder: Path, tmp_path: Path) -> None:
    done = synthgest(
        "audit",
        folder,
        "--out",
        tmp_path / "audit.html",
        "--encoder",
        "clip",
        "--players",
        0,
        "--fail-if",
        "leaks > 0",
        "--json",
        cwd=tmp_path,
    )
    assert done.returncode == 1, done.stderr
    assert last_line(done)["figures"]["leaks"] >= 1
    assert (tmp_path / "audit.html").exists()


def test_lists_of_several_splits_are_one_audit(tmp_path: Path) -> None:
    made = sg.generate(["everyday/wave", "drone/up"], settings=SMALL, clips=4, seed=3, out=tmp_path / "set")
    export(made, tmp_path / "ucf", "ucf101", fractions={"train": 0.5, "test": 0.5})
    lists = [tmp_path / "ucf" / f"{split}list01.txt" for split in ("train", "test")]
    both = sg.open_dataset(tmp_path / "ucf", layout="ucf101", annotations=lists)
    assert len(both) == len(made)
    assert {clip.split for clip in both} == {"train", "test"}


def test_a_file_cut_off_behind_its_index_is_truncated(tmp_path: Path) -> None:
    import av

    frames = np.random.default_rng(0).integers(0, 255, (40, 64, 64, 3)).astype(np.uint8)
    write_video(tmp_path / "plain.mp4", frames, 10.0)
    with (
        av.open(str(tmp_path / "plain.mp4")) as source,
        av.open(str(tmp_path / "moved.mp4"), "w", options={"movflags": "faststart"}) as target,
    ):
        stream = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(source.streams.video[0]):
            if packet.size:
                packet.stream = stream
                target.mux(packet)
    data = (tmp_path / "moved.mp4").read_bytes()
    for share in (0.3, 0.5, 0.9, 0.99):
        (tmp_path / "cut.mp4").write_bytes(data[: int(len(data) * share)])
        told = facts(VideoFile(tmp_path / "cut.mp4"))
        assert told is not None
        assert told.truncated, share
    whole = facts(VideoFile(tmp_path / "moved.mp4"))
    assert whole is not None
    assert not whole.truncated
    assert (whole.frames, whole.fps) == (40, 10.0)
    with pytest.raises(FrameError, match="cannot open"):
        facts(VideoFile(tmp_path / "nothing.mp4"))
