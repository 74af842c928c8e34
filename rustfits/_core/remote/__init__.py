# SPDX-License-Identifier: BSD-3-Clause
"""Transfers of remote files, by pycurl and by fsspec."""
