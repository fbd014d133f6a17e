import hashlib
from pathlib import Path

import pytest

from synthgest.errors import SpecError
from synthgest.gestures import (
    gestures_from_folder,
    load_gestures,
    refuse_twins,
    shipped_gestures,
    vocabularies,
)

STROKE = '\n[[keyframes]]\nphase = "stroke"\nseconds = 0.5\nright = { elevation = 90 }\n'
SHIPPED = {gesture.name: gesture for gesture in shipped_gestures()}


def _own(folder: Path, text: str, name: str = "mine.toml") -> str:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_the_two_first_vocabularies_are_complete() -> None:
    words = {vocabulary: {name.partition("/")[2] for name in names} for vocabulary, names in vocabularies().items()}
    assert words["rocog"] == {"Advance", "Attention", "FollowMe", "Halt", "MoveForward", "MoveInReverse", "Rally"}
    expected = {"wave", "clap", "point", "beckon", "salute", "bow", "raise-hand", "thumbs-up", "stop", "shrug", "nod"}
    assert words["everyday"] >= expected


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_gesture_says_all_that_prompts_and_reports_need(name: str) -> None:
    gesture = SHIPPED[name]
    assert gesture.phrase
    assert gesture.description
    assert gesture.source
    assert len(gesture.environments) >= 4
    assert len(gesture.keyframes) >= 1


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_gesture_names_only_gestures_that_exist(name: str) -> None:
    gesture = SHIPPED[name]
    named = {gesture.mirror, gesture.reverse, *gesture.lookalikes} - {"same", "forbidden"}
    assert named <= set(SHIPPED)
    assert name not in gesture.lookalikes


def test_a_shipped_gesture_lies_in_a_file_of_its_name() -> None:
    root = Path(__file__).parent.parent / "assets" / "gestures"
    assert {path.relative_to(root).with_suffix("").as_posix() for path in root.glob("*/*.toml")} == set(SHIPPED)


def test_a_gesture_is_found_by_full_name_bare_name_and_any_case() -> None:
    found = [load_gestures([word])[0].name for word in ("rocog/Halt", "Halt", "halt", "ROCOG/HALT")]
    assert found == ["rocog/Halt"] * 4


def test_a_vocabulary_stands_for_all_its_gestures() -> None:
    assert len(load_gestures(["rocog"])) == 7


def test_gestures_come_in_the_order_in_which_they_were_named() -> None:
    assert [gesture.name for gesture in load_gestures(["wave", "halt"])] == ["everyday/wave", "rocog/Halt"]


def test_an_unknown_word_names_the_nearest_gesture() -> None:
    with pytest.raises(SpecError, match="did you mean 'wave'"):
        load_gestures(["wawe"])


@pytest.mark.parametrize("word", ["", "  "])
def test_an_empty_word_is_refused(word: str) -> None:
    with pytest.raises(SpecError, match="empty"):
        load_gestures([word])


def test_a_gesture_named_twice_is_refused() -> None:
    with pytest.raises(SpecError, match="twice"):
        load_gestures(["rocog", "Halt"])


def test_names_that_differ_in_case_or_unicode_composition_are_twins() -> None:
    for one, other in (("Café", "cafe\u0301"), ("WAVE", "wave"), ("straße", "STRASSE")):
        with pytest.raises(SpecError, match="twice"):
            refuse_twins([f"own/{one}", f"own/{other}"])


def test_an_own_file_needs_a_name_and_a_stroke_only(tmp_path: Path) -> None:
    (gesture,) = load_gestures([_own(tmp_path, 'name = "chop"' + STROKE)])
    assert (gesture.name, gesture.hands, gesture.mirror) == ("own/chop", "either", "forbidden")


def test_relations_within_a_vocabulary_may_use_bare_names(tmp_path: Path) -> None:
    head = 'name = "left-turn"\nvocabulary = "signs"\nmirror = "right-turn"\nlookalikes = ["rocog/Halt", "stay"]'
    (gesture,) = load_gestures([_own(tmp_path, head + STROKE)])
    assert gesture.mirror == "signs/right-turn"
    assert gesture.lookalikes == ("rocog/Halt", "signs/stay")


