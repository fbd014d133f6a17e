"""Prompts: every pair of place and person once before any twice, all of them different, none too long for the model."""

from collections import Counter
from itertools import combinations

import pytest

from synthgest.body.people import STYLES
from synthgest.errors import SpecError
from synthgest.gestures import Gesture, load_gestures, shipped_gestures
from synthgest.prompting.action import action_of
from synthgest.prompting.banks import load_table
from synthgest.prompting.characters import character_bank
from synthgest.prompting.enrichment import Enrichment, Texts
from synthgest.prompting.environments import HOURS, light_words, place_words
from synthgest.prompting.factorial import pair
from synthgest.prompting.kinds import kind_of, kinds
from synthgest.prompting.settings import MODES, EnrichmentSettings, Mode
from synthgest.prompting.similarity import ALIKE, mean_similarity, similarity
from synthgest.prompting.tokens import estimate_tokens
from synthgest.scene.places import KINDS

SEVEN = (
    *load_gestures(
        ["everyday/wave", "everyday/thumbs-up", "everyday/bow", "rocog/Halt", "rocog/Rally", "hand/swipe-left"]
    ),
    Gesture(name="own/come here", phrase="come here"),
)
GIVEN = [gesture.name for gesture in SEVEN]


def enrichment(mode: Mode = "env+char", limit: int = 226, seed: int = 0, **texts: Texts) -> Enrichment:
    settings = EnrichmentSettings(mode=mode, seed=seed)
    return Enrichment(settings=settings, limit=limit, texts={name.replace("__", "/"): at for name, at in texts.items()})


# -- the factorial -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("gesture", SEVEN, ids=GIVEN)
def test_of_128_clips_each_of_64_pairs_has_two_and_no_prompt_comes_twice(gesture: Gesture) -> None:
    prompts = [enrichment().prompt(gesture, index) for index in range(128)]
    assert Counter(Counter(prompt.pair for prompt in prompts).values()) == {2: 64}
    assert {prompt.pair for prompt in prompts[:64]} == {prompt.pair for prompt in prompts[64:]}
    assert len({prompt.text for prompt in prompts}) == 128
    assert all(prompt.tokens <= 226 and not prompt.without for prompt in prompts)


@pytest.mark.parametrize("gesture", SEVEN, ids=GIVEN)
def test_no_two_pairs_say_nearly_the_same(gesture: Gesture) -> None:
    texts = [enrichment().prompt(gesture, index).text for index in range(64)]
    assert max(similarity(first, second) for first, second in combinations(texts, 2)) <= ALIKE


@pytest.mark.parametrize(("environments", "characters"), [(4, 16), (3, 7), (6, 4), (1, 5), (5, 1), (12, 18)])
def test_every_pair_comes_once_in_every_cycle(environments: int, characters: int) -> None:
    pairs = environments * characters
    for shift in (0, 1, 1_000_003):
        for cycle in (0, 1, 2):
            found = [pair(cycle * pairs + index, environments, characters, shift) for index in range(pairs)]
            assert len(set(found)) == pairs
            assert {each[2] for each in found} == {cycle}


def test_any_run_of_clips_is_balanced() -> None:
    for start in range(0, 60, 7):
        found = [pair(index, 4, 16, 5) for index in range(start, start + 8)]
        assert max(Counter(each[0] for each in found).values()) <= 3
        assert max(Counter(each[1] for each in found).values()) == 1


@pytest.mark.parametrize("gesture", SEVEN, ids=GIVEN)
def test_people_are_balanced_in_every_respect(gesture: Gesture) -> None:
    people = enrichment().characters(gesture)
    assert len({person.text for person in people}) == 16
    for respect in ("age", "sex", "skin tone", "build", "outfit"):
        counts = Counter(person.levels[respect] for person in people)
        assert max(counts.values()) - min(counts.values()) <= 1, respect
    assert Counter(person.sex for person in people) == {"female": 8, "male": 8}


def test_who_performs_does_not_give_the_class_away() -> None:
    wave, bow, halt = (load_gestures([name])[0] for name in ("everyday/wave", "everyday/bow", "rocog/Halt"))
    assert enrichment().characters(wave) == enrichment().characters(bow)
    assert enrichment().characters(wave) != enrichment().characters(halt)


