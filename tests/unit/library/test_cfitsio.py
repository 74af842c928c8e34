# SPDX-License-Identifier: BSD-3-Clause
"""What `meson install` gives to programs that use CFITSIO: a library with two names, headers, rustfits-run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from support import ROOT, c_library

INCLUDE = ROOT / "compat/include/fitsio"
DECLARATION = re.compile(r"^(?:\w+ )+\*?(ff\w+|fits_\w+|CFITS2Unit|CUnit2FITS)\(", re.MULTILINE)

PROGRAM = """
#include <fitsio.h>
#include <stdio.h>
int main(void) {
  fitsfile *file;
  int status = 0, value = 0;
  long axes[1] = {3};
  fits_create_file(&file, "!new.fits", &status);
  fits_create_img(file, SHORT_IMG, 1, axes, &status);
  fits_update_key_lng(file, "ANSWER", 42, "a comment", &status);
  fits_read_key(file, TINT, "ANSWER", &value, NULL, &status);
  fits_close_file(file, &status);
  printf("%d %d\\n", status, value);
  return status;
}
"""

# A library that was linked to libcfitsio.so.10, in a program that is linked to librustfits_cfitsio.
PLUGIN = """
#include <fitsio.h>
int (*opener(void))(fitsfile *, int *) { return ffclos; }
"""
HOST = """
#include <dlfcn.h>
#include <fitsio.h>
#include <stdio.h>
int main(int argc, char **argv) {
  void *plugin = argc > 1 ? dlopen(argv[1], RTLD_NOW) : NULL;
  if (!plugin) { puts(dlerror()); return 1; }
  int (*(*opener)(void))(fitsfile *, int *);
  *(void **)&opener = dlsym(plugin, "opener");
  puts(opener() == ffclos ? "one" : "two");
  return 0;
}
"""


def folder() -> Path:
    """Return the folder of libcfitsio.so.10."""
    return c_library.library_folder(c_library.installed()) / "rustfits/cfitsio"


def flags(package: str, place: Path) -> list[str]:
    command = ["pkg-config", "--cflags", "--libs", package]
    return c_library.run(command, env={"PKG_CONFIG_PATH": str(place)}).split()


def compiled(tmp_path: Path, name: str, text: str, *arguments: str) -> Path:
    source, program = tmp_path / f"{name}.c", tmp_path / name
    source.write_text(text)
    c_library.run(
        ["cc", "-Wall", "-Wextra", "-Werror", str(source), "-o", str(program), *arguments]
    )
    return program


def exported(kinds: str = "TW") -> set[str]:
    (library,) = (path for path in folder().parent.parent.glob("librustfits_cfitsio.so.*.*.*"))
    lines = c_library.run(["nm", "-D", str(library)]).splitlines()
    return {
        line.split()[2] for line in lines if len(line.split()) == 3 and line.split()[1] in kinds
    }


@pytest.mark.parametrize("package", ["rustfits-cfitsio", "cfitsio"])
def test_a_program_compiles_with_pkg_config(package: str, tmp_path: Path) -> None:
    place = folder() / "pkgconfig" if package == "cfitsio" else folder().parent.parent / "pkgconfig"
    libraries = folder().parent.parent
    program = compiled(
        tmp_path, "program", PROGRAM, *flags(package, place), f"-Wl,-rpath,{libraries}"
    )
    assert c_library.run([str(program)], cwd=tmp_path) == "0 42\n"


def test_rustfits_run_puts_the_layer_in_the_place_of_cfitsio(tmp_path: Path) -> None:
    program = compiled(tmp_path, "program", PROGRAM, "-I/usr/include", "-l:libcfitsio.so.10")
    runner = str(c_library.installed() / "bin/rustfits-run")
    assert c_library.run([str(program)], cwd=tmp_path) == "0 42\n"
    (tmp_path / "new.fits").unlink()
    assert c_library.run([runner, str(program)], cwd=tmp_path) == "0 42\n"
    assert "librustfits_cfitsio" in Path(folder() / "libcfitsio.so.10").resolve().name
    bound = c_library.run([runner, "ldd", str(program)])
    assert "rustfits/cfitsio/libcfitsio.so.10" in bound


def test_both_names_are_one_library_in_a_process(tmp_path: Path) -> None:
    plugin = tmp_path / "plugin.so"
    compiled(tmp_path, "plugin.so", PLUGIN, "-shared", "-fPIC", "-l:libcfitsio.so.10")
    libraries = folder().parent.parent
    arguments = flags("rustfits-cfitsio", libraries / "pkgconfig")
    host = compiled(tmp_path, "host", HOST, *arguments, f"-Wl,-rpath,{libraries}", "-ldl")
    runner = str(c_library.installed() / "bin/rustfits-run")
    assert c_library.run([runner, str(host), str(plugin)]) == "one\n"


def test_nothing_stands_where_an_installed_cfitsio_does() -> None:
    prefix = c_library.installed()
    for name in ("fitsio.h", "longnam.h", "cfitsio.pc", "libcfitsio.so", "libcfitsio.so.10"):
        for path in prefix.rglob(name):
            assert "rustfits/cfitsio" in str(path)


def test_every_declared_function_is_exported_and_the_core_is_hidden() -> None:
    names = {
        name for header in INCLUDE.glob("*.h") for name in DECLARATION.findall(header.read_text())
    }
    assert len(names) > 600
    symbols = exported()
    assert names <= symbols
    assert not {name for name in symbols if name.startswith(("rf_", "cf_"))}


def test_installed_headers_declare_what_is_built_and_the_docs_list_the_rest() -> None:
    unbuilt = {name for name in exported("W") if DECLARATION.match(f"int {name}(")}
    place = c_library.installed() / "include/rustfits/cfitsio/fitsio"
    declared = {
        name for header in place.glob("*.h") for name in DECLARATION.findall(header.read_text())
    }
    assert not declared & unbuilt
    page = (ROOT / "docs/cfitsio.md").read_text()
    listed = re.search(r"<!-- unbuilt -->(.*?)<!-- end -->", page, re.DOTALL)
    assert listed is not None
    assert set(re.findall(r"`(\w+)`", listed[1])) == unbuilt