@pytest.mark.parametrize("label", ["../../etc", "a\\nb", "🤚", "/abs", "CON", ".", "x" * 300, "=1+1", "a,b;c"])
def test_any_other_text_is_a_label_and_never_a_path(tmp_path: Path, label: str) -> None:
    (gesture,) = load_gestures([_own(tmp_path, f'name = "{label}"' + STROKE)])
    assert gesture.name == "own/" + label.replace("\\n", "\n")
    assert gesture.bare_name == label.replace("\\n", "\n")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine.toml"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('name = ""' + STROKE, "the name is 'own/'"),
        ('name = "a"', "expected either"),
        ('name = "a"\nmotions = ["*.bvh"]' + STROKE, "not both"),
        ('name = "a"\nmirorr = "same"' + STROKE, "did you mean 'mirror'"),
        ('name = "a"\nhands = "all"' + STROKE, "hands"),
        ('name = "a"\nhands = "right"\nmirror = "same"' + STROKE, "contradicts"),
        ('name = "a"\ntempo = [1.2, 0.8]' + STROKE, "tempo"),
        ('name = "a"\nrepetitions = [0, 2]' + STROKE, "repetitions"),
        ('name = "a"\nvocabulary = "a/b"' + STROKE, "vocabulary"),
        ('name = "a"' + STROKE.replace("stroke", "hold"), "stroke"),
        ('name = "a"' + STROKE.replace("elevation", "elevatoin"), "did you mean 'elevation'"),
        ('name = "a"' + STROKE.replace("= 90", "= 200"), r"elevation = 200 is outside -60\.\.180"),
        ('name = "a"' + STROKE.replace("elevation = 90", 'hand = "fisst"'), "did you mean 'fist'"),
        ('name = "a"' + STROKE.replace("elevation = 90", 'palm = "up", pronation = 3'), "give one of them"),
        ('name = "a"' + STROKE.replace("elevation = 90", "elevation = 90, plane = 170"), "at elevation 90"),
        ('name = "a"' + STROKE.replace("0.5", "-1"), "seconds"),
        ('name = "a"\nmotions = ["*.bvh"]', "matches no"),
        ("name = ", "not valid TOML"),
    ],
)
def test_a_mistake_in_a_file_is_named_with_the_file(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(SpecError, match=message) as caught:
        load_gestures([_own(tmp_path, text)])
    assert "mine.toml" in str(caught.value)


def test_a_missing_file_is_a_spec_error(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="cannot read"):
        load_gestures([str(tmp_path / "none.toml")])


def test_motions_are_found_beside_the_file_in_the_order_of_their_names(tmp_path: Path) -> None:
    (tmp_path / "takes").mkdir()
    for name in ("b.bvh", "a.bvh", "notes.txt"):
        (tmp_path / "takes" / name).write_text(name)
    (gesture,) = load_gestures([_own(tmp_path, 'name = "a"\nmotions = ["takes/*"]')])
    assert [motion.path.name for motion in gesture.motions] == ["a.bvh", "b.bvh"]
    assert gesture.motions[0].sha256 == hashlib.sha256(b"a.bvh").hexdigest()


def test_a_folder_of_folders_makes_a_class_of_each(tmp_path: Path) -> None:
    for name in ("kick", "bow"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "1.BVH").write_text(name)
    (tmp_path / "kick" / "readme.md").write_text("x")
    found = gestures_from_folder(tmp_path)
    assert [gesture.name for gesture in found] == ["own/bow", "own/kick"]
    assert [len(gesture.motions) for gesture in found] == [1, 1]
    assert {(gesture.hands, gesture.mirror, gesture.reverse) for gesture in found} == {
        ("either", "forbidden", "forbidden")
    }


def test_a_class_folder_without_motions_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(SpecError, match="empty"):
        gestures_from_folder(tmp_path)
    with pytest.raises(SpecError, match="no sub-folders"):
        gestures_from_folder(tmp_path / "empty")
    with pytest.raises(SpecError, match="not a folder"):
        gestures_from_folder(tmp_path / "none")


def test_the_digest_follows_what_is_said_and_not_where_it_lies(tmp_path: Path) -> None:
    digests = []
    for folder, content, phrase in (("x", "1", "p"), ("y", "1", "p"), ("z", "2", "p"), ("w", "1", "q")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "take.bvh").write_text(content)
        text = f'name = "a"\nphrase = "{phrase}"\nmotions = ["*.bvh"]'
        digests.append(load_gestures([_own(tmp_path / folder, text)])[0].digest)
    assert digests[0] == digests[1]
    assert len(set(digests)) == 3
    assert all(len(digest) == 64 for digest in digests)


def test_a_keyframe_changed_by_one_degree_changes_the_digest(tmp_path: Path) -> None:
    one = load_gestures([_own(tmp_path, 'name = "a"' + STROKE)])[0]
    other = load_gestures([_own(tmp_path, 'name = "a"' + STROKE.replace("90", "91"))])[0]
    assert one.digest != other.digest
