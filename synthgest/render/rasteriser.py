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
from synthgest.render.mesh import FloatArray, MovingMesh
from synthgest.render.setting import Setting
from synthgest.render.view import SIDE, View
from synthgest.scene.camera import Camera


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

        self._passes = Passes(self._size, supersample, SIDE)
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
        view = View(mesh, cameras, setting, self._size, self._factor)
        buffers = MeshBuffers(mesh, view.footprint)
        try:
            for frame in range(len(mesh)) if frames is None else frames:
                self._platform.make_current()
                yield self._frame(view, buffers, frame)
        finally:
            self._platform.make_current()
            buffers.close()

    def _frame(self, view: View, buffers: Any, frame: int) -> Drawn:
        passes, mesh = self._passes, view.mesh
        vertices, before = mesh.vertices[frame], mesh.vertices[max(frame - 1, 0)]
        buffers.place(vertices, mesh.normals[frame], before=before)
        passes.view(view.block(frame))
        passes.closeness(view.closeness.grid(vertices))
        shadow = self._shadow(view, buffers, vertices)
        if view.new_backdrop(frame):
            passes.backdrop(view.backdrop(frame))
        movement = view.movement(frame)
        passes.fastest(movement.fastest)
        passes.person(buffers)
        window = view.touched(frame, movement, shadow)
        part, distance = passes.finish(window, movement, still=view.still)
        picture = view.empty_picture()
        mask, depth = np.zeros(picture.shape[:2], bool), np.zeros(picture.shape[:2], np.float32)
        picture[window], mask[window], depth[window] = part[..., :3], part[..., 3] > 0.5, distance
        return Drawn(picture=picture, mask=mask, depth=depth)

    def _shadow(self, view: View, buffers: Any, vertices: FloatArray) -> FloatArray:
        """Draw the light map; the floor's shadow (side, side, 2) of sun and sky."""
        if view.setting.shadows:
            shadow = view.shadow.cast(vertices, view.lights.heights(self._passes.light(buffers)))
        else:
            self._passes.no_light_map()
            shadow = np.zeros((SIDE, SIDE, 2), np.float32)
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
