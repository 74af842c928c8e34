# SPDX-License-Identifier: BSD-3-Clause
"""Invalid arguments of the functions of many files: one error of the package for each fault."""

import numpy as np
import pytest

import rustfits


@pytest.fixture
def names(tmp_path):
    made = []
    for number in range(2):
        made.append(str(tmp_path / f"{number}.fits"))
        rustfits.write(made[-1], np.ones(5, [("a", "i4"), ("b", "f8")]))
    return made


def test_an_iterator_of_schemes_opens_all_files(names):
    parts = rustfits.plan(names, schemes=iter(["file"]))
    assert [part.rows for part in parts] == [(0, 5), (0, 5)]
    assert rustfits.scan_fits(names, schemes=iter(["file"])).collect().height == 10


def test_names_that_are_no_iterable_are_type_errors(names):
    with rustfits.FITS(names[0]) as fits:
        for call in (
            lambda: rustfits.read_headers(names, keys=3),
            lambda: rustfits.plan(names, columns=3),
            lambda: rustfits.scan_fits(names, columns=3),
            lambda: fits[1].read(columns=3),
            lambda: rustfits.plan(names)[0].read(columns=3),
        ):
            with pytest.raises(rustfits.FITSTypeError, match="must be a str or an iterable of str"):
                call()
    with pytest.raises(rustfits.FITSValueError, match="at least one column"):
        rustfits.scan_fits(names, columns=[])


@pytest.mark.parametrize("rows", [[3, 6], [6, 6], [-1, 2], [3, 2]])
def test_a_part_outside_of_its_table_is_refused(names, rows):
    part = {**rustfits.plan(names)[0].to_dict(), "rows": rows}
    with pytest.raises((rustfits.FITSIndexError, rustfits.FITSValueError)):
        rustfits.read_part(part)


@pytest.mark.parametrize("box", [[[0, 5], [0, 5]], [[0, 4]], [[-1, 2], [0, 5]]])
def test_a_part_outside_of_its_image_is_refused(tmp_path, box):
    name = tmp_path / "image.fits"
    rustfits.write(name, np.zeros((4, 5)))
    part = {**rustfits.plan(name)[0].to_dict(), "box": box}
    with pytest.raises((rustfits.FITSIndexError, rustfits.FITSValueError)):
        rustfits.read_part(part)


def test_options_of_new_tables_that_are_no_mappings(tmp_path):
    import polars

    for option in ("units", "var_dtypes", "bit_columns"):
        for data in ({"a": np.ones(2)}, polars.DataFrame({"a": [1, 2]})):
            with pytest.raises(rustfits.FITSTypeError, match=option):
                rustfits.write_table(tmp_path / "new.fits", data, **{option: 3})
    assert not (tmp_path / "new.fits").exists()


def test_headers_refuse_texts_of_other_types():
    header = rustfits.FITSHeader({"A": 1})
    for call in (
        lambda: rustfits.FITSHeader.fromstring(3),
        lambda: header.rename("A", 3),
        lambda: header.tostring(sep=3),
    ):
        with pytest.raises(rustfits.FITSTypeError):
            call()


def test_the_message_of_an_unknown_mode_names_x(tmp_path):
    with pytest.raises(rustfits.FITSValueError, match="'w\\+' or 'x'"):
        rustfits.write(tmp_path / "new.fits", np.zeros(3), mode="q")
