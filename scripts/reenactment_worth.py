"""What re-enactment is worth where there are one or a few real clips of each class: trained with and without, over several seeds.

    python scripts/reenactment_worth.py photographs|recorded DATA OUT [--shots 1 4] [--seeds 3]

``photographs``: the even half of DATA/drone_arm_signals, each a film that stands still. ``recorded``: clips that DATA/bandai_bvh
drives, drawn and then treated as if they were filmed: their ground truth is not looked at, and clips of one recording are never
on both sides. Of each class so many clips are for training; all others are named. Their motions are extracted by the estimator
``small`` and re-enacted by 5 identities before 3 backgrounds: 15 clips a class. A linear probe on the frozen encoder, and the
trained encoder, are compared.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from real_people import half
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import synthgest as sg
from synthgest.data.labelled import LabelledClip
from synthgest.data.real.clip import RealClip
from synthgest.data.video import write_video
from synthgest.encoders import load_encoder
from synthgest.evaluation.extraction import features
from synthgest.evaluation.probe import STRENGTH
from synthgest.gestures import gestures_from_folder
from synthgest.motion.reading import Reading
from synthgest.motion.sources import motion_file
from synthgest.statistics import paired_difference, proportion
from synthgest.training.run import train
from synthgest.training.settings import TrainSettings

CAMERA = {"yfov_degrees": [14, 60], "azimuth_degrees": [-30, 30], "upper_body": 0.3}
SPREAD = {"enrichment": {"environments": 3, "characters": 5}}
SETTINGS = {
    "photographs": {"fps": 6, "frames": [8, 16], "camera": CAMERA, **SPREAD},
    "recorded": {"fps": 8, "frames": [12, 24], **SPREAD},
}
RECORDED = {
    "bow": "dataset-1_bow_*",
    "raise-both-hands": "dataset-2_raise-up-both-hands_*",
    "raise-one-hand": "dataset-2_raise-up-left-hand_*",
    "wave-both-hands": "dataset-2_wave-both-hands_*",
    "wave-one-hand": "dataset-2_wave-right-hand_*",
    "punch": "dataset-1_punch_*",
    "slash": "dataset-1_slash_*",
    "call": "dataset-1_call_*",
}
CLIPS, STEPS, SIDE = 15, 150, 640


def photographs(data: Path, pool: Path) -> dict[str, str]:
    """Films of those of the even half, and the group of each: itself."""
    opened = sg.open_dataset(data / "drone_arm_signals")
    groups = {}
    for clip in half([clip for clip in opened.clips if isinstance(clip, RealClip)], "even"):
        film = pool / clip.gesture.rpartition("/")[2] / f"{Path(clip.id).stem}.mp4"
        groups[film.name] = film.name
        if not film.exists():
            film.parent.mkdir(parents=True, exist_ok=True)
            picture = clip.frames_at([0])[0]
            scale = SIDE / max(picture.shape[:2])
            width, height = (2 * round(side * scale / 2) for side in picture.shape[1::-1])
            still = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
            write_video(film, np.repeat(still[None], 12, axis=0), 6)
    return groups


def recorded(data: Path, pool: Path) -> dict[str, str]:
    """Two clips of every recording, drawn once; the group of each is its recording."""
    groups = {}
    for name, pattern in RECORDED.items():
        files = tuple(motion_file(path, Reading()) for path in sorted((data / "bandai_bvh").glob(f"{pattern}.bvh")))
        gesture = sg.Gesture(name=f"own/{name}", motions=files)
        settings = {"fps": 8, "frames": [12, 32]}
        for clip in sg.generate(
            gesture, settings=settings, clips=2 * len(files), seed=91, out=pool.parent / "drawn" / name
        ):
            film = pool / name / f"{clip.id}.mp4"
            film.parent.mkdir(parents=True, exist_ok=True)
            groups[film.name] = clip.groups["motion"][0]
            if not film.is_symlink():
                film.symlink_to(clip.path.resolve())
    return groups


def chosen(pool: Path, shots: int, seed: int) -> list[Path]:
    """So many films of each class, no two of them of one recording if that can be."""
    rng, found = np.random.default_rng([seed, shots]), []
    for folder in sorted(path for path in pool.iterdir() if path.is_dir()):
        films = sorted(folder.iterdir())
        found += [films[number] for number in rng.permutation(len(films))[:shots]]
    return found


def linked(films: Sequence[Path], folder: Path) -> Path:
    """A folder of links for each class."""
    for film in films:
        target = folder / film.parent.name / film.name
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.is_symlink():
            target.symlink_to(film.resolve())
    return folder


def probed(
    real: Sequence[LabelledClip], drawn: Sequence[LabelledClip], asked: Sequence[LabelledClip], cache: Path
) -> NDArray[np.bool_]:
    """Which of the clips a probe on the frozen encoder names right; real clips and drawn ones count alike, however many."""
    encoder = load_encoder("small", {})
    made = [*real, *drawn]
    sides = [features(encoder, clips, cache=cache) for clips in (made, asked)]
    labels = [np.array([clip.label for clip in kept]) for _, kept in sides]
    weights = np.array([len(made) / (2 * len(real))] * len(real) + [len(made) / (2 * len(drawn) or 1)] * len(drawn))
    probe = make_pipeline(StandardScaler(), LogisticRegression(C=STRENGTH, max_iter=2000))
    probe.fit(sides[0][0], labels[0], logisticregression__sample_weight=weights if drawn else None)
    right: NDArray[np.bool_] = probe.predict(sides[1][0]) == labels[1]
    return right


def main() -> None:
    """Draw, train, name, and print one line of JSON for each seed and number of shots, then the sums."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("kind", choices=SETTINGS)
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--shots", type=int, nargs="+", default=[1, 4])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument(
        "--probe-only", action="store_true", help="do not train the encoder, which takes minutes each time"
    )
    asked = parser.parse_args()
    pool = asked.out / "pool"
    groups = {"photographs": photographs, "recorded": recorded}[asked.kind](asked.data, pool)
    for shots in asked.shots:
        hits: dict[str, list[NDArray[np.bool_]]] = {}
        for seed in range(asked.seeds):
            for name, right in compared(asked, pool, groups, shots, seed).items():
                hits.setdefault(name, []).append(right)
        told: dict[str, object] = {"shots": shots, "seeds": asked.seeds}
        for name in ("probe",) if asked.probe_only else ("probe", "trained"):
            plain, more = (np.concatenate(hits[f"{name}{end}"]) for end in ("", ", re-enacted"))
            told[name] = {
                "real alone": asdict(proportion(int(plain.sum()), len(plain))),
                "with re-enactments": asdict(proportion(int(more.sum()), len(more))),
                "gain": asdict(paired_difference(plain, more, seed=0)),
            }
        print(json.dumps(told), flush=True)


