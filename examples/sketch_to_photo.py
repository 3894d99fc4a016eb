"""Turn the sample sketches into photographs of nobody, ever less bound by their lines, each with its shadow."""

import string
import sys
from pathlib import Path

import limner

HERE = Path(__file__).parent


def imagine(source: Path, out: Path) -> dict[str, str]:
    """Write one sketch's shadow and photographs; return what a sheet's row is filled with."""
    (out / source.name).write_bytes(source.read_bytes())
    stem, shares = source.stem, []
    for percent in (30, 60, 100):
        made = limner.compose(source, confidence=percent / 100)
        limner.write(made.photo, out / f"sketch-{stem}-{percent}.png", recipe=made.recipe)
        limner.write(limner.Photo(made.guide[..., None].repeat(3, 2)), out / f"sketch-{stem}.png")
        shares.append(f"{made.ink_kept:.0%}")
    facts = f"{', '.join(reversed(shares))} of the ink is found again"
    return {"stem": stem, "file": source.name, "title": stem.replace("-", " "), "facts": facts}


def rows(template: str, out: Path) -> str:
    """Return a sheet's rows of sketches, or a sentence that says why there are none."""
    sketches = sorted((HERE / "sketches").glob("*.*"))
    try:
        return "".join(string.Template(template).substitute(imagine(s, out)) for s in sketches)
    except limner.MissingWeights as error:
        return f"{error}\n"


if __name__ == "__main__":
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "out/sketches")
    folder.mkdir(parents=True, exist_ok=True)
    print(rows("$title: $facts\n", folder))
