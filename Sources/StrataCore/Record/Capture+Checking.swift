// SPDX-License-Identifier: Apache-2.0

extension Capture {
  /// Checks what is said of the profile: start, duration and labels.
  ///
  /// - Throws: ``CaptureError`` that names what is out of bounds.
  package func checkDescription() throws(CaptureError) {
    try start.checkStart(duration: duration)
    try labels.check()
  }
}
