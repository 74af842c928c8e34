# SPDX-License-Identifier: BSD-3-Clause
"""One edit in a child process, with the shim armed; and what it leaves."""

from __future__ import annotations

import gzip
import os
import shutil
import traceback
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import rustfits

from .edits import Edit, build, judge, state
from .shim import COUNT, Shim

#: Exit statuses of the child: the edit went through, or raised one of our errors.
DONE, RAISED, STRANGE = 0, 10, 11


@dataclass
class Left:
    """The outcome of a trial."""

    ended: str  # "done", "raised", "killed", or a description of the unexpected end
    reading: str  # the judge's word on the file, opened for reading
    quiet: bool  # reading gave no warning that the old file does not give
    writing: str  # the judge's word after an open for writing and a close
    beside: list[str]  # names of files left beside it


class Trial:
    """An edit of a file in a folder of its own, repeated as often as needed."""

    def __init__(self, edit: Edit, folder: Path, scale: int) -> None:
        self.edit, self.folder, self.shim = edit, folder, Shim()
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        self._base = folder.with_name(folder.name + ".base")
        build(self._base, scale)
        if edit.prepare is not None:
            edit.prepare(self._base)
        if edit.name.endswith(".gz"):
            self._base.write_bytes(gzip.compress(self._base.read_bytes(), 1))
        self.path = folder / edit.name
        self.judged = folder / edit.judged
        self.reset()
        self._old_bytes = self.judged.read_bytes()
        self.old, self._noise = state(self.judged)
        ended, self.calls = self.run(COUNT)
        assert ended == "done", ended
        self._new_bytes = self.judged.read_bytes()
        self.new, _ = state(self.judged)
        assert self.new != self.old, "the edit changes nothing"
        self._names = {p.name for p in folder.iterdir()}

    def reset(self) -> None:
        """Put the files back as they were before the edit."""
        for path in self.folder.iterdir():
            path.unlink()
        shutil.copyfile(self._base, self.path)
        if self.edit.before is not None:
            self.judged.write_bytes(self.edit.before)

    def run(self, action: int, turn: int = 0, number: int = 0) -> tuple[str, int]:
        """Run the edit in a child; give how it ended, and how many calls it made."""
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            status = STRANGE
            try:
                os.close(read)
                warnings.simplefilter("ignore")
                self.shim.arm(self.folder, action, turn, number)
                status = self._attempt()
                self.shim.disarm()
                os.write(write, str(self.shim.calls).encode())
            finally:
                os._exit(status)
        os.close(write)
        with os.fdopen(read, "rb") as pipe:
            calls = int(pipe.read() or b"0")
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status):
            return (
                "killed" if os.WTERMSIG(status) == 9 else f"signal {os.WTERMSIG(status)}"
            ), calls
        code = os.WEXITSTATUS(status)
        return {DONE: "done", RAISED: "raised"}.get(code, f"exit status {code}"), calls

    def _attempt(self) -> int:
        try:
            self.edit.run(self.path)
        except rustfits.FITSError:
            return RAISED
        except BaseException:
            traceback.print_exc()
            return STRANGE
        return DONE

    def judge(self) -> str:
        """Judge the file as a reader finds it."""
        return self._judge()[0]

    def _judge(self) -> tuple[str, bool]:
        if not self.judged.exists():
            return "missing", False
        content = self.judged.read_bytes()
        if content in (self._old_bytes, self._new_bytes):
            return ("old" if content == self._old_bytes else "new"), True
        if self.edit.before is not None:
            return "broken", True
        found, noise = state(self.judged)
        loud = noise > self._noise or any(hdu[0] == "error" for hdu in found)
        return judge(found, self.old, self.new, self.edit.promise), not loud

    def look(self, ended: str) -> Left:
        """Judge what is left, then once more after an open for writing."""
        reading, quiet = self._judge()
        writing = reading
        if self.edit.before is None and reading != "missing":
            writing = self._finish()
        beside = sorted({p.name for p in self.folder.iterdir()} - self._names - {self.judged.name})
        return Left(ended, reading, quiet, writing, beside)

    def _finish(self) -> str:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                with rustfits.FITS(self.judged, "r+") as fits:
                    len(fits)
            except rustfits.FITSError as error:
                return f"refused: {error}"
        return self._judge()[0]


def fine(left: Left, edit: Edit, *, killed: bool) -> str:
    """Give "" where a trial kept the promise, else what is wrong."""
    whole = ("old", "new", "mixed as promised")
    if left.ended not in ("done", "raised", "killed"):
        return left.ended
    if left.writing not in whole:
        return f"after an open for writing: {left.writing}"
    if left.reading not in whole and left.quiet:
        return f"read as {left.reading} without a warning"
    if left.reading not in whole and not killed:
        return f"read as {left.reading} after an error"
    if left.beside and not killed:
        return f"left beside: {left.beside}"
    if left.ended == "done" and left.reading != "new":
        return f"no error, but the file is {left.reading}"
    return ""


def describe(trial: Trial, turn: int, left: Left) -> dict[str, Any]:
    """Give a finding as it is printed."""
    return {
        "call": turn,
        "of": trial.calls,
        "ended": left.ended,
        "reading": left.reading,
        "writing": left.writing,
    }
