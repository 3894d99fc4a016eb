"""Arrays that no record may take: strategies of wrong shapes, types and values."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray


def wrong_dims(dims: int, dtype: type[np.generic]) -> st.SearchStrategy[NDArray[Any]]:
    """Arrays of `dtype` with any number of axes but `dims`, or with an empty axis."""
    other = hnp.array_shapes(min_dims=1, max_dims=4, max_side=4).filter(lambda s: len(s) != dims)
    empty = st.just((0,) * dims)
    return hnp.arrays(dtype, st.one_of(other, empty), elements={"min_value": 0, "max_value": 1})


def not_numbers() -> st.SearchStrategy[float]:
    """Floats that are no finite number."""
    return st.sampled_from([np.nan, np.inf, -np.inf])
