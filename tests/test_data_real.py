"""Real data: every layout is read with the classes, splits and films that its own files say; nothing leads out of the folder."""

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

import synthgest as sg
from synthgest.data.manifest import ClassEntry
from synthgest.data.mixing import mixed
from synthgest.data.real.clip import Entry
from synthgest.data.real.dataset import RealDataset, _numbered, open_dataset
from synthgest.data.real.media import VideoFile
from synthgest.data.splits import leaks, split
from synthgest.data.video import write_video
from synthgest.errors import CorruptClip, DatasetError, SpecError
from synthgest.types import Rendered


def film(path: Path, *, frames: int = 10, grey: int = 100) -> Path:
    """A video whose frame n has the brightness grey + 5 n."""
    path.parent.mkdir(parents=True, exist_ok=True)
    steps = grey + 5 * np.arange(frames)
    write_video(path, np.broadcast_to(steps[:, None, None, None], (frames, 32, 48, 3)).astype(np.uint8), 10)
    return path


def picture(path: Path, grey: int = 100) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), np.full((32, 48, 3), grey, np.uint8))
    return path


def greys(dataset: RealDataset, number: int) -> list[int]:
    clip = dataset[number]
    return [round(float(frame.mean())) for frame in clip.frames_at(range(clip.length))]


def opened(*words: object, **settings: object) -> RealDataset:
    found = open_dataset(*words, **settings)  # type: ignore[arg-type]
    assert isinstance(found, RealDataset)
    return found


# -- folders -----------------------------------------------------------------------------------------------------------


def test_class_folders_hold_videos_frame_folders_and_pictures(tmp_path: Path) -> None:
    film(tmp_path / "Wave" / "a.mp4")
    picture(tmp_path / "Wave" / "b.JPG", 50)
    for number in (1, 2, 10):
        picture(tmp_path / "bow" / "c" / f"{number}.png", 10 * number)
    (tmp_path / "bow" / "notes.txt").write_text("not a clip")
    (tmp_path / ".cache").mkdir()
    found = opened(tmp_path)
    assert found.classes == ("Wave", "bow")
    assert [(clip.id, clip.label, clip.length) for clip in found] == [
        ("Wave/a.mp4", 0, 10),
        ("Wave/b.JPG", 0, 1),
        ("bow/c", 1, 3),
    ]
    assert greys(found, 2) == [10, 20, 100]
    assert np.abs(np.array(greys(found, 0)) - (100 + 5 * np.arange(10))).max() <= 2


def test_folders_of_splits_are_no_classes(tmp_path: Path) -> None:
    for name in ("train/wave/a.mp4", "train/bow/b.mp4", "test/wave/c.mp4"):
        film(tmp_path / name)
    assert opened(tmp_path).classes == ("bow", "wave")
    test = opened(tmp_path, split="test")
    assert [(clip.id, clip.label) for clip in test] == [("test/wave/c.mp4", 1)]  # though the split lacks a class
    with pytest.raises(DatasetError, match="no clips of the split 'tset'"):
        open_dataset(tmp_path, split="tset")


def test_a_class_may_be_called_test(tmp_path: Path) -> None:
    for name in ("test/a.mp4", "wave/b.mp4"):
        film(tmp_path / name)
    assert opened(tmp_path).classes == ("test", "wave")


def test_a_folder_of_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="expected a folder for each class"):
        open_dataset(tmp_path)
    with pytest.raises(DatasetError, match="cannot read"):
        open_dataset(tmp_path / "absent")
    with pytest.raises(SpecError, match="did you mean 'kinetics'"):
        open_dataset(tmp_path, layout="kinetic")


def test_the_photographs_of_real_people_are_read(real_data: Path) -> None:
    found = opened(real_data / "drone_arm_signals")
    assert (len(found.classes), len(found)) == (13, 390)
    assert found[0].frames_at([0, 0]).shape == (2, 480, 640, 3)


# -- lists -------------------------------------------------------------------------------------------------------------


def ucf(folder: Path) -> Path:
    film(folder / "Archery" / "v_Archery_g08_c01.avi.mp4").rename(folder / "Archery" / "v_Archery_g08_c01.avi")
    film(folder / "Wave" / "v_Wave_g01_c02.mp4")
    listed = folder / "trainlist01.txt"
    listed.write_text("Archery/v_Archery_g08_c01.avi 1\nWave/v_Wave_g01_c02.mp4 2\n")
    return listed


