"""Imports point one way, heavy libraries stay where they are needed, and the library neither prints nor exits."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "synthgest"

# From the bottom up: a layer may import from its own and from those before it.
LAYERS = [
    {"errors", "content", "progress"},
    {"labels", "statistics", "hub"},
    {"resampling"},
    {"tables"},
    {
        "motion.skeleton",
        "motion.hand_shapes",
        "motion.limits",
        "motion.landmarks",
        "motion.kinematics",
        "motion.reading",
        "motion.sequence",
        "motion.sources",
    },
    {"motion.build", "motion.constraints", "motion.postures"},
    {"gestures"},
    {"types"},
    {"recipes", "plan", "frames", "prompting"},
    {"checks", "takes", "motion", "distractors"},
    {"body", "scene", "diffusion"},
    {"render"},
    {"engines", "data", "scoring"},
    {"executors", "quality", "encoders"},
    {"training"},
    {"extraction", "exporters"},
    {"evaluation", "scoring.prototype"},
    {"report"},
    {"generation"},
    {"estimate", "protocols"},
    {"api", "backgrounds", "doctor", "licences", "places_survey", "preview", "survey"},
    {"cli"},
    {"__init__", "__main__"},
]

ONLY_IN = {
    "torch": {
        "body",
        "data",
        "diffusion",
        "encoders",
        "evaluation",
        "extraction",
        "motion",
        "prompting",
        "scoring",
        "training",
    },
    "torchvision": {"encoders", "training"},
    "open_clip": {"encoders", "scoring"},
    "peft": {"diffusion", "training"},
    "diffusers": {"diffusion"},
    "transformers": {"diffusion", "encoders", "extraction", "prompting"},
    "smplx": {"body"},
    "pyrender": {"render"},
    "OpenGL": {"render"},
    "pyarrow": {"data", "exporters", "scoring"},
    "ray": {"executors"},
    "rich": {"cli"},
    "typer": {"cli"},
}


def _modules() -> dict[str, ast.Module]:
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        name = ".".join(path.relative_to(PACKAGE).with_suffix("").parts)
        found[name] = ast.parse(path.read_text())
    return found


MODULES = _modules()


def _layer(module: str) -> int:
    name = module.removesuffix(".__init__") or "__init__"
    for number, layer in enumerate(LAYERS):
        if name in layer or (name not in set().union(*LAYERS) and name.split(".")[0] in layer):
            return number
    raise AssertionError(f"no layer for {module}")


def _imports(tree: ast.Module) -> list[str]:
    names: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        if isinstance(node, ast.ImportFrom) and node.module:
            names.append(node.module)
    return names


@pytest.mark.parametrize("module", MODULES)
def test_imports_point_downwards(module: str) -> None:
    if module == "__init__":
        return
    for name in _imports(MODULES[module]):
        if name.startswith("synthgest."):
            target = name.removeprefix("synthgest.")
            assert _layer(target) <= _layer(module), f"{module} imports {name}, which lies above it"


@pytest.mark.parametrize("module", MODULES)
def test_heavy_libraries_stay_in_their_folder(module: str) -> None:
    for name in _imports(MODULES[module]):
        allowed = ONLY_IN.get(name.split(".")[0])
        assert allowed is None or module.split(".")[0] in allowed, f"{module} imports {name}"


@pytest.mark.parametrize("module", [name for name in MODULES if name.split(".")[0] != "cli"])
def test_the_library_neither_prints_nor_exits_nor_unpickles(module: str) -> None:
    for node in ast.walk(MODULES[module]):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            assert called not in {"print", "exit", "sys.exit", "pickle.load", "pickle.loads", "eval", "exec"}
            assert not any(word.arg == "allow_pickle" and ast.unparse(word.value) != "False" for word in node.keywords)


@pytest.mark.parametrize("module", MODULES)
def test_every_file_says_its_idea_in_its_first_line(module: str) -> None:
    docstring = ast.get_docstring(MODULES[module])
    assert docstring
    assert docstring.splitlines()[0].endswith((".", ":", "?", "``"))


def test_the_public_face_resolves() -> None:
    import synthgest

    for name in synthgest.__all__:
        assert getattr(synthgest, name) is not None
    with pytest.raises(AttributeError):
        _ = synthgest.nothing
