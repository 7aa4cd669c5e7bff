// SPDX-License-Identifier: Apache-2.0

public import StrataCore

/// A call that was opened by a probe.
@usableFromInline @frozen
struct OpenCall {
  /// When the profiler was turned on; 0 where the call is not recorded.
  @usableFromInline let epoch: UInt

  @inlinable init(epoch: UInt) { self.epoch = epoch }
}

extension Profiler {
  /// Runs a closure as a call of a function.
  ///
  /// While the profiler is off that costs one look at a number; on, two readings of the clock and about as
  /// much again.
  ///
  /// - Parameters:
  ///   - name: The name of the function; that of the function around the call unless given.
  ///   - fileID: The file of the function: `Module/File.swift`.
  ///   - line: Its line.
  ///   - body: What is called, at once, on this thread.
  /// - Returns: What the closure returns.
  /// - Throws: What the closure throws.
  @inlinable
  public func measure<Result: ~Copyable, Failure: Error>(
    _ name: StaticString = #function,
    fileID: StaticString = #fileID,
    line: Int = #line,
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let call = isEnabled ? open(CallSite(name: name, file: fileID, line: line)) : OpenCall(epoch: 0)
    defer { if call.epoch != 0 { close(call) } }
    return try body()
  }

  /// Runs a closure as a call of a function, and tells its inputs apart.
  ///
  /// The labels hold for all calls that are made within it, too; where both have a key, the inner one
  /// holds. A few texts are compared and hashed at each call.
  @inlinable
  public func measure<Result: ~Copyable, Failure: Error>(
    _ name: StaticString = #function,
    labels: @autoclosure () -> Labels,
    fileID: StaticString = #fileID,
    line: Int = #line,
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let call =
      isEnabled
      ? open(CallSite(name: name, file: fileID, line: line), labels: labels())
      : OpenCall(epoch: 0)
    defer { if call.epoch != 0 { close(call) } }
    return try body()
  }

  @usableFromInline
  func open(_ site: CallSite) -> OpenCall {
    OpenCall(epoch: lane.open(site, site.key, nil, for: self))
  }

  @usableFromInline
  func open(_ site: CallSite, labels: Labels) -> OpenCall {
    OpenCall(epoch: lane.open(site, site.key, labels, for: self))
  }

  @usableFromInline
  func close(_ call: OpenCall) {
    lane.close(call.epoch, for: self)
  }

  /// The lane of the calling thread.
  @inline(__always)
  var lane: Lane { unsafe Lane(ThreadRecord.lane(of: self), of: self) }
}