def hmdb(folder: Path) -> Path:
    for name in ("Film_A_wave_u_cm_np1_fr_med_0", "Film_A_wave_u_cm_np1_fr_med_1", "Film_B_wave_f_nm_np1_le_bad_0"):
        film(folder / "wave" / f"{name}.avi.mp4").rename(folder / "wave" / f"{name}.avi")
    lists = folder / "splits"
    lists.mkdir()
    lines = [
        "Film_A_wave_u_cm_np1_fr_med_0.avi 1 ",
        "Film_A_wave_u_cm_np1_fr_med_1.avi 2 ",
        "Film_B_wave_f_nm_np1_le_bad_0.avi 0 ",
    ]
    (lists / "wave_test_split1.txt").write_text("\n".join(lines))
    return lists


def kinetics(folder: Path) -> Path:
    film(folder / "shaking hands" / "-abc_000003_000013.mp4")
    film(folder / "xyz.mp4")
    listed = folder / "train.csv"
    with listed.open("w", newline="") as file:
        csv.writer(file).writerows(
            [
                ["label", "youtube_id", "time_start", "time_end", "split"],
                ["shaking hands", "-abc", 3, 13, "train"],
                ["waving, hello", "xyz", 0, 10, "train"],
            ]
        )
    return listed


def jester(folder: Path) -> Path:
    for number in (1, 2):
        picture(folder / "7" / f"{number:05d}.jpg", 50 * number)
        picture(folder / "12" / f"{number:05d}.jpg")
    listed = folder / "jester-v1-validation.csv"
    listed.write_text("7;Thumb Up\n12;Drumming Fingers\n")
    return listed


def something(folder: Path) -> Path:
    film(folder / "5.mp4").rename(folder / "5.webm")
    film(folder / "6.mp4")
    rows = [
        {"id": "5", "label": "moving pen up", "template": "Moving [something] up", "placeholders": ["pen"]},
        {"id": "6", "label": "moving pen down", "template": "Moving [something] down", "placeholders": ["pen"]},
    ]
    listed = folder / "something-something-v2-train.json"
    listed.write_text(json.dumps(rows))
    return listed


@pytest.mark.parametrize(
    ("layout", "build", "expected"),
    [
        ("ucf101", ucf, [("Archery", "train", "Archery_g08"), ("Wave", "train", "Wave_g01")]),
        ("hmdb51", hmdb, [("wave", "train", "wave Film_A"), ("wave", "test", "wave Film_A")]),
        ("kinetics", kinetics, [("shaking hands", "train", "-abc"), ("waving, hello", "train", "xyz")]),
        ("jester", jester, [("Thumb Up", "validation", None), ("Drumming Fingers", "validation", None)]),
        ("something-v2", something, [("Moving something up", "train", None), ("Moving something down", "train", None)]),
    ],
)
def test_lists_are_read(
    layout: str, build: Callable[[Path], Path], expected: list[tuple[str, str, str | None]], tmp_path: Path
) -> None:
    found = opened(tmp_path, layout=layout, annotations=build(tmp_path))
    assert [(clip.gesture, clip.split, *clip.groups.get("source", (None,))) for clip in found] == expected
    assert all(clip.frames_at([0, clip.length - 1]).shape == (2, 32, 48, 3) for clip in found)
    assert [found.classes[clip.label] for clip in found] == [name for name, _, _ in expected]


def test_a_file_describes_where_and_how_clips_lie(tmp_path: Path) -> None:
    for name in ("a", "b"):
        film(tmp_path / "films" / "wave" / f"{name}.avi", grey=100 if name == "a" else 50)
    (tmp_path / "wave_test_split1.txt").write_text("a.avi 1\nb.avi 2\n")
    told = tmp_path / "hmdb.toml"
    told.write_text('path = "films"\nlayout = "hmdb51"\nannotations = ["wave_test_split1.txt"]\nsplit = "test"\n')
    found = opened(told)
    assert [(clip.id, clip.split) for clip in found] == [("wave/b.avi", "test")]
    with pytest.raises(SpecError, match="says itself how the clips lie"):
        opened(told, split="train")
    told.write_text('path = "films"\nlayuot = "hmdb51"\n')
    with pytest.raises(SpecError, match="unknown key 'layuot'"):
        opened(told)
    told.write_text('path = ""\n')
    with pytest.raises(SpecError, match="path is empty"):
        opened(told)


