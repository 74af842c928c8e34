# SPDX-License-Identifier: BSD-3-Clause
"""New files on FTP servers: pyftpdlib, plain and with TLS."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits as astropy_fits

from servers import FTPServer, ftp_server
from servers.ftp import PASSWORD, USER
from support.drivers.sending import Send, run_writer
from support.files import fits_bytes


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("root")
    (folder / "sub").mkdir()
    return folder


@pytest.fixture(scope="module", params=["ftp", "ftps"])
def ftp(request: pytest.FixtureRequest, root: Path) -> Iterator[FTPServer]:
    with ftp_server(root, tls=request.param == "ftps", writable=True) as server:
        yield server


def send_to(send: Send, ftp: FTPServer, path: str, image: np.ndarray, **options: object) -> str:
    if ftp.ca_bundle is not None:
        options["ca_bundle"] = str(ftp.ca_bundle)
    url = ftp.url(path, user=USER, password=PASSWORD)
    sent = send(url, image, put=True, **options)
    assert PASSWORD not in sent.message
    return sent.status


def check(path: Path, image: np.ndarray) -> None:
    with astropy_fits.open(path) as hdus:
        np.testing.assert_array_equal(hdus[0].data, image)


@pytest.mark.parametrize("name", ["a.fits", "sub/s p+cé[1].fits"])
def test_the_file_is_renamed_when_it_is_complete(
    send: Send, ftp: FTPServer, root: Path, small: np.ndarray, large: np.ndarray, name: str
) -> None:
    for image in (small, large):
        count = len(ftp.commands())
        assert send_to(send, ftp, name, image) == "RF_OK"
        check(root / name, image)
    folder = (root / name).parent
    assert not [entry for entry in os.listdir(folder) if entry.endswith(".part")]
    commands = [(command, argument) for command, argument, _ in ftp.commands()[count:]]
    (stored,) = [argument for command, argument in commands if command == "STOR"]
    assert stored.startswith(".") and stored.endswith(".part")
    assert ("RNFR", stored) in commands
    assert ("RNTO", Path(name).name) in commands


def test_a_full_disk_leaves_nothing(
    send: Send, ftp: FTPServer, root: Path, small: np.ndarray, large: np.ndarray
) -> None:
    before = sorted(os.listdir(root))
    assert send_to(send, ftp, "full/none.fits", large, retries=0) != "RF_OK"
    assert sorted(os.listdir(root)) == before
    assert send_to(send, ftp, "old.fits", small) == "RF_OK"
    assert send_to(send, ftp, "full/old.fits", large, retries=0) != "RF_OK"
    check(root / "old.fits", small)
    assert not [entry for entry in os.listdir(root) if entry.endswith(".part")]


def test_refusals(send: Send, ftp: FTPServer, root: Path, small: np.ndarray) -> None:
    before = sorted(os.listdir(root))
    assert send_to(send, ftp, "missing/a.fits", small) == "RF_ERR_NO_FILE"
    options = {} if ftp.ca_bundle is None else {"ca_bundle": str(ftp.ca_bundle)}
    sent = send(ftp.url("anonymous.fits"), small, put=True, **options)
    assert (sent.status, sent.stage) == ("RF_ERR_PERMISSION", "close")
    assert sorted(os.listdir(root)) == before


def test_names_with_commands_are_refused(send: Send, ftp: FTPServer, small: np.ndarray) -> None:
    count = len(ftp.commands())
    for path in ("a%0d%0aDELE%20b.fits", "folder/"):
        assert send_to(send, ftp, path, small) == "RF_ERR_ARGUMENT"
    assert len(ftp.commands()) == count


def test_a_new_file_replaces_none(
    ftp: FTPServer, root: Path, writer: Path, tmp_path: Path, small: np.ndarray
) -> None:
    (tmp_path / "source.fits").write_bytes(fits_bytes(small))
    arguments = ["put=1", "new=1"]
    if ftp.ca_bundle is not None:
        arguments.append(f"ca_bundle={ftp.ca_bundle}")
    url = ftp.url("new.fits", user=USER, password=PASSWORD)
    (root / "new.fits").unlink(missing_ok=True)
    said = [run_writer(writer, tmp_path / "source.fits", url, *arguments) for _ in range(2)]
    assert [one["close"] for one in said] == ["RF_OK", "RF_ERR_EXISTS"]
    assert said[0]["atomic"] == "1"
    check(root / "new.fits", small)
