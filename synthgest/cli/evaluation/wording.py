"""How an accuracy is told."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from synthgest.evaluation.accuracy import Accuracy

MISTAKES = 8
"""Lines of what went wrong, on the screen."""


def short(found: "Accuracy") -> dict[str, Any]:
    """The one number, for programs."""
    return {"accuracy": found.top1.value, "interval": [found.top1.low, found.top1.high]}


def accuracy_text(found: "Accuracy") -> str:
    """Accuracy with its interval, by class, and what is taken for what."""
    top = found.top1
    lines = [f"{top.value:.1%} [{top.low:.1%}, {top.high:.1%}] of {found.n} clips are named right (95 % interval)"]
    if found.top5 is not None:
        lines.append(f"{found.top5.value:.1%} have the right class among the five most probable")
    width = max(map(len, found.classes), default=0)
    lines += [
        f"  {name:{width}s}  {each.value:6.1%} [{each.low:5.1%}, {each.high:5.1%}]"
        for name, each in found.classes.items()
    ]
    for mistake in found.mistakes[:MISTAKES]:
        alike = " (look-alikes)" if mistake.alike else ""
        lines.append(f"  {mistake.clips} of {mistake.gesture} taken for {mistake.taken_for}{alike}")
    if found.accepted is not None:
        lines.append(
            f"  {found.rejected} would be taken for none of the classes, so that {found.accepted.value:.1%} "
            f"[{found.accepted.low:.1%}, {found.accepted.high:.1%}] are left"
        )
    return "\n".join(lines)
