"""The person drawn into the place, a frame at a time: light map, person, finished picture, all on one small set of buffers.

A new pyrender scene a frame costs many times as much. Here a mesh is uploaded once, its positions are overwritten, and the
shaders in ``shaders/`` light each sample; pictures are drawn at twice the size and averaged, which is the antialiasing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from synthgest.errors import FrameError
from synthgest.render.gl import open_context
from synthgest.render.lightmap import LightMap, light_map
from synthgest.render.mesh import FloatArray, MovingMesh
from synthgest.render.occlusion import CELL, REACH, Closeness
from synthgest.render.shadow import FloorShadow
from synthgest.render.speeds import Movement, Speeds, Window, around
from synthgest.scene.camera import Camera
from synthgest.scene.light import Light
from synthgest.scene.place import Backdrop

_NEAR, _FAR = 0.1, 60.0
_SIDE = 256
"""Cells along a side of the light map."""
_FAINTEST = 0.01
"""Least shadow that is worth drawing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """Where the person is filmed.

    light: on the person. backdrop: the picture of the place. seen: the camera that drew the backdrop; the cameras of the
    frames share its position, and what they see lies within its picture. shutter: how long the shutter is open, as part of
    the time from frame to frame: what moves is smeared over that part of its way. span: (T, N, 3), points of the person
    through the whole clip, metres, where not all of its frames are drawn. shadows: of the person on itself and on the floor.
    """

    light: Light
    backdrop: Backdrop
    seen: Camera
    shutter: float = 0.0
    span: FloatArray | None = None
    shadows: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """One frame: the person standing in the place.

    picture: (H, W, 3) float32, sRGB in [0, 1]. mask: (H, W) bool, pixels of which the person covers over one half. depth:
    (H, W) float32, distance along the optical axis in metres, 0 outside the mask.
    """

    picture: FloatArray
    mask: NDArray[np.bool_]
    depth: FloatArray


class Renderer:
    """Draws moving meshes in pictures of one size; holds an OpenGL context until it is closed.

    width, height: of the pictures, pixels. supersample: how many samples a side each pixel is averaged from. Use it as a
    context manager; one at a time in a process, from one thread.
    """

    def __init__(self, width: int, height: int, *, supersample: int = 2) -> None:
        self._size, self._factor = (width, height), supersample
        self._platform: Any = open_context(width, height)
        from synthgest.render.passes import Passes

        self._passes = Passes(self._size, supersample, _SIDE)
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Free the OpenGL context; a second call does nothing."""
        if not self._closed:
            self._closed = True
            self._platform.make_current()
            self._platform.delete_context()

    def draw(
        self, mesh: MovingMesh, cameras: Sequence[Camera], setting: Setting, *, frames: Sequence[int] | None = None
    ) -> Iterator[Drawn]:
        """The mesh in its setting, seen by one camera or by one a frame; all frames, or those whose numbers are given.

        A frame looks the same whichever others are drawn, as long as the one before it is in the mesh.
        """
        cameras = cameras if len(cameras) == len(mesh) else [cameras[0]] * len(mesh)
        self._agree(mesh, cameras, setting)
        from synthgest.render.buffers import MeshBuffers

        self._platform.make_current()
        shot = _Shot(mesh, cameras, setting, self._size, self._factor)
        buffers = MeshBuffers(mesh, shot.footprint)
        try:
            for frame in range(len(mesh)) if frames is None else frames:
                self._platform.make_current()
                yield self._frame(shot, buffers, frame)
        finally:
            self._platform.make_current()
            buffers.close()

    def _frame(self, shot: "_Shot", buffers: Any, frame: int) -> Drawn:
        passes, mesh = self._passes, shot.mesh
        vertices, before = mesh.vertices[frame], mesh.vertices[max(frame - 1, 0)]
        buffers.place(vertices, mesh.normals[frame], before=before)
        passes.view(shot.view(frame))
        passes.closeness(shot.closeness.grid(vertices))
        shadow = self._shadow(shot, buffers, vertices)
        if shot.new_backdrop(frame):
            passes.backdrop(shot.backdrop(frame))
        movement = shot.movement(frame)
        passes.fastest(movement.fastest)
        passes.person(buffers)
        window = shot.touched(frame, movement, shadow)
        part, distance = passes.finish(window, movement, still=shot.still)
        picture = shot.empty_picture(frame)
        mask, depth = np.zeros(picture.shape[:2], bool), np.zeros(picture.shape[:2], np.float32)
        picture[window], mask[window], depth[window] = part[..., :3], part[..., 3] > 0.5, distance
        return Drawn(picture=picture, mask=mask, depth=depth)

    def _shadow(self, shot: "_Shot", buffers: Any, vertices: FloatArray) -> FloatArray:
        """Draw the light map; the floor's shadow (side, side, 2) of sun and sky."""
        if shot.shadows:
            shadow = shot.shadow.cast(vertices, shot.lights.heights(self._passes.light(buffers)))
        else:
            self._passes.no_light_map()
            shadow = np.zeros((_SIDE, _SIDE, 2), np.float32)
        self._passes.shadow(shadow)
        return shadow

    def _agree(self, mesh: MovingMesh, cameras: Sequence[Camera], setting: Setting) -> None:
        for camera in cameras:
            if (camera.width, camera.height) != self._size:
                raise FrameError(f"a camera is {camera.width}x{camera.height}, the renderer {self._size}")
        images, seen = setting.backdrop.images, setting.seen
        if images.shape[1:] != (seen.height, seen.width, 3) or len(images) not in (1, len(mesh)):
            raise FrameError(
                f"the backdrop is {images.shape}; expected (1 or {len(mesh)}, {seen.height}, {seen.width}, 3) as its camera's"
            )


