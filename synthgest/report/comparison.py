"""Two sets beside one another: the same figures of both, what only one of them has, and how far they are apart."""

from collections.abc import Mapping, Sequence

from synthgest.errors import SpecError
from synthgest.quality.distance import mmd
from synthgest.report.evidence import Evidence
from synthgest.report.section import Section, Table, finite, listed, number, plain_text

FIGURES: Mapping[str, str] = {
    "clips": "clips",
    "classes": "classes",
    "least_clips": "clips of the smallest class",
    "imbalance": "largest class over smallest",
    "unreadable": "clips that cannot be read",
    "people": "people who differ",
    "places": "places that differ",
    "worst_class": "clips of the worst class that the others recognise",
    "classes_with_faults": "classes that something speaks against",
    "agreement": "agreement of the best scorer with the labels",
    "auroc": "AUROC of that scorer for wrong labels",
    "confidently_wrong": "share of clips that it is sure are of another class",
    "failed": "clips that could not be made",
    "near_duplicates": "share of near-duplicates",
    "vendi": "Vendi score",
    "davies_bouldin": "Davies-Bouldin index (higher is richer)",
    "mmd": "MMD² to the real clips",
    "mmd_p": "its p-value",
    "kid": "KID to the real clips",
    "nearest_right": "real clips whose nearest synthetic one has their class",
    "consistency": "clips that the others of the set name right",
    "suspects": "share of clips whose labels may be wrong",
    "spoilt": "share of clips that do not move right",
    "motion": "mean motion, grey levels a frame",
    "hand_seen": "share of frames in which the hand that matters shows",
    "sharpness": "mean sharpness",
    "drift": "median drift from sources, torsos",
    "representation_bias": "representation bias of single pictures, bits",
    "scene_accuracy": "clips that the empty place names right",
    "scene_over_chance": "the same, over chance",
    "swap_change": "what a swapped place changes",
    "accuracy": "real clips that the best run names right",
    "faults": "share of clips that something is wrong with",
    "leaks": "clips that show what another split shows",
}
"""Every figure that a report or an audit may have, by its name on the command line."""


def comparison(one: Evidence, ours: Sequence[Section], other: Evidence, theirs: Sequence[Section]) -> Section:
    """The section that compares a set with another; of both the same sections."""
    left, right = figures_of(ours), figures_of(theirs)
    rows = []
    for name, words in FIGURES.items():
        a, b = left.get(name), right.get(name)
        if a is not None or b is not None:
            change = "-" if a is None or b is None or name == "mmd_p" else _shown(a - b)
            rows.append((words, _shown(a), _shown(b), change))
    only = sorted(set(one.classes) - set(other.classes)), sorted(set(other.classes) - set(one.classes))
    try:
        apart = mmd(one.features, other.features, seed=one.settings.seed)
        told = f"MMD² {number(apart.value, 3)}, p = {apart.p_value:.3f}"
    except SpecError:
        apart, told = None, "too few clips to compare"
    names = plain_text(one.name, 60), plain_text(other.name, 60)
    verdict = f"{names[0]} has {len(one.clips)} clips and {names[1]} {len(other.clips)}; their features: {told}"
    if only[0]:
        verdict += f"; only {names[0]} has {listed(only[0])}"
    if only[1]:
        verdict += f"; only {names[1]} has {listed(only[1])}"
    if only[0] or only[1]:
        verdict += (
            ". Their classes differ: what is named right among few classes is not comparable with what is among many"
        )
    return Section(
        key="against",
        title=f"Against {names[1]}",
        verdict=verdict + ".",
        mood="neutral",
        parts=[Table(columns=("figure", names[0], names[1], "difference"), rows=rows)],
        numbers={
            "other": other.name,
            "figures": {name: {"this": finite(left.get(name)), "other": finite(right.get(name))} for name in FIGURES},
            "only_here": only[0],
            "only_there": only[1],
            "mmd": None if apart is None else {"value": finite(apart.value), "p_value": apart.p_value, "n": apart.n},
        },
    )


def figures_of(sections: Sequence[Section]) -> dict[str, float | None]:
    """All figures of some sections, finite or None."""
    return {name: finite(value) for section in sections for name, value in section.figures.items()}


def _shown(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:.0f}" if float(value).is_integer() and abs(value) < 1e6 else number(value, 3)
