"""A program for tests: train the toy again and again, each time killed at a random moment.

Arguments: run's folder, kills, seed. torch is imported once; each training is a fork. After each kill
the newest checkpoint must be sound. Prints one JSON object.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from pathlib import Path

from tests.train import toy

from limner.train.loops import checkpoint, engine
from limner.train.loops.job import Job, Machine, Options


def train(folder: Path, until: int = 0) -> None:
    # Wide enough that a good part of the time goes into writing checkpoints.
    recipe = toy.recipe(
        steps=10**6, width=256, checkpoint_every_s=0.0, validate_every=0, sample_every=0
    )
    options = Options(until=until, tensorboard=False)
    engine.run(Job(recipe, folder, folder, Machine("cpu", threads=1), options, toy.make))


def fork(folder: Path, until: int = 0) -> int:
    pid = os.fork()
    if pid == 0:
        try:
            train(folder, until)
        except BaseException as error:  # noqa: BLE001  (the child must never return)
            sys.stderr.write(f"{error!r}\n")
            os._exit(1)
        os._exit(0)
    return pid


def await_progress(folder: Path, beyond: int) -> None:
    for _ in range(10_000):
        named = checkpoint.found(folder / "checkpoints")
        if named and int(named[0].name.split("-")[1]) > beyond:
            return
        time.sleep(0.005)


def main(folder: Path, kills: int, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311
    torn = 0
    steps: list[int] = []
    for _ in range(kills):
        pid = fork(folder)
        if chance.random() < 0.7:  # else it may fall into the start
            await_progress(folder, beyond=steps[-1] if steps else 0)
        time.sleep(chance.uniform(0.0, 0.2))
        os.kill(pid, signal.SIGKILL)
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        assert status == -signal.SIGKILL, f"the training ended by itself: {status}"
        torn += len(list(folder.rglob(".limner-*.tmp")))
        named = checkpoint.found(folder / "checkpoints")
        assert len(named) <= 3, "old checkpoints stay"
        if named:
            state = checkpoint.newest(folder / "checkpoints")
            assert state is not None
            assert f"step-{state['step']:09d}-" in named[0].name, "the newest file is a half one"
            steps.append(state["step"])
    assert os.waitpid(fork(folder, until=steps[-1] + 3), 0)[1] == 0
    state = checkpoint.newest(folder / "checkpoints")
    assert state is not None
    left = len(list(folder.rglob(".limner-*.tmp")))
    print(json.dumps({"steps": steps, "last": state["step"], "torn": torn, "left": left}))  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
