"""A job is plain data that can be sent to another process."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
from tests.train import toy

from limner.train.loops.job import Job

pytestmark = pytest.mark.train


def test_a_job_survives_being_sent() -> None:
    job = Job(toy.recipe(), Path("data"), Path("run"), make=toy.make)
    assert pickle.loads(pickle.dumps(job)) == job  # noqa: S301
