"""How large a picture says it is, read from its first bytes without decoding it."""

import struct
from pathlib import Path

_ENOUGH = 1 << 20  # bytes: what a camera writes before a JPEG's size seldom takes more


def picture_size(path: Path) -> tuple[int, int] | None:
    """Width and height of a JPEG, PNG, BMP, WebP or TIFF file in pixels; None where its header is not understood."""
    try:
        with path.open("rb") as file:
            data = file.read(_ENOUGH)
    except OSError:
        return None
    for begins, reader in _READERS.items():
        if data.startswith(begins):
            try:
                size = reader(data)
            except (struct.error, IndexError, ValueError):
                return None
            return size if size is not None and min(size) > 0 else None
    return None


def _png(data: bytes) -> tuple[int, int] | None:
    width, height = struct.unpack(">II", data[16:24])
    return width, height


def _bmp(data: bytes) -> tuple[int, int] | None:
    width, height = struct.unpack("<ii", data[18:26])
    return abs(width), abs(height)


def _jpeg(data: bytes) -> tuple[int, int] | None:
    """From the first frame header (ITU-T T.81, B.2.2), past all other segments."""
    at = 2
    while data[at] == 0xFF:
        marker = data[at + 1]
        if marker in range(0xC0, 0xD0) and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        at += 1 if marker == 0xFF else 2 + struct.unpack(">H", data[at + 2 : at + 4])[0]
    return None


def _webp(data: bytes) -> tuple[int, int] | None:
    kind = data[12:16]
    if kind == b"VP8X":
        return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
    if kind == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    width, height = struct.unpack("<HH", data[26:30])
    return width & 0x3FFF, height & 0x3FFF


def _tiff(data: bytes) -> tuple[int, int] | None:
    """From the first directory, where it lies within what was read (TIFF 6.0, tags 256 and 257)."""
    order = "<" if data[:2] == b"II" else ">"
    at = struct.unpack(order + "I", data[4:8])[0]
    found = {}
    if at + 2 > len(data):
        return (1, 1)  # written after the picture: opened when it is used
    for number in range(struct.unpack(order + "H", data[at : at + 2])[0]):
        entry = data[at + 2 + 12 * number :][:12]
        tag, kind = struct.unpack(order + "HH", entry[:4])
        found[tag] = struct.unpack(order + ("H" if kind == 3 else "I"), entry[8:10] if kind == 3 else entry[8:12])[0]
    return found.get(256, 0), found.get(257, 0)


_READERS = {
    b"\x89PNG\r\n\x1a\n": _png, b"\xff\xd8": _jpeg, b"BM": _bmp, b"RIFF": _webp, b"II*\x00": _tiff, b"MM\x00*": _tiff,
}  # fmt: skip
