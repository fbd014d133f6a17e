"""Banks hold one entry a line; templates are filled by seed, and a placeholder that nothing fills is an error."""

from pathlib import Path

import numpy as np
import pytest

from synthgest.content import content
from synthgest.errors import SpecError
from synthgest.prompting import banks
from synthgest.prompting.banks import load_bank, write_prompt


@pytest.mark.parametrize("path", sorted(content("prompts").glob("*.txt")), ids=lambda path: path.stem)
def test_every_shipped_bank_has_entries_and_no_twins(path: Path) -> None:
    entries = load_bank(path.stem)
    assert entries
    assert len(set(entries)) == len(entries)


def test_every_caption_names_the_gesture_and_the_place() -> None:
    words = {"phrase": "a person waving", "place": "a park"}
    written = {write_prompt("caption", words, np.random.default_rng(seed)) for seed in range(60)}
    assert len(written) == len(load_bank("caption"))
    assert all("a person waving" in text and "a park" in text for text in written)


def test_words_are_text_and_never_templates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = {"phrase": "$place ${place} {place}", "place": "a park"}
    assert "$place ${place} {place}" in write_prompt("caption", words, np.random.default_rng(0))


def test_an_unknown_bank_names_the_nearest() -> None:
    with pytest.raises(SpecError, match="did you mean 'caption'"):
        load_bank("captions")


def test_a_template_that_cannot_be_filled_says_which(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "odd.txt").write_text("$phrase under $moon\n")
    monkeypatch.setattr(banks, "content", lambda folder: tmp_path)
    with pytest.raises(SpecError, match=r"\$moon"):
        write_prompt("odd", {"phrase": "x"}, np.random.default_rng(0))
