"""Limits of the joints, in the anatomical degrees of a gesture specification.

The ranges are those of healthy adults (American Academy of Orthopaedic Surgeons, *Joint Motion*, 1965; Boone and Azen
1979), rounded to five degrees, and a little wider where a raised arm borrows motion from the shoulder girdle.
"""

from collections.abc import Mapping
from types import MappingProxyType

ARM_LIMITS: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "plane": (-180.0, 360.0),  # a heading: what the shoulder allows depends on the elevation, see plane_range
        "elevation": (-60.0, 180.0),
        "rotation": (-110.0, 100.0),
        "shrug": (-10.0, 35.0),
        "elbow": (0.0, 150.0),
        "pronation": (-90.0, 90.0),
        "wrist_flexion": (-75.0, 80.0),
        "wrist_deviation": (-35.0, 25.0),
    }
)
"""Smallest and largest value of each key of an arm, degrees."""

BODY_LIMITS: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "trunk_flexion": (-30.0, 70.0),
        "trunk_lean": (-35.0, 35.0),
        "trunk_turn": (-45.0, 45.0),
        "head_flexion": (-55.0, 50.0),
        "head_tilt": (-40.0, 40.0),
        "head_turn": (-75.0, 75.0),
        "bow": (-10.0, 90.0),
        "left_hip": (-25.0, 120.0),
        "left_knee": (0.0, 140.0),
        "right_hip": (-25.0, 120.0),
        "right_knee": (0.0, 140.0),
        "stance": (0.0, 30.0),
        "toe_out": (-10.0, 35.0),
        "sway": (-8.0, 8.0),
    }
)
"""Smallest and largest value of each key of the body, degrees."""


def plane_range(elevation: float) -> tuple[float, float]:
    """The planes that an arm raised by ``elevation`` degrees can reach; near straight down or up, all of them."""
    if 35.0 < elevation < 145.0:
        return (-70.0, 145.0)
    return ARM_LIMITS["plane"]


def outside(values: Mapping[str, float], limits: Mapping[str, tuple[float, float]]) -> list[str]:
    """One line for every value that lies outside its limits: ``elbow = 170 is outside 0..150``."""
    return [
        f"{name} = {value:g} is outside {limits[name][0]:g}..{limits[name][1]:g}"
        for name, value in values.items()
        if not limits[name][0] <= value <= limits[name][1]
    ]
