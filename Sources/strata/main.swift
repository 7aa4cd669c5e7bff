// SPDX-License-Identifier: Apache-2.0

// The command is a library of its own, since tests that import a program may be compiled before
// it: SwiftPM (6.3) forgets that they depend on it in a package that has macros.
import StrataCommand

await Strata.main()
