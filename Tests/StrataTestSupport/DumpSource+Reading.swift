// SPDX-License-Identifier: Apache-2.0

package import StrataCore
package import StrataSpool

extension DumpSource {
  /// The one capture of a dump.
  package func capture(
    defaults: DumpDefaults = DumpDefaults()
  ) throws(FileError) -> Capture {
    var reader = DumpReader(defaults: defaults)
    return try reader.captures(of: self)[0]
  }
}
