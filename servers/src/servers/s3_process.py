# SPDX-License-Identifier: BSD-3-Clause
"""The process behind `servers.s3`: ``python s3_process.py``, prints its port."""

from __future__ import annotations

import logging
import sys
import warnings

warnings.simplefilter("ignore")

from moto.server import ThreadedMotoServer  # noqa: E402

logging.disable(logging.CRITICAL)
server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
server.start()
print(server.get_host_and_port()[1], flush=True)
sys.stdin.read()
