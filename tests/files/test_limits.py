from __future__ import annotations

import pytest

from limner.errors import InputError, UnreadablePhoto
from limner.files import Limits
from limner.files.limits import usual_limits


@pytest.mark.parametrize("size_px", [(1, 1), (15, 15), (2, 4000), (16, 15), (0, 64)])
def test_a_side_under_sixteen_px_is_too_small(size_px: tuple[int, int]) -> None:
    with pytest.raises(UnreadablePhoto, match="too small; each side must have at least 16 px"):
        Limits().check_size("a.png", size_px)


def test_the_bounds_themselves_are_allowed() -> None:
    Limits().check_size("a.png", (16, 16))
    Limits().check_size("a.png", (10_000, 6_000))


def test_one_row_more_than_allowed_is_refused_by_name_and_number() -> None:
    with pytest.raises(UnreadablePhoto, match=r"a\.png is 10000 × 6001 px.*at most 60 are read"):
        Limits().check_size("a.png", (10_000, 6_001))


@pytest.mark.parametrize("name", ["max_megabytes", "max_megapixels", "min_side_px"])
def test_a_limit_of_nothing_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="not positive"):
        Limits(**{name: 0})


def test_a_limit_beyond_the_decoders_own_is_refused() -> None:
    with pytest.raises(InputError, match="at most 178"):
        Limits(max_megapixels=500)


def test_megabytes_are_millions_of_bytes() -> None:
    assert Limits(max_megabytes=0.5).max_bytes == 500_000


def test_the_environment_sets_limits_and_the_caller_overrules_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LIMNER_MAX_MEGABYTES", "4.5")
    monkeypatch.setenv("LIMNER_MAX_MEGAPIXELS", "100")
    assert usual_limits() == Limits(max_megabytes=4.5, max_megapixels=100)
    assert usual_limits(max_megapixels=2).max_megapixels == 2
    monkeypatch.setenv("LIMNER_MAX_MEGABYTES", "")
    assert usual_limits().max_megabytes == Limits().max_megabytes


@pytest.mark.parametrize("said", ["much", "-3", "nan"])
def test_a_setting_that_is_no_limit_is_named(said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIMNER_MAX_MEGAPIXELS", said)
    with pytest.raises(InputError, match=r"MEGAPIXELS|not positive"):
        usual_limits()