def compared(
    asked: argparse.Namespace, pool: Path, groups: dict[str, str], shots: int, seed: int
) -> dict[str, NDArray[np.bool_]]:
    """Which of all other films are named right, by what was learned from."""
    home = asked.out / f"{shots}-{seed}"
    films = chosen(pool, shots, seed)
    taken = {groups[film.name] for film in films}
    rest = [film for film in sorted(pool.glob("*/*.mp4")) if groups[film.name] not in taken]
    linked(films, home / "shots")
    drawn = sg.generate(
        gestures_from_folder(home / "shots"), settings=SETTINGS[asked.kind], clips=CLIPS, seed=seed, out=home / "drawn"
    )
    others = sg.open_dataset(linked(rest, home / "rest"), like=drawn)
    like = sg.open_dataset(home / "shots", like=drawn)
    cache = asked.out / "features"
    found = {
        "probe": probed(like.clips, [], others.clips, cache),
        "probe, re-enacted": probed(like.clips, drawn.clips, others.clips, cache),
    }
    settings = TrainSettings(steps=STEPS, validation=0.0, seed=seed)
    runs = {}
    if not asked.probe_only:
        runs["trained"] = train(like, home / "real", settings)
        runs["trained, re-enacted"] = train(drawn, home / "both", replace(settings, real="mixed"), real=like)
    truth = np.array([clip.label for clip in others.clips])
    found |= {name: run.probabilities(others.clips).argmax(axis=1) == truth for name, run in runs.items()}
    print(
        json.dumps({"shots": shots, "seed": seed, "asked": len(truth), "real": len(like), "drawn": len(drawn)}
        | {name: round(float(right.mean()), 4) for name, right in found.items()}),
        flush=True,
    )  # fmt: skip
    return found


if __name__ == "__main__":
    main()
