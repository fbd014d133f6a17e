"""How far a set is from clips that were filmed: distances with their tests, a map of both, the nearest real clip of each class."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthgest.errors import MissingDependency, SpecError
from synthgest.evaluation.neighbours import nearest_neighbours
from synthgest.quality.distance import Distance, kid, mmd, paper_mmd
from synthgest.quality.variety import davies_bouldin, unit, vendi
from synthgest.report.evidence import Evidence
from synthgest.report.films import sheet
from synthgest.report.plots import points
from synthgest.report.section import (
    Mood,
    Part,
    Plot,
    Section,
    Sheet,
    Sheets,
    Table,
    counted,
    finite,
    number,
    percent,
    plain_text,
    with_interval,
)
from synthgest.statistics import Estimate, proportion

try:
    from sklearn.decomposition import PCA
    from sklearn.manifold import TSNE
except ImportError as error:
    raise MissingDependency("a map of features needs scikit-learn: pip install 'synthgest[report]'") from error

_MAPPED = 500  # clips of each side on the map
_NEAREST = 24  # classes whose nearest real clip is shown
_ROWS = 60
_FEW = 4  # clips of a side, below which no division of them is improbable
_LEAST = 6  # clips, for which a map says anything


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Beside:
    """Two sets by one encoder. ours, theirs: (N, D), (M, D). nearest: of each of theirs, the position of the nearest of ours."""

    ours: NDArray[np.float32]
    theirs: NDArray[np.float32]
    nearest: NDArray[np.int64]


def realness(evidence: Evidence, real: Evidence | None) -> Section:
    """The section about real clips."""
    key, title = "realness", "How far is it from real clips?"
    figures: dict[str, float | None] = {"mmd": None, "mmd_p": None, "kid": None, "nearest_right": None}
    if real is None:
        return Section(
            key=key,
            title=title,
            verdict="There are no real clips to compare with.",
            mood="unknown",
            advice="film a few clips of each class, one folder a class, and give --real DIR: only that says what the set is worth",
            figures=figures,
        )
    beside = _beside(evidence, real)
    seed = evidence.settings.seed
    if min(len(evidence.clips), len(real.clips)) < _FEW:
        sizes = counted(len(evidence.clips), "clip"), counted(len(real.clips), "real one")
        verdict = f"There are {sizes[0]} and {sizes[1]}, too few to compare."
        return Section(key=key, title=title, verdict=verdict, mood="unknown", figures=figures)
    apart, inception = (each(beside.ours, beside.theirs, seed=seed) for each in (mmd, kid))
    right = int((evidence.labels[beside.nearest] == real.labels).sum())
    found, chance = proportion(right, len(real.clips)), 1 / len(set(evidence.labels.tolist()))
    told = apart.p_value < 0.05
    mood: Mood = "good" if found.low > 0.5 else "doubtful" if found.low > chance else "bad"
    words = "can be told from" if told else "cannot be told from"
    verdict = (
        f"By their features the clips {words} {len(real.clips)} real ones (MMD² {number(apart.value, 3)}, "
        f"p = {apart.p_value:.3f}); the nearest synthetic clip has the class of {with_interval(found)} of the real ones "
        f"(chance {percent(chance)})"
    )
    advice = ""
    if mood != "good":
        advice = "see below which classes lie far from their real clips, and compare camera, framing and place with what was filmed"
    return Section(
        key=key,
        title=title,
        verdict=verdict + ".",
        mood=mood,
        advice=advice,
        figures={"mmd": apart.value, "mmd_p": apart.p_value, "kid": inception.value, "nearest_right": found.value},
        parts=[*_map(evidence, real, beside), _by_class(evidence, real, beside), *_nearest(evidence, real, beside)],
        numbers=_numbers(evidence, real, beside, apart, inception, found),
    )


def _beside(evidence: Evidence, real: Evidence) -> Beside:
    ours, theirs = (unit(each.features).astype(np.float32) for each in (evidence, real))
    _, indices = nearest_neighbours(ours, theirs, 1)
    return Beside(ours=ours, theirs=theirs, nearest=indices[:, 0])


def nearest_hits(evidence: Evidence, real: Evidence) -> NDArray[np.bool_]:
    """(M,) whether the nearest synthetic clip, by the encoder as it is, has a real clip's class."""
    hits: NDArray[np.bool_] = evidence.labels[_beside(evidence, real).nearest] == real.labels
    return hits


