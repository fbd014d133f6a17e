"""The two regimes in which real clips are learned after whatever came before: all weights, or a straight cut through features."""

from pathlib import Path

from synthgest.data.labelled import LabelledSet
from synthgest.evaluation.probe import probe_probabilities
from synthgest.protocols.bench import Bench, fine_tuning
from synthgest.protocols.trial import Answers, Trial, answers


def learned(
    bench: Bench,
    trial: Trial,
    dataset: LabelledSet,
    tests: dict[str, LabelledSet],
    *,
    start: Path | None,
    keep_head: bool = False,
) -> list[Answers]:
    """What is said of each test by what learned ``dataset``: from the weights of the run ``start``, or from the encoder's own.

    After a run, fine-tuning takes the fewer and smaller steps of ``real_steps`` and ``real_lr``. keep_head: whether the run's
    head goes on too, where it has the same classes.
    """
    settings = bench.terms.training_of(trial.seed)
    if trial.regime == "probe":
        encoder = bench.encoder(start, settings)
        rows, names = bench.seen(encoder, dataset.clips), [entry.name for entry in dataset.class_entries]
        labels = [clip.label for clip in dataset.clips]
        return [
            answers(
                name, test.clips, probe_probabilities(rows, labels, bench.seen(encoder, test.clips), len(names)), names
            )
            for name, test in tests.items()
        ]
    own = fine_tuning(settings) if start else settings
    made = bench.trained(trial, dataset, own, start=start, keep_head=keep_head)
    return [bench.asked(name, made, test.clips) for name, test in tests.items()]
