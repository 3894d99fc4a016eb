"""Every link inside the documentation leads somewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)|(?:src|href)=\"([^\"]+)\"")
FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)


def pages(root: Path) -> list[Path]:
    """Return every Markdown page that the project keeps."""
    folders = ("docs", "examples", "src", "benchmarks")
    return sorted(root.glob("*.md")) + sorted(p for f in folders for p in (root / f).rglob("*.md"))


def links(page: Path) -> Iterator[str]:
    """Yield the targets of the links of `page`, code left out."""
    text = re.sub(r"`[^`\n]*`", "", FENCE.sub("", page.read_text("utf-8")))
    for match in LINK.finditer(text):
        yield match.group(1) or match.group(2)


def anchors(page: Path) -> set[str]:
    """Return the anchors that `page`'s headings make."""
    heads = re.findall(r"^#{1,6}\s+(.+?)\s*$", FENCE.sub("", page.read_text("utf-8")), re.MULTILINE)
    plain = (re.sub(r"[^\w\- ]", "", re.sub(r"`", "", head)).strip().lower() for head in heads)
    return {re.sub(r"\s+", "-", words) for words in plain}


def test_every_relative_link_leads_to_a_file_and_a_heading(root: Path) -> None:
    broken = []
    for page in pages(root):
        for link in links(page):
            if re.match(r"[a-z]+:", link):
                continue
            name, _, anchor = link.partition("#")
            target = (page.parent / name).resolve() if name else page
            lost = not target.exists()
            if lost or (anchor and target.suffix == ".md" and anchor not in anchors(target)):
                broken.append(f"{page.relative_to(root)} -> {link}")
    assert not broken, "\n".join(broken)


def test_the_documentation_sends_no_reader_over_plain_http(root: Path) -> None:
    plain = [
        f"{p.relative_to(root)} -> {a}"
        for p in pages(root)
        for a in links(p)
        if a.startswith("http:")
    ]
    assert not plain


def test_every_page_of_the_site_is_in_its_navigation(root: Path) -> None:
    navigation = (root / "mkdocs.yml").read_text("utf-8")
    written = sorted((root / "docs").rglob("*.md"))
    lost = [p for p in written if p.relative_to(root / "docs").as_posix() not in navigation]
    assert not lost


@pytest.mark.slow
def test_the_site_is_built_without_a_warning(root: Path, tmp_path: Path) -> None:
    words = ["mkdocs", "build", "--strict", "--quiet", "--site-dir", str(tmp_path / "site")]
    done = subprocess.run(
        [sys.executable, "-m", *words], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "site" / "index.html").is_file()
