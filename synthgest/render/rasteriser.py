"""The person drawn frame by frame: the vertex buffer is overwritten in place, light is worked out a vertex at a time.

A scene kept and refilled costs a seventh of a new pyrender scene a frame; lighting in numpy with pyrender's unlit shader
a third of its physically based one. Pictures are drawn at twice the size and averaged, which is the antialiasing.
"""

from dataclasses import dataclass
from functools import reduce
from types import TracebackType
from typing import Any, Self

import cv2
import numpy as np
from numpy.typing import NDArray

from synthgest.render.gl import import_pyrender, open_context
from synthgest.render.lightmap import NEAR, LightMap, light_map
from synthgest.render.mesh import FloatArray, MovingMesh
from synthgest.render.shading import Shading
from synthgest.render.shadow import FloorShadow, ShadowCaster
from synthgest.scene.camera import Camera
from synthgest.scene.light import Light

_NEAR, _FAR = 0.1, 40.0
_MAP = 256
"""Most cells along a side of the light map."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A person without a place.

    rgba: (T, H, W, 4) uint8, sRGB, colour premultiplied by alpha. mask: (T, H, W) bool, alpha over one half. depth:
    (T, H, W) float16, distance along the optical axis in metres, 0 outside the mask. shadow: on the floor y = 0.
    """

    rgba: NDArray[np.uint8]
    mask: NDArray[np.bool_]
    depth: NDArray[np.float16]
    shadow: FloorShadow


class Renderer:
    """Draws moving meshes in pictures of one size; holds an OpenGL context until it is closed.

    width, height: of the pictures, pixels. supersample: how many samples a side each pixel is averaged from. Use it as a
    context manager; one at a time in a process, from one thread.
    """

    def __init__(self, width: int, height: int, *, supersample: int = 2) -> None:
        self._pyrender = import_pyrender()
        from synthgest.render.offscreen import Offscreen, upload

        self._size = (width, height)
        self._factor = supersample
        self._large = (width * supersample, height * supersample)
        self._platform = open_context(*self._large)
        self._renderer: Any = Offscreen(*self._large)
        self._upload = upload
        self._flags = self._pyrender.RenderFlags
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
            self._renderer.delete()
            self._platform.delete_context()

    def draw(self, mesh: MovingMesh, camera: Camera, light: Light) -> Drawn:
        """The mesh seen by ``camera`` under ``light``, with its shadow on the floor."""
        if (camera.width, camera.height) != self._size:
            raise ValueError(f"the camera is {camera.width}x{camera.height}, the renderer {self._size}")
        self._platform.make_current()
        view = _View(self._pyrender, mesh, camera, light, min(_MAP, *self._large))
        shading = Shading(mesh.surface.colour, light, camera.position, mesh.vertex_area)
        caster = ShadowCaster(view.lights, camera, light.spread, mesh.vertex_area)
        shape = (len(mesh), camera.height, camera.width)
        rgba, depth = np.empty((*shape, 4), np.uint8), np.empty(shape, np.float16)
        shadow = FloorShadow(sun=np.empty(shape, np.float32), sky=np.empty(shape, np.float32))
        try:
            for frame, (vertices, normals) in enumerate(zip(mesh.vertices, mesh.normals, strict=True)):
                view.vertices[:, :3] = vertices
                heights = view.lights.heights(self._light_pass(view))
                view.vertices[:, 3:6] = shading(vertices, normals, view.lights.lit(vertices, heights, light.spread))
                colour, distance = self._camera_pass(view)
                rgba[frame] = cv2.flip(cv2.resize(colour, self._size, interpolation=cv2.INTER_AREA), 0)
                depth[frame] = self._depth(distance, rgba[frame, ..., 3])
                shadow.sun[frame], shadow.sky[frame] = caster.cast(vertices, heights)
        finally:
            self._renderer.render(view.empty, self._flags.FLAT | self._flags.OFFSCREEN)
        return Drawn(rgba=rgba, mask=rgba[..., 3] > 127, depth=depth, shadow=shadow)

    def _light_pass(self, view: "_View") -> FloatArray:
        """Depth buffer (side, side) of the light map, bottom row first."""
        depth: FloatArray = self._pass(view, view.light_scene, (view.lights.side, view.lights.side), self._flags.NONE)[
            1
        ]
        return depth

    def _camera_pass(self, view: "_View") -> tuple[NDArray[np.uint8], FloatArray]:
        """Colour (H, W, 4) and depth buffer (H, W) of the enlarged picture, bottom row first."""
        return self._pass(view, view.scene, self._large, self._flags.RGBA)

    def _pass(
        self, view: "_View", scene: Any, size: tuple[int, int], extra: int
    ) -> tuple[NDArray[np.uint8], FloatArray]:
        if view.primitive._buffers:
            self._upload(view.primitive, view.vertices)
        self._renderer.viewport_width, self._renderer.viewport_height = size
        flags = extra | self._flags.FLAT | self._flags.SKIP_CULL_FACES | self._flags.OFFSCREEN
        colour, depth = self._renderer.render(scene, flags)
        return colour, depth

    def _depth(self, buffer: FloatArray, alpha: NDArray[np.uint8]) -> NDArray[np.float16]:
        """Nearest of each pixel's samples, metres, (H, W) float16 from the bottom-up depth buffer; 0 without a person."""
        width, height = self._size
        samples = buffer.reshape(height, self._factor, width, self._factor)
        rows = reduce(np.minimum, (samples[:, row] for row in range(self._factor)))
        nearest = reduce(np.minimum, (rows[..., column] for column in range(self._factor)))[::-1]
        metres = _NEAR * _FAR / (_FAR - nearest * (_FAR - _NEAR))
        return np.where(alpha > 127, metres, 0).astype(np.float16)


class _View:
    """pyrender's scenes of one clip: as the camera sees the mesh and as the light does; both share its one buffer."""

    def __init__(self, pyrender: Any, mesh: MovingMesh, camera: Camera, light: Light, side: int) -> None:
        count = mesh.vertices.shape[1]
        self.lights: LightMap = light_map(mesh.vertices, light, side=side)
        self.vertices = np.ones((count, 7), np.float32)
        self.primitive = pyrender.Primitive(
            positions=mesh.vertices[0],
            color_0=np.ones((count, 4), np.float32),
            indices=mesh.faces,
            material=pyrender.MetallicRoughnessMaterial(baseColorFactor=[1.0, 1.0, 1.0, 1.0]),
        )
        body = pyrender.Mesh([self.primitive])
        lens = pyrender.PerspectiveCamera(yfov=camera.yfov, znear=_NEAR, zfar=_FAR)
        above = pyrender.OrthographicCamera(
            xmag=self.lights.half, ymag=self.lights.half, znear=NEAR, zfar=self.lights.far
        )
        self.scene = _scene(pyrender, lens, camera.pose, body, np.eye(4))
        self.light_scene = _scene(pyrender, above, self.lights.camera_pose(), body, self.lights.shear())
        self.empty = pyrender.Scene(bg_color=[0.0, 0.0, 0.0, 0.0])
        self.empty.add(lens, pose=camera.pose)


def _scene(pyrender: Any, camera: Any, pose: NDArray[np.float64], body: Any, place: NDArray[np.float64]) -> Any:
    """A scene of one camera and one body; set_pose keeps a matrix as it is, where ``add`` would make a shear a rotation."""
    scene = pyrender.Scene(bg_color=[0.0, 0.0, 0.0, 0.0], ambient_light=[0.0, 0.0, 0.0])
    scene.set_pose(scene.add(camera), pose)
    scene.set_pose(scene.add(body), place)
    return scene