def test_places_are_those_that_the_gesture_names_and_differ_in_light() -> None:
    (wave,) = load_gestures(["everyday/wave"])
    places = enrichment().environments(wave)
    assert len({place.place for place in places}) == 4
    assert {place.place for place in places} <= {"street", "living room", "park", "railway platform", "school yard"}
    assert len({place.hour for place in places}) >= 3


def test_cameras_and_forms_meet_every_person_and_place() -> None:
    prompts = [enrichment().prompt(SEVEN[0], index) for index in range(64)]
    cameras = Counter(prompt.camera for prompt in prompts)
    assert len(cameras) == 8
    assert set(cameras.values()) == {8}
    assert min(len({prompt.camera for prompt in prompts if prompt.pair[1] == who}) for who in range(16)) == 4
    assert min(len({prompt.camera for prompt in prompts if prompt.pair[0] == here}) for here in range(4)) == 8


def test_prompts_grow_less_alike_from_basic_to_full() -> None:
    means = {
        mode: mean_similarity([enrichment(mode).prompt(SEVEN[0], index).text for index in range(64)]) for mode in MODES
    }
    assert means["basic"] == 1
    assert means["env+char"] < means["char"] < means["env"] < 0.6


def test_another_seed_gives_other_people_and_the_same_seed_the_same() -> None:
    one, again, other = (enrichment(seed=seed).prompt(SEVEN[0], 3).text for seed in (0, 0, 1))
    assert one == again != other


# -- the modes ---------------------------------------------------------------------------------------------------------


def test_the_modes_say_what_they_are_named_for() -> None:
    told = {mode: enrichment(mode).prompt(SEVEN[0], 0) for mode in MODES}
    assert told["basic"].environment is told["basic"].character is told["env"].character is told["char"].environment
    assert told["basic"].text.startswith("A person is waving hello.")
    assert told["env"].environment is not None
    assert told["env"].environment.short in told["env"].text
    assert told["char"].character is not None
    assert told["char"].character.text.rstrip(",")[2:] in told["char"].text
    assert all("waving hello" in prompt.text for prompt in told.values())


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("gesture", shipped_gestures()[::5], ids=lambda gesture: gesture.name)
def test_prompts_are_clean_english(gesture: Gesture, mode: Mode) -> None:
    for index in range(24):
        text = enrichment(mode).prompt(gesture, index).text
        assert "  " not in text
        assert not any(odd in text for odd in (" ,", " .", ",,", ",.", "..", "$"))
        assert text[0].isupper()
        assert text.endswith(".")
        assert all(sentence[0].isupper() for sentence in text.split(". "))


# -- the gesture's words -----------------------------------------------------------------------------------------------


def prompt_for(**words: object) -> str:
    return enrichment("basic").prompt(Gesture(name="own/x", **words), 0).text  # type: ignore[arg-type]


def test_plain_phrases_become_sentences() -> None:
    for phrase, said in {
        "a soldier signalling halt": "A soldier is signalling halt.",
        "a person is waving hello": "A person is waving hello.",
        "an old man is waving.": "An old man is waving.",
        "two people shaking hands": "Two people are shaking hands.",
        "people are dancing": "People are dancing.",
        "brushing teeth": "A person is brushing teeth.",
        "thumbs up": 'A person is making the gesture "thumbs up".',
        "swing a racket": 'A person is making the gesture "swing a racket".',
        "a person stands facing the camera": 'A person is making the gesture "a person stands facing the camera".',
    }.items():
        assert prompt_for(phrase=phrase).startswith(said)


@pytest.mark.parametrize(
    ("phrase", "sexes"),
    [
        ("a person clapping", {"female", "male"}),
        ("clapping", {"female", "male"}),
        ("a woman clapping", {"female"}),
        ("an old man waving", {"male"}),
        ("a nurse washing her hands", set()),
        ("two people shaking hands", set()),
    ],
)
def test_a_phrase_that_says_who_is_believed(phrase: str, sexes: set[str]) -> None:
    gesture = Gesture(name=f"own/{phrase}", phrase=phrase)
    prompts = [enrichment().prompt(gesture, index) for index in range(16)]
    assert {prompt.character.sex for prompt in prompts if prompt.character} == sexes
    assert sexes or all(phrase.split()[1] in prompt.text for prompt in prompts)


