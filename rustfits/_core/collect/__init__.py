# SPDX-License-Identifier: BSD-3-Clause
"""Many files at once: their headers, their HDUs, and plans to read them in parts."""
