"""``limner train``: a recipe and data in → a run, and from a run the graph, ledger row and card to draw with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from limner.cli._talk import Talk
from limner.errors import MissingExtra, TrainingStopped

if TYPE_CHECKING:
    from limner.train import Progress

__all__ = ["command"]


class _Recipes(click.Group):
    """A group whose commands are the recipes that ship, any recipe's file, and what is done around a run."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the recipes, then the fixed commands."""
        from limner import train

        return [*train.recipe_names(), *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a fixed command, or the training of the recipe of that name or file."""
        fixed = super().get_command(ctx, cmd_name)
        return fixed or click.Command(
            cmd_name,
            params=_train.params,
            callback=lambda **given: _follow(cmd_name, **given),
            help=_about(cmd_name) if cmd_name.isidentifier() else _train.help,
            short_help=_about(cmd_name),
        )


def _about(recipe: str) -> str:
    """Return a recipe's own line for people; a wrong name is told when it is run."""
    from limner import train
    from limner.errors import RecipeError

    try:
        return train.read_recipe(recipe).about or f"Train the recipe {recipe}."
    except RecipeError:
        return f"Train the recipe {recipe}."


@click.group("train", cls=_Recipes, subcommand_metavar="RECIPE|export|label [OPTIONS]...")
def command() -> None:
    """Teach a network from drawings or photographs.

    RECIPE is one of the names below or a .toml of your own. Needs the extra: pip install 'limner[train]'. A run that
    was stopped goes on where it was when the same command names its folder with -o.
    """


@click.command("RECIPE")
@click.option(
    "--data", type=click.Path(), metavar="DIR", help="The folder of packs, drawings or photographs."
)
@click.option(
    "-o",
    "--out",
    type=click.Path(),
    metavar="DIR",
    help="The run's folder, new or to go on with.  [default: runs/NUMBER-NAME]",
)
@click.option("--name", help="How the run, and what comes of it, is called.")
@click.option(
    "--set",
    "changes",
    multiple=True,
    metavar="KEY=VALUE",
    help="Change one key of the recipe; may be repeated.",
)
@click.option("--steps", type=click.IntRange(min=1), help="Steps of the whole training.")
@click.option("--until", type=int, default=0, help="End with a checkpoint after this step.")
@click.option(
    "--minutes", type=float, default=0.0, help="End with a checkpoint after so many minutes."
)
@click.option("--init", default="", help="First weights: shipped, a graph, or a portable folder.")
@click.option("--portable", is_flag=True, help="Also write the weights small enough to commit.")
@click.option("--allow-changes", is_flag=True, help="Go on although the recipe was changed.")
@click.option(
    "--accelerator",
    type=click.Choice(["auto", "cpu", "cuda"]),
    default="auto",
    help="What to compute on.",
)
@click.option("--devices", type=click.IntRange(min=1), default=1, help="Processes on this machine.")
@click.option("--nodes", type=click.IntRange(min=1), default=1, help="Machines.")
@click.option("--threads", type=click.IntRange(min=0), default=0, help="Threads a process; 0: all.")
@click.option("--dry-run", is_flag=True, help="Print the whole recipe and train nothing.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors.")
def _train() -> None:
    """Train one recipe."""


def _follow(recipe: str, *, dry_run: bool, data: str | None, quiet: bool, **given: Any) -> int:
    """Train `recipe` as the options say."""
    from limner import train

    changes = [*given.pop("changes")]
    changes += [f"{k}={v}" for k in ("name", "steps") if (v := given.pop(k)) is not None]
    talk = Talk(quiet=quiet)
    try:
        chosen = train.read_recipe(recipe, changes)
        if dry_run:
            click.echo(train.dry_run(chosen), nl=False)
            return 0
        if data is None:
            raise click.UsageError("Missing option '--data': the folder to learn from.")
        result = train.train(
            chosen,
            data=data,
            out=given.pop("out"),
            machine=train.Machine(
                **{k: given.pop(k) for k in ("accelerator", "devices", "nodes", "threads")}
            ),
            options=train.Options(**given),
            report=None if quiet else _report,
        )
    except MissingExtra as error:
        raise TrainingStopped(str(error)) from error
    scores = " ".join(f"{name}={value:.4g}" for name, value in result.scores.items())
    state = "done" if result.finished else "not done; the same command with -o goes on"
    talk.say(f"{result.folder}: step {result.step}, {state}. {scores}".rstrip())
    if (result.folder / "pack" / f"{chosen.name}.toml").is_file():
        talk.say(f"the style is kept: limner draw PHOTO --style {chosen.name}")
    click.echo(str(result.folder))
    return 0


def _report(row: Progress) -> None:
    """Say a row of the log; a plain function, so that it reaches other processes."""
    numbers = " ".join(f"{name}={value:.4g}" for name, value in row.numbers.items())
    click.echo(f"{row.step}/{row.steps} {row.seconds:.0f} s {numbers}", err=True)


@command.command("export")
@click.argument("run", type=click.Path())
@click.option("--data", type=click.Path(), metavar="DIR", help="Where the run's data is now.")
@click.option(
    "-o", "--out", type=click.Path(), metavar="DIR", help="Where to write.  [default: RUN/pack]"
)
def _export(run: str, data: str | None, out: str | None) -> int:
    """Write a run's graph, ledger row and card, checked against torch."""
    from limner import train

    try:
        click.echo(str(train.export_run(run, data=data, out=out)))
    except MissingExtra as error:
        raise TrainingStopped(str(error)) from error
    return 0


@command.command("label")
@click.argument("photos", type=click.Path())
@click.option(
    "--teachers",
    type=click.Path(),
    required=True,
    metavar="DIR",
    help="The folder of the teachers' networks.",
)
@click.option("-o", "--out", type=click.Path(), required=True, metavar="DIR", help="The new pack.")
def _label(photos: str, teachers: str, out: str) -> int:
    """Label a folder of photographs with teacher networks, to learn from them."""
    from limner import train

    try:
        result = train.label_folder(photos, teachers=teachers, out=out, report=Talk().say)
    except MissingExtra as error:
        raise TrainingStopped(str(error)) from error
    click.echo(str(result))
    return 0
