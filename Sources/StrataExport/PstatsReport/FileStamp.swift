// SPDX-License-Identifier: Apache-2.0

public import StrataCore

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// The line of a report that names a file: when it was last changed, in local time, and its path.
public enum FileStamp {
  /// The line for a file, `Tue Nov 14 22:13:20 2023    app.prof`.
  ///
  /// - Parameters:
  ///   - path: The path, as it was given.
  ///   - modified: When the file was last changed.
  /// - Returns: The line, without a line feed.
  public static func line(for path: String, modified: Timestamp) -> String {
    "\(localTime(modified))    \(path)"
  }

  /// A point in time as C's `ctime` writes it, in the time zone of the environment (`TZ`).
  static func localTime(_ time: Timestamp) -> String {
    var seconds = time_t(time.nanoseconds.quotientAndModulus(dividingBy: 1_000_000_000).quotient)
    var parts = unsafe tm()
    guard unsafe localtime_r(&seconds, &parts) != nil else { return "?" }
    // SAFETY: whole numbers are copied; the time zone's name, a pointer, is not looked at.
    let (weekday, month, day) = unsafe (parts.tm_wday, parts.tm_mon, parts.tm_mday)
    let (clock, year) = unsafe ([parts.tm_hour, parts.tm_min, parts.tm_sec], parts.tm_year)
    let date = "\(weekdays[Int(weekday)]) \(months[Int(month)]) \(day < 10 ? " " : "")\(day)"
    let time = clock.map { Int64($0).padded(to: 2) }.joined(separator: ":")
    return "\(date) \(time) \(1900 + Int(year))"
  }

  private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]
}
