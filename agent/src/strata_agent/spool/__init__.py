# SPDX-License-Identifier: Apache-2.0
"""A spool folder: dumps, and an index that describes them. Knows nothing about how they are captured or sent."""
