# SPDX-License-Identifier: BSD-3-Clause
"""The programs in examples/ build against the installed library, and write what astropy reads."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits as astropy_fits

import rustfits
from servers import http_server
from support import ROOT, c_library

EXAMPLES = ROOT / "examples"
SKY = np.arange(20000, dtype="f4").reshape(100, 200) / 8
STRICT = ("-Wall", "-Wextra", "-Wpedantic", "-Werror")
C_COMPILERS = ("gcc", "clang")
CXX_COMPILERS = ("g++", "clang++")


@pytest.fixture(scope="module")
def environment() -> dict[str, str]:
    folder = c_library.library_folder(c_library.installed())
    return {"PKG_CONFIG_PATH": str(folder / "pkgconfig"), "LD_LIBRARY_PATH": str(folder)}


def flags(environment: dict[str, str], *options: str) -> list[str]:
    return c_library.run(["pkg-config", *options, "rustfits"], env=environment).split()


def build_c(
    compiler: str, source: str, place: Path, environment: dict[str, str], standard: str = "-std=c11"
) -> str:
    program = str(place / Path(source).stem)
    found = flags(environment, "--cflags", "--libs")
    command = [compiler, standard, *STRICT, "-o", program, str(EXAMPLES / source), *found]
    c_library.run(command)
    return program


def check_sky(place: Path) -> None:
    assert np.array_equal(astropy_fits.getdata(place / "sky.fits"), SKY)


@pytest.mark.parametrize("compiler", C_COMPILERS)
def test_image_in_c(compiler: str, tmp_path: Path, environment: dict[str, str]) -> None:
    program = build_c(compiler, "c/image.c", tmp_path, environment)
    printed = c_library.run([program], cwd=tmp_path, env=environment)
    assert printed == "image[10][199] = 274.875, checksum right\n"
    with astropy_fits.open(tmp_path / "example.fits", checksum=True) as hdus:
        assert np.array_equal(hdus[0].data, SKY)
        assert hdus[0].header["EXPTIME"] == 30.5


@pytest.mark.parametrize("compiler", C_COMPILERS)
def test_table_in_c(compiler: str, tmp_path: Path, environment: dict[str, str]) -> None:
    program = build_c(compiler, "c/table.c", tmp_path, environment)
    printed = c_library.run([program], cwd=tmp_path, env=environment)
    assert printed.splitlines()[1:] == ["Vega 0.03", "Altair 0.76"]
    names = astropy_fits.getdata(tmp_path / "stars.fits")["name"].tolist()
    assert names == ["Vega", "Sirius", "Deneb", "Altair"]


@pytest.mark.parametrize("compiler", C_COMPILERS)
def test_driver_in_c(compiler: str, tmp_path: Path, environment: dict[str, str]) -> None:
    program = build_c(compiler, "c/driver.c", tmp_path, environment)
    assert c_library.run([program], env=environment).startswith("pixel 699; ")


@pytest.mark.parametrize("compiler", C_COMPILERS)
def test_lowlevel_in_c(compiler: str, tmp_path: Path, environment: dict[str, str]) -> None:
    program = build_c(compiler, "c/lowlevel.c", tmp_path, environment)
    printed = c_library.run([program], cwd=tmp_path, env=environment)
    assert printed == "1 2 256 0 256\n"
    with astropy_fits.open(tmp_path / "counts.fits") as hdus:
        assert [type(hdu).__name__ for hdu in hdus] == ["PrimaryHDU", "BinTableHDU", "ImageHDU"]
        assert hdus["COUNTS"].data["COUNT"].tolist() == [1, 2, 256, 0, 256]


def test_cutout_in_c(tmp_path: Path, environment: dict[str, str]) -> None:
    image = np.random.default_rng(22).normal(size=(2000, 3000)).astype("f4")
    rustfits.write(tmp_path / "survey.fits", image)
    program = build_c("gcc", "c/cutout.c", tmp_path, environment)
    without_proxy = {key: "" for key in os.environ if key.lower().endswith("_proxy")}
    with http_server(tmp_path) as server:
        printed = c_library.run(
            [program, server.url("survey.fits"), "0", "900", "700", "20"],
            env={**environment, **without_proxy},
        )
    mean, rest = printed.removeprefix("mean ").split(";")
    assert float(mean) == pytest.approx(image[900:920, 700:720].astype(float).mean(), rel=1e-4)
    fetched = int(rest.split(" of ")[0].split()[-1])
    assert 0 < fetched < 1 << 20


@pytest.mark.parametrize("compiler", CXX_COMPILERS)
def test_image_in_cpp(compiler: str, tmp_path: Path, environment: dict[str, str]) -> None:
    program = build_c(compiler, "cpp/image.cpp", tmp_path, environment, "-std=c++17")
    assert c_library.run([program], cwd=tmp_path, env=environment) == "M 31 61 274.875\n"
    check_sky(tmp_path)
    assert astropy_fits.getheader(tmp_path / "sky.fits")["EXPTIME"] == 61


def test_image_in_fortran(tmp_path: Path, environment: dict[str, str]) -> None:
    sources = [str(EXAMPLES / "fortran" / name) for name in ("rustfits.f90", "image.f90")]
    c_library.run(
        [
            *("gfortran", "-std=f2008", "-Wall", "-Wextra", "-Werror", f"-J{tmp_path}"),
            *("-o", str(tmp_path / "image"), *sources, *flags(environment, "--libs")),
        ]
    )
    printed = c_library.run([str(tmp_path / "image")], cwd=tmp_path, env=environment)
    assert printed == "200x100 274.875\n"
    check_sky(tmp_path)


def test_image_in_rust(tmp_path: Path, environment: dict[str, str]) -> None:
    crate = tmp_path / "crate"
    shutil.copytree(EXAMPLES / "rust", crate)
    cargo = "/usr/bin/cargo" if Path("/usr/bin/cargo").exists() else "cargo"
    printed = c_library.run([cargo, "run", "-q", "--offline"], cwd=crate, env=environment)
    assert printed == "274.875\n"
    check_sky(crate)


def test_image_in_go(tmp_path: Path, environment: dict[str, str]) -> None:
    module = tmp_path / "module"
    shutil.copytree(EXAMPLES / "go", module)
    go = {"CGO_ENABLED": "1", "GOCACHE": str(tmp_path / "cache"), "GOFLAGS": "-mod=mod"}
    printed = c_library.run(["go", "run", "."], cwd=module, env={**environment, **go})
    assert printed == "274.875\n"
    check_sky(module)
