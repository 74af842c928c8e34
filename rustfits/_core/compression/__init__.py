# SPDX-License-Identifier: BSD-3-Clause
"""The settings of compressed images and tables."""
