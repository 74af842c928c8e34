# SPDX-License-Identifier: BSD-3-Clause
"""Throw-away certificates."""

from __future__ import annotations

import datetime
from pathlib import Path


class Authority:
    """A certificate authority that exists for one test, made with trustme.

    Parameters
    ----------
    folder
        Where its files go.
    expired
        Whether the certificates that it issues are over.

    Attributes
    ----------
    bundle
        PEM file of its own certificate: what a client has to trust.
    """

    def __init__(self, folder: str | Path, *, expired: bool = False) -> None:
        import trustme

        self._expired = expired
        self._folder = Path(folder)
        self._authority = trustme.CA()
        self._count = 0
        self.bundle = self._folder / "ca.pem"
        self._authority.cert_pem.write_to_path(str(self.bundle))

    def issue(self, *names: str) -> Path:
        """A PEM file with key and certificate for these host names or addresses."""
        self._count += 1
        path = self._folder / f"server-{self._count}.pem"
        end = datetime.datetime(2020, 1, 1) if self._expired else None
        made = self._authority.issue_cert(*names, not_after=end)
        made.private_key_and_cert_chain_pem.write_to_path(str(path))
        path.chmod(0o600)
        return path