def _map(evidence: Evidence, real: Evidence, beside: Beside) -> list[Part]:
    rng = np.random.default_rng(evidence.settings.seed)
    one, two = (np.sort(rng.permutation(len(rows))[:_MAPPED]) for rows in (beside.ours, beside.theirs))
    rows = np.concatenate([beside.ours[one], beside.theirs[two]]).astype(np.float64)
    if min(len(one), len(two)) < 2 or len(rows) < _LEAST:
        return []
    places = tsne(rows, seed=evidence.settings.seed)
    labels = np.concatenate([evidence.labels[one], real.labels[two]])
    hollow = [True] * len(one) + [False] * len(two)
    few = len(evidence.classes) <= 10
    series = labels.tolist() if few else [int(not ring) for ring in hollow]
    names = list(evidence.classes) if few else ["synthetic", "real"]
    colours = "colours are classes" if few else "colours tell them apart too"
    caption = (
        f"Features of both sets in a plane (t-SNE): rings synthetic, discs real; {colours}; {_MAPPED} of each at most."
    )
    return [Plot(svg=points(places, series, names, hollow, rings=() if few else (0,)), caption=caption)]


def tsne(rows: NDArray[np.float64], *, seed: int) -> NDArray[np.float64]:
    """Features (N, D) in a plane (N, 2), by t-SNE (van der Maaten and Hinton 2008) on at most 50 principal components."""
    if len(rows) < _LEAST:
        raise SpecError(f"there are {len(rows)} clips; a map needs at least {_LEAST}")
    parts = min(50, *rows.shape)
    reduced = PCA(parts, svd_solver="full").fit_transform(rows)
    if float(np.ptp(reduced)) < 1e-9:
        return np.zeros((len(rows), 2))
    perplexity = min(30.0, (len(rows) - 1) / 3)
    found: NDArray[np.float64] = TSNE(perplexity=perplexity, init="pca", random_state=seed, n_jobs=1).fit_transform(
        reduced
    )
    return found


def _by_class(evidence: Evidence, real: Evidence, beside: Beside) -> Table:
    rows = []
    filmed = [label for label in range(len(evidence.classes)) if real.of(label)]
    filmed.sort(key=lambda label: float((evidence.labels[beside.nearest[real.of(label)]] == label).mean()))
    for label in filmed[:_ROWS]:
        theirs, name = real.of(label), evidence.classes[label]
        said = evidence.labels[beside.nearest[theirs]]
        wrong = said[said != label]
        other = evidence.classes[int(np.bincount(wrong).argmax())] if len(wrong) else ""
        rows.append(
            (
                plain_text(name, 80),
                str(len(evidence.of(label))),
                str(len(theirs)),
                with_interval(proportion(int((said == label).sum()), len(theirs))),
                plain_text(other, 60) or "-",
            )
        )
    return Table(
        columns=("class", "synthetic", "real", "nearest has its class, 95 %", "else nearest to"),
        rows=rows,
        caption="Of each real clip, the class of the nearest synthetic one; the worst classes first, those without real clips not.",
        left_out=max(0, len(filmed) - _ROWS),
    )


def _nearest(evidence: Evidence, real: Evidence, beside: Beside) -> list[Part]:
    rows: list[Sheet] = []
    for label, name in enumerate(evidence.classes):
        theirs = real.of(label)
        own = evidence.of(label)
        if not theirs or not own or len(rows) == _NEAREST:
            continue
        products = beside.ours[own] @ beside.theirs[theirs].T
        one, two = np.unravel_index(int(products.argmax()), products.shape)
        pair = [evidence.clips[own[int(one)]], real.clips[theirs[int(two)]]]
        rows.append(
            sheet(pair, plain_text(name, 80), f"cosine {products.max():.2f}: left synthetic, right real", frames=3)
        )
    return (
        [Sheets(sheets=rows, caption="The synthetic and the real clip of each class that are nearest to one another.")]
        if rows
        else []
    )


def _numbers(
    evidence: Evidence, real: Evidence, beside: Beside, apart: Distance, inception: Distance, found: Estimate
) -> dict[str, object]:
    return {
        "encoder": evidence.encoder.mark.encoder,
        "real": {"name": real.name, "clips": len(real.clips)},
        "mmd": {"value": finite(apart.value), "p_value": apart.p_value, "n": apart.n},
        "kid": {"value": finite(inception.value), "p_value": inception.p_value, "n": inception.n},
        "paper_mmd": {
            kernel: finite(paper_mmd(beside.ours, beside.theirs, kernel)) for kernel in ("linear", "rbf", "polynomial")
        },
        "nearest_right": finite(found),
        "vendi": {"synthetic": finite(vendi(evidence.features)), "real": finite(vendi(real.features))},
        "davies_bouldin": {
            "synthetic": finite(davies_bouldin(evidence.features, evidence.labels, seed=evidence.settings.seed)),
            "real": finite(davies_bouldin(real.features, real.labels, seed=evidence.settings.seed)),
        },
    }
