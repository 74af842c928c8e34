# SPDX-License-Identifier: BSD-3-Clause
"""What is built and installed: the version, the binding, the C library for C users."""

from __future__ import annotations

import importlib.metadata
import re
import subprocess

import rustfits
from rustfits._core.binding import _rustfits
from support import ROOT, c_library

HEADERS = sorted((ROOT / "csrc/include/rustfits").rglob("*.h"))
HEADER = "".join(path.read_text() for path in HEADERS)

PROGRAM = """
#include <rustfits.h>
#include <stdio.h>

int main(void) {
  rf_error err;
  rf_file *file;
  float pixels[6] = {1, 2, 3, 4, 5, 6};
  const rf_image_request request = {
      .size = sizeof request, .dtype = RF_F32, .data = pixels, .data_bytes = sizeof pixels};
  const uint64_t axes[2] = {2, 3};
  const rf_image_spec spec = {
      .size = sizeof spec, .dtype = RF_F32, .naxis = 2, .axes = axes, .extver = -1};
  size_t index;
  if (rf_file_open("from_c.fits", RF_MODE_CREATE, NULL, &file, &err) != RF_OK ||
      rf_image_create(file, &spec, &index, &err) != RF_OK ||
      rf_image_write(file, index, &request, &err) != RF_OK ||
      rf_file_free(file, &err) != RF_OK) {
    fprintf(stderr, "%s\\n", err.message);
    return 1;
  }
  puts(rf_version());
  return 0;
}
"""


def version_of_header() -> str:
    return ".".join(
        re.search(rf"^#define RF_VERSION_{part} (\d+)$", HEADER, re.MULTILINE)[1]
        for part in ("MAJOR", "MINOR", "PATCH")
    )


def test_one_version_everywhere():
    version = version_of_header()
    log = re.search(r"^## (\d+\.\d+\.\d+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)[1]
    assert log == version
    assert c_library.run([str(ROOT / "tools/version.py")]).strip() == version
    assert rustfits.__version__ == version
    assert importlib.metadata.version("rustfits") == version
    assert _rustfits.ffi.string(_rustfits.lib.rf_version()).decode() == version


def test_binding_has_every_function_of_the_header():
    names = re.findall(r"^RF_API [^;(]*?\b(rf_\w+)\(", HEADER, re.MULTILINE)
    assert len(names) > 40
    missing = [name for name in names if not hasattr(_rustfits.lib, name)]
    assert missing == []


def test_symbols_carry_the_version_of_the_library():
    # A soname of its own for each incompatible ABI, and the same number on each symbol.
    library = c_library.library_folder(c_library.installed()) / "librustfits.so"
    number = re.search(
        r"^    soversion: '(\d+)'", (ROOT / "meson.build").read_text(), re.MULTILINE
    )[1]
    assert f"[librustfits.so.{number}]" in c_library.run(["readelf", "-d", str(library)])
    table = c_library.run(["nm", "-D", "--defined-only", str(library)])
    symbols = [line.split()[-1] for line in table.splitlines()]
    assert len(symbols) > 100
    assert {name.rpartition("@")[2] for name in symbols} == {f"RUSTFITS_{number}"}


def test_python_extension_needs_no_optional_library():
    needed = c_library.run(["readelf", "-d", _rustfits.__file__])
    assert "libcurl" not in needed
    assert "librustfits" not in needed


def test_import_works_in_a_checkout_that_was_not_built():
    # Its rustfits/ comes first on the path; the extension is that of the installed package.
    command = "import rustfits; print(rustfits.__file__, rustfits.read.__module__)"
    found = c_library.run(
        [c_library.sys.executable, "-c", command], cwd=ROOT, env={"PYTHONSAFEPATH": ""}
    )
    assert str(ROOT) in found


def test_c_library_installs_and_links_with_pkg_config(tmp_path):
    from astropy.io import fits

    source = tmp_path / "program.c"
    source.write_text(PROGRAM)
    assert c_library.compile_and_run(source, tmp_path).strip() == version_of_header()
    assert fits.getdata(tmp_path / "from_c.fits").tolist() == [[1, 2, 3], [4, 5, 6]]


def test_c_library_links_with_cmake(tmp_path):
    (tmp_path / "program.c").write_text(PROGRAM)
    (tmp_path / "CMakeLists.txt").write_text(
        "cmake_minimum_required(VERSION 3.16)\n"
        "project(example C)\n"
        f"find_package(rustfits {version_of_header()} REQUIRED)\n"
        "add_executable(program program.c)\n"
        "target_link_libraries(program rustfits::rustfits)\n"
    )
    prefix = c_library.installed()
    build = tmp_path / "build"
    c_library.run(["cmake", "-S", str(tmp_path), "-B", str(build), f"-DCMAKE_PREFIX_PATH={prefix}"])
    c_library.run(["cmake", "--build", str(build)])
    assert c_library.run([str(build / "program")], cwd=tmp_path).strip() == version_of_header()


def test_installed_header_compiles_as_cplusplus(tmp_path):
    source = tmp_path / "program.cpp"
    source.write_text("#include <rustfits.h>\nint main() { return rf_version() == nullptr; }\n")
    include = c_library.installed() / "include"
    c_library.run(
        [
            "c++",
            "-std=c++17",
            "-Wall",
            "-Wextra",
            "-Werror",
            f"-I{include}",
            "-fsyntax-only",
            str(source),
        ]
    )


def test_missing_zlib_header_says_what_to_install(tmp_path):
    # A compiler that does not see the system's headers stands in for a machine without zlib1g-dev.
    (tmp_path / "include").mkdir()
    wrapper = tmp_path / "cc"
    wrapper.write_text(
        "#!/bin/sh\n"
        'case "$*" in *zlib.h*) echo "zlib.h: No such file" >&2; exit 1;; esac\n'
        "for a; do\n"
        '  if [ -f "$a" ] && grep -q "zlib.h" "$a"; then exit 1; fi\n'
        "done\n"
        'exec cc "$@"\n'
    )
    wrapper.chmod(0o755)
    done = subprocess.run(
        [
            c_library.sys.executable,
            "-m",
            "mesonbuild.mesonmain",
            "setup",
            str(tmp_path / "build"),
            str(ROOT),
        ],
        env={**c_library.os.environ, "CC": str(wrapper), "PKG_CONFIG": "false"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "zlib1g-dev" in done.stdout
    assert "zlib-devel" in done.stdout
