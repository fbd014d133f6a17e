"""Words on the command line that stand for values."""

import math
import re

from synthgest.errors import SpecError

_UNITS = {"": 1.0, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "d": 86400.0}


def duration(text: str) -> float:
    """Seconds: ``90``, ``90s``, ``15m``, ``1.5h``, ``2d``; SpecError for anything else."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([a-z]*)", text.strip().lower())
    seconds = float(found[1]) * _UNITS.get(found[2], math.nan) if found else math.nan
    if not seconds > 0:
        raise SpecError(f"--budget got {text!r}; expected a time above 0, such as 90m or 1.5h")
    return seconds
