"""Quality: what measures see, near-duplicates found and unrelated clips left alone, selections with a reason for each clip."""

import json
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from conftest import Judge, counts
from test_cli import last_line, synthgest

import synthgest as sg
from synthgest.data.dataset import Dataset
from synthgest.data.video import tsn_indices, write_video
from synthgest.errors import DatasetError, SpecError
from synthgest.quality.duplicates import FRAMES, NEAR, duplicate_leaks, near_duplicates, perceptual_hash
from synthgest.quality.measures import measure
from synthgest.quality.selection import gates_from, read_selection, select, write_selection

Frames = np.ndarray
SMALL = {"width": 128, "height": 128, "frames": [48, 48]}


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """15 clips of different people and places."""
    out = tmp_path_factory.mktemp("drawn") / "out"
    return sg.generate(["drone", "everyday/wave", "everyday/bow"], out=out, seed=0, clips=1, settings=SMALL)


@pytest.fixture(scope="module")
def spread(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """The hard case: 16 clips of the same 4 people in the same 2 places."""
    settings = {**SMALL, "enrichment": {"environments": 2, "characters": 4}}
    return sg.generate(
        ["everyday/wave", "everyday/bow"],
        out=tmp_path_factory.mktemp("spread") / "out",
        seed=0,
        clips=8,
        settings=settings,
    )


# -- measures ----------------------------------------------------------------------------------------------------------


def moving(speed: int = 3, frames: int = 40, noise: float = 1.0) -> Frames:
    rng = np.random.default_rng(0)
    texture = rng.integers(0, 255, (64, 64, 3)).astype(np.uint8)
    texture = cv2.resize(cv2.GaussianBlur(texture, (0, 0), 2), (96, 96))
    clip = np.repeat(texture[None], frames, axis=0).astype(float)
    for number in range(frames):
        x = (number * speed) % 80
        clip[number, 30:50, x : x + 12] = 255
    return np.clip(clip + rng.normal(0, noise, clip.shape), 0, 255).astype(np.uint8)


def test_motion_grows_with_what_moves() -> None:
    still, slow, fast = (measure(moving(speed), {}).motion for speed in (0, 2, 4))
    assert still < 1 < slow < fast


def test_a_clip_that_stands_still_is_measured_so() -> None:
    clip = moving()
    clip[10:35] = clip[10]
    assert measure(clip, {}).still == pytest.approx(24 / 39)
    assert measure(moving(), {}).still == 0


def test_flicker_is_what_is_taken_back() -> None:
    steady, switched, flickering = moving(), moving().astype(float), moving().astype(float)
    switched[20:] *= 0.6
    flickering[::2] *= 0.8
    found = [measure(np.clip(clip, 0, 255).astype(np.uint8), {}).flicker for clip in (steady, switched, flickering)]
    assert found[0] < 0.5
    assert found[1] < 0.5
    assert found[2] > 5


def test_a_loop_is_told_from_a_repeated_movement() -> None:
    once = moving(speed=2, frames=20)
    loop = np.concatenate([once, once, once])
    repeated = moving(speed=4, frames=60, noise=4.0)
    assert measure(loop, {}).loop < 0.02
    assert measure(repeated, {}).loop > 0.1


def test_drawn_clips_pass_all_gates(drawn: Dataset) -> None:
    gates = gates_from({})
    faults = [gates.fault(measure(clip.frames(), clip.truth())) for clip in drawn]
    assert sum(map(bool, faults)) <= 1, faults


def test_sharpness_is_that_of_the_hand(drawn: Dataset) -> None:
    clip = drawn[0]
    frames, truth = clip.frames(), clip.truth()
    blurred = np.stack([cv2.GaussianBlur(frame, (0, 0), 2.5) for frame in frames])
    assert measure(blurred, truth).sharpness < measure(frames, truth).sharpness - 0.5
    elsewhere = frames.copy()
    elsewhere[:, :8, :8] = np.random.default_rng(0).integers(0, 255, (8, 8, 3))
    assert measure(elsewhere, truth).sharpness == pytest.approx(measure(frames, truth).sharpness, abs=0.3)


# -- near-duplicates ---------------------------------------------------------------------------------------------------


def jpeg(frame: Frames) -> Frames:
    return cv2.imdecode(cv2.imencode(".jpg", frame, [1, 30])[1], 1)


def cut(frame: Frames) -> Frames:
    height, width = frame.shape[:2]
    edge = round(0.03 * height)
    return cv2.resize(frame[edge:-edge, edge:-edge], (width, height))


CHANGES: dict[str, Callable[[Frames], Frames]] = {
    "darker": lambda frame: np.clip(frame * 0.8, 0, 255).astype(np.uint8),
    "noisy": lambda frame: np.clip(frame + np.random.default_rng(0).normal(0, 8, frame.shape), 0, 255).astype(np.uint8),
    "half size": lambda frame: cv2.resize(frame, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA),
    "compressed": jpeg,
    "cut": cut,
}


def planted(dataset: Dataset, count: int) -> list[Frames]:
    """Copies that are changed a little, each in one way, or begin two frames later."""
    made = []
    for number in range(count):
        clip = dataset[number % len(dataset)]
        ways = [*CHANGES, "later"]
        way = ways[number // len(dataset) % len(ways)]
        if way == "later":
            later = clip.frames()[2:]
            made.append(later[list(tsn_indices(len(later), FRAMES))])
        else:
            made.append(np.stack([CHANGES[way](frame) for frame in clip.sampled(FRAMES)]))
    return made


def test_of_100_planted_near_duplicates_at_least_98_are_found(drawn: Dataset) -> None:
    originals = [perceptual_hash(clip.sampled(FRAMES)) for clip in drawn]
    copies = [perceptual_hash(frames) for frames in planted(drawn, 100)]
    pairs = {(first, second) for first, second, _ in near_duplicates([*originals, *copies])}
    found = sum((number % len(drawn), len(drawn) + number) in pairs for number in range(100))
    assert found >= 98


@pytest.mark.parametrize("name", ["drawn", "spread"])
def test_different_clips_are_no_near_duplicates(name: str, request: pytest.FixtureRequest) -> None:
    dataset: Dataset = request.getfixturevalue(name)
    hashes = [perceptual_hash(clip.sampled(FRAMES)) for clip in dataset]
    assert list(near_duplicates(hashes)) == []


def test_the_distance_is_a_share_of_bits() -> None:
    clip = moving()[::8][:FRAMES]
    first, second = perceptual_hash(clip), perceptual_hash(255 - clip)
    ((_, _, same),) = near_duplicates([first, first], near=1)
    ((_, _, inverse),) = near_duplicates([first, second], near=1)
    assert same == 0
    assert inverse > 0.9
    assert list(near_duplicates([])) == []
    assert 0 < NEAR < 0.3


# -- selections --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """Good clips, one that loops, one that hardly moves, a twin, and one that does not open."""

    def engine(shots: list[sg.Shot]) -> object:
        for shot in shots:
            clip = moving(speed=1 + shot.index, frames=40, noise=3.0)
            clip = np.roll(clip, 17 * shot.index + (9 if "bow" in shot.gesture.name else 0), axis=1 + shot.index % 2)
            if "bow" in shot.gesture.name and shot.index == 0:
                clip = np.concatenate([clip[:20], clip[:20]])
            if "bow" in shot.gesture.name and shot.index == 1:
                clip[:36] = clip[0]
            if "bow" in shot.gesture.name and shot.index == 3:
                clip = np.roll(moving(speed=3, frames=40, noise=3.0), 17 * 2 + 9, axis=1)
            yield sg.Rendered(frames=clip, fps=12)

    out = tmp_path_factory.mktemp("mixed") / "out"
    dataset = sg.generate(["everyday/wave", "everyday/bow"], generator=engine, clips=5, seed=0, out=out)
    victim = next(clip for clip in dataset if clip.gesture == "everyday/wave" and clip.record.index == 4)
    victim.path.write_bytes(victim.path.read_bytes()[:100])
    return Dataset(out)


def by_index(dataset: Dataset, gesture: str, index: int) -> str:
    return next(clip.record.id for clip in dataset if clip.gesture == gesture and clip.record.index == index)


def test_every_clip_is_kept_or_has_its_reason(mixed: Dataset) -> None:
    chosen = select(mixed)
    assert set(chosen.kept) | set(chosen.dropped) == {clip.record.id for clip in mixed}
    assert not set(chosen.kept) & set(chosen.dropped)
    assert chosen.dropped[by_index(mixed, "everyday/bow", 0)].startswith("loop")
    assert chosen.dropped[by_index(mixed, "everyday/bow", 1)].startswith(("still", "motion"))
    assert chosen.dropped[by_index(mixed, "everyday/wave", 4)].startswith("cannot be read")
    twins = {by_index(mixed, "everyday/bow", index) for index in (2, 3)}
    assert len(twins & set(chosen.dropped)) == 1
    assert "near-duplicate of" in chosen.dropped[(twins & set(chosen.dropped)).pop()]


def test_the_best_of_each_class_are_kept(mixed: Dataset) -> None:
    chosen = select(mixed, per_class=2, near=0)
    kept = mixed.only(chosen.kept)
    assert [sum(clip.gesture == name for clip in kept) for name in mixed.classes] == [2, 2]
    order = {name: float(number) for number, name in enumerate(sorted(chosen.measures))}
    certain = select(mixed, per_class=1, near=0, uncertainty=order)
    for name in mixed.classes:
        own = [clip.record.id for clip in mixed if clip.gesture == name]
        able = [each for each in own if not chosen.dropped.get(each, "not").startswith(("loop", "still", "cannot"))]
        assert min(able, key=order.__getitem__) in certain.kept


def test_balance_takes_as_many_of_each_as_the_smallest_has(mixed: Dataset) -> None:
    kept = mixed.only(select(mixed, balance=True, near=0).kept)
    counts = [sum(clip.gesture == name for clip in kept) for name in mixed.classes]
    assert counts[0] == counts[1] > 0


def test_a_selection_is_kept_and_deletes_nothing(mixed: Dataset, tmp_path: Path) -> None:
    before = sorted(mixed.folder.rglob("*"))
    chosen = select(mixed)
    write_selection(tmp_path / "new" / "chosen.json", chosen)
    again = read_selection(tmp_path / "new" / "chosen.json")
    assert (again.kept, again.dropped, again.measures) == (chosen.kept, chosen.dropped, chosen.measures)
    assert sorted(mixed.folder.rglob("*")) == before


def test_what_cannot_be_selected_is_refused(mixed: Dataset, tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="did you mean 'least_motion'"):
        gates_from({"least_moton": 1})
    with pytest.raises(SpecError, match="per_class"):
        select(mixed, per_class=-1)
    with pytest.raises(SpecError, match="of another data set"):
        mixed.only(["f" * 20])
    (tmp_path / "x.json").write_text("{")
    with pytest.raises(DatasetError, match="cannot read the selection"):
        read_selection(tmp_path / "x.json")


def test_the_command_writes_a_selection(mixed: Dataset, tmp_path: Path) -> None:
    out = tmp_path / "chosen.json"
    told = last_line(synthgest("select", mixed.folder, "--out", out, "--per-class", 2, "--json"))
    assert told["kept"] + told["dropped"] == 10
    assert set(json.loads(out.read_text())["kept"]) == set(read_selection(out).kept)
    refused = synthgest("select", mixed.folder, "--out", out, "--set", "most_flickr=1")
    assert refused.returncode == 2
    assert "most_flicker" in refused.stderr


@counts(20, 50)
def test_clips_that_two_splits_both_show_are_leaks_whatever_their_records_say(
    tmp_path: Path, judged: Judge, trials: int
) -> None:
    """All but ten clips of the second split are clips of the first, encoded again and a little brighter."""
    rng = np.random.default_rng(5)

    def scene() -> np.ndarray:
        small = rng.integers(0, 255, (6, 8, 8, 3)).astype(np.uint8)
        return np.stack([cv2.resize(frame, (48, 48), interpolation=cv2.INTER_CUBIC) for frame in small])

    first = [scene() for _ in range(trials + 10)]
    second = [np.clip(frames.astype(int) + 6, 0, 255).astype(np.uint8) for frames in first[:trials]]
    second += [scene() for _ in range(10)]
    for name, clips in (("train", first), ("test", second)):
        for number, frames in enumerate(clips):
            path = tmp_path / name / "wave" / f"{number:02d}.mp4"
            path.parent.mkdir(parents=True, exist_ok=True)
            write_video(path, frames, 6)
    parts = [sg.open_dataset(tmp_path, split=name).clips for name in ("train", "test")]
    found = duplicate_leaks(*parts)
    missed = trials - sum(Path(leak.first).name == Path(leak.second).name for leak in found)
    what = "planted near-duplicates of real clips that are not found"
    judged("F27", what, trials=trials, worst=100 * missed / trials, bar=2, unit="%")
    assert len(found) <= trials
    assert {leak.reason for leak in found} == {"near-duplicate"}
