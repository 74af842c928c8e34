# SPDX-License-Identifier: BSD-3-Clause
"""Real servers on loopback, for tests, the demo and the benchmarks.

``tools/setup.sh test`` installs the package::

    from servers import http_server, https_server, ftp_server, fault_server

    with http_server("/some/folder") as server:
        server.url("a.fits")            # "http://127.0.0.1:40123/a.fits"
    with ftp_server("/some/folder", tls=True) as server:
        server.url("a.fits")            # "ftps://127.0.0.1:40124/a.fits"
        server.ca_bundle                # file with the certificate of its throw-away authority

`http_server` and `https_server` are nginx (the Debian package ``nginx-light`` is enough), `ftp_server` is
pyftpdlib in a process of its own, `fault_server` is a thread that answers as no decent server
would. Each module says which first folders of a path make it behave in which way.
"""

from .certificates import Authority
from .fault import FaultServer, fault_server
from .ftp import FTPServer, ftp_server
from .latency import LatencyProxy, latency_proxy
from .nginx import HTTPServer, http_server, https_server, nginx_path
from .s3 import S3Server, s3_server

__all__ = [
    "Authority",
    "FTPServer",
    "FaultServer",
    "HTTPServer",
    "LatencyProxy",
    "S3Server",
    "fault_server",
    "ftp_server",
    "http_server",
    "https_server",
    "latency_proxy",
    "nginx_path",
    "s3_server",
]
