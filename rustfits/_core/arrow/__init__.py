# SPDX-License-Identifier: BSD-3-Clause
"""The Arrow C data interface: tables for other packages, and their frames as tables."""
