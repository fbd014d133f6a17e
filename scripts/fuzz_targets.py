"""What is fuzzed: readers of files that others wrote. Each takes bytes, and may raise nothing but an error that a user can mend."""

import atexit
import contextlib
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from synthgest.content import content
from synthgest.data.manifest import read_manifest
from synthgest.data.real.described import read_source
from synthgest.data.real.lists import LISTS
from synthgest.data.records import Failure, Record, encode, read_record
from synthgest.errors import SynthgestError
from synthgest.evaluation.anomaly import read_intervals
from synthgest.gestures import gesture_of_file, load_gestures
from synthgest.motion.files import read
from synthgest.motion.keypoint_files import keypoints_in
from synthgest.motion.reading import Reading
from synthgest.recipes import load_recipe, parse_settings
from synthgest.report.gate import conditions
from synthgest.training.recogniser import read_about

_ROOM = Path(tempfile.mkdtemp(prefix="fuzz-", dir="/dev/shm" if Path("/dev/shm").is_dir() else None))
atexit.register(shutil.rmtree, _ROOM, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class Target:
    """run: on some bytes. seeds: bytes to begin with."""

    run: Callable[[bytes], None]
    seeds: Sequence[bytes]


def _by_path(name: str, reader: Callable[[Path], object]) -> Callable[[bytes], None]:
    """A reader of files as one of bytes, through memory."""
    path = _ROOM / name
    path.parent.mkdir(parents=True, exist_ok=True)

    def run(data: bytes) -> None:
        path.write_bytes(data)
        with contextlib.suppress(SynthgestError):
            reader(path)

    return run


def _settings(data: bytes) -> None:
    lines = data.decode("utf-8", "replace").split("\n")
    with contextlib.suppress(SynthgestError):
        parse_settings(lines)
    with contextlib.suppress(SynthgestError):
        conditions(lines, ["clips", "auroc"])


def _list(name: str) -> Callable[[Path], object]:
    return lambda path: list(LISTS[name](_ROOM, path))


def _record() -> bytes:
    words = dict.fromkeys(("id", "gesture", "recipe", "config", "sha256", "truth_sha256", "licence"), "a")
    numbers = {"index": 0, "seed": 1, "bytes": 9, "frames": 9, "width": 64, "height": 64, "fps": 8.0}
    return encode(Record(**{**words, **numbers, "provenance": {"motion": "keyframes of a"}, "attempts": ()}))


_BVH = b"""HIERARCHY
ROOT Hips
{
 OFFSET 0 0 0
 CHANNELS 6 Xposition Yposition Zposition Zrotation Xrotation Yrotation
 JOINT Spine
 {
  OFFSET 0 10 0
  CHANNELS 3 Zrotation Xrotation Yrotation
  End Site
  {
   OFFSET 0 10 0
  }
 }
}
MOTION
Frames: 2
Frame Time: 0.033333
0 90 0 0 0 0 0 0 0
0 90 0 1 2 3 4 5 6
"""
_ASF = b""":version 1.10
:name x
:units
 mass 1.0
 length 0.45
 angle deg
:root
 order TX TY TZ RX RY RZ
 axis XYZ
 position 0 0 0
 orientation 0 0 0
:bonedata
 begin
  id 1
  name lowerback
  direction 0 1 0
  length 2
  axis 0 0 0 XYZ
  dof rx ry rz
 end
:hierarchy
 begin
  root lowerback
 end
"""
_LANDMARKS = b'[{"pose_landmarks":[' + b",".join([b'{"x":0.5,"y":0.4,"visibility":0.9}'] * 33) + b"]}]"


def _numbers(count: int) -> bytes:
    return str([round(0.5 + number, 1) for number in range(count)]).encode()


def _coco(points: int) -> bytes:
    return b'[{"image_id":1,"category_id":1,"score":0.9,"keypoints":' + _numbers(3 * points) + b"}]"


def _points(name: str, format: str) -> Callable[[bytes], None]:
    reading = Reading(format=format, fps=30, width=640, height=480)
    return _by_path(name, lambda path: keypoints_in(path, reading))


def _asf(path: Path) -> object:
    (path.parent / "01.asf").write_bytes(path.read_bytes())
    motion = path.parent / "01_01.amc"
    motion.write_bytes(b"#!x\n:FULLY-SPECIFIED\n:DEGREES\n1\nroot 0 0 0 0 0 0\nlowerback 1 2 3\n")
    return read(motion, Reading(fps=120))


def _files(folder: str, pattern: str, most: int = 4) -> list[bytes]:
    return [path.read_bytes() for path in sorted(content(folder).glob(pattern))[:most]]


TARGETS: Mapping[str, Target] = {
    "gesture": Target(
        _by_path("gesture.toml", lambda path: load_gestures([str(path)])), _files("assets", "gestures/*/[wlH]*.toml", 8)
    ),
    "recipe": Target(_by_path("recipe.toml", lambda path: load_recipe(str(path))), _files("generators", "*.toml")),
    "manifest": Target(
        _by_path("set/dataset.toml", lambda path: read_manifest(path.parent)),
        [
            b'format = 1\n[[classes]]\nid = 0\nname = "a/b"\nphrase = ""\ndescription = ""\ndigest = "0"\nmirror = "same"\n'
        ],
    ),
    "record": Target(_by_path("record.json", lambda path: read_record(path, Record)), [_record()]),
    "failure": Target(_by_path("failure.json", lambda path: read_record(path, Failure)), [b"{}"]),
    "source": Target(
        _by_path("source.toml", read_source), [b'path = "films"\nlayout = "hmdb51"\nannotations = ["a.txt"]\n']
    ),
    "run": Target(
        _by_path("run/run.json", lambda path: read_about(path.parent)),
        [b'{"settings": {}, "classes": [], "rejects": false}'],
    ),
    "bvh": Target(_by_path("motion.bvh", read), [_BVH]),
    "asf": Target(_by_path("skeleton.asf", _asf), [_ASF]),
    "keypoints-csv": Target(
        _points("points.csv", "keypoints-csv"),
        [b"left_wrist_x,left_wrist_y,left_wrist_score,right_wrist_x,right_wrist_y\n0,1,1,2,1\n1,,0.5,3,1\n"],
    ),
    "keypoints-coco": Target(_points("coco.json", "keypoints-coco"), [_coco(17), _coco(133)]),
    "keypoints-openpose": Target(
        _points("openpose.json", "keypoints-openpose"), [b'[{"people":[{"pose_keypoints_2d":' + _numbers(75) + b"}]}]"]
    ),
    "keypoints-mediapipe": Target(_points("landmarks.json", "keypoints-mediapipe"), [_LANDMARKS]),
    "motion-settings": Target(
        _by_path("wave/motion.toml", lambda path: gesture_of_file(path, Reading())), [b'fps = 30\nhands = "flat"\n']
    ),
    "annotations": Target(_by_path("trainlist01.txt", _list("ucf101")), [b"Wave/v_Wave_g01_c01.avi 1\n"]),
    "annotations-csv": Target(
        _by_path("train.csv", _list("kinetics")), [b"label,youtube_id,time_start,time_end,split\nwave,abc,0,10,train\n"]
    ),
    "annotations-json": Target(
        _by_path("something.json", _list("something-v2")), [b'[{"id":"1","template":"Waving [it]"}]']
    ),
    "intervals": Target(_by_path("intervals.txt", read_intervals), [b"Arson011.mp4  Arson  150  420  -1  -1\n"]),
    "settings": Target(_settings, [b"camera.margin=0.1\nframes=[8,16]\nauroc < 0.7\n"]),
}
