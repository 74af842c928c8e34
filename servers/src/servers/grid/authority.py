# SPDX-License-Identifier: BSD-3-Clause
"""Throw-away certificates in the form that grid software expects."""

from __future__ import annotations

import subprocess
from pathlib import Path

_POLICY = """access_id_CA  X509  '/O=rustfits tests/CN=authority'
pos_rights    globus  CA:sign
cond_subjects globus  '"/O=rustfits tests/*"'
"""


class GridAuthority:
    """A certificate authority that exists for one test, made with openssl.

    Attributes
    ----------
    folder
        What ``X509_CERT_DIR`` names: the certificate of the authority under its hash, and its signing policy.
    """

    def __init__(self, folder: Path) -> None:
        self._place = folder
        self.folder = folder / "certificates"
        self.folder.mkdir(parents=True)
        self._openssl(
            "req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 30",
            "-subj",
            "/O=rustfits tests/CN=authority",
            "-addext",
            "basicConstraints=critical,CA:TRUE",
            "-addext",
            "keyUsage=critical,keyCertSign,cRLSign",
        )
        digest = self._openssl("x509 -hash -noout -in ca.pem").strip()
        (self.folder / f"{digest}.0").write_bytes((folder / "ca.pem").read_bytes())
        (self.folder / f"{digest}.signing_policy").write_text(_POLICY)

    def issue(self, name: str, *, server: bool) -> tuple[Path, Path]:
        """The files of a certificate for ``/O=rustfits tests/CN=<name>`` and of its key."""
        stem = "server" if server else "user"
        extensions = "basicConstraints=CA:FALSE\nkeyUsage=digitalSignature,keyEncipherment\n"
        if server:
            extensions += f"subjectAltName=DNS:{name},IP:127.0.0.1\n"
        (self._place / f"{stem}.ext").write_text(extensions)
        self._openssl(
            f"req -newkey rsa:2048 -nodes -keyout {stem}.key -out {stem}.csr",
            "-subj",
            f"/O=rustfits tests/CN={name}",
        )
        self._openssl(
            f"x509 -req -in {stem}.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 30 "
            f"-out {stem}.pem -extfile {stem}.ext"
        )
        certificate, key = self._place / f"{stem}.pem", self._place / f"{stem}.key"
        key.chmod(0o600)
        return certificate, key

    def _openssl(self, arguments: str, *more: str) -> str:
        done = subprocess.run(
            ["openssl", *arguments.split(), *more],
            cwd=self._place,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise RuntimeError(f"openssl failed: {done.stderr}")
        return done.stdout
