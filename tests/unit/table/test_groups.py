# SPDX-License-Identifier: BSD-3-Clause
"""Random groups, against astropy, which writes and reads them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.io import fits as astropy_fits
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import rustfits
from rustfits import FITS, GroupsHDU

#: astropy 8 fails on any PZERO of 64-bit integers.
NO_OFFSET = 64
BITPIX = {8: "u1", 16: "i2", 32: "i4", 64: "i8", -32: "f4", -64: "f8"}


def write(
    path: Path,
    bitpix: int,
    groups: int,
    shape: tuple[int, ...],
    parameters: list[tuple[str, float, float]],
    seed: int = 0,
    **cards: Any,
) -> None:
    """Write groups of random numbers: header by hand, numbers by numpy."""
    rng = np.random.default_rng(seed)
    header = astropy_fits.Header()
    header["SIMPLE"] = True
    header["BITPIX"] = bitpix
    header["NAXIS"] = len(shape) + 1
    header["NAXIS1"] = 0
    for number, length in enumerate(reversed(shape), 2):
        header[f"NAXIS{number}"] = length
    header["EXTEND"] = True
    header["GROUPS"] = True
    header["PCOUNT"] = len(parameters)
    header["GCOUNT"] = groups
    for number, (name, scale, zero) in enumerate(parameters, 1):
        header[f"PTYPE{number}"] = name
        header[f"PSCAL{number}"] = scale
        header[f"PZERO{number}"] = zero
    header.update(cards)
    numbers = rng.integers(0, 100, (groups, len(parameters) + int(np.prod(shape))))
    data = numbers.astype(np.dtype(BITPIX[bitpix]).newbyteorder(">")).tobytes()
    text = header.tostring().encode()
    path.write_bytes(text + data + b"\0" * (-len(data) % 2880))


def assert_same(hdu: GroupsHDU, groups: Any) -> None:
    """Compare with what astropy reads."""
    ours = hdu.read()
    assert ours.dtype.names == tuple(groups.dtype.names)
    assert len(ours) == len(groups)
    for name in ours.dtype.names:
        theirs = np.asarray(groups.field(name))
        assert ours[name].dtype == theirs.dtype.newbyteorder("=")
        np.testing.assert_array_equal(ours[name], theirs)


@pytest.mark.parametrize("bitpix", BITPIX)
def test_parameters_and_data_are_those_of_astropy(tmp_path, bitpix):
    path = tmp_path / "groups.fits"
    zero = 0.0 if bitpix == NO_OFFSET else 2456000.5
    parameters = [
        ("UU", 1.0, 0.0),
        ("VV", 0.25, 0.0),
        ("DATE", 2.0, zero),
        ("DATE", 0.5, -zero),
    ]
    write(path, bitpix, 7, (2, 1, 3), parameters)
    with FITS(path) as fits, astropy_fits.open(path) as theirs:
        hdu = fits[0]
        assert type(hdu) is GroupsHDU
        assert hdu.kind == "groups"
        assert len(hdu) == hdu.nrows == 7
        assert hdu.colnames == ("UU", "VV", "DATE", "_DATE", "DATA")
        assert hdu.parnames == ("UU", "VV", "DATE", "DATE")
        assert hdu.dtype["DATA"].shape == (2, 1, 3)
        assert_same(hdu, theirs[0].data)
        np.testing.assert_array_equal(hdu.par("uu"), theirs[0].data.par("uu"))
        np.testing.assert_array_equal(hdu.par("Date"), theirs[0].data.par("Date"))
        np.testing.assert_array_equal(hdu.par(-1), theirs[0].data.par(3))


def test_groups_that_astropy_writes(tmp_path):
    path = tmp_path / "groups.fits"
    data = np.arange(24, dtype="f4").reshape(4, 1, 2, 3)
    made = astropy_fits.GroupData(
        data,
        bitpix=-32,
        parnames=["abc", "xyz", "abc"],
        pardata=[np.arange(4) + 0.5, np.arange(4) * 2.0, np.arange(4) - 1.0],
    )
    astropy_fits.GroupsHDU(made).writeto(path)
    with FITS(path) as fits, astropy_fits.open(path) as theirs:
        assert_same(fits[0], theirs[0].data)
        np.testing.assert_array_equal(fits[0]["DATA"][:], data)
        np.testing.assert_array_equal(fits[0].par("ABC"), 2.0 * np.arange(4) - 0.5)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    bitpix=st.sampled_from(list(BITPIX)),
    groups=st.integers(1, 9),
    shape=st.lists(st.integers(1, 4), min_size=1, max_size=5).map(tuple),
    names=st.lists(st.sampled_from(["UU", "DATE", "_DATE", "DATA", "date", "W-1"]), max_size=7),
    scale=st.sampled_from([1.0, 0.5, -3.0]),
    zero=st.sampled_from([0.0, 10.0, 2456000.5]),
    seed=st.integers(0, 99),
)
def test_any_groups_are_read_as_by_astropy(
    tmp_path, bitpix, groups, shape, names, scale, zero, seed
):
    path = tmp_path / "any.fits"
    zero = 0.0 if bitpix == NO_OFFSET else zero
    parameters = [
        (name, scale if n % 2 else 1.0, zero if n % 3 else 0.0) for n, name in enumerate(names)
    ]
    write(path, bitpix, groups, shape, parameters, seed, BSCALE=scale)
    with FITS(path) as fits, astropy_fits.open(path) as theirs:
        assert_same(fits[0], theirs[0].data)


def test_bzero_applies_to_the_data(tmp_path):
    # astropy 8 looks for BZEROS instead of BZERO, so it cannot be asked.
    path = tmp_path / "groups.fits"
    write(path, 16, 3, (4,), [("A", 1.0, 0.0)], BSCALE=2.0, BZERO=100.0)
    with FITS(path) as fits:
        scaled, stored = fits[0].read(), fits[0].read(scale=False)
    assert scaled["DATA"].dtype == "f8"
    assert stored["DATA"].dtype == "i2"
    np.testing.assert_array_equal(scaled["DATA"], stored["DATA"] * 2.0 + 100.0)


def test_unsigned_data(tmp_path):
    path = tmp_path / "groups.fits"
    write(path, 16, 3, (4,), [("A", 1.0, 32768.0)], BZERO=32768)
    with FITS(path) as fits:
        groups, stored = fits[0].read(), fits[0].read(scale=False)
    assert groups.dtype["A"] == groups.dtype["DATA"].base == np.uint16
    np.testing.assert_array_equal(groups["DATA"], stored["DATA"].astype("i4") + 32768)
    np.testing.assert_array_equal(groups["A"], stored["A"].astype("i4") + 32768)


def test_blank_is_masked_when_asked(tmp_path):
    path = tmp_path / "groups.fits"
    write(path, 16, 4, (3,), [("A", 1.0, 0.0)], BLANK=7)
    with FITS(path, "r") as fits:
        plain = fits[0].read()
        content = bytearray(fits.to_bytes())
    at = content.index(b"END" + b" " * 77)
    data = (at // 2880 + 1) * 2880
    content[data + 2 : data + 4] = b"\0\7"
    with FITS.from_bytes(bytes(content)) as fits:
        masked = fits[0].read(mask_null=True)
        assert fits[0].read()["DATA"][0, 0] == 7
    assert masked["DATA"].mask.tolist()[0] == [True, False, False]
    np.testing.assert_array_equal(masked["DATA"].data[1:], plain["DATA"][1:])


def test_rows_columns_and_conditions(tmp_path):
    path = tmp_path / "groups.fits"
    write(path, -32, 20, (2, 3), [("UU", 1.0, 0.0), ("DATE", 1.0, 2456000.5)])
    with FITS(path) as fits:
        hdu = fits[0]
        whole = hdu.read()
        np.testing.assert_array_equal(hdu[3:12:4], whole[3:12:4])
        np.testing.assert_array_equal(hdu[[5, -1, 0]], whole[[5, -1, 0]])
        assert hdu[4] == whole[4]
        np.testing.assert_array_equal(
            hdu.read(columns=["data", "uu"], rows=[2])["DATA"], whole["DATA"][[2]]
        )
        np.testing.assert_array_equal(hdu.par("DATE", rows=slice(2, 5)), whole["DATE"][2:5])
        chosen = np.flatnonzero(whole["UU"] > 50)
        np.testing.assert_array_equal(hdu.where("UU > 50"), chosen)
        np.testing.assert_array_equal(hdu.read(rows="UU > 50"), whole[chosen])
        assert [row["UU"] for row in hdu] == whole["UU"].tolist()


def test_groups_are_listed_properly(tmp_path):
    path = tmp_path / "groups.fits"
    write(path, -32, 20, (2, 3), [("UU", 1.0, 0.0)])
    with FITS(path) as fits:
        assert "20 groups of 1 parameters and 2 × 3 values" in repr(fits)
        assert fits[0].shape == (20,)
        assert fits[0].has_data


def test_groups_in_front_of_tables(tmp_path):
    path = tmp_path / "groups.fits"
    write(path, -32, 20, (2, 3), [("UU", 1.0, 0.0)])
    with astropy_fits.open(path, mode="append") as theirs:
        theirs.append(astropy_fits.ImageHDU(np.arange(5)))
    with FITS(path) as fits:
        assert len(fits) == 2
        np.testing.assert_array_equal(fits[1].read(), np.arange(5))


def test_parameters_that_are_not_there(tmp_path):
    path = tmp_path / "groups.fits"
    write(path, -32, 2, (2,), [("UU", 1.0, 0.0)])
    with FITS(path) as fits:
        with pytest.raises(KeyError, match=r"groups.fits\[0\]: no parameter 'VV'; there are 'UU'"):
            fits[0].par("VV")
        with pytest.raises(KeyError, match="DATA"):
            fits[0].par("DATA")
        with pytest.raises(IndexError, match="no parameter 1: there are 1"):
            fits[0].par(1)
        with pytest.raises(TypeError, match="float"):
            fits[0].par(1.5)


def test_a_parameter_without_a_name_gets_one_and_a_warning(tmp_path):
    path = tmp_path / "groups.fits"
    write(path, -32, 2, (2,), [("UU", 1.0, 0.0), ("VV", 1.0, 0.0)])
    content = path.read_bytes().replace(b"PTYPE2  =", b"QTYPE2  =")
    with FITS.from_bytes(content) as fits:
        with pytest.warns(rustfits.FITSWarning, match="PTYPE2"):
            groups = fits[0].read()
        assert groups.dtype.names == ("UU", "par2", "DATA")
        assert fits[0].parnames == ("UU", "par2")


def test_groups_cut_short(tmp_path):
    path = tmp_path / "groups.fits"
    write(path, -64, 10, (4,), [("UU", 1.0, 0.0)])
    content = path.read_bytes()[: 2880 + 3 * 40]
    with FITS.from_bytes(content) as fits:
        assert len(fits[0][:3]) == 3
        with pytest.raises(rustfits.FITSTruncatedError, match="280 bytes"):
            fits[0].read()


def test_groups_cannot_be_written(tmp_path):
    path = tmp_path / "groups.fits"
    write(path, -64, 10, (4,), [("UU", 1.0, 0.0)])
    before = path.read_bytes()
    with FITS(path, "r+") as fits:
        with pytest.raises(TypeError, match="groups"):
            fits[0]["UU"][:] = np.zeros(10)
        assert not hasattr(fits[0], "append")
    assert path.read_bytes() == before
