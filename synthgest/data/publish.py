"""Publishing: the video and ground truth first, the record last; what was written is read back before it counts."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from synthgest.data.marking import mark
from synthgest.data.records import Failure, Record, clip_path, encode, failure_path
from synthgest.data.storage import write_bytes, write_whole
from synthgest.data.video import require_video, write_video
from synthgest.errors import FrameError
from synthgest.takes import Spoilt, Take


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """Puts the clips of one run into its folder.

    folder: the data set. config: digest of the recipe and of all else that its clips depend on. licence: of the clips.
    """

    folder: Path
    config: str
    licence: str

    def publish(self, take: Take) -> Record:
        """Write a clip so that a reader sees all of it or nothing; returns its record."""
        shot, frames = take.shot, take.frames
        count, height, width, _ = frames.shape
        digests: list[tuple[str, int]] = []

        def check(part: Path) -> None:
            require_video(part, frames=count, width=width, height=height, fps=take.fps)
            digests.append((file_digest(part), part.stat().st_size))

        video = clip_path(self.folder, shot.id, ".mp4")
        write_whole(video, lambda part: write_video(part, frames, take.fps, mark(take.digital_source_type)), check)
        digest, size = digests[0]
        record = Record(
            id=shot.id,
            gesture=shot.gesture.name,
            index=shot.index,
            seed=shot.seed,
            sha256=digest,
            bytes=size,
            truth_sha256=self._publish_truth(take),
            frames=count,
            width=width,
            height=height,
            fps=take.fps,
            recipe=shot.recipe,
            config=self.config,
            licence=self.licence,
            provenance=dict(take.provenance),
            digital_source_type=take.digital_source_type,
            attempts=take.spoilt,
        )
        failure_path(self.folder, shot.id).unlink(missing_ok=True)  # before: no clip is both made and failed
        write_bytes(clip_path(self.folder, shot.id, ".json"), encode(record))
        return record

    def publish_failure(self, spoilt: Spoilt) -> Failure:
        """Write down why a shot could not be made."""
        shot = spoilt.shot
        failure = Failure(
            id=shot.id,
            gesture=shot.gesture.name,
            index=shot.index,
            seed=shot.seed,
            recipe=shot.recipe,
            attempts=spoilt.attempts,
        )
        write_bytes(failure_path(self.folder, shot.id), encode(failure))
        return failure

    def _publish_truth(self, take: Take) -> str:
        if not take.truth:
            return ""
        path = clip_path(self.folder, take.shot.id, ".npz")

        def write(part: Path) -> None:
            with part.open("wb") as file:  # a path without the suffix .npz would get one appended
                np.savez_compressed(file, allow_pickle=False, **take.truth)

        digests: list[str] = []

        def check(part: Path) -> None:
            with np.load(part, allow_pickle=False) as arrays:
                if any(arrays[name].shape != array.shape for name, array in take.truth.items()):
                    raise FrameError(f"{path.name} does not hold the ground truth that was written")
            digests.append(file_digest(part))

        write_whole(path, write, check)
        return digests[0]


def file_digest(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
