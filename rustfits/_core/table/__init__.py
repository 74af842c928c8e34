# SPDX-License-Identifier: BSD-3-Clause
"""Binary, ASCII and compressed tables, and random groups."""
