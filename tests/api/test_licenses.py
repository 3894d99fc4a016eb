"""Everything that runs has a licence in the list."""

from __future__ import annotations

from pathlib import Path

import limner
from limner import api, weights


def test_53_the_list_holds_program_weights_and_libraries() -> None:
    rows = api.licenses()
    kinds = {
        kind: {r["name"] for r in rows if r["kind"] == kind}
        for kind in ("program", "weight", "library")
    }
    assert kinds["program"] == {"limner"}
    assert kinds["weight"] == {row.name for row in weights.ledger.rows()}
    assert {"numpy", "pillow", "onnxruntime", "click"} <= kinds["library"]
    assert not {"torch", "pytest", "ruff"} & kinds["library"]


def test_53_no_licence_is_empty_and_a_weight_tells_its_data() -> None:
    for row in api.licenses():
        assert row["license"], row
        assert "\n" not in row["license"], row
        if row["kind"] in ("weight", "data"):
            assert isinstance(row["commercial"], bool)
            assert row["data"]


def test_53_the_list_holds_what_lies_in_the_package_beside_the_weights() -> None:
    rows = {row["name"]: row for row in api.licenses()}
    assert rows["sketches-people"]["kind"] == "data"
    assert not rows["sketches-people"]["commercial"]
    vendor = Path(limner.__file__).parent / "studio" / "page" / "vendor"
    for script in vendor.glob("*.js"):
        row = rows[script.stem]
        assert (row["kind"], row["license"]) == ("bundled", "MIT")
        told = (vendor / f"{script.stem}.LICENSE.txt").read_text("utf-8")
        assert f"{script.stem} {row['version']}," in told
