"""The journal knows what is whole and current, and survives being cut anywhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from limner.batch import Journal, digest
from limner.errors import OutputError


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    (tmp_path / "me.jpg").write_bytes(b"photograph")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "me-croquis.png").write_bytes(b"drawing")
    return tmp_path


def kept(desk: Path, key: str = "k") -> Path:
    journal = Journal(desk / "out" / ".limner-draw.jsonl")
    journal.keep("me.jpg", key, [str(desk / "out" / "me-croquis.png")], {"faces": [1]})
    return journal.path


def test_what_was_done_is_known_again(desk: Path) -> None:
    entry = Journal(kept(desk)).current("me.jpg", "k")
    assert entry is not None
    assert entry.told == {"faces": [1]}
    assert list(entry.results) == ["me-croquis.png"]


def test_another_key_or_picture_is_not_current(desk: Path) -> None:
    journal = Journal(kept(desk))
    assert journal.current("me.jpg", "other") is None
    assert journal.current("you.jpg", "k") is None


@pytest.mark.parametrize("spoilt", [None, b"", b"draw", b"drawinG"])
def test_a_result_that_is_gone_empty_cut_or_changed_is_not_whole(
    spoilt: bytes | None, desk: Path
) -> None:
    journal = Journal(kept(desk))
    result = desk / "out" / "me-croquis.png"
    result.unlink() if spoilt is None else result.write_bytes(spoilt)
    assert journal.current("me.jpg", "k") is None


def test_a_journal_cut_at_any_byte_is_read_and_written_on(desk: Path) -> None:
    path = kept(desk)
    whole = path.read_bytes()
    for cut in range(len(whole)):
        path.write_bytes(whole[:cut])
        journal = Journal(path)
        # A line whose very last byte, the line's end, is missing says all that it must.
        assert len(journal) == (cut == len(whole) - 1)
        journal.keep("you.jpg", "k", [str(desk / "out" / "me-croquis.png")], {})
        assert Journal(path).current("you.jpg", "k") is not None


def test_nonsense_in_the_journal_is_passed_over(desk: Path) -> None:
    path = kept(desk)
    path.write_bytes(
        b'7\n{"file": 3}\n\xff\xfe\n' + path.read_bytes() + b'{"file":"a","key":"b"}\n'
    )
    assert len(Journal(path)) == 1


def test_the_folder_of_results_may_be_moved(desk: Path) -> None:
    kept(desk)
    (desk / "out").rename(desk / "elsewhere")
    journal = Journal(desk / "elsewhere" / ".limner-draw.jsonl")
    assert journal.current("me.jpg", "k") is not None


def test_results_in_folders_of_their_own_move_along(desk: Path) -> None:
    inside = desk / "out" / "me-orbit" / "views.json"
    inside.parent.mkdir()
    inside.write_bytes(b"{}")
    outside = desk / "shadow.png"
    outside.write_bytes(b"shadow")
    journal = Journal(desk / "out" / "j")
    journal.keep("me.jpg", "k", [str(inside), str(outside)], {})
    (desk / "out").rename(desk / "elsewhere")
    entry = Journal(desk / "elsewhere" / "j").current("me.jpg", "k")
    assert entry is not None
    assert list(entry.results) == ["me-orbit/views.json", outside.resolve().as_posix()]


def test_what_a_killed_writer_left_is_swept_there_and_below(desk: Path) -> None:
    left = [desk / "out" / ".limner-1.tmp", desk / "out" / "me-orbit" / ".limner-2.tmp"]
    for path in left:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"half")
    kept(desk)
    assert not [path for path in left if path.exists()]


def test_a_journal_that_cannot_be_kept_is_an_output_error(desk: Path) -> None:
    with pytest.raises(OutputError, match="cannot be written"):
        Journal(desk / "nowhere" / "j").keep("me.jpg", "k", [], {})
    with pytest.raises(OutputError, match="cannot be read"):
        Journal(desk / "out")


def test_a_digest_follows_the_picture_the_settings_and_files_among_them(desk: Path) -> None:
    style = desk / "ada.toml"
    style.write_text("one")
    settings = {"style": (str(style),), "strength": 1.0}
    first = digest(desk / "me.jpg", settings)
    assert first == digest(desk / "me.jpg", dict(reversed(settings.items())))
    assert first != digest(desk / "me.jpg", settings | {"strength": 1.1})
    style.write_text("two")
    second = digest(desk / "me.jpg", settings)
    assert first != second
    (desk / "me.jpg").write_bytes(b"photogrAph")
    assert digest(desk / "me.jpg", settings) not in {first, second}
    assert digest(desk / "gone.jpg", settings) is None
