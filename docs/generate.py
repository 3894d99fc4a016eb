"""Write the reference: commands, docstrings, ledger and installed licences in → Markdown pages.

    python docs/generate.py

The pages are kept in the repository, so that links to them work there too; `make docs` renews them.
"""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import acceptance_page as acceptance
import click
import cost_page as cost
import numbers_page as numbers
import soak_page as soak

import limner
from limner import api, cli

if TYPE_CHECKING:
    from collections.abc import Iterator

DOCS = Path(__file__).resolve().parent
ROOT = DOCS.parent
CARDS = Path(limner.__file__).parent / "weights" / "cards"
QUOTES = "'\""
JOINT = ",\n    "
SECTION = re.compile(r"^([A-Z][A-Za-z ]+)\n-{3,}\n", re.MULTILINE)


def commands_page() -> str:
    """Return the page of all commands, as ``--help`` prints them."""
    parts = [
        "# Commands\n",
        "Data goes to stdout and talk to stderr. `limner COMMAND --help` prints what stands here.\n",
    ]
    width: dict[str, Any] = {"terminal_width": 100, "max_content_width": 100}
    root = cli.group.make_context("limner", [], resilient_parsing=True, **width)
    parts.append(f"```text\n{cli.group.get_help(root)}\n```\n")
    for name in cli.COMMANDS:
        command = cli.group.get_command(root, name)
        if command is None:
            continue
        context = command.make_context(name, [], parent=root, resilient_parsing=True, **width)
        parts.append(f"## limner {name}\n\n```text\n{command.get_help(context)}\n```\n")
        if isinstance(command, click.Group):
            parts.extend(subcommands(command, context, width))
    return "\n".join(parts)


def subcommands(group: click.Group, context: click.Context, width: dict[str, Any]) -> Iterator[str]:
    """Yield a section for each command of a group; those that share their options share a section."""
    alike: dict[tuple[str, ...], list[str]] = {}
    for name in group.list_commands(context):
        found = group.get_command(context, name)
        if found is not None:
            alike.setdefault(tuple(str(p.name) for p in found.params), []).append(name)
    for names in alike.values():
        found = group.get_command(context, names[0])
        if found is not None:
            inner = found.make_context(
                names[0], [], parent=context, resilient_parsing=True, **width
            )
            title = "RECIPE" if len(names) > 1 else names[0]
            parts = found.get_help(inner).replace(f" {names[0]} ", f" {title} ", 1)
            yield f"### limner {context.info_name} {title}\n\n```text\n{parts}\n```\n"


def entry(text: str) -> str:
    """Return a numpydoc section's entries as a list: an unindented line names, indented lines explain."""
    lines = []
    for line in text.strip().splitlines():
        if not line.strip():
            continue
        if line.startswith(" "):
            lines.append(f"  {line.strip()}")
        else:
            name, colon, kind = line.partition(" : ")
            lines.append(f"- `{name}`{': ' + kind if colon else ''}  ")
    return "\n".join(lines)


def described(docstring: str) -> str:
    """Return a numpydoc docstring as Markdown."""
    text = re.sub(r"``([^`]+)``", r"`\1`", inspect.cleandoc(docstring))
    pieces = SECTION.split(text)
    out = [pieces[0].strip()]
    for title, body in zip(pieces[1::2], pieces[2::2], strict=True):
        if title == "Examples":
            out.append(f"```text\n{body.strip()}\n```")
        elif title in {"Notes", "References"}:
            out.append(f"*{title}.* {body.strip()}")
        else:
            out.append(f"**{title}**\n\n{entry(body)}")
    return "\n\n".join(out)


def signature(name: str) -> str:
    """Return how a public name is called, a parameter a line where there are many."""
    found = inspect.signature(getattr(limner, name))
    words = []
    for item in found.parameters.values():
        if item.kind is item.KEYWORD_ONLY and "*" not in words:
            words.append("*")
        default = "" if item.default is item.empty else f" = {item.default!r}"
        words.append(
            f"{item.name}: {inspect.formatannotation(item.annotation).strip(QUOTES)}{default}"
        )
    back = found.return_annotation
    tail = "" if back in (None, "None", found.empty) else f" -> {str(back).strip(QUOTES)}"
    line = f"{name}({', '.join(words)}){tail}"
    return line if len(line) <= 100 else f"{name}(\n    {JOINT.join(words)},\n){tail}"


