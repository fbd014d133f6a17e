"""Experiments: figures as computed by hand, each protocol end to end, and the same table however often one is interrupted."""

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import cv2
import numpy as np
import pytest
import torch
from sklearn.metrics import roc_auc_score
from test_cli import last_line, synthgest

import synthgest as sg
from synthgest.data.part import Part
from synthgest.data.publish import file_digest
from synthgest.data.splits import relations
from synthgest.data.video import write_video
from synthgest.errors import ConfigChanged, DatasetError, SpecError
from synthgest.evaluation.anomaly import fit_mil, frame_auc, judged, mil_loss, read_intervals, snippets
from synthgest.evaluation.excerpt import Excerpt
from synthgest.evaluation.scene import representation_bias
from synthgest.protocols.ablation import Ablation, AblationSettings
from synthgest.protocols.anomaly import AUC, AUC_A, Anomaly, AnomalySettings
from synthgest.protocols.background_swap import BackgroundSwap, Swapped
from synthgest.protocols.base_to_novel import BaseToNovel, BaseToNovelSettings, harmonic_mean
from synthgest.protocols.bench import Bench
from synthgest.protocols.choosing import orders, shots, some_classes
from synthgest.protocols.cross_dataset import CrossDataset, CrossDatasetSettings
from synthgest.protocols.few_shot import BOTH, REAL, FewShot, FewShotSettings
from synthgest.protocols.findings import Difference, Findings, Outcomes, Row, accuracies, against
from synthgest.protocols.long_tail import LongTail, LongTailSettings, class_average, groups_of, uneven
from synthgest.protocols.running import run_experiment
from synthgest.protocols.sweep import CHOSEN, Sweep, SweepSettings
from synthgest.protocols.terms import Terms
from synthgest.protocols.transfer import NOTHING, Target, Transfer, TransferSettings, gap_ratio
from synthgest.protocols.trial import Answers, Outcome, Trial
from synthgest.protocols.writing import plot, text
from synthgest.report.plots import picture
from synthgest.resampling import accuracy_over_runs, compare_over_runs, mean_of, resample, resampled_difference
from synthgest.statistics import Estimate
from synthgest.training.settings import TrainSettings

TINY = {"size": 32, "frames": 2}
SIZE = {"width": 96, "height": 96, "fps": 6, "frames": [10, 14]}
CLASSES = ["drone/left", "drone/right", "drone/up", "drone/down"]


