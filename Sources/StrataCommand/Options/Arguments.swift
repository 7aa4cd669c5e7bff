// SPDX-License-Identifier: Apache-2.0

#if Tools
public import ArgumentParser
public import StrataCore
import StrataQuery
import StrataService

/// A duration as an argument: `10s`, `1m30s`.
struct DurationArgument: ExpressibleByArgument {
  var value: Duration

  init(_ value: Duration) {
    self.value = value
  }

  init?(argument: String) {
    guard let value = Duration(text: argument) else { return nil }
    self.value = value
  }

  var defaultValueDescription: String { "\(value.components.seconds)s" }
}

/// A point in time as an argument: ISO 8601, seconds since the epoch, or a duration before now.
struct TimeArgument: ExpressibleByArgument {
  var value: Timestamp

  init?(argument: String) {
    guard let value = Timestamp(parsing: argument, now: .now) else { return nil }
    self.value = value
  }
}

extension Labels.Label {
  /// Reads a label as an argument: `key=value`.
  ///
  /// - Throws: `ValidationError` with the reason.
  init(argument: String) throws {
    do throws(ParameterError) {
      try self.init(parsing: argument)
    } catch {
      throw ValidationError(error.description)
    }
  }
}

extension [Labels.Label] {
  /// Checks that the labels of an option are within the bounds of a capture.
  ///
  /// - Throws: `ValidationError` with the reason.
  func checkArguments() throws {
    do { try Labels(self).check() } catch { throw ValidationError(error.description) }
  }
}

/// What a series stands for as an argument: `function`, `file`, `module`, `label:KEY`, `all`.
struct GroupingArgument: ExpressibleByArgument {
  var value: Grouping

  init?(argument: String) {
    guard let value = Grouping(parsing: argument) else { return nil }
    self.value = value
  }
}

/// A metric as an argument, by Strata's names or pstats'.
struct MetricArgument: ExpressibleByArgument {
  var value: Metric

  init(_ value: Metric) {
    self.value = value
  }

  init?(argument: String) {
    guard let value = Metric(name: argument) else { return nil }
    self.value = value
  }

  var defaultValueDescription: String { value.name }
  static var allValueStrings: [String] { Metric.allCases.map(\.name) }
}

/// One of some words as an argument.
///
/// ArgumentParser has this for every such type, but looks up at run time how to describe it, for
/// each option of each call.
public protocol ChoiceArgument: ExpressibleByArgument, RawRepresentable<String>, CaseIterable {}

extension ChoiceArgument {
  /// The choice that a word names.
  public init?(argument: String) {
    self.init(rawValue: argument)
  }

  /// The word of a default.
  public var defaultValueDescription: String { rawValue }
  /// All words.
  public static var allValueStrings: [String] { allCases.map(\.rawValue) }
  /// Nothing: the words speak for themselves.
  public static var allValueDescriptions: [String: String] { [:] }
}

extension ProfileKind: ChoiceArgument {}
extension ProfileClock: ChoiceArgument {}
extension Statistic: ChoiceArgument {}
extension SlicedSeries.Alignment: ChoiceArgument {}
#endif
