"""Features of the clips that an evaluation is about, with a bar that says how far they are."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from synthgest.cli.output import Output

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from synthgest.data.labelled import LabelledClip
    from synthgest.encoders.encoder import Encoder


def seen(
    encoder: "Encoder", sides: "Sequence[Sequence[LabelledClip]]", cache: Path | None, output: Output
) -> "list[tuple[NDArray[np.float32], list[LabelledClip]]]":
    """Features of several sets of clips, with the clips that they are of."""
    from synthgest.data.device import best_device
    from synthgest.evaluation.extraction import features

    with output.progress() as bar:
        task = bar.add_task("features", total=sum(map(len, sides)))
        return [
            features(encoder, clips, cache=cache, device=best_device(), progress=lambda count: bar.advance(task, count))
            for clips in sides
        ]
