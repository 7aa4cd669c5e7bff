# SPDX-License-Identifier: Apache-2.0
"""Sends the contents of a spool folder to a server over HTTP, as `docs/http-ingest.md` describes."""
