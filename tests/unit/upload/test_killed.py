# SPDX-License-Identifier: BSD-3-Clause
"""A process that is killed while it sends leaves a whole file on the server: an old one or a new one.

RUSTFITS_KILLS sets the number of kills for each server.
"""

from __future__ import annotations

import io
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits as astropy_fits

from servers import ftp_server, http_server, s3_server
from servers.ftp import PASSWORD, USER
from servers.s3 import PRIVATE

KILLS = int(os.environ.get("RUSTFITS_KILLS", "2"))
#: Sends one file after the other; all pixels of one file are equal.
PROGRAM = """
import sys
import numpy as np
from rustfits import FITS, Remote

for number in range(1, 200):
    fits = FITS(sys.argv[1], "w+", remote=Remote(put=True))
    fits.write_image(np.full((20, 1000, 1000), number, "u1"))
    print(number, flush=True)
    fits.close()
"""
Read = Callable[[], bytes]


@pytest.fixture(params=["http", "ftp", "s3"])
def place(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[str, Read]]:
    """The URL of a file, and a function that returns its bytes on the server."""
    if request.param == "http":
        with http_server(tmp_path) as http:
            yield http.url("put/a.fits"), (tmp_path / "a.fits").read_bytes
    elif request.param == "ftp":
        with ftp_server(tmp_path, writable=True) as ftp:
            url = ftp.url("a.fits", user=USER, password=PASSWORD)
            yield url, (tmp_path / "a.fits").read_bytes
    else:
        with s3_server() as s3:
            monkeypatch.setenv("AWS_ACCESS_KEY_ID", s3.key)
            monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", s3.secret)
            monkeypatch.setenv("AWS_ENDPOINT_URL", s3.endpoint)
            client = s3._client("s3")
            yield (
                f"s3://{PRIVATE}/a.fits",
                lambda: client.get_object(Bucket=PRIVATE, Key="a.fits")["Body"].read(),
            )


def test_a_killed_process_leaves_a_whole_file(place: tuple[str, Read]) -> None:
    url, read = place
    rng = random.Random(21)
    for _ in range(KILLS):
        with subprocess.Popen(
            [sys.executable, "-c", PROGRAM, url], stdout=subprocess.PIPE, text=True
        ) as child:
            assert child.stdout is not None
            for wanted in ("1\n", "2\n"):  # the first file is complete when the second one is begun
                assert child.stdout.readline() == wanted
            time.sleep(rng.uniform(0, 0.15))
            child.kill()
        with astropy_fits.open(io.BytesIO(read())) as hdus:
            pixels = hdus[0].data
        assert pixels.shape == (20, 1000, 1000)
        assert len(np.unique(pixels)) == 1