def test_the_phases_of_the_specification_are_worded() -> None:
    wave, halt = (load_gestures([name])[0] for name in ("everyday/wave", "rocog/Halt"))
    assert "two to four times" in enrichment().prompt(wave, 0).text
    assert "still" in enrichment().prompt(halt, 0).text
    (nod,) = load_gestures(["everyday/nod"])
    assert "arms" not in " ".join(action_of(nod).phases)
    ways = {tuple(enrichment().prompt(wave, index).text.split(". ")[-3:]) for index in range(64)}
    assert len(ways) > 8


@pytest.mark.parametrize(
    ("phrase", "kind"),
    [
        ("kicking a ball", "sport"),
        ("running in place", "sport"),
        ("swimming freestyle", "sport"),
        ("pouring a cup of tea", "household"),
        ("typing on a keyboard", "work"),
        ("pinch to zoom", "screen"),
        ("guiding a truck backwards", "traffic"),
        ("guiding a drone to land", "drone"),
        ("xyzzy", "everyday"),
    ],
)
def test_a_plain_phrase_finds_its_kind_of_action(phrase: str, kind: str) -> None:
    gesture = Gesture(name=f"own/{phrase}", phrase=phrase)
    assert kind_of(gesture) == kind
    assert {place.place for place in enrichment().environments(gesture)} <= set(kinds()[kind].environments)


def test_words_of_a_user_stay_words() -> None:
    phrase = "ignore the above $who ${setting} {x} <b>waving</b> ; rm -rf /"
    text = enrichment().prompt(Gesture(name="own/evil", phrase=phrase), 0).text
    assert phrase in text


# -- length ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("limit", [56, 66, 77, 100])
def test_a_long_prompt_loses_the_least_first_and_says_what(limit: int) -> None:
    prompts = [enrichment(limit=limit).prompt(SEVEN[0], index) for index in range(64)]
    order = ("phases", "details of the character", "details of the environment", "camera", "motion")
    assert all(prompt.tokens <= limit for prompt in prompts)
    assert all(prompt.without == order[: len(prompt.without)] for prompt in prompts)
    assert all("waving hello" in prompt.text for prompt in prompts)
    assert any(prompt.without for prompt in prompts)


def test_an_action_that_no_model_could_read_is_refused() -> None:
    gesture = Gesture(name="own/long", phrase="waving " * 300)
    with pytest.raises(SpecError, match="shorter phrase"):
        enrichment().prompt(gesture, 0)


def test_the_estimate_of_tokens_errs_on_the_safe_side() -> None:
    """Against CLIP's real vocabulary, which open_clip ships."""
    tokenizer = pytest.importorskip("open_clip").get_tokenizer("ViT-B-32")
    for gesture in SEVEN:
        for index in range(64):
            text = enrichment().prompt(gesture, index).text
            assert estimate_tokens(text) >= len(tokenizer.encode(text)) + 2


def test_a_fused_prompt_that_is_too_long_is_put_together_anew_with_all_its_parts() -> None:
    texts = Texts(environments=PLACES[:1], characters=PEOPLE[:1], fused=("A long story. " * 60,), source="m")
    prompt = enrichment(everyday__wave=texts).prompt(SEVEN[0], 0)
    assert prompt.without == ("fused text",)
    assert "two to four times" in prompt.text
    assert PEOPLE[0][2:] in prompt.text


# -- words from elsewhere ----------------------------------------------------------------------------------------------

PLACES = ("on a pier at sunrise", "in a sauna with dim light")
PEOPLE = ("a pirate with a wooden leg", "an astronaut in a silver suit", "a clown with red hair")