@pytest.fixture(scope="module")
def sets(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A drawn set, and two of films: the videos of drawn clips without their truth."""
    home = tmp_path_factory.mktemp("sets")
    found = {"drawn": home / "drawn"}
    sg.generate(CLASSES, out=found["drawn"], seed=0, clips=3, settings=SIZE)
    for seed, name in ((1, "films"), (2, "query")):
        found[name] = home / name
        for clip in sg.generate(CLASSES, out=home / f"{name}-drawn", seed=seed, clips=4, settings=SIZE):
            folder = found[name] / clip.gesture.rpartition("/")[2]
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copy(clip.path, folder)
    return found


def terms(**changed: Any) -> Terms:
    training = {
        "encoder": "tsn-resnet18",
        "encoder_settings": TINY,
        "steps": 2,
        "batch": 4,
        "workers": 0,
        "validation": 0.0,
    }
    own = {key: changed.pop(key) for key in list(changed) if key in TrainSettings.__dataclass_fields__}
    return Terms(training=TrainSettings(**{**training, **own}), **{"seeds": 2, **changed})


def findings(experiment: Any, out: Path) -> Findings:
    found = run_experiment(experiment, out).findings
    assert found is not None
    return found


def table(out: Path) -> Any:
    return json.loads((out / "table.json").read_text())


def outcome(
    arm: str, seed: int, test: str, hits: list[int], *, at: str = "", regime: str = "finetune", **more: Any
) -> Outcome:
    """An outcome in which clips of class 0 and 1 in turn were named right or not."""
    truth = [number % 2 for number in range(len(hits))]
    found = [label if hit else 1 - label for label, hit in zip(truth, hits, strict=True)]
    said = Answers(
        test=test,
        clips=tuple(f"c{number}" for number in range(len(hits))),
        truth=tuple(truth),
        found=tuple(found),
        classes=("a", "b"),
    )
    return Outcome(trial=Trial(arm=arm, seed=seed, at=at, regime=regime), answers=(said,), **more)


# Figures


def test_accuracy_over_seeds_is_of_clips_and_seeds() -> None:
    hits = np.array([[1, 1, 0, 1], [1, 0, 0, 1], [1, 1, 0, 0]])
    found = accuracy_over_runs(hits, seed=0)
    assert found.value == pytest.approx(7 / 12)
    alone = accuracy_over_runs(hits[:1], seed=0)
    assert (alone.value, round(alone.low, 4), round(alone.high, 4)) == (0.75, 0.3006, 0.9544)  # Wilson's, 3 of 4
    sure = [accuracy_over_runs(np.ones((runs, 10)), seed=0).low for runs in (1, 3)]
    assert sure[0] == sure[1] < 1


def test_intervals_over_seeds_and_clips_cover_what_they_say() -> None:
    """Where seeds differ by some 5 points, intervals hold the truth in 90 % of 60 worlds; of two equal ways 95 % are equal."""
    rng, worlds = np.random.default_rng(5), 60
    for seeds, clips in ((3, 1500), (3, 60), (2, 300)):
        inside = equal = 0
        for world in range(worlds):
            hard = rng.normal(size=clips)
            skill = rng.normal(0, 0.25, size=(2, seeds, 1))
            first, second = rng.random((2, seeds, clips)) < 1 / (1 + np.exp(-(hard + skill)))
            strata = np.zeros(clips, int)
            found = resample(mean_of(first), seeds, strata, seed=world, draws=200)
            inside += found.low <= 0.5 <= found.high
            both = resampled_difference(mean_of(first), mean_of(second), seeds, strata, seed=world, draws=200)
            equal += both.noise
        assert inside >= 0.9 * worlds, (seeds, clips)
        assert equal >= 0.95 * worlds, (seeds, clips)


def test_few_units_prove_nothing() -> None:
    nothing, all_of_them = np.zeros((3, 3), bool), np.ones((3, 3), bool)
    all_of_them[0, 0] = False
    found = resampled_difference(mean_of(nothing), mean_of(all_of_them), 3, np.zeros(3, int), seed=0)
    assert found.p_value >= 0.25
    assert found.noise


def test_what_differs_is_compared_pair_by_pair() -> None:
    rng = np.random.default_rng(0)
    first = rng.random((3, 80)) < 0.6
    better = first | (rng.random((3, 80)) < 0.4)
    found = compare_over_runs(first, better, seed=0)
    assert found.difference.value == pytest.approx(better.mean() - first.mean())
    assert found.test == "bootstrap"
    assert not found.noise
    assert compare_over_runs(first, first, seed=0).noise
    assert compare_over_runs(first[:1], better[:1], seed=0).test == "McNemar"
    with pytest.raises(SpecError, match="same runs on the same clips"):
        compare_over_runs(first, better[:2], seed=0)


def test_the_harmonic_mean_by_hand() -> None:
    assert harmonic_mean(0.8, 0.4) == pytest.approx(8 / 15)
    assert harmonic_mean(0.0, 0.0) == 0.0
    assert round(100 * harmonic_mean(0.736, 0.591), 1) == 65.6


def test_head_tail_and_few_by_hand() -> None:
    # 200 clips: few (at most 20) is decided first; of the rest the most frequent that hold at most 100 are the head.
    assert groups_of([60, 20, 50, 40, 18, 12]) == ["head", "few", "tail", "tail", "few", "few"]
    assert groups_of([30, 30, 30, 30]) == ["head", "head", "tail", "tail"]
    assert groups_of([200, 21, 21]) == ["tail", "tail", "tail"]  # the first alone holds more than half
    assert groups_of([5, 3, 1]) == ["few", "few", "few"]


def test_uneven_counts_fall_from_the_least_that_there_are() -> None:
    found = uneven([100, 120, 140], 100, seed=3)
    assert sorted(found, reverse=True) == [100, 10, 1]
    assert found == uneven([100, 120, 140], 100, seed=3)
    assert {tuple(uneven([100] * 3, 100, seed=seed)) for seed in range(12)} != {tuple(found)}


def test_representation_bias_of_the_thesis() -> None:
    assert round(representation_bias(0.4853, 1 / 101), 3) == 5.615


def test_the_gap_ratio_by_hand() -> None:
    synthetic, real = np.array([[1, 1, 1, 0]]), np.array([[1, 1, 0, 0]])
    assert gap_ratio(synthetic, real).value == pytest.approx(1.5)
    assert np.isnan(gap_ratio(synthetic, np.zeros((1, 4))).value)


def test_frame_level_areas_by_hand() -> None:
    # Four frames in two snippets each; the anomaly is frames 2 and 3 of the first video.
    first = judged([0.2, 0.8], [(2, 3)], 4, size=2)
    second = judged([0.4, 0.9], [], 4, size=2)
    # Anomalous 0.8 0.8 against normal 0.2 0.2 0.4 0.4 0.9 0.9: two thirds of the pairs are won.
    assert frame_auc([first, second]) == pytest.approx(2 / 3)
    assert frame_auc([first]) == 1.0  # AUC_A
    assert np.isnan(frame_auc([second]))
    tied = judged([0.5, 0.5], [(2, 3)], 4, size=2)
    assert frame_auc([tied]) == 0.5


def test_areas_are_those_of_another_library() -> None:
    rng = np.random.default_rng(1)
    videos, truth, scores = [], [], []
    for length in (37, 64, 50):
        spans = snippets(length)
        own = np.round(rng.random(len(spans)), 1)
        begun = int(rng.integers(length // 2))
        videos.append(judged(own, [(begun, begun + 9)], length))
        truth.append(np.isin(np.arange(length), np.arange(begun, begun + 10)))
        scores.append(
            np.concatenate([[score] * (last - first + 1) for score, (first, last) in zip(own, spans, strict=True)])
        )
    assert frame_auc(videos) == pytest.approx(roc_auc_score(np.concatenate(truth), np.concatenate(scores)))


def test_snippets_cover_a_video_to_its_last_frame() -> None:
    assert snippets(33) == [(0, 15), (16, 31), (32, 32)]
    assert snippets(5) == [(0, 4)]
    with pytest.raises(SpecError, match="no snippets"):
        snippets(0)
    with pytest.raises(SpecError, match="one for each of 3 snippets"):
        judged([0.1], [], 33)


def test_the_loss_of_multiple_instances_by_hand() -> None:
    logits = torch.tensor([[0.0, 0.0], [0.0, 2.0], [1.0, 0.0]])
    scores = logits[:, 1].exp() / logits.exp().sum(dim=1)
    top = float(scores[1])
    rest = 0.01 * float((scores[1:] - scores[:-1]).square().sum()) + 0.001 * float(scores.sum())
    assert float(mil_loss(logits, anomalous=True)) == pytest.approx(-np.log(top) * top + rest, rel=1e-5)
    assert float(mil_loss(logits, anomalous=False)) == pytest.approx(-np.log(1 - top) * top + rest, rel=1e-5)
    unsure = torch.tensor([[3.0, 0.0]], requires_grad=True)
    mil_loss(unsure, anomalous=True).backward()
    assert unsure.grad is not None
    assert unsure.grad[0, 1] < 0  # a missed anomaly is pulled up, however sure the head is that it is none


def test_a_detector_learns_from_whole_videos_which_snippets_are_odd() -> None:
    rng = np.random.default_rng(0)
    rows, anomalous, videos = [], [], []
    for number in range(40):
        own = rng.normal(size=(8, 6)).astype(np.float32)
        odd = number % 2 == 1
        if odd:
            own[3] += 2.0
        rows.append(own)
        anomalous.append(odd)
    head = fit_mil(rows[:30], anomalous[:30], seed=0)
    for own, odd in zip(rows[30:], anomalous[30:], strict=True):
        videos.append(judged(head.scores(own), [(48, 63)] if odd else [], 128))
    assert frame_auc(videos) > 0.95
    with pytest.raises(SpecError, match="all normal or all anomalous"):
        fit_mil(rows[:1], [False], seed=0)


def test_lists_of_anomalies_are_read(tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    path.write_text(
        "Arson011_x264.mp4  Arson  150  420  680  1267\nNormal_Videos_003_x264.mp4  Normal  -1  -1  -1  -1\n"
    )
    assert read_intervals(path) == {"Arson011_x264": ((150, 420), (680, 1267)), "Normal_Videos_003_x264": ()}
    for line in ("Arson011.mp4 Arson 150", "Arson011.mp4 Arson", "Arson011.mp4 Arson 9 5", "Arson011.mp4 Arson a b"):
        path.write_text(line)
        with pytest.raises(DatasetError, match="no line of the list"):
            read_intervals(path)


def test_arms_are_compared_in_the_same_place() -> None:
    hits = {("real alone", "1"): [1, 0, 0, 0], ("both", "1"): [1, 1, 1, 0], ("both", "0"): [0, 1, 0, 0]}
    made = [
        outcome(arm, seed, "query", own, at=at, seconds=2.0, steps=3)
        for (arm, at), own in hits.items()
        for seed in (0, 1)
    ]
    rows, differences = accuracies(Outcomes(made), baseline=against("real alone"))
    assert {(row.arm, row.at): row.value.value for row in rows} == {
        ("real alone, finetune", "1"): 0.25,
        ("both, finetune", "1"): 0.75,
        ("both, finetune", "0"): 0.25,
    }
    assert [(each.second, each.at, each.comparison.difference.value) for each in differences] == [
        ("both, finetune", "1", 0.5)
    ]
    whole = Outcomes(made).findings("few-shot", "shots", rows, differences)
    assert (whole.seconds, whole.steps) == (12.0, 18)
    assert "both, finetune over real alone, finetune at 1" in text(whole)


def test_a_curve_has_its_places_in_order_and_a_line_at_chance() -> None:
    made = [outcome("both", 0, "query", [1, 0], at=at) for at in ("16", "2", "0")]
    made.append(outcome("real", 0, "query", [1, 1], at="2"))
    rows, _ = accuracies(Outcomes(made), baseline=lambda series: series)
    drawing = ElementTree.fromstring(picture(plot(Outcomes(made).findings("x", "shots", rows, chance=0.5))))
    words = [each.text for each in drawing.iter() if each.tag.endswith("text")]
    assert [word for word in words if word in ("0", "2", "16")] == ["0", "2", "16"]
    assert {"shots", "both, finetune", "real, finetune", "50 %"} <= set(words)
    kinds = [each.get("class") or "" for each in drawing.iter()]
    assert kinds.count("mark") == 1
    assert sum("disc" in kind for kind in kinds) == 4 + 2  # a dot for each figure, and one for each name


def test_seeds_that_were_asked_about_other_clips_are_not_averaged() -> None:
    one, other = outcome("a", 0, "query", [1, 0]), outcome("a", 1, "query", [1, 0, 1])
    with pytest.raises(DatasetError, match="not the same for all seeds"):
        Outcomes([one, other]).hits("a, finetune", "", "query")


# Parts and choices


def test_a_part_knows_what_the_whole_knows(sets: dict[str, Path]) -> None:
    whole = sg.Dataset(sets["drawn"])
    part = Part(whole, classes=["drone/down", "drone/left"])
    assert part.classes == ("drone/down", "drone/left")
    assert {(clip.gesture, clip.label) for clip in part.clips} == {("drone/down", 0), ("drone/left", 1)}
    assert part.clips[0].truth().keys() == whole.clips[0].truth().keys()
    rows, weights = part.targets()
    assert rows.shape == (6, 2)
    assert (rows.argmax(axis=1) == [clip.label for clip in part.clips]).all()
    assert (weights == 1).all()
    with pytest.raises(SpecError, match="no class 'drone/land'"):
        Part(whole, classes=["drone/land"])
    with pytest.raises(SpecError, match="no clip 'x'"):
        Part(whole, ids=["x"])


def test_fewer_shots_are_among_more_and_another_class_changes_none(sets: dict[str, Path]) -> None:
    films = sg.open_dataset(sets["films"])
    ids = [{clip.id for clip in shots(films, count, seed=4).clips} for count in (1, 2, 4)]
    assert ids[0] < ids[1] < ids[2]
    assert [len(each) for each in ids] == [4, 8, 16]
    part = Part(films, classes=films.classes[:2])
    assert [clip.id for clip in orders(part, seed=4)[1]] == [clip.id for clip in orders(films, seed=4)[1]]
    assert set(some_classes(films, 2, seed=1)) < set(some_classes(films, 3, seed=1))
    with pytest.raises(SpecError, match=r"has 4 clips of .*; 5 are asked for"):
        shots(films, 5, seed=0)


def test_shots_of_one_film_come_last(sets: dict[str, Path]) -> None:
    films = sg.open_dataset(sets["films"])
    shared = sg.RealDataset(
        films.name,
        films.class_entries,
        [replace(clip, groups={"source": ("a" if number % 4 < 3 else "b",)}) for number, clip in enumerate(films)],
    )
    for own in orders(shared, seed=0).values():
        assert {clip.groups["source"] for clip in own[:2]} == {("a",), ("b",)}


def test_an_excerpt_is_a_clip(sets: dict[str, Path]) -> None:
    clip = sg.Dataset(sets["drawn"]).clips[0]
    part = Excerpt(clip, 2, 5)
    assert part.length == 4
    assert np.array_equal(part.frames_at([0, 3]), clip.frames_at([2, 5]))
    assert np.array_equal(part.truth()["joints_2d"], clip.truth()["joints_2d"][2:6])
    assert len({part.content, clip.content, Excerpt(clip, 2, 4).content}) == 3
    assert Excerpt.still(clip).length == 1
    with pytest.raises(SpecError, match="are asked for, which has"):
        Excerpt(clip, 0, clip.length)


# Each protocol, end to end


def test_few_shot(sets: dict[str, Path], tmp_path: Path) -> None:
    asked = FewShotSettings(
        real=str(sets["films"]), query=str(sets["query"]), synthetic=str(sets["drawn"]), shots=(1, 2)
    )
    found = findings(FewShot(asked, terms(regimes=("finetune", "probe"))), tmp_path)
    assert {(row.arm, row.at) for row in found.rows} == {
        *((f"{BOTH}, {regime}", at) for regime in ("finetune", "probe") for at in "012"),
        *((f"{REAL}, {regime}", at) for regime in ("finetune", "probe") for at in "12"),
    }
    assert all(row.n == 16 and row.seeds == 2 for row in found.rows)
    assert len(found.differences) == 4
    assert not any((tmp_path / "runs").iterdir())
    assert (
        len(list((tmp_path / "pretrained").glob("*/run.json"))) == 2
    )  # one a seed, for all numbers of shots and regimes
    assert "cost: " in (tmp_path / "README.md").read_text()
    assert (tmp_path / "plot.svg").read_text().startswith("<svg")


def test_base_to_novel(sets: dict[str, Path], tmp_path: Path) -> None:
    asked = BaseToNovelSettings(
        real=str(sets["films"]), query=str(sets["query"]), synthetic=str(sets["drawn"]), shots=2
    )
    experiment = BaseToNovel(asked, terms(seeds=1, encoder="clip", encoder_settings={}))
    found = findings(experiment, tmp_path)
    assert found.facts["base"] == ["drone/left", "drone/down"]
    assert found.facts["novel"] == ["drone/right", "drone/up"]
    arms = {row.arm for row in found.rows}
    assert len(arms) == 3
    for arm in arms:
        values = {row.test: row.value.value for row in found.rows if row.arm == arm}
        assert set(values) == {"base", "novel", "base and novel"}
        assert values["base and novel"] == pytest.approx(harmonic_mean(values["base"], values["novel"]))
    with pytest.raises(SpecError, match="no words"):
        findings(BaseToNovel(asked, terms()), tmp_path / "other")


def test_long_tail(sets: dict[str, Path], tmp_path: Path) -> None:
    asked = LongTailSettings(
        real=str(sets["films"]), query=str(sets["query"]), synthetic=str(sets["drawn"]), imbalance=4, few=1
    )
    found = findings(LongTail(asked, terms(regimes=("probe",))), tmp_path)
    assert sorted(found.facts["training clips, seed 0"].values()) == [1, 2, 3, 4]
    measures = {row.measure for row in found.rows}
    assert measures == {
        "accuracy",
        *(f"class-average accuracy, {group}" for group in ("all", "head", "tail", "few")),
    }
    for arm in (REAL, BOTH):
        values = {row.measure: row.value.value for row in found.rows if row.arm == f"{arm}, probe"}
        # As many queries of each class, so that the mean over classes is the mean over clips.
        assert values["class-average accuracy, all"] == pytest.approx(values["accuracy"])


def test_class_averages_by_hand() -> None:
    truth = (0, 0, 0, 1, 2, 2)
    said = Answers(test="query", clips=tuple("abcdef"), truth=truth, found=(0, 0, 1, 1, 0, 2), classes=("x", "y", "z"))
    figure = class_average([said], [[0, 2]])
    assert figure(np.arange(1), np.arange(6)) == pytest.approx((2 / 3 + 1 / 2) / 2)


def twin(films: Path, folder: Path) -> Path:
    """The same names with other pictures."""
    shutil.copytree(films, folder)
    names = sorted(folder.rglob("*.mp4"))
    for one, other in zip(names[::2], names[1::2], strict=True):
        content = one.read_bytes()
        one.write_bytes(other.read_bytes())
        other.write_bytes(content)
    return folder


def test_transfer(sets: dict[str, Path], tmp_path: Path) -> None:
    films, query = str(sets["films"]), str(sets["query"])
    asked = TransferSettings(
        sources={"drawn": str(sets["drawn"]), "films": films},
        targets={"signals": Target(train=films, query=query)},
        classes=(2,),
        clips=(1,),
        against="films",
    )
    found = findings(Transfer(asked, terms(seeds=1, regimes=("finetune", "probe"))), tmp_path / "out")
    heads = [json.loads(path.read_text())["data"] for path in (tmp_path / "out" / "pretrained").glob("*/run.json")]
    assert len(heads) == 6  # three parts of each source
    assert all("start_head" not in data for data in heads)
    places = {row.at for row in found.rows if row.arm == "drawn, finetune"}
    assert places == {"2 classes", "1 clips a class", "all"}
    by_hand = {(row.arm, row.at): row.value.value for row in found.rows if row.measure == "accuracy"}
    ratios = [row for row in found.rows if row.measure == "gap ratio"]
    assert len(ratios) == 6
    for row in ratios:
        regime = row.arm.split(", ")[1]
        below = by_hand[f"films, {regime}", row.at]
        expected = by_hand[f"drawn, {regime}", row.at] / below if below else float("nan")
        assert row.value.value == pytest.approx(expected, nan_ok=True)
        assert bool(row.doubt) == (below < 0.75)
    (bias,) = [row for row in found.rows if row.measure == "representation bias, bits"]
    assert -1.0 <= bias.value.value <= 2.0
    firsts = {each.first for each in found.differences}
    assert firsts == {f"{NOTHING}, finetune", f"{NOTHING}, probe", "films, finetune", "films, probe"}


def test_sources_with_the_same_names_are_not_the_same(sets: dict[str, Path], tmp_path: Path) -> None:
    other = twin(sets["films"], tmp_path / "other")
    target = {"signals": Target(train=str(sets["drawn"]), query=str(sets["query"]))}
    asked = TransferSettings(sources={"one": str(sets["films"]), "two": str(other)}, targets=target)
    experiment = Transfer(asked, terms(seeds=1))
    assert experiment.described["source one"] != experiment.described["source two"]
    findings(experiment, tmp_path / "out")
    assert len(list((tmp_path / "out" / "pretrained").glob("*/run.json"))) == 2


def test_what_is_asked_is_learned_nowhere(sets: dict[str, Path], tmp_path: Path) -> None:
    films, query, drawn = (str(sets[name]) for name in ("films", "query", "drawn"))
    with pytest.raises(SpecError, match="synthetic and elsewhere share"):
        CrossDataset(CrossDatasetSettings(real=films, synthetic=query, queries={"elsewhere": query}), terms())
    leaking = TransferSettings(sources={"films": query}, targets={"signals": Target(train=films, query=query)})
    with pytest.raises(SpecError, match="films and signals share"):
        Transfer(leaking, terms())
    with pytest.raises(SpecError, match="synthetic and query share"):
        FewShot(FewShotSettings(real=films, query=query, synthetic=query, shots=(1,)), terms())
    # A re-enactment of a film is a relative of the film.
    film = next(sets["query"].rglob("*.mp4"))
    clip = sg.Dataset(drawn).clips[0]
    made = replace(
        clip, record=replace(clip.record, provenance={"motion": "video a", "motion_files": [file_digest(film)]})
    )
    assert relations(made) & relations(next(each for each in sg.open_dataset(query) if each.id.endswith(film.name)))


def test_cross_dataset(sets: dict[str, Path], tmp_path: Path) -> None:
    asked = CrossDatasetSettings(
        real=str(sets["films"]), synthetic=str(sets["drawn"]), queries={"elsewhere": str(sets["query"])}
    )
    found = findings(CrossDataset(asked, terms(seeds=1)), tmp_path)
    assert [row.arm for row in found.rows] == [f"{arm}, finetune" for arm in (REAL, "mixed", BOTH, "synthetic alone")]
    assert [each.comparison.test for each in found.differences] == ["McNemar"] * 3


def test_background_swap(sets: dict[str, Path], tmp_path: Path) -> None:
    other = sg.generate(CLASSES, out=tmp_path / "unseen", seed=9, clips=2, settings=SIZE)
    found = findings(BackgroundSwap(str(sets["drawn"]), str(other.folder), terms(seeds=1)), tmp_path / "out")
    assert {(row.arm.split(",")[0], row.test) for row in found.rows} == {
        (f"learned in {place}", test)
        for place in ("their own places", "swapped places")
        for test in ("as they are", "places swapped")
    }
    moved = Swapped(other, seed=0)
    assert moved.clips[0].truth()["joints_2d"].shape == other.clips[0].truth()["joints_2d"].shape
    assert not np.array_equal(moved.clips[0].frames_at([0]), other.clips[0].frames_at([0]))
    with pytest.raises(SpecError, match="no masks"):
        BackgroundSwap(str(sets["films"]), str(sets["query"]), terms())


def test_sweep_and_the_choice_within(sets: dict[str, Path], tmp_path: Path) -> None:
    asked = SweepSettings(
        over="ratio",
        values=(0, 0.5, 1),
        synthetic=str(sets["drawn"]),
        real=str(sets["films"]),
        query=str(sets["query"]),
    )
    experiment = Sweep(asked, terms())
    found = findings(experiment, tmp_path / "ratio")
    curve = {row.at: row for row in found.rows if row.arm == "value, finetune"}
    assert list(curve) == ["0", "0.5", "1"]
    chosen = next(row for row in found.rows if row.arm == CHOSEN)
    outcomes = [json.loads(path.read_text()) for path in (tmp_path / "ratio" / "trials").glob("*.json")]

    def share(each: Any, test: str) -> float:
        said = next(answers for answers in each["answers"] if answers["test"] == test)
        return float(np.mean(np.array(said["truth"]) == np.array(said["found"])))

    by_hand = []
    for seed in (0, 1):
        own = sorted(
            (each for each in outcomes if each["trial"]["seed"] == seed), key=lambda each: float(each["trial"]["at"])
        )
        best = max(own, key=lambda each: share(each, "validation"))
        assert found.facts[f"chosen by seed {seed}"] == best["trial"]["at"]
        by_hand.append(share(best, "query"))
    assert chosen.value.value == pytest.approx(np.mean(by_hand))
    clips = SweepSettings(over="clips", values=(1, 2), synthetic=str(sets["drawn"]), query=str(sets["query"]))
    assert len(findings(Sweep(clips, terms(seeds=1)), tmp_path / "clips").rows) == 3
    with pytest.raises(SpecError, match="needs real ones"):
        SweepSettings(over="ratio", values=(0, 1), synthetic="a", query="b")


def test_ablation_of_what_is_drawn(sets: dict[str, Path], tmp_path: Path) -> None:
    asked = AblationSettings(
        vary="identities",
        values=(1, 2),
        query=str(sets["query"]),
        classes=tuple(CLASSES),
        settings=SIZE,
        clips=2,
    )
    found = findings(Ablation(asked, terms(seeds=1)), tmp_path)
    assert [row.arm for row in found.rows] == ["identities 1, finetune", "identities 2, finetune"]
    drawn = [sg.Dataset(path) for path in sorted((tmp_path / "drawn").iterdir()) if path.is_dir()]
    assert sorted(len({clip.groups["person"] for clip in each}) for each in drawn) == [1, 2]
    with pytest.raises(SpecError, match="whatever a prompt says"):
        Ablation(replace(asked, vary="prompts", values=()), terms())
    with pytest.raises(SpecError, match="has the class"):
        Ablation(replace(asked, classes=("rocog/Halt", "rocog/Rally")), terms())
    with pytest.raises(SpecError, match="unknown key"):
        Ablation(replace(asked, vary="camera.hight", values=(1, 2)), terms())


def test_ablation_of_labels(sets: dict[str, Path], tmp_path: Path) -> None:
    scored = tmp_path / "scored"
    shutil.copytree(sets["drawn"], scored)
    sg.score(sg.Dataset(scored), scorer="clip")
    asked = AblationSettings(vary="labels", source=str(scored), query=str(sets["query"]))
    experiment = Ablation(asked, terms(seeds=1))
    found = findings(experiment, tmp_path / "out")
    assert [row.arm for row in found.rows] == [f"labels {mode}, finetune" for mode in ("none", "ls", "uw", "uf", "ul")]
    # Constant smoothing is the mean of that by uncertainty, so that only who gets it differs.
    even, uneven_rows = (sg.Dataset(scored).targets(mode)[0] for mode in ("ls", "ul"))
    assert even.max(axis=1).mean() == pytest.approx(uneven_rows.max(axis=1).mean())
    with pytest.raises(SpecError, match="no labels 'sl'"):
        Ablation(replace(asked, values=("none", "sl")), terms())
    with pytest.raises(SpecError, match="run `synthgest score` first"):
        Ablation(replace(asked, source=str(sets["drawn"])), terms())


def footage(folder: Path, names: list[str]) -> Path:
    """Videos of 40 frames: grey, and in those of ``fall`` a white bar falls from frame 16 to 31."""
    for name in names:
        number = int(name.partition("-")[2])
        home = folder / name.partition("-")[0]
        home.mkdir(parents=True, exist_ok=True)
        frames = np.full((40, 96, 96, 3), 90 + 4 * number, np.uint8)
        if name.startswith("fall"):
            for frame in range(16, 32):
                cv2.rectangle(frames[frame], (10, 4 * (frame - 16)), (86, 4 * (frame - 16) + 20), (255, 255, 255), -1)
        write_video(home / f"{name}.mp4", frames, 8)
    return folder


def test_anomaly(sets: dict[str, Path], tmp_path: Path) -> None:
    train = footage(tmp_path / "train", [f"{kind}-{number}" for number in (0, 2, 4, 6) for kind in ("normal", "fall")])
    query = footage(tmp_path / "query", [f"{kind}-{number}" for number in (1, 3, 5) for kind in ("normal", "fall")])
    spans = {"fall": "16 31 -1 -1", "normal": "-1 -1 -1 -1"}
    lines = [f"{path.name}  {path.parent.name}  {spans[path.parent.name]}" for path in sorted(query.rglob("*.mp4"))]
    (tmp_path / "list.txt").write_text("\n".join(lines))
    asked = AnomalySettings(
        train=str(train), query=str(query), intervals=str(tmp_path / "list.txt"), synthetic=str(sets["drawn"])
    )
    own = terms(regimes=("probe",))
    found = findings(Anomaly(asked, own), tmp_path / "out")
    assert {(row.measure, row.arm, row.n) for row in found.rows} == {
        (measure, f"{arm}, probe", count) for measure, count in ((AUC, 6), (AUC_A, 3)) for arm in (REAL, BOTH)
    }
    # White bars on grey are told by any network: this shows that frames, snippets and videos go together.
    assert all(row.value.value > 0.9 for row in found.rows if row.arm.startswith(REAL))
    stranger = query / "fall" / "unlisted.mp4"
    shutil.copy(next(query.rglob("fall-1.mp4")), stranger)
    with pytest.raises(SpecError, match=r"says nothing of fall/unlisted\.mp4"):
        Anomaly(asked, own)
    stranger.unlink()
    with pytest.raises(SpecError, match="expected 'quiet' and others"):
        Anomaly(replace(asked, normal="quiet"), own)
    calm = tmp_path / "calm.txt"
    calm.write_text("\n".join(f"{path.name} Normal -1 -1" for path in sorted(query.rglob("*.mp4"))))
    with pytest.raises(SpecError, match="names no anomaly"):
        Anomaly(replace(asked, intervals=str(calm)), own)


def test_labels_that_are_scored_anew_are_another_experiment(sets: dict[str, Path], tmp_path: Path) -> None:
    scored = tmp_path / "scored"
    shutil.copytree(sets["drawn"], scored)
    with pytest.raises(SpecError, match="run `synthgest score` first"):
        run_experiment(
            FewShot(
                FewShotSettings(real=str(sets["films"]), query=str(sets["query"]), synthetic=str(scored), shots=(1,)),
                terms(labels="ul"),
            ),
            tmp_path / "out",
        )
    sg.score(sg.Dataset(scored), scorer="clip")
    own = terms(labels="ul")
    assert own.labels_of(sg.Dataset(scored)) == "ul"
    assert own.labels_of(sg.open_dataset(sets["films"])) == "none"  # of what was filmed labels are certain
    assert own.labels_of(Part(sg.open_dataset(sets["films"]))) == "none"


def test_measures_are_told_in_their_own_units() -> None:
    bits = Row(
        measure="representation bias, bits",
        test="t",
        arm="a",
        value=Estimate(value=0.45, low=0.2, high=0.7),
        n=9,
        seeds=1,
    )
    share = replace(bits, measure="accuracy", test="a\n# b", doubt="")
    change = compare_over_runs(np.array([[1, 0]]), np.array([[0, 1]]), seed=0)
    said = Difference(measure="accuracy", test="x\n# y", first="a", second="<b>", comparison=change)
    found = Findings(protocol="transfer", axis="", rows=(bits, share), differences=(said,), facts={})
    assert "0.450 [0.200, 0.700]" in text(found)
    assert "45.0% [20.0%, 70.0%]" in text(found)
    lines = text(found, markdown=True).splitlines()
    assert [line for line in lines if line.startswith("#")] == ["# transfer"]
    assert not any("<b>" in line for line in lines)


# Interrupted, shared, refused


def experiment_of(sets: dict[str, Path]) -> FewShot:
    """Of five trials: the drawn clips alone, and two numbers of shots with and without them."""
    asked = FewShotSettings(
        real=str(sets["films"]), query=str(sets["query"]), synthetic=str(sets["drawn"]), shots=(1, 2)
    )
    return FewShot(asked, terms(seeds=1))


@pytest.fixture(scope="module")
def whole(sets: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("whole")
    run_experiment(experiment_of(sets), out)
    return out


class Cut(Exception):
    """What stands for a killed process."""


def test_an_interrupted_experiment_gives_the_same_table(
    sets: dict[str, Path], whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: Callable[..., Any] = Bench.asked
    for allowed in (1, 0, 2):
        left = iter(range(allowed))

        def asked(*words: Any, left: Iterator[int] = left, **more: Any) -> Any:
            if next(left, None) is None:
                raise Cut
            return seen(*words, **more)

        with monkeypatch.context() as patched:
            patched.setattr(Bench, "asked", asked)
            with pytest.raises(Cut):
                run_experiment(experiment_of(sets), tmp_path)
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "trials").glob("*.json")}
    assert len(before) == 3
    state = run_experiment(experiment_of(sets), tmp_path)
    assert (state.trials, state.made, state.missing) == (5, 2, 0)
    assert all(path.stat().st_mtime_ns == when for path, when in before.items())
    assert table(tmp_path) == table(whole)


def test_shards_make_the_same_table(sets: dict[str, Path], whole: Path, tmp_path: Path) -> None:
    states = [run_experiment(experiment_of(sets), tmp_path, shard=(part, 3)) for part in (2, 0, 1)]
    assert [state.findings is None for state in states] == [True, True, False]
    assert sum(state.made for state in states) == 5
    assert table(tmp_path) == table(whole)


def test_another_experiment_in_the_folder_is_refused(sets: dict[str, Path], tmp_path: Path) -> None:
    run_experiment(experiment_of(sets), tmp_path, shard=(4, 5))
    other = FewShotSettings(real=str(sets["films"]), query=str(sets["query"]), shots=(1, 2))
    with pytest.raises(ConfigChanged) as caught:
        run_experiment(FewShot(other, terms()), tmp_path)
    assert "synthetic" in [line.partition(":")[0] for line in caught.value.differences]
    renamed = FewShotSettings(
        real=str(twin(sets["films"], tmp_path / "twin")),
        query=str(sets["query"]),
        synthetic=str(sets["drawn"]),
        shots=(1, 2),
    )
    with pytest.raises(ConfigChanged) as caught:
        run_experiment(FewShot(renamed, terms(seeds=1)), tmp_path)
    assert [line.partition(":")[0] for line in caught.value.differences] == ["real"]


def test_what_cannot_be_an_experiment_is_refused(sets: dict[str, Path]) -> None:
    films, query = str(sets["films"]), str(sets["query"])
    with pytest.raises(SpecError, match=r"real and query share \d+ clips"):
        FewShot(FewShotSettings(real=films, query=films, shots=(1,)), terms())
    with pytest.raises(SpecError, match="numbers that rise"):
        FewShotSettings(real=films, query=query, shots=(4, 2))
    with pytest.raises(SpecError, match="8 are asked for"):
        FewShot(FewShotSettings(real=films, query=query, shots=(8,)), terms())
    assert len(FewShot(FewShotSettings(real=films, query=query, shots=(8,), scarce=True), terms()).trials()) == 2
    with pytest.raises(SpecError, match="expected at least 1"):
        terms(seeds=0)
    with pytest.raises(SpecError, match="expected 0"):
        terms(validation=0.1)


def test_the_command_says_what_was_found(sets: dict[str, Path], tmp_path: Path) -> None:
    command = [
        "evaluate", "few-shot", "--real", str(sets["films"]), "--query", str(sets["query"]), "--out", str(tmp_path / "out"),
        "--shots", "1,2", "--seeds", "2", "--regimes", "probe",
        "--encoder", "tsn-resnet18", "--set", "size=32", "--set", "frames=2",
    ]  # fmt: skip
    planned = synthgest(*command, "--dry-run", "--json")
    assert last_line(planned)["trials"] == [
        f"real alone, probe, {count}, seed {seed}" for seed in (0, 1) for count in (1, 2)
    ]
    assert not (tmp_path / "out").exists()
    part = synthgest(*command, "--shard", "0/2", "--json")
    assert part.returncode == 1, part.stderr
    assert last_line(part) == {"trials": 4, "missing": 2, "made": 2}
    found = last_line(synthgest(*command, "--workers", "2", "--json"))
    assert [(row["arm"], row["at"], row["n"], row["seeds"]) for row in found["rows"]] == [
        ("real alone, probe", "1", 16, 2),
        ("real alone, probe", "2", 16, 2),
    ]
    assert found["cost"]["clips"] == 0
    assert "few-shot" in synthgest(*command).stdout
    refused = synthgest(*command, "--shots", "1,x", "--json")
    assert refused.returncode == 2
    assert "expected numbers by comma" in last_line(refused)["error"]
