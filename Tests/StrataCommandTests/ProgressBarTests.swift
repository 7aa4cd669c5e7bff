// SPDX-License-Identifier: Apache-2.0

#if Tools

import Testing

@testable import StrataCommand

struct ProgressBarTests {
  @Test(arguments: [
    (0, 0, "0/1  0%"), (0, 4, "0/4  0%"), (3, 4, "3/4  75%"), (4, 4, "4/4  100%"),
    // More than was counted first, as where other processes add work.
    (5, 4, "5/5  100%"),
  ])
  func `a bar is as wide as it is, whatever was counted`(_ done: Int, _ total: Int, _ end: String) {
    let line = ProgressBar.line(done: done, of: total, elapsed: .zero)
    #expect(line.hasSuffix(end))
    #expect(line.prefix { $0 == "━" || $0 == "─" }.count == 30)
  }
}

#endif
