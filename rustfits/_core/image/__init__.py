# SPDX-License-Identifier: BSD-3-Clause
"""Images, plain and compressed."""
