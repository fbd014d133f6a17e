"""A clip as the shaders see it: what all of its frames share, and the matrices, shadows and movement of each."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from synthgest.render.lightmap import LightMap, light_map
from synthgest.render.mesh import FloatArray, MovingMesh
from synthgest.render.occlusion import CELL, REACH, Closeness
from synthgest.render.setting import Setting
from synthgest.render.shadow import FloorShadow
from synthgest.render.speeds import Movement, Speeds, Window, around
from synthgest.scene.camera import Camera

_NEAR, _FAR = 0.1, 60.0
SIDE = 256
"""Cells along a side of the light map."""
_FAINTEST = 0.01
"""Least shadow that is worth drawing."""


class View:
    """One clip's mesh, cameras and setting, for pictures of ``size`` (width, height) with ``factor`` samples a side a pixel."""

    def __init__(
        self, mesh: MovingMesh, cameras: Sequence[Camera], setting: Setting, size: tuple[int, int], factor: int
    ) -> None:
        self.mesh, self._cameras, self.setting = mesh, cameras, setting
        self._size, self._factor = size, factor
        self._clips: dict[int, NDArray[np.float64]] = {}
        area = mesh.vertex_area
        span = mesh.vertices if setting.span is None else setting.span
        self.lights: LightMap = light_map(span, setting.light, side=SIDE)
        self.closeness = Closeness(span, area)
        self.shadow = FloorShadow(self.lights, setting.light.spread, area)
        nearest = float(setting.seen.depths(span).min())
        self.footprint = max(nearest, _NEAR) / setting.seen.focal
        self._speeds = Speeds(size, setting.shutter, self.footprint)
        self.still = len(setting.backdrop.images) == 1 and all(camera is setting.seen for camera in cameras)
        self._shown: int | None = None
        self._constant = self._vectors()

    def new_backdrop(self, frame: int) -> bool:
        """Whether a frame's backdrop is another than the last one's."""
        wanted = frame if len(self.setting.backdrop.images) > 1 else 0
        before, self._shown = self._shown, wanted
        return before != wanted

    def backdrop(self, frame: int) -> FloatArray:
        """What is behind a frame, (h, w, 4) float32: sRGB and how much of it is floor."""
        backdrop = self.setting.backdrop
        picture = backdrop.images[frame if len(backdrop.images) > 1 else 0]
        return np.concatenate([picture, backdrop.floor[..., None]], axis=-1)

    def empty_picture(self) -> FloatArray:
        """The picture (H, W, 3) without a person where it is known beforehand, else an array to be filled whole."""
        if self.still:
            still: FloatArray = self.setting.backdrop.images[0].copy()
            return still
        return np.empty((self._size[1], self._size[0], 3), np.float32)

    def movement(self, frame: int) -> Movement:
        """Where the person is in a frame's picture, and how it moves while the shutter is open."""
        vertices, earlier = self.mesh.vertices, max(frame - 1, 0)
        return self._speeds.movement(vertices[frame], vertices[earlier], self._clip(frame), self._clip(earlier))

    def touched(self, frame: int, movement: Movement, shadow: FloatArray) -> Window:
        """The pixels that person or shadow (side, side, 2) may change; all of them where the backdrop moves."""
        everything = (slice(0, self._size[1]), slice(0, self._size[0]))
        if not self.still:
            return everything
        points = self.lights.floor_points(shadow, _FAINTEST)
        camera = self._cameras[frame]
        seen = points[camera.depths(points) > _NEAR]
        windows = [movement.person, *([movement.smeared] if movement.smeared else [])]
        if len(seen):
            reach = self.lights.block / float(camera.depths(seen).min()) * camera.focal
            windows.append(self._speeds.window(camera.project(seen), reach))
        return around(windows)

    def block(self, frame: int) -> FloatArray:
        """The block ``View`` of shaders/view.glsl, as float32 in its order."""
        camera, seen = self._cameras[frame], self.setting.seen
        matrices = [
            self._clip(frame),
            self._clip(max(frame - 1, 0)),
            self.lights.matrix(),
            _padded(self.lights.from_pixels(camera)),
            _padded(np.diag([1 / seen.width, 1 / seen.height, 1.0]) @ camera.pixels_of(seen)),
        ]
        parts = [matrix.T.ravel() for matrix in matrices]
        return np.concatenate([*parts, self._constant]).astype(np.float32)

    def _vectors(self) -> NDArray[np.float64]:
        """The vectors of the block ``View``, which hold for the whole clip."""
        light = self.setting.light
        scale = 1 / (CELL * np.array(self.closeness.shape))
        vectors = [
            (*self.setting.seen.position, 0),
            (*light.direction, self.lights.reach(light.spread)),
            (*light.colour, self.lights.bias),
            (*light.sky, 0),
            (*light.ground, 0),
            (*light.shade, 0),
            (*self.closeness.low, REACH),
            (*scale, 0),
            (*self._size, self._factor, self.setting.shutter),
            (_NEAR, _FAR, 0, 0),
        ]
        return np.array(vectors, np.float64).ravel()

    def _clip(self, frame: int) -> NDArray[np.float64]:
        """(4, 4) from the world to clip space, turned over so that the top row of the picture is drawn first."""
        camera = self._cameras[frame]
        if id(camera) not in self._clips:
            self._clips[id(camera)] = np.diag([1.0, -1.0, 1.0, 1.0]) @ camera.clip(_NEAR, _FAR)
        return self._clips[id(camera)]


def _padded(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """A (3, 3) matrix in the corner of a (4, 4) one, as a uniform block lays it out."""
    whole = np.eye(4)
    whole[:3, :3] = matrix
    return whole
