# SPDX-License-Identifier: BSD-3-Clause
"""The process behind `servers.upload.dav`: ``python dav_process.py root user password``, prints its port."""

from __future__ import annotations

import logging
import os
import sys
import threading
import warnings

warnings.simplefilter("ignore")

from cheroot import wsgi  # noqa: E402
from wsgidav.wsgidav_app import WsgiDAVApp  # noqa: E402

ROOT, USER, PASSWORD = sys.argv[1:]

logging.disable(logging.CRITICAL)
application = WsgiDAVApp(
    {
        "provider_mapping": {"/": ROOT},
        "simple_dc": {"user_mapping": {"*": {USER: {"password": PASSWORD}}}},
        "http_authenticator": {
            "accept_basic": False,
            "accept_digest": True,
            "default_to_digest": True,
        },
        "logging": {"enable": False},
        "verbose": 0,
    }
)
server = wsgi.Server(("127.0.0.1", 0), application)
server.prepare()
print(server.bind_addr[1], flush=True)
threading.Thread(target=server.serve, daemon=True).start()
sys.stdin.read()
os._exit(0)
