"""Pictures made to break readers are read or refused, quickly and in little memory (tests 8 and 58).

The corpus is Pillow's own, from its source archive; ``LIMNER_PILLOW_IMAGES`` names its folder ``Tests/images``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.acceptance.program import PEAK

FOLDER = Path(os.environ.get("LIMNER_PILLOW_IMAGES") or "nowhere")

#: Reads every file it is given in one process, and tells how long the processor took for each and what came of it.
READER = (
    PEAK
    + """
import json, sys, time
import limner
from limner import api
limner.read_photo
told = []
for name in json.load(sys.stdin):
    before, start = peak_mb(), time.process_time()
    try:
        api.read_photo(name)
        end = "read"
    except limner.InputError as error:
        end = "refused" if str(error) else "refused without a word"
    except limner.LimnerError as error:
        end = "refused"
    except Exception as error:
        end = f"{type(error).__name__}: {error}"
    told.append([name, end, time.process_time() - start, peak_mb() - before])
print(json.dumps(told))
"""
)


@pytest.mark.soak
@pytest.mark.skipif(not FOLDER.is_dir(), reason="LIMNER_PILLOW_IMAGES names no folder")
def test_58_pillows_broken_pictures_give_no_traceback_no_hang_and_no_growth(
    record_property: Callable[[str, object], None],
) -> None:
    names = sorted(str(path) for path in FOLDER.rglob("*") if path.is_file())
    assert len(names) > 500
    run = subprocess.run(
        [sys.executable, "-c", READER],
        input=json.dumps(names),
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    told = json.loads(run.stdout)
    for kind in ("read", "refused"):
        record_property(kind, sum(end == kind for _, end, *_ in told))
    record_property("most growth, MB", round(max(grown for *_, grown in told)))
    assert not [(name, end) for name, end, *_ in told if end not in {"read", "refused"}]
    assert not [(name, seconds) for name, _, seconds, _ in told if seconds > 2]
    assert not [(name, grown) for name, *_, grown in told if grown > 512]
    assert {"read", "refused"} == {end for _, end, *_ in told}