def python_page() -> str:
    """Return the page of all public names."""
    names = [n for n in limner.__all__ if callable(getattr(limner, n))]
    verbs = [n for n in names if not isinstance(getattr(limner, n), type)]
    errors = [n for n in names if n not in verbs and issubclass(getattr(limner, n), Exception)]
    records = [n for n in names if n not in verbs and n not in errors]
    parts = [
        "# Python\n",
        "`import limner` loads nothing else; a verb loads what it needs when it is called.\n",
    ]
    for title, group in (("Verbs", verbs), ("Records", records), ("Errors", errors)):
        parts.append(f"## {title}\n")
        parts.extend(described_name(name) for name in group)
    return "\n".join(parts)


def described_name(name: str) -> str:
    """Return the section of one public name."""
    thing = getattr(limner, name)
    plain = isinstance(thing, type) and issubclass(thing, Exception)
    call = "" if plain else f"```text\n{signature(name)}\n```\n\n"
    return f"### {name}\n\n{call}{described(inspect.getdoc(thing) or '')}\n"


def weights_page() -> str:
    """Return the page of all weights: terms, data, and each one's card."""
    parts = [
        "# Weights\n",
        "Every network that ships, its terms and its card. `limner weights --json` prints hashes and scores too.\n",
        "| weight | MB | licence | commercial use | taught by |",
        "| --- | --- | --- | --- | --- |",
    ]
    rows = api.weights_table()
    for row in rows:
        data = "; ".join(f"{source['name']} ({source['license']})" for source in row["data"])
        allowed = "yes" if row["commercial"] else "no"
        parts.append(
            f"| {row['name']} | {row['bytes'] / 1e6:.1f} | {row['license']} | {allowed} | {data} |"
        )
    parts.append("")
    for row in rows:
        card = CARDS / f"{row['name']}.md"
        if card.is_file():
            text = card.read_text("utf-8").replace("../../../../docs/reference/", "")
            parts.append(re.sub(r"^#", "##", text, flags=re.MULTILINE).strip() + "\n")
    return "\n".join(parts)


THIRD_PARTY = """# Third parties

Limner contains one file of others: perfect-freehand 1.2.3 (MIT, Stephen Ruiz Ltd), which shapes the ink in the studio's
page; its licence lies beside it in `src/limner/studio/page/vendor/`. What `pip install limner` brings beside it, each
under its own terms; the versions are those that were tested, and `limner licenses` tells those that are installed:

| package | version | licence |
| --- | --- | --- |
{rows}

The wheels of NumPy, OpenCV, ONNX Runtime and Pillow carry libraries of their own, each under its own terms, which lie
inside those wheels: among them OpenBLAS (BSD), FFmpeg (LGPL-2.1, in OpenCV's), OpenSSL, and GCC's run-time libraries
(under the GCC runtime library exception). Limner reads pictures with Pillow and never calls FFmpeg or OpenSSL.

The sample sitters are from the Face Research Lab London Set, Lisa DeBruine and Benedict Jones (2017),
doi:10.6084/m9.figshare.5047666.v5, CC BY 4.0.

The data sets and teachers behind each weight stand in `src/limner/weights/ledger.toml` and in
[docs/reference/weights.md](docs/reference/weights.md).
"""


def third_party_page() -> str:
    """Return the list of what the core install brings, and of what taught the weights."""
    libraries = [row for row in api.licenses() if row["kind"] == "library"]
    rows = (f"| {row['name']} | {row['version']} | {row['license']} |" for row in libraries)
    return THIRD_PARTY.format(rows="\n".join(rows))


def pages() -> dict[Path, str]:
    """Return every generated page by its place."""
    return {
        DOCS / "reference" / "cli.md": commands_page(),
        DOCS / "reference" / "python.md": python_page(),
        DOCS / "reference" / "weights.md": weights_page(),
        DOCS / "reference" / "acceptance.md": acceptance.page(),
        DOCS / "reference" / "soak.md": soak.page(),
        DOCS / "explanation" / "cost.md": cost.page(),
        DOCS / "explanation" / "numbers.md": numbers.page(),
        ROOT / "THIRD_PARTY.md": third_party_page(),
    }


if __name__ == "__main__":
    for path, text in pages().items():
        path.write_text(text, "utf-8")
        print(f"{path.relative_to(ROOT)}: {len(text.splitlines())} lines")
