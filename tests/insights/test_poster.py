"""A poster: its code can be scanned off the picture, and words stand below it."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import segno
from matplotlib.image import imread

from insights.easel import PIXELS, WIDTH
from insights.poster import Format, draw_poster

LINK = "https://t.me/pulse_bot?start=pAbCdEfGhIjKlMnOp"
CODE = [[bool(one) for one in row] for row in segno.make(LINK, error="m", micro=False).matrix]
SQUARE = int(WIDTH // (len(CODE) + 8)) * PIXELS


def pixels(title: str = "Ward 7", line: str = "Scan to join.") -> np.ndarray:
    return imread(BytesIO(draw_poster(CODE, title, line, Format.PNG)))[:, :, 0]


def test_every_square_of_the_code_is_there_sharp_and_in_its_place() -> None:
    image = pixels()
    left = round((WIDTH * PIXELS / PIXELS - SQUARE // PIXELS * len(CODE)) / 2) * PIXELS
    top = SQUARE * 4
    size = SQUARE * len(CODE)
    found = image[top : top + size, left : left + size]
    wanted = np.kron(np.where(np.array(CODE), 0.0, 1.0), np.ones((SQUARE, SQUARE)))
    assert np.array_equal(found, wanted)


def test_the_quiet_zone_is_empty() -> None:
    image = pixels()
    assert image[: SQUARE * 4].min() == 1.0
    assert image[: SQUARE * (len(CODE) + 8), : SQUARE * 4].min() == 1.0
    assert image[: SQUARE * (len(CODE) + 8), -SQUARE * 4 :].min() == 1.0


def test_title_and_line_stand_below_the_code() -> None:
    below = SQUARE * (len(CODE) + 8)
    assert pixels()[below:].min() < 0.5
    assert pixels("A much longer name of a unit " * 2).shape[0] > pixels().shape[0]


def test_names_with_signs_of_their_own_are_drawn() -> None:
    for name in ("A&E <Majors> $5 and $6", "Ysbyty Wŷr", "病棟 7 🙂", "", "W" * 60):
        assert draw_poster(CODE, name, "Scan to join.", Format.PNG).startswith(b"\x89PNG")
        svg = draw_poster(CODE, name, "Scan to join.", Format.SVG)
        assert svg.startswith(b"<?xml")
        assert svg.rstrip().endswith(b"</svg>")


def test_the_same_link_gives_the_same_picture() -> None:
    assert draw_poster(CODE, "Ward 7", "x", Format.PNG) == draw_poster(CODE, "Ward 7", "x", Format.PNG)
