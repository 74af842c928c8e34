# SPDX-License-Identifier: BSD-3-Clause
"""`make bench`: rustfits beside fitsio, astropy and the published package, in one table.

The engines take turns within each round, so that a slow moment of the machine hits all of them;
the figures are medians over all rounds. Files are in the page cache. ``--quick`` takes smaller
files and fewer rounds; ``--case TEXT`` only the cases with that text in their name;
``--readme`` puts the table into README.md.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import textwrap
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from cases import SEGMENT, Case, make_cases, make_files, shared_memory

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent

PEERS = ("published", "fitsio", "astropy")
TITLES = {
    "rustfits": "rustfits",
    "published": "published",
    "fitsio": "fitsio",
    "astropy": "astropy",
}


@dataclass
class Result:
    """What one engine did in one case."""

    times: list[float] = field(default_factory=list)
    size: int | None = None
    error: str | None = None

    @property
    def seconds(self) -> float | None:
        return statistics.median(self.times) if self.times and self.error is None else None


class Worker:
    """An engine in its own process."""

    def __init__(self, engine: str, python: Path) -> None:
        environment = {k: v for k, v in os.environ.items() if k not in {"PYTHONPATH", "PYTHONHOME"}}
        if engine == "rustfits" and "PYTHONPATH" in os.environ:
            environment["PYTHONPATH"] = os.environ["PYTHONPATH"]
        self.process = subprocess.Popen(
            [str(python), str(HERE / "worker.py"), engine],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        self.version = self.answer()["version"]

    def answer(self) -> dict:
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"a worker ended with exit code {self.process.wait()}")
        return json.loads(line)

    def ask(self, request: dict) -> dict:
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        return self.answer()

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait(60)
        self.process.stdout.close()


def import_seconds(python: str, module: str) -> float:
    code = f"import time; t = time.perf_counter(); import {module}; print(time.perf_counter() - t)"
    # Not in the checkout, whose rustfits/ would come before the installed package.
    done = subprocess.run(
        [python, "-c", code], cwd=HERE, capture_output=True, text=True, check=True
    )
    return float(done.stdout)


def keep_cached(name: str) -> None:
    """Read a local file, so that no engine pays for the disk.

    Some machines give cached pages back within seconds.
    """
    path = Path(name)
    if path.is_file():
        with path.open("rb") as stream:
            while stream.read(1 << 24):
                pass


def run_case(case: Case, workers: dict[str, Worker], rounds: int) -> dict[str, Result]:
    results = {engine: Result() for engine in workers}
    request = {"case": case.action, "file": case.file, "calls": case.calls, **case.extra}
    order = list(workers.items())
    for number in range(rounds):
        # Each begins a round in turn: who comes first after a pause pays for memory that a virtual
        # machine has given back meanwhile.
        first = number % len(order)
        for engine, worker in order[first:] + order[:first]:
            result = results[engine]
            if result.error is not None:
                continue
            for name in (case.file, *case.extra.values()):
                keep_cached(str(name))
            answer = worker.ask(request)
            if "error" in answer:
                result.error = answer["error"]
            else:
                result.times += answer["times"]
                result.size = answer.get("bytes")
    return results


def figure(seconds: float | None) -> str:
    if seconds is None:
        return "-"
    if seconds < 1e-3:
        return f"{seconds * 1e6:.1f} µs"
    return f"{seconds * 1e3:.3g} ms" if seconds < 1 else f"{seconds:.2f} s"


def verdict(ours: float, theirs: float, peer: str) -> str:
    """Return how many times we are faster or slower than a peer."""
    if round(max(ours, theirs) / min(ours, theirs), 2) < 1.02:
        return f"as fast as {peer}"
    if ours < theirs:
        return f"{theirs / ours:.2f}× faster than {peer}"
    return f"{ours / theirs:.2f}× slower than {peer}"


def judge(case: Case, results: dict[str, Result], done: dict[str, float]) -> tuple[str, str, bool]:
    """Return the verdict beside the best peer, the goal, and whether it was reached.

    `done` has our own times of the cases so far.
    """
    ours = results["rustfits"].seconds
    peers = {p: r.seconds for p, r in results.items() if p != "rustfits" and r.seconds is not None}
    if ours is None:
        return "-", "-", False
    best = min(peers, key=lambda peer: peers[peer], default=None)
    ratio = verdict(ours, peers[best], TITLES[best]) if best else "no peer does it"
    if case.max_bytes:
        size = results["rustfits"].size
        what = "of memory" if case.file == SEGMENT else "fetched"
        goal = f"≤ {case.max_bytes >> 20} MiB {what}"
        reached = size is not None and size <= case.max_bytes
    elif case.max_seconds:
        goal, reached = f"≤ {1e3 * case.max_seconds:g} ms", ours <= case.max_seconds
    elif case.within:
        other, most = case.within
        goal = f"≤ {most:g}× our “{other}”"
        if other in done:
            goal += f" ({ours / done[other]:.2f}×)"
        reached = other in done and ours <= most * done[other]
    elif case.versus:
        goal = ", ".join(f"{TITLES[peer]} {least:g}×" for peer, least in case.versus.items())
        reached = all(
            results[p].seconds is not None and results[p].seconds >= least * ours
            for p, least in case.versus.items()
        )
    elif case.goal is None:
        goal, reached = "-", True
    else:
        goal = f"{case.goal:g}×"
        reached = best is not None and peers[best] >= case.goal * ours
    sizes = {engine: result.size for engine, result in results.items()}
    if case.file.endswith(".gz") and case.action == "write" and sizes.get("fitsio"):
        goal += ", size ≤ fitsio's"
        reached = reached and sizes["rustfits"] <= sizes["fitsio"]
    return ratio, goal, reached


def cell(case: Case, result: Result | None) -> str:
    if result is None or result.seconds is None:
        return "-"
    text = figure(result.seconds)
    packed = case.action == "write" and case.file.endswith(".gz")
    if (packed or case.max_bytes) and result.size:
        text += f" ({result.size / 1e6:.2f} MB)"
    return text


def format_table(rows: list[list[str]], head: list[str], markdown: bool) -> str:
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]

    def line(row: list[str]) -> str:
        cells = [
            row[0].ljust(widths[0]),
            *(c.rjust(w) for c, w in zip(row[1:], widths[1:], strict=True)),
        ]
        return "| " + " | ".join(cells) + " |" if markdown else "  ".join(cells).rstrip()

    rule = "-" * len(line(head))
    if markdown:
        marks = ("-" * (w + 1) + (":" if i else "-") for i, w in enumerate(widths))
        rule = "|" + "|".join(marks) + "|"
    return "\n".join([line(head), rule, *map(line, rows)])


def put_into_readme(preface: str, table: str) -> None:
    """Replace what stands between the two marks in README.md."""
    readme = ROOT / "README.md"
    text = readme.read_text(encoding="utf-8")
    begin, end = "<!-- benchmark begin -->\n", "<!-- benchmark end -->"
    preface = "\n".join(textwrap.wrap(preface, 118, break_on_hyphens=False))
    before, rest = text.split(begin)
    after = rest.split(end)[1]
    readme.write_text(f"{before}{begin}{preface}\n\n{table}\n{end}{after}", encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="smaller files, fewer rounds")
    parser.add_argument("--rounds", type=int, help="rounds for each case (default 9, quick 3)")
    parser.add_argument("--case", default="", help="only cases with this text in their name")
    parser.add_argument("--readme", action="store_true", help="put the table into README.md")
    parser.add_argument(
        "--peer-python",
        type=Path,
        default=ROOT / ".venv-peer/bin/python",
        help="the interpreter that has the published rustfits",
    )
    arguments = parser.parse_args()
    rounds = arguments.rounds or (3 if arguments.quick else 9)

    from servers import LatencyProxy, http_server, latency_proxy
    from servers.grid import XRootDServer

    here = Path(sys.executable)
    folder = Path(tempfile.mkdtemp(prefix="build-bench-", dir=ROOT))
    workers: dict[str, Worker] = {}
    try:
        shapes = make_files(folder, arguments.quick)
        for engine in ("rustfits", *PEERS):
            workers[engine] = Worker(
                engine, arguments.peer_python if engine == "published" else here
            )
        about = (
            f"Python {platform.python_version()}, "
            + ", ".join(f"{TITLES[e]} {w.version}" for e, w in workers.items())
            + f"; {os.cpu_count()} cores; median of {rounds} rounds, engines taking turns"
        )
        print(f"{about}\n(published: the package of the same name on PyPI)\n")
        rows, notes, missed = [], [], 0
        done: dict[str, float] = {}
        with (
            http_server(folder) as server,
            latency_proxy(server.port) as far,
            shared_memory(arguments.quick),
            XRootDServer() as xrootd,
            LatencyProxy(xrootd.port) as far_xrootd,
        ):
            shutil.copy(folder / "far.fits", xrootd.root)
            root_url = f"root://127.0.0.1:{far_xrootd.port}//"
            for case in make_cases(folder, server.url(""), far.url(), root_url, shapes):
                if arguments.case not in case.name:
                    continue
                print(f"{case.name} …", file=sys.stderr, flush=True)
                results = run_case(case, workers, rounds)
                ratio, goal, reached = judge(case, results, done)
                if results["rustfits"].seconds is not None:
                    done[case.name] = results["rustfits"].seconds
                missed += not reached
                rows.append(
                    [
                        case.name,
                        *(cell(case, results[e]) for e in ("rustfits", *PEERS)),
                        ratio,
                        goal,
                        "yes" if reached else "no",
                    ]
                )
                notes += [
                    f"{case.name}: {TITLES[e]}: {r.error[:160]}"
                    for e, r in results.items()
                    if r.error
                ]
        if arguments.case in "import":
            ours, numpys = [], []
            for _ in range(max(rounds, 5)):
                numpys.append(import_seconds(str(here), "numpy"))
                ours.append(import_seconds(str(here), "rustfits"))
            own, base = statistics.median(ours), statistics.median(numpys)
            missed += own > 1.5 * base
            rows.append(
                [
                    "import",
                    figure(own),
                    "-",
                    "-",
                    "-",
                    f"{own / base:.2f}× slower than numpy ({figure(base)})",
                    "≤ 1.5× numpy",
                    "yes" if own <= 1.5 * base else "no",
                ]
            )
        head = ["case", *(TITLES[e] for e in ("rustfits", *PEERS)), "beside the best peer"]
        print(format_table(rows, [*head, "goal", "reached"], markdown=False))
        if arguments.readme:
            put_into_readme(
                f"`make bench` on {date.today()}: {about}. *Published* is the package of the same "
                "name on PyPI. Files are in the page cache; every read makes a fresh array in "
                "native byte order.",
                format_table([row[:-2] for row in rows], head, markdown=True),
            )
        for note in notes:
            print(note)
        print(f"\n{len(rows) - missed} of {len(rows)} goals reached")
        return 0
    finally:
        for worker in workers.values():
            worker.close()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
