# SPDX-License-Identifier: BSD-3-Clause
"""Every edit, killed at or failing at every call that changes a file."""

from __future__ import annotations

import errno
import json
import random
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from .edits import EDITS
from .shim import FAIL, KILL, SHORT, STUCK, TEAR
from .trial import Trial, describe, fine

#: What is done at a call, by driver: action and errno.
_PLANS = {
    "kill": ((KILL, 0), (TEAR, 0)),
    "fail": ((STUCK, errno.ENOSPC), (FAIL, errno.EIO), (SHORT, errno.ENOSPC), (FAIL, errno.EFBIG)),
}
_NAMES = {
    KILL: "kill",
    TEAR: "tear",
    FAIL: "fail once",
    STUCK: "fail from then on",
    SHORT: "short write",
}


@dataclass(frozen=True)
class Options:
    """How much is done."""

    scale: int
    most: int
    seed: int
    deadline: float


def _turns(calls: int, most: int, rng: random.Random) -> list[int]:
    every = list(range(1, calls + 1))
    return every if not most or most >= calls else sorted(rng.sample(every, most))


def run(driver: str, names: list[str], folder: Path, options: Options) -> tuple[int, int]:
    """Sweep over edits; print a line for each edit and plan, and the first findings; give (good, bad)."""
    rng = random.Random(options.seed)
    good = bad = 0
    for name in names:
        trial = Trial(EDITS[name], folder, options.scale)
        for action, number in _PLANS[driver]:
            outcomes: Counter[str] = Counter()
            findings = []
            for turn in _turns(trial.calls, options.most, rng):
                if time.monotonic() > options.deadline:
                    print("out of time", flush=True)
                    return good, bad
                trial.reset()
                ended, _ = trial.run(action, turn, number)
                left = trial.look(ended)
                outcomes[f"{left.ended}: {left.reading}, then {left.writing}"[:80]] += 1
                wrong = fine(left, trial.edit, killed=driver == "kill")
                if wrong:
                    findings.append({"wrong": wrong, **describe(trial, turn, left)})
            bad += len(findings)
            good += outcomes.total() - len(findings)
            what = f"{_NAMES[action]} {errno.errorcode.get(number, '')}".strip()
            print(json.dumps({"edit": name, "what": what, **outcomes}), flush=True)
            for finding in findings[:3]:
                print("   ", json.dumps(finding), flush=True)
    return good, bad
