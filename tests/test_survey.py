"""``synthgest prompts``: what is told before anything is generated, and words that come back in through a recipe."""

import json
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import video_recipe
from test_cli import last_line, synthgest

from synthgest.errors import SpecError
from synthgest.gestures import load_gestures
from synthgest.prompting.enrichment import Enrichment
from synthgest.prompting.settings import EnrichmentSettings
from synthgest.recipes import load_recipe
from synthgest.survey import enrichment_for, survey, words_as_toml

SEVEN = load_gestures(["wave", "thumbs up", "bow", "rocog/Halt", "Rally", "swipe-left", "come here"])


def test_seven_classes_of_128_clips_are_balanced_and_never_the_same() -> None:
    found = survey(SEVEN, Enrichment(settings=EnrichmentSettings(), limit=226), clips=128)
    assert len(found.lines) == 896
    assert found.repeated == 0
    assert found.balance["sex"] == {"female": 448, "male": 448}
    assert set(found.balance["skin tone"]) == {str(tone) for tone in range(1, 11)}
    assert list(found.balance["skin tone"])[-1] == "10"
    assert max(found.balance["skin tone"].values()) <= 2 * min(found.balance["skin tone"].values())
    assert max(found.balance["build"].values()) - min(found.balance["build"].values()) == 0
    assert not found.counted
    assert all(0.2 < value < 0.5 for value in found.similarity.values())


def test_a_generator_without_prompts_says_so() -> None:
    with pytest.raises(SpecError, match="reads no prompts"):
        enrichment_for(load_recipe("pose-transfer"), EnrichmentSettings(), SEVEN)


def test_a_generator_counts_with_its_tokenizer(tiny_model: Callable[[str], Path]) -> None:
    recipe = video_recipe(tiny_model("cogvideox"), max_tokens=226)
    enrichment = enrichment_for(recipe, EnrichmentSettings(), SEVEN)
    assert survey(SEVEN, enrichment, clips=1).counted
    assert enrichment.limit == 226


def test_a_generator_without_its_model_is_surveyed_by_estimate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    enrichment = enrichment_for(load_recipe("cogvideox-2b"), EnrichmentSettings(), SEVEN)
    assert not survey(SEVEN, enrichment, clips=1).counted


def test_words_go_out_to_be_edited_and_come_back_in(tmp_path: Path) -> None:
    enrichment = Enrichment(settings=EnrichmentSettings(environments=2, characters=3))
    tables = tomllib.loads(words_as_toml(SEVEN, enrichment))["texts"]
    assert set(tables) == {gesture.name for gesture in SEVEN}
    assert len(tables["everyday/wave"]["characters"]) == 3
    tables["everyday/wave"]["environments"] = ["on the moon", "in a cave of ice"]
    recipe = video_recipe(Path("maker/absent"), texts=tables)
    again = enrichment_for(recipe, EnrichmentSettings(), SEVEN)
    assert {place.short for place in again.environments(SEVEN[0])} == {"on the moon", "in a cave of ice"}
    assert again.characters(SEVEN[0])[0].text == enrichment.characters(SEVEN[0])[0].text


def test_the_command_prints_prompts_and_writes_their_words(tmp_path: Path) -> None:
    words = ["prompts", "wave", "pouring tea", "--clips", 4, "--texts", tmp_path / "new" / "words.toml"]
    plain = synthgest(*words, "--mode", "char")
    assert plain.returncode == 0, plain.stderr
    assert plain.stdout.count("waving hello") == 4
    assert "0 repeated prompts" in plain.stdout
    assert "sex: " in plain.stdout
    told = last_line(synthgest(*words, "--json", "--environments", 2, "--characters", 2))
    assert len(told["prompts"]) == 8
    assert len({json.dumps(entry["pair"]) for entry in told["prompts"] if "wave" in entry["gesture"]}) == 4
    assert "characters" in (tmp_path / "new" / "words.toml").read_text()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["prompts", "wave", "--clips", 0], "at least 1"),
        (["prompts", "wave", "--set", "steps=3"], "name one with --generator"),
        (["prompts", "wave", "--environments", 999], "expected 0 to 256"),
        (["prompts", "wavve"], "did you mean 'wave'"),
        (["prompts", "wave", "--generator", "pose-transfer"], "reads no prompts"),
    ],
)
def test_what_cannot_be_shown_is_refused(words: list[object], message: str) -> None:
    done = synthgest(*words)
    assert done.returncode == 2
    assert message in done.stderr.replace("\n", " ")


@pytest.mark.parametrize("text", ["soon", "-5", "0", "1 fortnight", "nan"])
def test_a_budget_that_is_no_time_is_refused(text: str, tmp_path: Path) -> None:
    done = synthgest("generate", "wave", f"--budget={text}", "--out", tmp_path / "out")
    assert done.returncode == 2
    assert "such as 90m" in done.stderr.replace("\n", " ")
