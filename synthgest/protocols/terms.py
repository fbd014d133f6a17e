"""What every experiment is told: how is trained, by how many seeds, in which regimes."""

from dataclasses import dataclass, field, replace
from typing import Literal, get_args

from synthgest.data.labelled import LabelledSet
from synthgest.data.part import Part
from synthgest.data.real.dataset import RealDataset
from synthgest.errors import SpecError
from synthgest.labels import LabelMode
from synthgest.training.settings import TrainSettings

Regime = Literal["finetune", "probe"]
REGIMES: tuple[Regime, ...] = get_args(Regime)


def _plain() -> TrainSettings:
    return TrainSettings(validation=0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The terms on which all arms of an experiment compete.

    training: settings of every training; its seed is the first of ``seeds``. Nothing is kept aside in it (``validation`` = 0):
    whatever is chosen is chosen by the experiment, never on what is reported. regimes: ``finetune`` trains all weights; ``probe``
    fits a logistic regression to frozen features, with a strength that is fixed. labels, scores: of the synthetic clips, as in
    ``train``. renewed: whether the encoder's own setting ``seed`` goes with the trial's, which is for encoders that begin from
    nothing. strangers: whether clips of classes that the first side does not have are an error, or left out.
    """

    training: TrainSettings = field(default_factory=_plain)
    regimes: tuple[Regime, ...] = ("finetune",)
    seeds: int = 3
    labels: LabelMode = "none"
    scores: str = ""
    renewed: bool = False
    strangers: Literal["raise", "drop"] = "raise"

    def __post_init__(self) -> None:
        if self.seeds < 1:
            raise SpecError(f"seeds is {self.seeds}; expected at least 1, and 3 are wanted")
        if not self.regimes or len(set(self.regimes)) < len(self.regimes):
            raise SpecError(f"regimes are {list(self.regimes)}; expected one or both of {', '.join(REGIMES)}")
        if self.training.validation:
            raise SpecError(
                f"validation is {self.training.validation}; experiments keep clips aside themselves where they choose anything, so "
                "expected 0"
            )

    @property
    def numbers(self) -> range:
        """The seeds."""
        return range(self.training.seed, self.training.seed + self.seeds)

    def labels_of(self, dataset: LabelledSet) -> LabelMode:
        """How the labels of a data set are smoothed; of filmed clips they are certain."""
        whole = dataset.whole if isinstance(dataset, Part) else dataset
        return "none" if isinstance(whole, RealDataset) else self.labels

    def training_of(self, seed: int) -> TrainSettings:
        """Settings of a training by one seed."""
        own = {"seed": seed} if self.renewed else {}
        return replace(self.training, seed=seed, encoder_settings={**self.training.encoder_settings, **own})
