import hashlib
from fractions import Fraction

import av
import cv2
import numpy as np
import pytest

from synthgest.errors import ShotFailed, SpecError
from synthgest.scene.camera import Camera, looking
from synthgest.scene.headers import picture_size
from synthgest.scene.panorama import Panorama, measure, unevenness
from synthgest.scene.photographs import open_backgrounds
from synthgest.scene.picture import View, read_frames


def camera(forward=(0.0, 0.0, -1.0), *, position=(0.0, 1.6, 3.0), size=65):
    return Camera(
        width=size, height=size, yfov=0.8, position=np.array(position), rotation=looking(np.array(forward), roll=0.0)
    )


def write_photograph(path, size=(80, 120)):
    picture = np.full((*size, 3), 90, np.uint8)
    picture[: size[0] // 2] = (200, 170, 150)
    assert cv2.imwrite(str(path), picture)


def write_video(path, levels, *, begins=0):
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        stream.options = {"crf": "1"}
        for number, level in enumerate(levels, start=begins):
            frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), level, np.uint8), format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, 10)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


def test_an_empty_folder_is_refused_with_what_was_expected(tmp_path):
    with pytest.raises(SpecError, match=r"it is empty.*\.jpg"):
        open_backgrounds(tmp_path)


def test_a_missing_folder_is_refused(tmp_path):
    with pytest.raises(SpecError, match="does not exist"):
        open_backgrounds(tmp_path / "nowhere")


def test_unusable_files_are_left_out_and_counted_by_reason(tmp_path):
    write_photograph(tmp_path / "good.png")
    (tmp_path / "notes.txt").write_text("x")
    (tmp_path / "empty.jpg").write_bytes(b"")
    (tmp_path / "torn.jpg").write_bytes(b"\xff\xd8\xff\xe0 not a picture")
    (tmp_path / "torn.mp4").write_bytes(b"not a video")
    (tmp_path / "torn.exr").write_bytes(b"not a picture")
    found = open_backgrounds(tmp_path)
    assert found.files == ("good.png",)
    assert found.skipped == {
        "not a picture or video": 1,
        "empty": 1,
        "unreadable": 2,
        "OpenEXR, which this OpenCV does not read (convert to .hdr)": 1,
    }


def test_a_picture_over_a_hundred_megapixels_is_left_out(tmp_path):
    write_photograph(tmp_path / "good.png")
    assert cv2.imwrite(str(tmp_path / "huge.png"), np.zeros((10_001, 10_000), np.uint8))
    assert open_backgrounds(tmp_path).skipped == {"over 100 megapixels": 1}


def test_folders_are_searched_but_links_to_folders_are_not_followed(tmp_path):
    (tmp_path / "inner").mkdir()
    write_photograph(tmp_path / "inner" / "b.jpg")
    write_photograph(tmp_path / "a.jpg")
    (tmp_path / "inner" / "loop").symlink_to(tmp_path, target_is_directory=True)
    assert open_backgrounds(tmp_path).files == ("a.jpg", "inner/b.jpg")


def test_the_fingerprint_is_a_hash_of_names_and_sizes(tmp_path):
    write_photograph(tmp_path / "a.jpg")
    size = (tmp_path / "a.jpg").stat().st_size
    expected = hashlib.sha256(f"a.jpg\0{size}\n".encode()).hexdigest()
    assert open_backgrounds(tmp_path).fingerprint() == expected


def test_a_photograph_that_disappears_is_a_failed_shot(tmp_path):
    write_photograph(tmp_path / "a.jpg")
    found = open_backgrounds(tmp_path)
    (tmp_path / "a.jpg").unlink()
    with pytest.raises(ShotFailed, match="no longer opens") as caught:
        found.sample(np.random.default_rng(0))
    assert caught.value.reason == "background"


