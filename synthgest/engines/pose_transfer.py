"""The engine ``pose-transfer``: a gesture's motion performed by another person in another place, drawn on the CPU."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from functools import cache, cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from synthgest.body import PosedFigure, SmplxFigure, pose, raised
from synthgest.body.smplx_model import LICENCE, model_digest
from synthgest.content import content
from synthgest.engines.ground_truth import ground_truth
from synthgest.engines.instances import boxes
from synthgest.engines.parts import parts_of, span
from synthgest.engines.staging import PoseTransferSettings, Staged, chance, facts, require_motion, stage, textures_of
from synthgest.errors import SpecError
from synthgest.gestures import Gesture
from synthgest.prompting.banks import bank_digest, words_digest, write_prompt
from synthgest.render.rasteriser import Renderer
from synthgest.render.sensor import Sensor, brightness
from synthgest.render.setting import Setting
from synthgest.scene.camera_work import CameraWork
from synthgest.scene.photographs import Backgrounds, open_backgrounds
from synthgest.tables import to_value
from synthgest.types import DigitalSourceType, Recipe, Rendered, Shot

_PHOTOGRAPHED = "a real place"  # what a caption calls a background of which only the file's name is known
_WHO = {
    ("teenager", "female"): "a teenage girl",
    ("teenager", "male"): "a teenage boy",
    ("adult", "female"): "a woman",
    ("adult", "male"): "a man",
    ("elder", "female"): "an elderly woman",
    ("elder", "male"): "an elderly man",
}


class PoseTransfer:
    """The engine ``pose-transfer``: draws every clip from its shot's seed alone, on the CPU."""

    def __init__(self, recipe: Recipe) -> None:
        self.settings = to_value(recipe.settings, PoseTransferSettings, where=f"recipe {recipe.name!r}")
        self._latest: tuple[tuple[str, int], Staged] | None = None
        self._licence = recipe.licence

    @property
    def licence(self) -> str:
        """Of its clips: the recipe's, or SMPL-X's where its body is seen."""
        return self._licence if self._drawn_body else LICENCE

    def fingerprint(self) -> Mapping[str, str]:
        """The shipped body, the words of the captions, and the listing of the user's backgrounds."""
        words = bank_digest("caption") if not self.settings.enrichment.spread else words_digest()
        drawn = self._drawn_body
        marks = {"body": _body_digest() if drawn else model_digest(self._body_model), "captions": words}
        marks |= {} if drawn else {"body_model": marks["body"]}  # the same files are the same wherever they lie
        if not drawn and (textures := textures_of(self.settings)):
            marks["body_textures"] = textures.fingerprint()
        return marks | ({"backgrounds": self._backgrounds.fingerprint()} if self._backgrounds else {})

    def require(self, gestures: Sequence[Gesture]) -> None:
        """SpecError for a gesture without a motion."""
        require_motion(gestures)

    def generate(self, shots: Sequence[Shot]) -> Iterator[Rendered]:
        """Yield one clip for each shot."""
        for shot in shots:
            yield self.take(shot, None)

    def stage(self, shot: Shot) -> Staged:
        """What a shot shows, without drawing it; that of the latest shot is at hand."""
        key = shot.id, shot.seed
        if self._latest is None or self._latest[0] != key:
            self._latest = key, stage(shot, self.settings, self._backgrounds)
        return self._latest[1]

    def length(self, shot: Shot) -> int:
        """Frames of a shot's clip."""
        return len(self.stage(shot).motion)

    def take(self, shot: Shot, frames: Sequence[int] | None) -> Rendered:
        """A shot's clip, or only some of its frames (numbers, rising), which look as they do in the whole clip.

        SpecError for a frame that the clip does not have.
        """
        staged = self.stage(shot)
        count = len(staged.motion)
        wanted = list(range(count)) if frames is None else list(frames)
        if wanted != sorted(set(wanted)) or not wanted or wanted[0] < 0 or wanted[-1] >= count:
            raise SpecError(f"frames {wanted} of a clip of {count}; expected numbers from 0 to {count - 1}, rising")
        # What moves is smeared along its way from the frame before.
        needed = sorted({max(number - 1, 0) for number in wanted} | set(wanted))
        return self._film(shot, staged, np.array(needed), np.array(wanted))

    def _film(self, shot: Shot, staged: Staged, needed: NDArray[np.intp], wanted: NDArray[np.intp]) -> Rendered:
        settings, place = self.settings, staged.place
        backdrop = place.draw(staged.work.seen, frames=len(staged.motion), fps=settings.fps)
        moving = len(backdrop.images) > 1
        level = brightness(backdrop.images[0], place.light)
        sensor = Sensor(settings.sensor, settings.size, chance(shot, "sensor"), level=level)
        posed = raised(pose(staged.figure, staged.motion, staged.face, frames=needed), staged.rise)
        setting = Setting(
            light=place.light,
            backdrop=replace(backdrop, images=backdrop.images[needed]) if moving else backdrop,
            seen=staged.work.seen,
            shutter=sensor.shutter,
            span=span(staged),
        )
        parts = parts_of(staged, posed, needed)
        cameras = [staged.work.at(number) for number in needed]
        shown = np.searchsorted(needed, wanted)
        width, height = settings.size
        pictures = np.empty((len(wanted), height, width, 3), np.uint8)
        instances, depth = np.empty(pictures.shape[:3], np.uint8), np.empty(pictures.shape[:3], np.float32)
        drawing = self._renderer.draw(parts.mesh, cameras, setting, frames=shown.tolist())
        for number, (frame, drawn) in enumerate(zip(wanted, drawing, strict=True)):
            pictures[number] = sensor.expose(drawn.picture, int(frame))
            at = int(shown[number])
            instances[number], depth[number] = parts.instances(drawn, cameras[at], at), drawn.depth
        work = CameraWork(
            kind=staged.work.kind, cameras=tuple(cameras[place] for place in shown), seen=staged.work.seen
        )
        truth = ground_truth(_of(posed, shown), staged.motion.at(wanted), work, instances == 1, depth)
        truth["boxes"] = boxes(instances, range(1, parts.people + 1))
        if staged.others:
            truth["instances"] = instances
        if settings.depth:
            truth["depth"] = np.where(instances == 1, depth, 0).astype(np.float16)
        return Rendered(
            frames=pictures,
            fps=settings.fps,
            truth=truth,
            provenance=self._provenance(shot, staged),
            digital_source_type=self._made_of(staged),
        )

    def _provenance(self, shot: Shot, staged: Staged) -> dict[str, object]:
        person, performance = staged.person, staged.performance
        sources = performance.sources
        who = _WHO[person.age_group, person.sex]
        setting = staged.place.name if self._backgrounds is None else _PHOTOGRAPHED
        words = {"phrase": shot.gesture.phrase.replace("a person", who, 1), "place": setting}
        return (
            {
                "source": "pose-transfer",
                "motion": staged.motion.source,
                "shown": [round(seconds, 3) for seconds in staged.performance.shown],
                "keyframes": [[mark.phase, round(mark.seconds, 3)] for mark in staged.performance.marks],
                "body": asdict(person) | _shape(staged),
                "mood": staged.face.mood,
                "background": staged.place.name,
                "place": list(staged.place.tags),
                "camera": facts(staged),
                "prompt": write_prompt("caption", words, chance(shot, "prompt")),
            }
            | ({"mixed": list(sources)} if len(sources) > 1 else {})
            | ({"motion_files": list(performance.files)} if performance.files else {})
            | ({"moments": list(performance.moments)} if performance.moments else {})
            | ({"mirrored": True} if performance.flipped else {})
            | ({"others": [other.shows for other in staged.others]} if staged.others else {})
            | ({"holds": staged.holding.name} if staged.holding else {})
            | ({"in_front": staged.front.kind, "covered": staged.front.covers} if staged.front else {})
            | (staged.role.part() if staged.role else {})
        )

    def _made_of(self, staged: Staged) -> DigitalSourceType:
        """Photographs and captures were recorded; all else is drawn."""
        recorded = self._backgrounds is not None or staged.performance.moments or not self._drawn_body
        return "compositeSynthetic" if recorded else "algorithmicMedia"

    @property
    def _drawn_body(self) -> bool:
        return self.settings.body == "shipped"

    @property
    def _body_model(self) -> Path:
        return Path(self.settings.body_model).expanduser()

    @cached_property
    def _renderer(self) -> Renderer:
        return Renderer(*self.settings.size)

    @cached_property
    def _backgrounds(self) -> Backgrounds | None:
        return open_backgrounds(Path(self.settings.backgrounds)) if self.settings.backgrounds else None


def _of(posed: PosedFigure, frames: NDArray[np.intp]) -> PosedFigure:
    """The joints of some frames, without the surface."""
    return replace(
        posed,
        vertices=posed.vertices[:0],
        normals=posed.normals[:0],
        joints=posed.joints[frames],
        coco=posed.coco[frames],
        fingertips=posed.fingertips[frames],
    )


def _shape(staged: Staged) -> dict[str, object]:
    """Of a body that is not the shipped one."""
    if not isinstance(staged.figure, SmplxFigure):
        return {}
    return {"model": "smplx", "betas": [round(float(beta), 4) for beta in staged.figure.betas]}


@cache
def _body_digest() -> str:
    with (content("assets") / "body" / "body.npz").open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:16]
