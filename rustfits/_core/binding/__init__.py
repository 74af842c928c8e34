# SPDX-License-Identifier: BSD-3-Clause
"""The C library, its errors and its open files."""
