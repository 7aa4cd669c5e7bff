// SPDX-License-Identifier: Apache-2.0

#if Tools
import StrataCore

/// What the environment of the program tells the Python agent.
struct RunEnvironment {
  /// The folder with the `sitecustomize.py` of the agent.
  let inject: String
  let spool: String
  let every: Duration
  let labels: Labels

  /// The variables by their names.
  var variables: [String: String] {
    [
      "STRATA_RUN_SPOOL": spool,
      "STRATA_RUN_EVERY": "\(Double(every.nanoseconds ?? 0) / 1e9)",
      "STRATA_RUN_LABELS": labelText,
      "PYTHONPATH": [inject, Terminal.variable("PYTHONPATH")].compactMap(\.self)
        .joined(separator: ":"),
    ]
  }

  private var labelText: String {
    var json = JSONWriter()
    json.object { for label in labels.pairs { $0.field(label.key, label.value) } }
    return String(decoding: json.bytes, as: UTF8.self)
  }
}
#endif