def test_a_photographs_horizon_is_laid_on_the_cameras(tmp_path):
    # the photograph changes colour at half of its height, which is taken for the horizon
    picture = np.zeros((200, 300, 3), np.float32)
    picture[:100] = 1
    for pitch in (0.0, 0.15):
        seen = camera((0.0, -np.sin(pitch), -np.cos(pitch)))
        columns, rows = View(horizon=0.5, zoom=0.9, shift=0.0).places(seen, 300, 200)
        drawn = cv2.remap(picture, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
        horizon = 32.5 - 32.5 / np.tan(0.4) * np.tan(pitch)
        assert int(np.argmax(drawn[:, 32, 0] < 0.5)) == pytest.approx(horizon, abs=1.5)


def test_a_photograph_is_sampled_the_same_twice(tmp_path):
    write_photograph(tmp_path / "a.jpg")
    found = open_backgrounds(tmp_path)
    one, two = (found.sample(np.random.default_rng(4)).draw(camera(), frames=2, fps=25.0) for _ in range(2))
    assert one.images.shape == (1, 65, 65, 3)
    assert one.images.tobytes() == two.images.tobytes()


def test_the_sun_of_a_panorama_is_where_the_camera_sees_it(tmp_path):
    picture = np.full((128, 256, 3), 0.2, np.float32)
    picture[36:40, 60:64] = 500.0
    assert cv2.imwrite(str(tmp_path / "p.hdr"), picture)
    place = open_backgrounds(tmp_path).sample(np.random.default_rng(1))
    # the spot's middle: column 62 of 256, row 38 of 128, hence 36.6 degrees above the horizon
    assert place.light.direction[1] == pytest.approx(np.sin((0.5 - 38 / 128) * np.pi), abs=0.02)
    toward = place.light.direction.astype(float)
    backdrop = place.draw(camera(tuple(toward)), frames=1, fps=25.0)
    bright = np.argwhere(backdrop.images[0].mean(axis=2) > 0.9)
    assert len(bright)
    np.testing.assert_allclose(bright.mean(axis=0), [32, 32], atol=3)


def test_the_ground_of_a_panorama_comes_nearer_with_a_lower_camera():
    # a band from 30 degrees below the horizon downwards: 1.6 / tan(30) = 2.77 m away, seen from 0.8 m at 16.1 degrees
    picture = np.full((180, 360, 3), 0.2, np.float32)
    picture[120:] = 0.02
    light, exposure = measure(picture, 0.0)
    place = Panorama(name="p", tags=(), picture=picture, yaw=0.0, light=light, exposure=exposure)
    seen = camera((0.0, -0.3, -1.0), position=(0.0, 0.8, 0.0), size=181)
    column = place.draw(seen, frames=1, fps=25.0).images[0, :, 90, 0]
    edge = int(np.argmax(column < column.max() * 0.6))
    expected = seen.project(seen.position + np.array([0.0, -0.8, -1.6 / np.tan(np.pi / 6)]))[1]
    assert edge == pytest.approx(expected, abs=2)


def test_a_video_is_shown_at_the_clips_frame_rate(tmp_path):
    write_video(tmp_path / "v.mp4", levels=range(20, 220, 10))
    shown = [frame.mean() for frame in read_frames(tmp_path / "v.mp4", 0.0, 8, 5.0)]
    # 10 pictures a second shown at 5: every second one
    np.testing.assert_allclose(shown, [20, 40, 60, 80, 100, 120, 140, 160], atol=3)


def test_a_video_whose_time_does_not_begin_at_zero_moves_like_any_other(tmp_path):
    write_video(tmp_path / "late.mkv", levels=range(20, 220, 10), begins=20)
    shown = [frame.mean() for frame in read_frames(tmp_path / "late.mkv", 0.0, 8, 5.0)]
    np.testing.assert_allclose(shown, [20, 40, 60, 80, 100, 120, 140, 160], atol=3)


def test_a_video_of_fewer_pictures_a_second_repeats_them(tmp_path):
    write_video(tmp_path / "v.mp4", levels=(40, 120, 200))
    shown = [frame.mean() for frame in read_frames(tmp_path / "v.mp4", 0.0, 4, 20.0)]
    # at 0, 0.05, 0.1 and 0.15 s of pictures that begin at 0, 0.1 and 0.2 s; one that is nearer is shown early
    np.testing.assert_allclose(shown[::2], [40, 120], atol=3)


def test_a_short_video_turns_back_at_its_end(tmp_path):
    write_video(tmp_path / "v.mp4", levels=(40, 120, 200))
    place = open_backgrounds(tmp_path).sample(np.random.default_rng(0))
    images = place.draw(camera(), frames=6, fps=10.0).images
    assert images.shape == (6, 65, 65, 3)
    np.testing.assert_allclose(images.mean(axis=(1, 2, 3)) * 255, [40, 120, 200, 120, 40, 120], atol=4)


@pytest.mark.parametrize("ending", ["jpg", "png", "bmp", "webp", "tiff"])
def test_a_pictures_size_is_read_from_its_header(tmp_path, ending):
    path = tmp_path / f"p.{ending}"
    assert cv2.imwrite(str(path), np.zeros((31, 57, 3), np.uint8))
    assert picture_size(path) == (57, 31)
    path.write_bytes(path.read_bytes()[:6])
    assert picture_size(path) in (None, (1, 1))


def test_opening_a_folder_decodes_no_picture(tmp_path, monkeypatch):
    write_photograph(tmp_path / "a.jpg")
    monkeypatch.setattr(cv2, "imdecode", lambda *_: pytest.fail("a picture was decoded"))
    assert len(open_backgrounds(tmp_path)) == 1


def test_a_photograph_records_whether_its_horizon_was_estimated(tmp_path):
    write_photograph(tmp_path / "plain.png")
    assert "horizon assumed" in open_backgrounds(tmp_path).sample(np.random.default_rng(0)).tags
    rows, columns = np.mgrid[:240, :320]
    rays = np.mod(np.arctan2(rows - 90.0, columns - 160.0) / 0.2, 1) < 0.5
    assert cv2.imwrite(str(tmp_path / "plain.png"), np.where(rays, 220, 40).astype(np.uint8))
    place = open_backgrounds(tmp_path).sample(np.random.default_rng(0))
    assert "horizon estimated" in place.tags
    assert place.view.horizon == pytest.approx(90 / 240, abs=0.01)


def test_a_panorama_is_turned_so_that_the_person_stands_on_even_ground(tmp_path):
    # all ground on one side is striped as by a bench, that on the other is even
    picture = np.full((128, 256, 3), 0.3, np.float32)
    picture[70:, :128:4] = 0.02
    assert cv2.imwrite(str(tmp_path / "p.hdr"), picture)
    seen = camera((0.0, -0.35, -1.0), position=(0.0, 1.6, 4.0))
    found = open_backgrounds(tmp_path)
    # a quarter of all yaws would do by chance; of eight each time one is found
    for seed in range(4):
        place = found.sample(np.random.default_rng(seed), seen)
        assert unevenness(place.picture, place.yaw, seen) < 0.01
