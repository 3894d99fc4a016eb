"""Options that several commands share: decorators in → one small record for each group of them."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

import click

from limner.cli._batch import Batching
from limner.cli._each import Reporting
from limner.cli._inputs import Reading
from limner.cli._outputs import Saving
from limner.cli._talk import Talk
from limner.cli._units import COLOR, parts_weights

__all__ = [
    "Batching",
    "Lines",
    "Machine",
    "batch_options",
    "gathered",
    "line_options",
    "machine_options",
    "pictures_argument",
    "reading_options",
    "reporting_options",
    "said",
    "saving_options",
]

Command = Callable[..., Any]
Decorator = Callable[[Command], Command]


@dataclass(frozen=True)
class Machine:
    """How the networks run; the options of the same names."""

    threads: int | None = None
    precision: str | None = None
    engine: str | None = None
    commercial_only: bool = False

    def configure(self, *, jobs: int = 1) -> None:
        """Tell the process's session, if anything was asked for; several pictures at once share the cores."""
        if self != Machine() or jobs > 1:
            from limner import api

            api.configure(
                engine=self.engine,
                threads=self.threads,
                precision=self.precision,
                commercial_only=self.commercial_only,
                jobs=jobs,
            )


@dataclass(frozen=True)
class Lines:
    """How lines are drawn; the options of the same names."""

    method: str = "flow"
    thickness: float = 1.0
    detail: float = 0.5
    ink: float = 1.0
    part: tuple[str, ...] = ()

    def settings(self) -> dict[str, Any]:
        """Return the keywords of ``api.extract_lines``."""
        return {
            "engine": self.method,
            "thickness": self.thickness,
            "detail": self.detail,
            "strength": self.ink,
            "parts": parts_weights(self.part),
        }


def gathered(name: str, kind: type[Any], *options: Decorator) -> Decorator:
    """Return a decorator that adds `options` to a command and hands them over as one `kind` called `name`."""

    def decorate(command: Command) -> Command:
        @functools.wraps(command)
        def gather(**given: Any) -> Any:
            own = {f.name: given.pop(f.name) for f in fields(kind)}
            return command(**given, **{name: kind(**own)})

        decorated: Command = gather
        for option in reversed(options):
            decorated = option(decorated)
        return decorated

    return decorate


pictures_argument = click.argument("pictures", metavar="PHOTO...", nargs=-1, required=True)

reading_options = gathered(
    "reading",
    Reading,
    click.option(
        "--frame",
        type=click.IntRange(min=0),
        default=0,
        help="Which frame of a picture that has several, from 0.",
    ),
    click.option(
        "--background",
        type=COLOR,
        default="white",
        show_default=True,
        help="What lies under transparent pixels: a name or #rrggbb.",
    ),
    click.option(
        "--max-side",
        type=click.IntRange(min=16),
        metavar="PX",
        help="Shrink pictures to this longer side first.  [default: their own size]",
    ),
    click.option(
        "--max-megabytes",
        type=click.FloatRange(min=0, min_open=True),
        envvar="LIMNER_MAX_MEGABYTES",
        show_envvar=True,
        metavar="MB",
        help="Refuse larger files.  [default: 30]",
    ),
    click.option(
        "--max-megapixels",
        type=click.FloatRange(min=0, min_open=True),
        envvar="LIMNER_MAX_MEGAPIXELS",
        show_envvar=True,
        metavar="MP",
        help="Refuse pictures of more pixels.  [default: 60]",
    ),
)


def saving_options(*kinds: str) -> Decorator:
    """Return the decorator that adds ``-o`` and ``--format`` with `kinds`, the default first."""
    return gathered(
        "saving",
        Saving,
        click.option(
            "-o",
            "--output",
            metavar="DIR",
            help="Folder for the results, made if need be; for one result also a file name, or - for "
            "stdout.  [default: beside each input]",
        ),
        click.option(
            "--format",
            "kind",
            type=click.Choice(kinds),
            help=f"What to write.  [default: {kinds[0]}]",
        ),
    )


def said(ctx: click.Context, option: click.Parameter, value: bool) -> bool:
    """Tell the program itself too, which may have to speak after the command has ended."""
    if value and isinstance(ctx.obj, Talk):
        setattr(ctx.obj, str(option.name), True)
    return value


reporting_options = gathered(
    "reporting",
    Reporting,
    click.option(
        "--json", "as_json", is_flag=True, help="Print one JSON object a picture on stdout."
    ),
    click.option("--fail-fast", is_flag=True, help="Stop at the first picture that fails."),
    click.option("-q", "--quiet", is_flag=True, callback=said, help="Say nothing but errors."),
    click.option("-v", "--verbose", is_flag=True, callback=said, help="Say more; show tracebacks."),
)

machine_options = gathered(
    "machine",
    Machine,
    click.option(
        "--threads",
        type=click.IntRange(min=1),
        envvar="LIMNER_THREADS",
        show_envvar=True,
        help="Threads of each network.  [default: physical cores]",
    ),
    click.option(
        "--precision",
        type=click.Choice(["f32", "bf16"]),
        help="What the networks compute in.  [default: what each one's accuracy allows]",
    ),
    click.option(
        "--engine",
        type=click.Choice(["openvino", "onnxruntime"]),
        envvar="LIMNER_ENGINE",
        show_envvar=True,
        help="What runs the networks.  [default: openvino where it is installed, else onnxruntime]",
    ),
    click.option(
        "--commercial-only",
        is_flag=True,
        envvar="LIMNER_COMMERCIAL_ONLY",
        help="Refuse networks whose licence forbids commercial use.",
    ),
)

batch_options = gathered(
    "batching",
    Batching,
    click.option(
        "--resume",
        is_flag=True,
        help="Leave alone what an earlier run with this option finished: same picture, same options, results whole.",
    ),
    click.option(
        "-j",
        "--jobs",
        type=click.IntRange(1, 64),
        default=1,
        show_default=True,
        help="Pictures at once, or workers of a cluster; they share the cores, and each takes memory.",
    ),
    click.option(
        "--report",
        metavar="FILE",
        help="Write what was done, skipped and failed, and why, as JSON.",
    ),
    click.option(
        "--watch", is_flag=True, help="Stay, and take pictures as they arrive, until Ctrl-C."
    ),
    click.option(
        "--cluster",
        metavar="ADDRESS",
        help='Let the workers of a Ray cluster do it: "local" or its address; --jobs says how many workers, 1: one a '
        "core. Inputs and results must lie where each of them finds them.",
    ),
)

line_options = gathered(
    "lines",
    Lines,
    click.option(
        "--method",
        type=click.Choice(["flow", "dodge", "learned"]),
        default="flow",
        show_default=True,
        help="Ink lines that follow the form, or soft pencil edges.",
    ),
    click.option(
        "--thickness",
        type=click.FloatRange(0.25, 4),
        default=1.0,
        show_default=True,
        help="Width of the lines.",
    ),
    click.option(
        "--detail",
        type=click.FloatRange(0, 1),
        default=0.5,
        show_default=True,
        help="0 only what is needed, 1 every hair.",
    ),
    click.option(
        "--ink",
        type=click.FloatRange(0, 1),
        default=1.0,
        show_default=True,
        help="How dark the lines are.",
    ),
    click.option(
        "--part",
        multiple=True,
        metavar="NAME=NUMBER",
        help="More or fewer lines in one part, as in hair=0.5; may be repeated.",
    ),
)
