# SPDX-License-Identifier: BSD-3-Clause
"""A server of Google's storage (gcp-storage-emulator): ``python gs_process.py bucket``, prints its port."""

from __future__ import annotations

import logging
import os
import sys
import warnings

warnings.simplefilter("ignore")

from gcp_storage_emulator.server import create_server  # noqa: E402

logging.disable(logging.CRITICAL)
server = create_server("127.0.0.1", 0, in_memory=True, default_bucket=sys.argv[1])
server.start()
print(server._api._httpd.server_address[1], flush=True)
sys.stdin.read()
os._exit(0)
