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
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path.insert(0, str(ROOT / "tests"))

PEERS = ("published", "fitsio", "astropy")
TITLES = {
    "rustfits": "rustfits",
    "published": "published",
    "fitsio": "fitsio",
    "astropy": "astropy",
}


@dataclass
class Case:
    """A row of the table."""

    name: str
    action: str
    file: str
    goal: float | None  # least ratio to the best peer
    calls: int = 1
    extra: dict[str, object] = field(default_factory=dict)
    versus: dict[str, float] = field(default_factory=dict)  # least ratio to one peer


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


def make_files(folder: Path, quick: bool) -> dict[str, tuple[int, int]]:
    """Noise images of every kind, a file of 1000 HDUs, and .gz files made by gzip itself."""
    from astropy.io import fits

    rng = np.random.default_rng(1)
    side = 1024 if quick else 4096
    shapes = {
        "f4": (side, side),
        "i2": (side, side),
        "u2": (side, side),
        "f8": (2 * side, 2 * side),
    }
    for name, shape in shapes.items():
        data = rng.standard_normal(shape, dtype="f4")
        data *= 150
        data += 1000
        data = data.astype(name)
        fits.PrimaryHDU(data).writeto(folder / f"{name}.fits")
        if name in {"f4", "i2"}:
            np.save(folder / f"{name}.npy", data)
            subprocess.run(["gzip", "-k", str(folder / f"{name}.fits")], check=True)
    small = fits.PrimaryHDU(np.zeros((10, 10), "i2"))
    small.writeto(folder / "small.fits")
    hdus = [small, *(fits.ImageHDU(np.zeros((10, 10), "i2"), name=f"EXT{i}") for i in range(999))]
    fits.HDUList(hdus).writeto(folder / "hdus.fits")
    return shapes


def make_cases(folder: Path, url: str, shapes: dict[str, tuple[int, int]]) -> list[Case]:
    def path(name: str) -> str:
        return str(folder / name)

    def size(name: str) -> str:
        return f"{(folder / name).stat().st_size / 1e6:.0f} MB"

    return [
        Case(f"read f4, {size('f4.fits')}", "read", path("f4.fits"), 1.15, 3),
        Case(f"read f8, {size('f8.fits')}", "read", path("f8.fits"), 1.15),
        Case(f"read i2, {size('i2.fits')}", "read", path("i2.fits"), 1.15, 5),
        Case(f"read u2, {size('u2.fits')}", "read", path("u2.fits"), 1.6, 5),
        Case(
            "1000 stamps of 32×32 f4",
            "stamps",
            path("f4.fits"),
            None,
            3,
            {"shape": shapes["f4"]},
            {"astropy": 1.0, "fitsio": 5.0},
        ),
        Case("open, read header", "header", path("small.fits"), 1.2, 300),
        Case("count 1000 HDUs", "count", path("hdus.fits"), 5.0, 3),
        Case(
            f"write f4, {size('f4.fits')}",
            "write",
            path("out.fits"),
            1.3,
            1,
            {"data": path("f4.npy")},
        ),
        Case(f"read f4 .gz, {size('f4.fits.gz')}", "read", path("f4.fits.gz"), 1.3),
        Case(f"read i2 .gz, {size('i2.fits.gz')}", "read", path("i2.fits.gz"), 1.3),
        Case("header of the f4 .gz", "header", path("f4.fits.gz"), 20.0),
        Case("write f4 .gz", "write", path("out.fits.gz"), 3.0, 1, {"data": path("f4.npy")}),
        Case("write i2 .gz", "write", path("out.fits.gz"), 3.0, 1, {"data": path("i2.npy")}),
        Case(f"http, {size('f4.fits')}, nginx", "read", f"{url}f4.fits", 2.0),
    ]


def import_seconds(python: str, module: str) -> float:
    code = f"import time; t = time.perf_counter(); import {module}; print(time.perf_counter() - t)"
    # Not in the checkout, whose rustfits/ would come before the installed package.
    done = subprocess.run(
        [python, "-c", code], cwd=HERE, capture_output=True, text=True, check=True
    )
    return float(done.stdout)


def run_case(case: Case, workers: dict[str, Worker], rounds: int) -> dict[str, Result]:
    results = {engine: Result() for engine in workers}
    request = {"case": case.action, "file": case.file, "calls": case.calls, **case.extra}
    for _ in range(rounds):
        for engine, worker in workers.items():
            result = results[engine]
            if result.error is not None:
                continue
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


def judge(case: Case, results: dict[str, Result]) -> tuple[str, str, bool]:
    """The ratio to the best peer, the goal, and whether it was reached."""
    ours = results["rustfits"].seconds
    peers = {p: r.seconds for p, r in results.items() if p != "rustfits" and r.seconds is not None}
    if ours is None or not peers:
        return "-", "-", False
    best = min(peers, key=lambda peer: peers[peer])
    ratio = f"{peers[best] / ours:.2f}× {TITLES[best]}"
    if case.versus:
        goal = ", ".join(f"{TITLES[peer]} {least:g}×" for peer, least in case.versus.items())
        reached = all(
            results[p].seconds is not None and results[p].seconds >= least * ours
            for p, least in case.versus.items()
        )
    else:
        goal = f"{case.goal:g}×"
        reached = peers[best] >= case.goal * ours
    sizes = {engine: result.size for engine, result in results.items()}
    if case.file.endswith(".gz") and case.action == "write" and sizes.get("fitsio"):
        goal += ", size ≤ fitsio's"
        reached = reached and sizes["rustfits"] <= sizes["fitsio"]
    return ratio, goal, reached


def cell(case: Case, result: Result | None) -> str:
    if result is None or result.seconds is None:
        return "-"
    text = figure(result.seconds)
    if case.action == "write" and case.file.endswith(".gz") and result.size:
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

    from servers import http_server

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
        with http_server(folder) as server:
            for case in make_cases(folder, server.url(""), shapes):
                if arguments.case not in case.name:
                    continue
                print(f"{case.name} …", file=sys.stderr, flush=True)
                results = run_case(case, workers, rounds)
                ratio, goal, reached = judge(case, results)
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
                    f"{own / base:.2f}× numpy ({figure(base)})",
                    "≤ 1.5× numpy",
                    "yes" if own <= 1.5 * base else "no",
                ]
            )
        head = ["case", *(TITLES[e] for e in ("rustfits", *PEERS)), "best peer / ours"]
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
