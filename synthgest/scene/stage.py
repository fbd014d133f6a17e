"""A drawn place: everything that stands in it, its surfaces and its light, drawn ray by ray with the clip's own camera."""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from synthgest.scene.camera import Camera
from synthgest.scene.edges import dimness
from synthgest.scene.facades import OUTDOOR, leaves
from synthgest.scene.faces import Faces, Patch, faces_of
from synthgest.scene.light import FloatArray, Light
from synthgest.scene.lighting import Lamp, around, direct, glow
from synthgest.scene.materials import Material
from synthgest.scene.noise import Noise
from synthgest.scene.patterns import INDOOR
from synthgest.scene.place import Backdrop
from synthgest.scene.shade import Key, Shade, cast
from synthgest.scene.shapes import Ball, Colour, Solid, turned
from synthgest.scene.sky import Sky
from synthgest.scene.tone import tone
from synthgest.scene.tracing import CEILING, FACES, FLOOR, SKY, WALLS, Corner, Seen, trace

_PATTERNS = INDOOR | OUTDOOR
_FLAT = 0.03  # metres: what is no higher lies on the floor, as a rug does
_MOST_FINE = 700_000  # pixels of a picture up to which it is drawn larger, for smooth edges


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A place, in axes that are turned by ``yaw`` radians, its camera towards +Z.

    walls: low and high corner of a room, or None outdoors. floor, paint, ceiling: of its surfaces, paint one for each wall.
    skirting: height and colour. key: where the main light hangs, or None for a sun. lamps: further ones. sky: what is over
    it outdoors. view: (3,) linear, what panes show. haze: metres at which a third of a colour is left. sheen: of the floor.
    dark: whether it is night. blur: of the picture, pixels at 224.
    """

    name: str
    tags: tuple[str, ...]
    light: Light
    yaw: float
    walls: tuple[Corner, Corner] | None
    floor: Material
    paint: tuple[Material, ...]
    ceiling: Material
    skirting: tuple[float, Colour]
    solids: tuple[Solid, ...]
    balls: tuple[Ball, ...]
    key: Corner | None
    lamps: tuple[Lamp, ...]
    sky: Sky | None
    view: Colour
    haze: float
    sheen: float
    dark: bool
    noise: Noise
    blur: float

    def draw(self, camera: Camera, *, frames: int, fps: float) -> Backdrop:
        """A still; every pixel of the floor or ground that nothing stands before takes a shadow."""
        factor = 1.5 if camera.width * camera.height <= _MOST_FINE else 1
        large = _turned(camera.resized(factor), -self.yaw)
        picture, floor = _Drawing.of(self).seen(large)
        size = (camera.width, camera.height)
        small = cv2.resize(tone(picture), size, interpolation=cv2.INTER_AREA)
        if self.blur > 0:
            small = cv2.GaussianBlur(small, (0, 0), max(0.05, self.blur * camera.height / 224))
        still = np.clip(np.asarray(small, np.float32), 0, 1)[None]
        ground = np.asarray(cv2.resize(floor, size, interpolation=cv2.INTER_AREA), np.float32)
        return Backdrop(images=still, floor=ground)


def _turned(camera: Camera, yaw: float) -> Camera:
    position = turned(camera.position.astype(np.float32), yaw).astype(np.float64)
    rotation = turned(camera.rotation.T.astype(np.float32), yaw).T.astype(np.float64)
    return replace(camera, position=position, rotation=rotation)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drawing:
    """A stage with what is worked out once for a picture: the table of its faces, its shadows, the light's direction."""

    stage: Stage
    faces: Faces | None
    shade: Shade
    direction: FloatArray
    key: FloatArray | None

    @classmethod
    def of(cls, stage: Stage) -> "_Drawing":
        direction = turned(stage.light.direction, -stage.yaw)
        key = None if stage.key is None else np.array(stage.key, np.float32)
        middle, reach = (0.0, -4.0), 28.0
        if stage.walls is not None:
            low, high = (np.array(corner)[[0, 2]] for corner in stage.walls)
            both = (low + high) / 2
            middle, reach = (float(both[0]), float(both[1])), float(np.max(high - low)) / 2 + 0.5
        cause = Key(direction=direction, at=key, spread=stage.light.spread)
        shade = cast(stage.solids, stage.balls, cause, middle, reach)
        faces = faces_of(stage.solids) if stage.solids else None
        return cls(stage=stage, faces=faces, shade=shade, direction=direction, key=key)

    def seen(self, camera: Camera, *, mirrored: bool = False) -> tuple[FloatArray, FloatArray]:
        """The picture (H, W, 3), linear, and the floor's mask (H, W), at the camera's resolution."""
        stage = self.stage
        seen = trace(camera, stage.walls, stage.solids, stage.balls, stage.noise)
        code = seen.code.ravel()
        colour = np.zeros((code.size, 3), np.float32)
        if stage.sky is not None:
            self._heaven(seen, code, colour, 1 / camera.focal)
        solid = np.flatnonzero(code != SKY)
        if len(solid):
            colour[solid] = self._lit(seen, code[solid], solid, camera)
        picture = colour.reshape(*seen.code.shape, 3)
        up = camera.position.astype(np.float32)[1] + seen.rays[..., 1] * seen.distance
        floor = ((seen.code != SKY) & (up < _FLAT)).astype(np.float32)
        if stage.sheen > 0 and not mirrored:
            picture = self._mirrored(camera, seen, floor, picture)
        return picture, floor

    def _heaven(self, seen: Seen, code: NDArray[np.int32], colour: FloatArray, spread: float) -> None:
        """The sky, only on the rows that show some of it."""
        sky = self.stage.sky
        rows = np.flatnonzero((seen.code == SKY).any(axis=1))
        if sky is None or not len(rows):
            return
        part = slice(int(rows[0]), int(rows[-1]) + 1)
        drawn = replace(sky, sun=self.direction).draw(seen.rays[part], spread)
        width = seen.code.shape[1]
        colour[part.start * width : part.stop * width] = drawn.reshape(-1, 3)

    def _lit(self, seen: Seen, code: NDArray[np.int32], where: NDArray[np.intp], camera: Camera) -> FloatArray:
        """Linear colours (N, 3) of the pixels ``where`` that see something."""
        stage = self.stage
        rays, distance = seen.rays.reshape(-1, 3)[where], seen.distance.ravel()[where]
        points = camera.position.astype(np.float32) + rays * distance[:, None]
        normals = self._normals(code, points)
        pixel = distance / np.float32(camera.focal)
        grazing = np.abs(np.einsum("ij,ij->i", rays, normals))
        pixel = pixel / np.sqrt(np.maximum(grazing, np.float32(0.03)))
        albedo, own = self._albedo(code, points, normals, pixel)
        colour = albedo * self._light(code, points, normals) + own
        if stage.sky is not None:
            clear = np.exp(-distance / np.float32(stage.haze))[:, None]
            colour = colour * clear + np.array(stage.sky.horizon, np.float32) * 0.92 * (1 - clear)
        return np.asarray(colour, np.float32)

    def _normals(self, code: NDArray[np.int32], points: FloatArray) -> FloatArray:
        normals = np.zeros_like(points)
        flat = (
            (FLOOR, 1, 1),
            (CEILING, 1, -1),
            (WALLS, 0, 1),
            (WALLS + 1, 0, -1),
            (WALLS + 2, 2, 1),
            (WALLS + 3, 2, -1),
        )
        for number, axis, sign in flat:
            normals[code == number, axis] = sign
        last = FACES + (len(self.faces.normals) if self.faces is not None else 0)
        on_face = np.flatnonzero((code >= FACES) & (code < last))
        if self.faces is not None and len(on_face):
            normals[on_face] = self.faces.facing(code[on_face] - FACES, points[on_face])
        on_ball = np.flatnonzero(code >= last)
        if len(on_ball):
            which = code[on_ball] - last
            centres = np.array([ball.centre for ball in self.stage.balls], np.float32)[which]
            half = np.array([(ball.radius, ball.half, ball.radius) for ball in self.stage.balls], np.float32)[which]
            away = (points[on_ball] - centres) / (half * half)
            normals[on_ball] = away / np.maximum(np.linalg.norm(away, axis=1, keepdims=True), np.float32(1e-6))
        return normals

    def _albedo(
        self, code: NDArray[np.int32], points: FloatArray, normals: FloatArray, pixel: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """Albedo and own light (N, 3) of all points."""
        stage = self.stage
        albedo, own = np.zeros_like(points), np.zeros_like(points)
        self._surfaces(code, points, pixel, albedo)
        last = FACES + (len(self.faces.normals) if self.faces is not None else 0)
        if self.faces is not None:
            self._things(self.faces, code, last, points, pixel, albedo, own)
        at = np.flatnonzero(code >= last)
        if len(at):
            which = code[at] - last
            colour = np.array([ball.colour for ball in stage.balls], np.float32)[which]
            seed = np.array([ball.seed for ball in stage.balls], np.float32)[which]
            leafy = np.array([ball.ragged > 0 for ball in stage.balls])[which]
            patch = self._patch(0 * seed, 0 * seed, 0 * seed, 0 * seed, seed, colour, leafy, pixel[at])
            albedo[at] = np.where(leafy[:, None], leaves(points[at], normals[at], colour, seed, patch), colour)
        return albedo, own

    def _surfaces(self, code: NDArray[np.int32], points: FloatArray, pixel: FloatArray, albedo: FloatArray) -> None:
        stage = self.stage
        for number, material, first, second in (
            (FLOOR, stage.floor, 0, 2),
            (CEILING, stage.ceiling, 0, 2),
            *((WALLS + side, paint, 2 - 2 * (side // 2), 1) for side, paint in enumerate(stage.paint)),
        ):
            at = np.flatnonzero(code == number)
            if not len(at):
                continue
            albedo[at] = material(points[at, first], points[at, second], pixel[at])
            if number >= WALLS:
                top = np.float32(stage.skirting[0])
                low = at[points[at, 1] < top]
                edge = np.where(np.abs(points[low, 1] - top) < 0.012, np.float32(0.75), np.float32(1))
                albedo[low] = np.array(stage.skirting[1], np.float32) * edge[:, None]

    def _things(
        self,
        faces: Faces,
        code: NDArray[np.int32],
        last: int,
        points: FloatArray,
        pixel: FloatArray,
        albedo: FloatArray,
        own: FloatArray,
    ) -> None:
        seen = np.flatnonzero((code >= FACES) & (code < last))
        face = code[seen] - FACES
        names = sorted(set(faces.patterns))
        kinds = (
            np.array([names.index(name) for name in faces.patterns], np.intp)[faces.solid[face]] if len(face) else face
        )
        for number, name in enumerate(names):
            here = np.flatnonzero(kinds == number)
            if not len(here):
                continue
            at, row = seen[here], face[here]
            u, v, width, height = faces.place(row, points[at])
            upright = np.abs(faces.normals[row, 1]) < 0.8
            colours = faces.colours[row]
            patch = self._patch(u, v, width, height, faces.seeds[row], colours, upright, pixel[at])
            albedo[at], given = _PATTERNS[name](patch)
            if given is not None:
                own[at] = given

    def _patch(
        self,
        u: FloatArray,
        v: FloatArray,
        width: FloatArray,
        height: FloatArray,
        seed: FloatArray,
        colour: FloatArray,
        upright: NDArray[np.bool_],
        pixel: FloatArray,
    ) -> Patch:
        view = np.array(self.stage.view, np.float32)
        return Patch(
            u=u, v=v, width=width, height=height, seed=seed, colour=colour, upright=upright, pixel=pixel,
            noise=self.stage.noise, view=view, dark=self.stage.dark,
        )  # fmt: skip

    def _light(self, code: NDArray[np.int32], points: FloatArray, normals: FloatArray) -> FloatArray:
        """The light (N, 3) on all points: shadows on the floor, the dim at its edges and at the foot of things."""
        stage = self.stage
        shadow, closed = self.shade(points[:, 0], points[:, 2])
        level = points[:, 1] < _FLAT
        above = np.exp(-np.maximum(points[:, 1], 0) / np.float32(0.28))
        thing = code >= FACES
        open_ = 1 - closed * np.where(level, np.float32(0.85), np.where(thing, np.float32(0.6) * above, 0))
        shadow = np.where(level, shadow, 0)
        if stage.walls is not None:
            open_ = open_ * dimness(stage.walls, stage.solids, code, points, normals)
        main = direct(points, normals, stage.light, self.direction, self.key)
        light = around(normals, stage.light) + main * (1 - shadow)[:, None]
        if stage.lamps:
            light = light + glow(points, normals, stage.lamps)
        return np.asarray(light * open_[:, None], np.float32)

    def _mirrored(self, camera: Camera, seen: Seen, floor: FloatArray, picture: FloatArray) -> FloatArray:
        """The floor with what stands on it mirrored, rough, stronger at grazing angles (Schlick's approximation)."""
        if not floor.any():
            return picture
        flip = np.diag([1.0, -1.0, 1.0])
        below = replace(
            camera.resized(1 / 3),
            position=flip @ camera.position,
            rotation=flip @ camera.rotation @ np.diag([1.0, -1.0, 1.0]),
        )
        # the flipped camera is itself upside down: its picture is turned over to lie over the first one
        stage = replace(self.stage, solids=self.stage.solids, sheen=0.0)
        other = replace(self, stage=stage)
        drawn = other.seen(below, mirrored=True)[0][::-1]
        soft = cv2.GaussianBlur(drawn, (0, 0), 0.008 * len(drawn), sigmaY=0.025 * len(drawn))
        soft = cv2.resize(soft, (floor.shape[1], floor.shape[0]), interpolation=cv2.INTER_LINEAR)
        grazing = (1 - np.clip(-seen.rays[..., 1], 0, 1)) ** 4
        weight = (floor * (0.02 + self.stage.sheen * 2.2 * grazing))[..., None]
        return np.asarray(picture * (1 - 0.4 * weight) + soft * weight, np.float32)
