# SPDX-License-Identifier: Apache-2.0
"""Records whole programs, one dump for each slice of time: what `strata run` starts in a program.

All of it is loaded before the program, so it imports only what `recording` says.
"""
