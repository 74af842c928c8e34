# SPDX-License-Identifier: BSD-3-Clause
"""Both transports, and images of some sizes."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from support.drivers.sending import Send, build_writer, make_libcurl_send, send_by_pycurl
from support.fetches import transports


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Remove credentials, proxies and certificates."""
    for name in list(os.environ):
        if name.lower().endswith("_proxy") or name.startswith(("AWS_", "CURL_CA", "SSL_CERT")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.fixture(scope="session")
def writer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program ``remote_writer``."""
    return build_writer(tmp_path_factory.mktemp("writer"))


@pytest.fixture(params=transports())
def send(request: pytest.FixtureRequest, tmp_path: Path) -> Send:
    if request.param == "pycurl":
        return send_by_pycurl
    return make_libcurl_send(request.getfixturevalue("writer"), tmp_path)


@pytest.fixture(scope="session")
def small() -> np.ndarray:
    return np.arange(700, dtype="f4").reshape(20, 35)


@pytest.fixture(scope="session")
def large() -> np.ndarray:
    """8 MB that do not compress: more than any buffer of a server or a system."""
    return np.random.default_rng(5).integers(0, 256, (8, 1000, 1000), "u1")


@pytest.fixture(scope="session")
def huge() -> np.ndarray:
    """More than one part of a multipart upload."""
    return np.random.default_rng(6).integers(0, 256, (20, 1000, 1000), "u1")
