from collections import Counter

import numpy as np
import pytest

from synthgest.errors import SpecError
from synthgest.scene.camera import Camera, looking
from synthgest.scene.daylight import DAY, GOLDEN, NIGHT, Hours, indoor_light, outdoor_light, sample_moment
from synthgest.scene.places import sample_place

BODY = np.array([[0, 0.05, 0], [0, 1.75, 0]], np.float32)


def camera():
    rotation = looking(np.array([0.0, -0.1, -1.0]), roll=0.0)
    return Camera(width=64, height=64, yfov=0.9, position=np.array([0.0, 1.5, 4.0]), rotation=rotation)


def only(hour, *, backlight=0.0):
    weights = dict.fromkeys(("day", "overcast", "golden", "dusk", "night"), 0.0)
    return Hours(**(weights | {hour: 1.0}), backlight=backlight)


def test_hours_come_in_their_shares():
    hours = Hours(day=5, overcast=2, golden=1, dusk=0, night=2, backlight=0.5)
    rng = np.random.default_rng(0)
    drawn = [sample_moment(rng, hours) for _ in range(4000)]
    counts = Counter(moment.hour for moment in drawn)
    # three standard deviations of a share of 4,000 are at most 0.024
    assert counts[DAY] / 4000 == pytest.approx(0.5, abs=0.024)
    assert counts[NIGHT] / 4000 == pytest.approx(0.2, abs=0.024)
    assert counts["dusk"] == 0
    sunny = [moment for moment in drawn if moment.hour in (DAY, GOLDEN)]
    assert np.mean([moment.behind for moment in sunny]) == pytest.approx(0.5, abs=0.031)


@pytest.mark.parametrize("wrong", [{"day": -1.0}, {"backlight": 1.5}])
def test_hours_that_are_no_shares_are_refused(wrong):
    with pytest.raises(SpecError):
        Hours(**wrong)


def test_hours_without_any_weight_are_refused():
    with pytest.raises(SpecError, match="at least one above"):
        Hours(day=0, overcast=0, golden=0, dusk=0, night=0)


def test_backlight_comes_from_beyond_the_person():
    for seed in range(20):
        rng = np.random.default_rng(seed)
        moment = sample_moment(rng, only("day", backlight=1.0))
        assert outdoor_light(moment, rng).direction[2] < 0


def test_a_low_sun_is_low_and_redder_than_a_high_one():
    rng = np.random.default_rng(3)
    low, high = (outdoor_light(sample_moment(rng, only(hour)), rng) for hour in ("golden", "day"))
    assert np.degrees(np.arcsin(low.direction[1])) < 21 < np.degrees(np.arcsin(high.direction[1]))
    assert low.colour[0] / low.colour[2] > high.colour[0] / high.colour[2]


@pytest.mark.parametrize("hour", ["day", "overcast", "golden", "dusk", "night"])
def test_at_every_hour_a_person_gets_enough_light_to_be_seen(hour):
    for seed in range(10):
        rng = np.random.default_rng(seed)
        moment = sample_moment(rng, only(hour))
        for light in (outdoor_light(moment, rng), indoor_light(moment, rng, windows=True)[0]):
            toward = light.direction / np.linalg.norm(light.direction)
            up = 0.5 + 0.5 * toward[1]
            lit = light.colour + light.sky * up + light.ground * (1 - up)
            # of a matt white surface turned to the light; mid-grey would be 0.2
            assert 0.3 < lit.mean() < 2.2


def test_the_sky_at_night_is_far_darker_than_by_day_and_the_ground_at_the_person_is_lit():
    def drawn(hour):
        rng = np.random.default_rng(4)
        place = sample_place(rng, kinds=("desert",), camera=camera(), points=BODY, hours=only(hour))
        return place.draw(camera(), frames=1, fps=25.0)

    night, day = drawn("night"), drawn("day")
    sky = night.floor < 0.1
    assert night.images[0][sky].mean() < 0.3 * day.images[0][day.floor < 0.1].mean()
    column, row = camera().project(np.array([0.0, 0.0, 0.0])).astype(int)
    assert night.images[0][row - 2 : row + 3, column - 2 : column + 3].mean() > 2 * night.images[0][sky].mean()
