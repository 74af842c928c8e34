# SPDX-License-Identifier: BSD-3-Clause
"""Stream codecs of the C library over Python modules.

`formats` holds the formats and their modules, `callbacks` the functions that C calls.
"""

from __future__ import annotations
