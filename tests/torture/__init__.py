# SPDX-License-Identifier: BSD-3-Clause
"""Kills, failing writes and mutated files: what no ordinary test does to a library that writes files.

``python -m torture kill|fail|mutate`` (with the folder ``tests`` on ``PYTHONPATH``) runs the long forms, which
``make torture`` does; ``tests/unit/writing/test_torture.py`` replays a short part of each. Every run prints its seed.
"""