class _Shot:
    """What one clip's frames share, and the values of each for the shaders."""

    def __init__(
        self, mesh: MovingMesh, cameras: Sequence[Camera], setting: Setting, size: tuple[int, int], factor: int
    ) -> None:
        self.mesh, self._cameras, self._setting = mesh, cameras, setting
        self._size, self._factor = size, factor
        self._clips: dict[int, NDArray[np.float64]] = {}
        area = mesh.vertex_area
        span = mesh.vertices if setting.span is None else setting.span
        self.lights: LightMap = light_map(span, setting.light, side=_SIDE)
        self.closeness = Closeness(span, area)
        self.shadow = FloorShadow(self.lights, setting.light.spread, area)
        self.shadows = setting.shadows
        nearest = float(setting.seen.depths(span).min())
        self.footprint = max(nearest, _NEAR) / setting.seen.focal
        self._speeds = Speeds(size, setting.shutter, self.footprint)
        self.still = len(setting.backdrop.images) == 1 and all(camera is setting.seen for camera in cameras)
        self._shown: int | None = None
        self._constant = self._vectors()

    def new_backdrop(self, frame: int) -> bool:
        """Whether a frame's backdrop is another than the last one's."""
        wanted = frame if len(self._setting.backdrop.images) > 1 else 0
        before, self._shown = self._shown, wanted
        return before != wanted

    def backdrop(self, frame: int) -> FloatArray:
        """What is behind a frame, (h, w, 4) float32: sRGB and how much of it is floor."""
        backdrop = self._setting.backdrop
        picture = backdrop.images[frame if len(backdrop.images) > 1 else 0]
        return np.concatenate([picture, backdrop.floor[..., None]], axis=-1)

    def empty_picture(self, frame: int) -> FloatArray:
        """The picture (H, W, 3) without a person where it is known beforehand, else an array to be filled whole."""
        if self.still:
            still: FloatArray = self._setting.backdrop.images[0].copy()
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

    def view(self, frame: int) -> FloatArray:
        """The block ``View`` of shaders/view.glsl, as float32 in its order."""
        camera, seen = self._cameras[frame], self._setting.seen
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
        light, columns_rows = self._setting.light, self._speeds.tiles
        scale = 1 / (CELL * np.array(self.closeness.shape))
        vectors = [
            (*self._setting.seen.position, 0),
            (*light.direction, self.lights.reach(light.spread)),
            (*light.colour, self.lights.bias),
            (*light.sky, 0),
            (*light.ground, 0),
            (*light.shade, 0),
            (*self.closeness.low, REACH),
            (*scale, 0),
            (*self._size, self._factor, self._setting.shutter),
            (*columns_rows, _NEAR, _FAR),
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
