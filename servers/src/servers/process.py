# SPDX-License-Identifier: BSD-3-Clause
"""A server in a process of its own, which prints its port and ends when its standard input does."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from .server import Server


class ServerProcess(Server):
    """``python <script> <arguments>``, a file of this folder."""

    def __init__(self, script: str, *arguments: str, needs: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).parent / script), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line.strip().isdigit():
            self.close()
            raise RuntimeError(f"{script} does not start (is {needs} installed?)")
        self.port = int(line)

    def close(self) -> None:
        """Stops the server."""
        process = self._process
        assert process.stdin is not None and process.stdout is not None
        process.stdin.close()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()
