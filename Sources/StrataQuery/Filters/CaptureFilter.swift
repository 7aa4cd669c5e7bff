// SPDX-License-Identifier: Apache-2.0

public import StrataCore

/// Conditions on captures: on their labels, and on the properties that every capture has.
///
/// As text: `endpoint=/search,input!=small,host=~web.*,@kind=traced,@duration>1s`. Several
/// `=` conditions on one label or property are alternatives; all other conditions must hold.
///
/// A store may look into the conditions and answer those that it understands.
public struct CaptureFilter: Hashable, Sendable {
  /// The conditions in lists: of each list, one condition must hold.
  ///
  /// The conditions of a list are about one label or one property.
  public private(set) var clauses: [[Condition]] = []

  /// Creates a filter; without conditions it matches every capture.
  ///
  /// Equalities of one label or property become alternatives, whatever comes between them.
  public init(_ conditions: [Condition] = []) {
    var places: [Condition.Subject: Int] = [:]
    for condition in conditions {
      if condition.isEquality, let place = places[condition.subject] {
        clauses[place].append(condition)
      } else {
        if condition.isEquality { places[condition.subject] = clauses.count }
        clauses.append([condition])
      }
    }
  }

  /// Both filters: a capture must match each of them.
  public func and(_ other: CaptureFilter) -> CaptureFilter {
    var both = self
    both.clauses += other.clauses
    return both
  }

  /// Whether a capture meets all conditions.
  ///
  /// - Throws: ``QueryError/pattern(_:)`` if that takes too long to find out.
  public func matches(_ header: CaptureHeader) throws(QueryError) -> Bool {
    for clause in clauses {
      var holds = false
      for condition in clause where !holds { holds = try condition.holds(for: header) }
      guard holds else { return false }
    }
    return true
  }
}

// MARK: - What a store may ask of it

extension CaptureFilter {
  /// Whether there are conditions on labels.
  public var hasLabelConditions: Bool {
    clauses.contains { $0.contains(where: \.isAboutLabel) }
  }

  /// Whether a condition needs what only single captures have, and no sum over several.
  ///
  /// Labels, kind and clock are the same for all captures of a sum that a store keeps.
  public var needsSingleCaptures: Bool {
    clauses.contains { clause in
      clause.contains {
        switch $0 {
        case .label, .kind, .clock: false
        case .duration, .weight: true
        }
      }
    }
  }

  /// Whether labels meet all conditions on labels; the other conditions are left out.
  ///
  /// - Throws: ``QueryError/pattern(_:)`` if that takes too long to find out.
  public func matches(labels: Labels) throws(QueryError) -> Bool {
    for clause in clauses where clause.contains(where: \.isAboutLabel) {
      var holds = false
      for case .label(let key, let comparison) in clause where !holds {
        holds = try comparison.holds(for: labels[key] ?? "")
      }
      guard holds else { return false }
    }
    return true
  }

  /// The kinds that meet all conditions on the kind, in the order of all kinds.
  public var kinds: [ProfileKind] {
    ProfileKind.allCases.filter { kind in
      meets {
        if case .kind(let equality, let other) = $0 { equality.holds(kind, other) } else { nil }
      }
    }
  }

  /// The clocks that meet all conditions on the clock, in the order of all clocks.
  public var clocks: [ProfileClock] {
    ProfileClock.allCases.filter { clock in
      meets {
        if case .clock(let equality, let other) = $0 { equality.holds(clock, other) } else { nil }
      }
    }
  }

  /// Whether each clause about something holds; `test` answers nil for conditions about others.
  private func meets(_ test: (Condition) -> Bool?) -> Bool {
    clauses.allSatisfy { clause in
      let answers = clause.compactMap(test)
      return answers.isEmpty || answers.contains(true)
    }
  }
}