def test_films_that_both_splits_show_are_leaks(tmp_path: Path) -> None:
    found = opened(tmp_path, layout="hmdb51", annotations=hmdb(tmp_path))
    parts = {name: [clip for clip in found if clip.split == name] for name in ("train", "test")}
    assert [leak.reason for leak in leaks(parts["train"], parts["test"], group_by=["source"])] == ["source"]


def test_clips_that_are_not_there_are_told_or_counted(tmp_path: Path) -> None:
    listed = ucf(tmp_path)
    (tmp_path / "Wave" / "v_Wave_g01_c02.mp4").unlink()
    with pytest.raises(DatasetError, match=r"1 of 2 clips .*v_Wave_g01"):
        open_dataset(tmp_path, layout="ucf101", annotations=listed)
    found = opened(tmp_path, layout="ucf101", annotations=listed, missing="skip")
    assert (len(found), found.missing, found.classes) == (1, ("Wave/v_Wave_g01_c02.mp4",), ("Archery", "Wave"))


@pytest.mark.parametrize(
    ("layout", "text", "message"),
    [
        ("ucf101", "../../etc/passwd 1", "leads out"),
        ("ucf101", "nothing", "CLASS/FILE"),
        ("kinetics", "a,b\n1,2", "no column 'label'"),
        ("kinetics", "label,youtube_id\n../..,../../../etc/passwd", "leads out"),
        ("jester", "7", "no label"),
        ("jester", "../..;x", "leads out"),
        ("something-v2", "{", "not JSON"),
        ("something-v2", '[{"id": 1}]', "no 'template'"),
        ("hmdb51", "a.avi 7", "expected FILE and 0, 1 or 2"),
    ],
)
def test_annotations_that_make_no_sense_are_refused(layout: str, text: str, message: str, tmp_path: Path) -> None:
    listed = tmp_path / "wave_test_split1.txt"
    listed.write_text(text)
    with pytest.raises(DatasetError, match=message):
        open_dataset(tmp_path, layout=layout, annotations=listed)
    with pytest.raises(SpecError, match="needs annotations"):
        open_dataset(tmp_path, layout=layout)