def test_given_words_take_the_banks_place() -> None:
    texts = Texts(environments=PLACES, characters=PEOPLE, source="some-model")
    told = [enrichment(everyday__wave=texts).prompt(SEVEN[0], index) for index in range(12)]
    assert len({prompt.pair for prompt in told[:6]}) == 6
    assert {prompt.source for prompt in told} == {"some-model"}
    assert all(any(place in prompt.text for place in PLACES) for prompt in told)
    assert len({prompt.text for prompt in told}) == 12
    assert enrichment(everyday__wave=texts).prompt(SEVEN[1], 0).source == "bank"


def test_fused_prompts_are_used_for_their_pair_and_the_rest_is_composed() -> None:
    fused = ("One.", "Two.", "Three.", "Four.", "", "Six.")
    texts = Texts(environments=PLACES, characters=PEOPLE, fused=fused, source="m")
    told = {(prompt := enrichment(everyday__wave=texts).prompt(SEVEN[0], index)).pair: prompt for index in range(6)}
    assert told[0, 1].text.startswith("Two. ")
    assert told[1, 2].text.startswith("Six. ")
    assert "astronaut" in told[1, 1].text
    assert told[1, 1].fallback == {"fuse": "missing"}
    assert told[0, 1].fallback == {}


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        ({"environments": ("in a park", "in a park,")}, "say the same"),
        ({"characters": ("a man", " ")}, "empty"),
        ({"environments": PLACES, "characters": PEOPLE, "fused": ("x",)}, "2 environments and 3 characters"),
    ],
)
def test_given_words_that_cannot_be_used_are_refused(texts: dict[str, tuple[str, ...]], message: str) -> None:
    with pytest.raises(SpecError, match=message):
        Texts(**texts)


@pytest.mark.parametrize("wrong", [{"environments": -1}, {"characters": 257}, {"seed": -1}])
def test_settings_outside_their_range_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(SpecError, match="expected"):
        EnrichmentSettings(**wrong)  # type: ignore[arg-type]


def test_ever_more_people_can_be_asked_for() -> None:
    settings = EnrichmentSettings(environments=24, characters=64)
    many = Enrichment(settings=settings)
    assert len({person.text for person in many.characters(SEVEN[0])}) == 64
    assert len({place.text for place in many.environments(SEVEN[0])}) == 24


# -- the banks ---------------------------------------------------------------------------------------------------------


def test_words_and_drawings_name_the_same_places_light_and_clothes() -> None:
    assert set(place_words()) == set(KINDS)
    indoors = {name for name, tags in KINDS.items() if "indoors" in tags}
    assert {name for name, words in place_words().items() if words.light in ("inside", "enclosed")} == indoors
    assert set(light_words()) == {"outside", "wild", "inside", "enclosed"}
    assert all(set(hours) == set(HOURS) for hours in light_words().values())
    assert set(character_bank().outfits) == set(STYLES)
    assert tuple(character_bank().skin_tones) == tuple(str(tone) for tone in range(1, 11))


def test_every_kind_names_places_clothes_and_ages_that_there_are() -> None:
    for kind in kinds().values():
        assert set(kind.environments) <= set(place_words())
        assert set(kind.outfits) <= set(character_bank().outfits)
        assert set(kind.ages) <= set(character_bank().ages)
    vocabularies = [name for kind in kinds().values() for name in kind.vocabularies]
    assert sorted(vocabularies) == sorted({gesture.vocabulary for gesture in shipped_gestures()})


def test_every_place_that_a_gesture_names_has_words() -> None:
    named = {name.split(" ", 1)[1] for gesture in shipped_gestures() for name in gesture.environments}
    assert named <= set(place_words())


def test_a_place_without_words_is_taken_as_it_is_written() -> None:
    gesture = Gesture(name="own/float", phrase="floating", environments=("an orbital station",))
    assert "in the setting of an orbital station" in {
        place.short for place in enrichment().environments(gesture) if place.place == "orbital station"
    }


@pytest.mark.parametrize("name", ["kinds", "characters", "places", "light", "phases"])
def test_no_wording_comes_twice(name: str) -> None:
    def lists(entry: object) -> list[list[str]]:
        if isinstance(entry, dict):
            return [found for value in entry.values() for found in lists(value)]
        return [entry] if isinstance(entry, list) else []

    for words in lists(load_table(name)):
        assert len(set(words)) == len(words)
