# SPDX-License-Identifier: BSD-3-Clause
"""`make bench-cfitsio`: the CFITSIO layer beside CFITSIO, in C.

cfitsio.c is compiled for the layer of a build folder and for the CFITSIO of the system. The two
take turns; the figures are medians over all rounds. Files are in the page cache.

Usage: python benchmarks/cfitsio.py BUILD_FOLDER [ROUNDS]
"""

import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def compile_program(build: Path, folder: Path) -> dict[str, Path]:
    """Compile the program for both libraries; return where they are."""
    source = str(ROOT / "benchmarks/cfitsio.c")
    library = build / "compat"
    ours = ["-I", str(ROOT / "compat/include"), f"-L{library}", f"-Wl,-rpath,{library}"]
    flags = {"rustfits": [*ours, "-lrustfits_cfitsio"], "CFITSIO": ["-lcfitsio"]}
    programs = {}
    for name, arguments in flags.items():
        programs[name] = folder / name
        command = ["cc", "-O2", "-w", source, "-o", str(programs[name]), *arguments]
        subprocess.run(command, check=True)
    return programs


def measure(program: Path, folder: Path) -> dict[str, float]:
    """Run all cases once; return the seconds of each."""
    folder.mkdir(exist_ok=True)
    done = subprocess.run([program], cwd=folder, capture_output=True, text=True, check=True)
    rows = (line.split("\t") for line in done.stdout.splitlines())
    return {name: float(seconds) for name, seconds in rows}


def main() -> None:
    """Measure, and print a table."""
    build = Path(sys.argv[1]).resolve()
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    times: dict[str, dict[str, list[float]]] = {"rustfits": {}, "CFITSIO": {}}
    with tempfile.TemporaryDirectory() as scratch:
        programs = compile_program(build, Path(scratch))
        for _ in range(rounds):
            for name, program in programs.items():
                for case, seconds in measure(program, Path(scratch, "files-" + name)).items():
                    times[name].setdefault(case, []).append(seconds)
    print(f"{'case':44} {'rustfits ms':>12} {'CFITSIO ms':>12} {'ratio':>7}")
    for case, seconds in times["rustfits"].items():
        ours, peer = statistics.median(seconds), statistics.median(times["CFITSIO"][case])
        print(f"{case:44} {ours * 1e3:12.1f} {peer * 1e3:12.1f} {peer / ours:6.2f}x")


if __name__ == "__main__":
    main()
