"""The shipped body: random dressed people, posed through a motion."""

from synthgest.body.building import build_of
from synthgest.body.dressing import dress
from synthgest.body.face import Face, act
from synthgest.body.figure import Figure, PosedFigure
from synthgest.body.model import Body, load_body
from synthgest.body.person import Person, sample_person
from synthgest.body.posing import pose, raised, stand
from synthgest.body.smplx_figure import SmplxFigure
from synthgest.body.surface import Surface

__all__ = [
    "Body",
    "Face",
    "Figure",
    "Person",
    "PosedFigure",
    "SmplxFigure",
    "Surface",
    "act",
    "build_of",
    "dress",
    "load_body",
    "pose",
    "raised",
    "sample_person",
    "stand",
]
