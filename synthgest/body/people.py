"""Which people are drawn, and how often: the settings of a recipe, and the shares that they intend."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from synthgest.body.wardrobe import worn
from synthgest.errors import SpecError, nearest

STYLES: tuple[str, ...] = ("casual", "formal", "sport", "uniform", "hi-vis")


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleSettings:
    """The table ``[people]`` of a recipe: how often each group is drawn. Weights need not add up to 1.

    sexes: female, male. age_groups: teenager, adult, elder. skin_tones: of the ten tones of the Monk scale. outfits:
    casual, formal, sport, uniform, hi-vis. at_work: outfits likewise, for gestures that are made at work, such as
    signals. eyewear: none, glasses, sunglasses. What a table leaves out is not drawn. SpecError for a group that does not
    exist, a negative weight, or a table in which nothing is left to draw.
    """

    sexes: Mapping[str, float] = field(default_factory=lambda: {"female": 0.5, "male": 0.5})
    age_groups: Mapping[str, float] = field(default_factory=lambda: {"teenager": 0.15, "adult": 0.67, "elder": 0.18})
    skin_tones: tuple[float, ...] = (1.0,) * 10
    outfits: Mapping[str, float] = field(
        default_factory=lambda: {"casual": 0.56, "formal": 0.16, "sport": 0.17, "uniform": 0.055, "hi-vis": 0.055}
    )
    at_work: Mapping[str, float] = field(default_factory=lambda: {"hi-vis": 0.6, "uniform": 0.4})
    eyewear: Mapping[str, float] = field(default_factory=lambda: {"none": 0.74, "glasses": 0.20, "sunglasses": 0.06})

    def __post_init__(self) -> None:
        _check("sexes", self.sexes, ("female", "male"))
        _check("age_groups", self.age_groups, ("teenager", "adult", "elder"))
        _check("outfits", self.outfits, STYLES)
        _check("at_work", self.at_work, STYLES)
        _check("eyewear", self.eyewear, ("none", "glasses", "sunglasses"))
        if len(self.skin_tones) != 10:
            raise SpecError(f"skin_tones has {len(self.skin_tones)} weights; expected 10, one for each Monk tone")
        tones = tuple(str(tone) for tone in range(1, 11))
        _check("skin_tones", dict(zip(tones, self.skin_tones, strict=True)), tones)


def _check(name: str, table: Mapping[str, float], known: Sequence[str]) -> None:
    for key, weight in table.items():
        if key not in known:
            raise SpecError(f"{name}: no {key!r}; {nearest(key, known)}")
        if not 0 <= weight < float("inf"):
            raise SpecError(f"{name}: the weight of {key!r} is {weight}; expected 0 or more")
    if not sum(table.values()) > 0:
        raise SpecError(f"{name}: no weight is above 0; give at least one of {', '.join(known)}")


def intended_shares(settings: PeopleSettings, *, work: float = 0.0) -> Mapping[str, Mapping[str, float]]:
    """For each respect of ``person.groups`` the share of people that each group is meant to have; shares add up to 1."""
    outfits: dict[str, float] = {}
    for table, part in ((settings.outfits, 1 - work), (settings.at_work, work)):
        for style, share in _normal(table).items():
            outfits[style] = outfits.get(style, 0.0) + part * share
    shares: dict[str, Mapping[str, float]] = {
        "sex": _normal(settings.sexes),
        "age group": _normal(settings.age_groups),
        "skin tone": _normal({str(tone): weight for tone, weight in enumerate(settings.skin_tones, start=1)}),
        "outfit": outfits,
        "eyewear": _normal(settings.eyewear),
    }
    for place in ("top", "outer", "bottom", "shoes", "hat"):
        total: dict[str, float] = {}
        for style, often in outfits.items():
            for sex, half in shares["sex"].items():
                for kind, share in _normal(worn(style, sex)[place]).items():
                    total[kind] = total.get(kind, 0.0) + often * half * share
        shares[place] = total
    return shares


def _normal(table: Mapping[str, float]) -> dict[str, float]:
    whole = sum(table.values())
    return {name: weight / whole for name, weight in table.items()}
