// SPDX-License-Identifier: Apache-2.0

import StrataCharts
import StrataCore
import StrataExport
import StrataFormats
import StrataSpool
import StrataQuery

// A dump, {('a.py', 3, 'f'): (1, 2, 0.5, 1.0, {})} as marshal writes it, becomes a stack of bars.
let bytes: [UInt8] =
  [0x7b, 0x29, 3, 0x7a, 4] + Array("a.py".utf8) + [0x69, 3, 0, 0, 0, 0x7a, 1, 0x66, 0x29, 5]
  + [0x69, 1, 0, 0, 0, 0x69, 2, 0, 0, 0]
  + [0x67, 0, 0, 0, 0, 0, 0, 0xe0, 0x3f, 0x67, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0x7b, 0x30, 0x30]
let dump = try PstatsDump(bytes)
let start = Timestamp(nanoseconds: 0)
let record = Capture(
  id: ProfileID(dump: bytes, start: start, labels: [:]),
  start: start,
  profile: dump.profile
)
let series = try await MemoryStore([record]).slices(SliceQuery(every: .seconds(10)))
precondition(series.slices[0].total == MetricValue(500_000_000), "the self time is half a second")
precondition(!TerminalChart(series).text.isEmpty, "the chart is drawn")
print("OnlyCore: reads, sums and draws without Foundation")
