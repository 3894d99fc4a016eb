"""The bank of components: int8, small, sound or refused."""

from __future__ import annotations

import io
import pickle
from pathlib import Path

import numpy as np
import pytest

from limner.errors import BadShape, CorruptWeights, MissingWeights
from limner.sketches.bank import Bank, open_bank
from limner.sketches.parts import NAMES, WINDOWS


def test_a_bank_comes_back_from_its_file(bank: Bank, tmp_path: Path) -> None:
    path = tmp_path / "people.npz"
    path.write_bytes(bank.to_bytes())
    again = open_bank(path)
    for name in NAMES:
        np.testing.assert_array_equal(again.codes[name], bank.codes[name])


def test_codes_lose_less_than_half_a_step() -> None:
    rng = np.random.default_rng(0)
    codes = {n: rng.uniform(-1, 1, (3, WINDOWS[n].codes)).astype(np.float32) for n in NAMES}
    matrices = Bank.from_floats(codes).matrices
    for name in NAMES:
        assert np.abs(matrices[name] - codes[name]).max() <= 0.5 / 127 + 1e-6


def test_fifteen_hundred_people_stay_under_four_megabytes() -> None:
    assert 1500 * sum(w.codes for w in WINDOWS.values()) < 4_000_000


def test_a_cut_file_is_refused(bank: Bank) -> None:
    data = bank.to_bytes()
    for share in (0.25, 0.5, 0.99):
        with pytest.raises(CorruptWeights):
            Bank.from_bytes(data[: int(len(data) * share)])


def test_a_pickle_is_never_opened() -> None:
    stream = io.BytesIO()
    np.savez(stream, form=np.array([object()], object))
    with pytest.raises(CorruptWeights):
        Bank.from_bytes(stream.getvalue())
    with pytest.raises(CorruptWeights):
        Bank.from_bytes(pickle.dumps({"form": 1}))


def test_a_bank_of_uneven_components_is_refused(bank: Bank) -> None:
    codes = {**bank.codes, "nose": bank.codes["nose"][:-1]}
    with pytest.raises(BadShape, match="people"):
        Bank(codes)
    with pytest.raises(BadShape, match="components"):
        Bank({k: v for k, v in bank.codes.items() if k != "nose"})


def test_a_bank_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingWeights, match="nobody"):
        open_bank(tmp_path / "nobody.npz")