def test_hugging_face_data_sets_are_read(tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    clips = [str(film(tmp_path / f"{number}.mp4")) for number in range(3)]
    features = datasets.Features({"video": datasets.Video(), "label": datasets.ClassLabel(names=["wave", "bow"])})
    rows = datasets.Dataset.from_dict({"video": clips, "label": [0, 1, -1]}, features=features)
    rows.to_parquet(tmp_path / "hub" / "train-0.parquet")
    found = opened(tmp_path / "hub", layout="hugging-face")
    assert [(clip.gesture, clip.split, clip.length) for clip in found] == [("wave", "train", 10), ("bow", "train", 10)]
    assert greys(found, 0)[0] == pytest.approx(100, abs=2)
    with pytest.raises(DatasetError, match="cannot open"):
        open_dataset(tmp_path / "absent", layout="hugging-face")


# -- together with synthetic clips ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def synthetic(tmp_path_factory: pytest.TempPathFactory) -> sg.Dataset:
    def grey(shots: object) -> object:
        for _ in shots:  # type: ignore[attr-defined]
            yield Rendered(frames=np.random.default_rng(0).integers(0, 255, (6, 32, 48, 3)).astype(np.uint8), fps=6)

    out = tmp_path_factory.mktemp("synthetic") / "out"
    return sg.generate(["everyday/wave", "drone/left", "drone/right"], generator=grey, clips=2, seed=0, out=out)  # type: ignore[arg-type]


def test_real_clips_take_the_numbers_of_the_synthetic_classes(synthetic: sg.Dataset, tmp_path: Path) -> None:
    for name in ("LEFT/a.mp4", "Wave/b.mp4", "salute/c.mp4"):
        film(tmp_path / name)
    with pytest.raises(SpecError, match="the class 'salute'"):
        open_dataset(tmp_path, like=synthetic)
    real = opened(tmp_path, like=synthetic, strangers="drop")
    assert [(clip.gesture, clip.label) for clip in real] == [("drone/left", 1), ("everyday/wave", 0)]
    both, sampler = mixed([synthetic.torch(frames=4), real.torch(frames=4)], [1, 1])
    assert {both[index][0].shape for index in sampler} == {(4, 3, 32, 48)}
    video, label = real.torch(frames=4, flip=1.0)[0]
    assert label.tolist() == [0, 0, 1]  # mirrored, left is right
    assert video.shape == (4, 3, 32, 48)
    details = real.torch(frames=4, details=True)[0]
    assert (details["id"], details["groups"]["source"]) == ("LEFT/a.mp4", "LEFT/a.mp4")
    assert sum(map(len, split(real.clips, fractions={"a": 1, "b": 1}).values())) == 2


def test_a_class_of_the_users_own_is_found_by_its_bare_name(synthetic: sg.Dataset, tmp_path: Path) -> None:
    """As a folder of motions ``wave`` makes clips of ``own/wave``; a class of another vocabulary is another class."""
    clips = {"a.mp4": "own/wave", "b.mp4": "own/left", "c.mp4": "hand/wave"}
    entries = [Entry(id=name, name=named, media=VideoFile(film(tmp_path / name))) for name, named in clips.items()]
    found = list(_numbered(entries, synthetic.class_entries, "drop", "here"))
    assert [(clip.id, clip.gesture) for clip in found] == [("a.mp4", "everyday/wave"), ("b.mp4", "drone/left")]


def test_a_bare_name_that_two_vocabularies_have_is_refused(tmp_path: Path) -> None:
    both = [
        ClassEntry(id=n, name=name, phrase="", description="", digest="") for n, name in enumerate(["a/left", "b/left"])
    ]
    film(tmp_path / "left" / "a.mp4")
    with pytest.raises(SpecError, match=r"'left' of .* may be a/left or b/left"):
        open_dataset(tmp_path, like=SimpleNamespace(class_entries=tuple(both)))  # type: ignore[arg-type]
    (tmp_path / "left").rename(tmp_path / "b_left")
    assert opened(tmp_path, like=SimpleNamespace(class_entries=tuple(both)))[0].gesture == "b/left"


def test_clips_of_no_class_that_is_asked_for_are_told(synthetic: sg.Dataset, tmp_path: Path) -> None:
    film(tmp_path / "salute" / "a.mp4")
    with pytest.raises(DatasetError, match="clips of salute, and none of drone/left, drone/right, everyday/wave"):
        open_dataset(tmp_path, like=synthetic, strangers="drop")


def test_a_folder_of_ours_is_opened_as_what_it_is(synthetic: sg.Dataset) -> None:
    assert isinstance(open_dataset(synthetic.folder), sg.Dataset)


# -- files that lie ----------------------------------------------------------------------------------------------------


def test_a_video_that_does_not_open_is_named(tmp_path: Path) -> None:
    film(tmp_path / "wave" / "good.mp4")
    (tmp_path / "wave" / "bad.mp4").write_bytes(b"no video")
    (tmp_path / "wave" / "bad.png").write_bytes(b"no picture")
    found = opened(tmp_path)
    for number in (0, 1):
        with pytest.raises(CorruptClip, match="wave/bad") as caught:
            found.torch(frames=2)[number]
        assert caught.value.clip_id == found[number].id
    skipping = found.torch(frames=2, on_corrupt="skip")
    assert len([skipping[number] for number in range(3)]) == 3
    assert skipping.skipped == 3  # twice on the way from the first to the third, once from the second


def test_a_cut_video_is_an_error_and_not_a_shorter_one(tmp_path: Path) -> None:
    whole = film(tmp_path / "whole.mp4", frames=48)
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(whole.read_bytes()[: int(whole.stat().st_size * 0.6)])
    assert VideoFile(whole).length == 48
    with pytest.raises(sg.SynthgestError, match="cannot decode"):
        _ = VideoFile(cut).length
    with pytest.raises(sg.SynthgestError, match="ends before frame 99"):
        VideoFile(whole).frames_at([99])


def test_one_or_two_frames_that_only_the_container_counts_are_the_last_one_again(tmp_path: Path) -> None:
    clip = VideoFile(film(tmp_path / "a.mp4", frames=10))
    frames = clip.frames_at([8, 9, 10, 11])
    assert np.array_equal(frames[1], frames[2])
    assert np.array_equal(frames[1], frames[3])
    assert not np.array_equal(frames[0], frames[1])


def test_a_file_that_changed_is_counted_anew(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4", frames=10)
    assert VideoFile(path).length == 10
    shutil.copy(film(tmp_path / "b.mp4", frames=14), path)
    assert VideoFile(path).length == 14
