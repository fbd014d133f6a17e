"""A pinhole camera: where it stands, and how points of the world become pixels."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """A pinhole camera with square pixels and the principal point in the middle of the picture.

    width, height: of the picture, pixels. yfov: vertical field of view, radians. position: (3,) in the world, metres.
    rotation: (3, 3) from camera to world, OpenGL axes (x right, y up, looking along -z).

    Pixel coordinates are continuous, with the origin at the top left corner of the picture: the centre of the top left
    pixel is (0.5, 0.5), the middle of the picture is (width / 2, height / 2).
    """

    width: int
    height: int
    yfov: float
    position: NDArray[np.float64]
    rotation: NDArray[np.float64]

    @property
    def focal(self) -> float:
        """Focal length, pixels."""
        return self.height / 2 / float(np.tan(self.yfov / 2))

    @property
    def pose(self) -> NDArray[np.float64]:
        """(4, 4) float64 from camera to world, OpenGL axes, metres."""
        matrix = np.eye(4)
        matrix[:3, :3] = self.rotation
        matrix[:3, 3] = self.position
        return matrix

    def project(self, points: NDArray[np.floating]) -> FloatArray:
        """World points (..., 3), metres, as pixels (..., 2) float32; NaN for points that are not in front."""
        seen = self._local(points)
        ahead = -seen[..., 2]
        with np.errstate(divide="ignore", invalid="ignore"):
            x = self.width / 2 + self.focal * seen[..., 0] / ahead
            y = self.height / 2 - self.focal * seen[..., 1] / ahead
        pixels = np.stack([x, y], axis=-1)
        pixels[ahead <= 0] = np.nan
        return np.asarray(pixels, np.float32)

    def depths(self, points: NDArray[np.floating]) -> FloatArray:
        """Distance of world points (..., 3) along the optical axis, (...) float32, metres."""
        return (-self._local(points)[..., 2]).astype(np.float32)

    def intrinsics(self) -> FloatArray:
        """The matrix K, (3, 3) float32, pixels."""
        k = [[self.focal, 0, self.width / 2], [0, self.focal, self.height / 2], [0, 0, 1]]
        return np.array(k, np.float32)

    def extrinsics(self) -> FloatArray:
        """World to camera, (4, 4) float32, OpenCV axes (x right, y down, z forward), metres."""
        matrix = np.diag([1.0, -1.0, -1.0, 1.0]) @ np.linalg.inv(self.pose)
        return np.asarray(matrix, np.float32)

    def rays(self) -> FloatArray:
        """Unit directions in the world through the centres of the pixels, (H, W, 3) float32."""
        u = (np.arange(self.width) + 0.5 - self.width / 2) / self.focal
        v = (np.arange(self.height) + 0.5 - self.height / 2) / self.focal
        x, y = np.meshgrid(u, -v)
        rays = np.stack([x, y, -np.ones_like(x)], axis=-1) @ self.rotation.T
        rays /= np.linalg.norm(rays, axis=-1, keepdims=True)
        return np.asarray(rays, np.float32)

    def clip(self, near: float, far: float) -> NDArray[np.float64]:
        """(4, 4) from the world to OpenGL's clip space; near, far: planes, metres."""
        x = 2 * self.focal / self.width
        y = 2 * self.focal / self.height
        z, w = (far + near) / (near - far), 2 * far * near / (near - far)
        lens = np.array([[x, 0, 0, 0], [0, y, 0, 0], [0, 0, z, w], [0, 0, -1, 0]])
        matrix: NDArray[np.float64] = lens @ np.linalg.inv(self.pose)
        return matrix

    def pixel_rays(self) -> NDArray[np.float64]:
        """(3, 3) from pixels (x, y, 1) to directions in the camera's axes, of length 1 along the optical axis."""
        f = self.focal
        return np.array([[1 / f, 0, -self.width / 2 / f], [0, -1 / f, self.height / 2 / f], [0, 0, -1]])

    def pixels_of(self, other: "Camera") -> NDArray[np.float64]:
        """(3, 3) from this camera's pixels (x, y, 1) to those of another one at the same place (x, y, times w)."""
        if other.yfov == self.yfov and np.array_equal(other.rotation, self.rotation):
            return np.diag([other.width / self.width, other.height / self.height, 1.0])
        turn = other.rotation.T @ self.rotation
        matrix: NDArray[np.float64] = np.linalg.inv(other.pixel_rays()) @ turn @ self.pixel_rays()
        return matrix

    def resized(self, factor: float) -> "Camera":
        """The same view in a picture of ``factor`` times as many pixels a side."""
        return Camera(
            width=round(self.width * factor),
            height=round(self.height * factor),
            yfov=self.yfov,
            position=self.position,
            rotation=self.rotation,
        )

    def _local(self, points: NDArray[np.floating]) -> NDArray[np.float64]:
        offsets: NDArray[np.float64] = np.asarray(points, np.float64) - self.position
        return offsets @ self.rotation


def looking(forward: NDArray[np.float64], *, roll: float) -> NDArray[np.float64]:
    """The rotation (3, 3) of a camera that looks along ``forward`` (3,), turned by ``roll`` radians about that axis."""
    back = -forward / np.linalg.norm(forward)
    right = np.cross([0.0, 1.0, 0.0], back)
    right /= np.linalg.norm(right)
    up = np.cross(back, right)
    c, s = np.cos(roll), np.sin(roll)
    return np.stack([c * right + s * up, c * up - s * right, back], axis=1)
