"""What travels is smaller and says the same."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from limner.train.data import head_carry
from limner.train.data.heads import build_real, build_synthetic


def test_a_carried_folder_teaches_the_same_heads(
    head_packs: Path, head_cache: Path, tmp_path: Path
) -> None:
    out = tmp_path / "carry"
    head_carry.carry(head_packs, head_cache, out, photos=4, lite1=False)
    mine = build_synthetic(head_packs, head_cache, "train")
    theirs = build_synthetic(out, tmp_path / "cache", "train")
    assert np.array_equal(mine.labels, theirs.labels)
    assert np.array_equal(mine.pose_deg, theirs.pose_deg)
    assert mine.depth_mm is not None
    assert theirs.depth_mm is not None
    assert np.abs(mine.depth_mm.astype(int) - theirs.depth_mm.astype(int)).max() <= 1
    assert np.abs(mine.photos.astype(int) - theirs.photos.astype(int)).mean() < 6
    assert len(build_real(out, tmp_path / "cache", "train")) == 4
    assert len(build_real(out, tmp_path / "cache", "val")) >= 1
    assert sorted(p.name for p in out.iterdir()) == [
        "heads-real-train.npz",
        "heads-real-val.npz",
        "turnheads-train.npz",
        "turnheads-val.npz",
    ]
