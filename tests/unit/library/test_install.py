# SPDX-License-Identifier: BSD-3-Clause
"""What `meson install` gives a C user, and the ways to link with it."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest

from support import ROOT, c_library

DRIVER = ROOT / "examples/c/driver.c"
CMAKE_LISTS = """
cmake_minimum_required(VERSION 3.16)
project(example C)
find_package(rustfits {version} REQUIRED)
add_executable(driver {source})
target_link_libraries(driver rustfits::rustfits)
"""


def run_driver(program: Path, **environment: str) -> None:
    assert c_library.run([str(program)], env=environment).startswith("pixel 699; ")


def cmake(place: Path, prefix: Path, version: str = "") -> Path:
    """Build the example with find_package() alone, and return the program."""
    place.mkdir()
    (place / "CMakeLists.txt").write_text(CMAKE_LISTS.format(version=version, source=DRIVER))
    build = place / "build"
    c_library.run(["cmake", "-S", str(place), "-B", str(build), f"-DCMAKE_PREFIX_PATH={prefix}"])
    c_library.run(["cmake", "--build", str(build)])
    return build / "driver"


@pytest.fixture(scope="module")
def static(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a prefix that has the static library alone."""
    prefix = tmp_path_factory.mktemp("static") / "prefix"
    shutil.copytree(c_library.installed(), prefix, symlinks=True)
    for path in prefix.rglob("*.so*"):
        path.unlink()
    (pc,) = prefix.rglob("rustfits.pc")
    pc.write_text(re.sub(r"^prefix=.*", f"prefix={prefix}", pc.read_text(), flags=re.MULTILINE))
    return prefix


def test_the_static_library_links_with_pkg_config(static: Path, tmp_path: Path) -> None:
    folder = c_library.library_folder(static)
    environment = {"PKG_CONFIG_PATH": str(folder / "pkgconfig")}
    command = ["pkg-config", "--static", "--cflags", "--libs", "rustfits"]
    flags = c_library.run(command, env=environment).split()
    program = tmp_path / "driver"
    c_library.run(["cc", "-std=c11", "-o", str(program), str(DRIVER), *flags])
    run_driver(program)


def test_the_static_library_links_with_cmake(static: Path, tmp_path: Path) -> None:
    run_driver(cmake(tmp_path / "example", static))


def test_an_installed_tree_can_be_moved(tmp_path: Path) -> None:
    moved = tmp_path / "elsewhere"
    shutil.copytree(c_library.installed(), moved, symlinks=True)
    run_driver(cmake(tmp_path / "example", moved))


def test_cmake_refuses_another_version(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="rustfits"):
        cmake(tmp_path / "example", c_library.installed(), version="99.0")


def test_it_builds_with_debians_meson_and_without_cmake(tmp_path: Path) -> None:
    """Configure with the oldest meson that is supported, and with a PATH that has no cmake."""
    meson = Path("/usr/bin/meson")
    assert "1.0.1" in c_library.run(["/usr/bin/python3", str(meson), "--version"])
    tools = tmp_path / "bin"
    tools.mkdir()
    for tool in Path("/usr/bin").iterdir():
        if "cmake" not in tool.name:
            (tools / tool.name).symlink_to(tool)
    environment = {"PATH": str(tools), "CC": "cc"}
    printed = c_library.run(
        ["/usr/bin/python3", str(meson), "setup", str(tmp_path / "build"), str(ROOT)],
        env=environment,
    )
    assert re.search(r"libcurl .*: (YES|NO)", printed)
    assert re.search(r"libdeflate .*: (YES|NO)", printed)


def test_one_command_compiles_all_sources(tmp_path: Path) -> None:
    """The line of docs/install.md, without optimisation and without optional libraries."""
    text = (ROOT / "docs/install.md").read_text()
    line = re.search(r"^\$ (cc -std=c11 .*)$", text, re.MULTILINE)
    assert line is not None
    command = line[1].replace("-O2", "-O0").replace("program.c", str(DRIVER))
    program = tmp_path / "driver"
    c_library.run(["sh", "-c", f"{command} -o {program}"], cwd=ROOT)
    run_driver(program)


def test_each_function_has_a_man_page(tmp_path: Path) -> None:
    pages = c_library.installed() / "share/man/man3"
    headers = (ROOT / "csrc/include/rustfits").rglob("*.h")
    text = "".join(path.read_text() for path in headers)
    names = set(re.findall(r"^RF_API [^;(]*?\b(rf_\w+)\(", text, re.MULTILINE))
    assert {path.stem for path in pages.iterdir()} == names | {"rustfits"}
    for path in sorted(pages.iterdir()):
        assert not c_library.run(["groff", "-man", "-z", "-ww", str(path)], cwd=pages.parent)
        assert ".SH NAME" in path.read_text() or path.read_text().startswith(".so man3/")


def test_the_licence_and_the_examples_are_installed() -> None:
    folder = c_library.installed() / "share/doc/rustfits"
    assert (folder / "LICENSE").read_text() == (ROOT / "LICENSE").read_text()
    installed = {str(path.relative_to(folder / "examples")) for path in folder.rglob("*.*")}
    assert {"c/cutout.c", "cpp/image.cpp", "fortran/rustfits.f90", "go/main.go"} <= installed


def test_one_build_gives_the_library_and_the_python_package(tmp_path: Path) -> None:
    build = tmp_path / "build"
    c_library.meson("setup", str(build), str(ROOT), "-Dpython=true", "--buildtype=debug")
    targets = c_library.meson("introspect", "--targets", str(build))
    assert "_rustfits" in targets
    assert "librustfits.so" in targets or os.name == "nt"
