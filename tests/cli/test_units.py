"""Words with a unit become the numbers that they mean, or a sentence says what to write."""

from __future__ import annotations

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from limner.cli._units import COLOR, LENGTH, PAGE, PAGES_MM, parts_weights


@pytest.mark.parametrize(
    ("text", "length_mm"),
    [
        ("5mm", 5),
        ("0.5cm", 5),
        ("1in", 25.4),
        ('2"', 50.8),
        ("72pt", 25.4),
        ("96px", 25.4),
        (" .3 MM ", 0.3),
        ("7", 7),
    ],
)
def test_a_length_takes_its_unit(text: str, length_mm: float) -> None:
    assert LENGTH.convert(text, None, None) == pytest.approx(length_mm)


@given(st.floats(0.001, 1e4), st.sampled_from(["mm", "cm", "in", "pt"]))
def test_a_length_written_in_a_unit_reads_back(value: float, unit: str) -> None:
    per = {"mm": 1, "cm": 10, "in": 25.4, "pt": 25.4 / 72}[unit]
    assert LENGTH.convert(f"{value:.6f}{unit}", None, None) == pytest.approx(value * per, abs=1e-4)


@pytest.mark.parametrize("text", ["", "mm", "-3mm", "5 furlongs", "1e3mm", "nan", "5mm5"])
def test_no_length_is_a_usage_error_that_shows_how(text: str) -> None:
    with pytest.raises(click.BadParameter, match="5mm"):
        LENGTH.convert(text, None, None)


@pytest.mark.parametrize("name", PAGES_MM)
def test_a_page_is_known_by_name_in_any_case(name: str) -> None:
    assert PAGE.convert(name.upper(), None, None) == PAGES_MM[name]
    assert PAGE.convert(name.lower(), None, None) == PAGES_MM[name]


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("100x150mm", (100, 150)),
        ("100x150", (100, 150)),
        ("8.5x11in", (215.9, 279.4)),
        ("10cm x 2in", (100, 50.8)),
        ("200 × 100 px", (200 * 25.4 / 96, 100 * 25.4 / 96)),
    ],
)
def test_a_page_is_known_by_its_size(text: str, size: tuple[float, float]) -> None:
    assert PAGE.convert(text, None, None) == pytest.approx(size)


@pytest.mark.parametrize("text", ["A9", "10mm", "1x2x3mm", "0x10mm", "x", "axb"])
def test_no_page_is_a_usage_error_that_names_the_pages(text: str) -> None:
    with pytest.raises(click.BadParameter, match="A4"):
        PAGE.convert(text, None, None)


def test_a_colour_is_a_name_or_hexadecimal() -> None:
    assert COLOR.convert("ivory", None, None) == (255, 255, 240)
    assert COLOR.convert("#102030", None, None) == (16, 32, 48)
    assert COLOR.convert("#fff", None, None) == (255, 255, 255)
    with pytest.raises(click.BadParameter, match="ivory"):
        COLOR.convert("whitish", None, None)


def test_weights_of_parts_name_a_part_and_a_number() -> None:
    assert parts_weights([]) is None
    assert parts_weights(["left-eye=2", "background=0"]) == {"left-eye": 2, "background": 0}


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("haar=1", "'hair'"),
        ("hair", "hair=0.5"),
        ("hair=lots", "hair=0.5"),
        ("hair=-1", "0 to 10"),
        ("hair=nan", "0 to 10"),
    ],
)
def test_a_wrong_weight_of_a_part_is_a_usage_error(text: str, hint: str) -> None:
    with pytest.raises(click.BadParameter, match=hint):
        parts_weights([text])
