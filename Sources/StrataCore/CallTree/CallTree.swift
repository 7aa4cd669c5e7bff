// SPDX-License-Identifier: Apache-2.0

/// The calls of a profile as a tree: who called whom, from the top down, and how long it took.
///
/// A pstats dump holds no stacks. It holds functions, and for each function its direct callers with
/// the time that it took on their behalf (`CallEdge`). The tree is made from these alone, so a part
/// of it is measured and the rest is apportioned; every node says which it is.
///
/// ## How time is distributed
///
/// Let S(v) be the self time of function v, and s(u,v), c(u,v) the self and cumulative time of v
/// while u called it. A virtual function *root* calls what no function called: functions without
/// callers, and calls that the callers do not account for (calls of v − Σ calls of its edges).
///
/// 1. **Every edge has its share of the callee's self time**: ψ(u,v) = S(v) · s(u,v) / Σ s(·,v),
///    which is s(u,v) itself wherever the dump agrees with itself.
/// 2. **What is below a function goes up to its callers.** In an order in which callees come first,
///    B(v) = Σ φ(v,w) over its callees w is known, and φ(u,v) = ψ(u,v) + B(v) · b(u,v) / Σ b(·,v)
///    with b = c − s: the time below v that the dump counts for this caller. In a dump that agrees
///    with itself φ(u,v) = c(u,v), exactly. So the flow φ loses and invents nothing: what enters v
///    is S(v) + B(v), and what leaves *root* is Σ S.
/// 3. **The tree is unfolded from the root down, the widest node first.** A node of v that holds the
///    part p of all the time below v gives each callee w p · ψ(v,w) as self time and
///    p · (φ − ψ)(v,w) below. So children never exceed their parent, and the nodes of a function add
///    up to its self time. Nodes below ``Options/minimumShare`` become the parent's ``Node/hiddenTime``.
///
/// **Recursion is folded.** Functions that call each other in a circle (a strongly connected
/// component of the graph) have no order in which callees come first. Entered through a function e,
/// they get one: e is taken out, calls back to e are counted in the node of e above (their self time
/// is its self time), and steps 2 and 3 continue with the rest, which may hold smaller circles that
/// are entered in the same way. So paths end, and no time is lost. Where this would take too long (a
/// circle of thousands of functions, entered at hundreds of places), the rest is put into order at
/// once, by leaving out the calls that lead back on a depth-first walk from e.
///
/// **Outermost calls are separated** from calls back where times allow it. `exec` runs a script,
/// and again each module that the script imports; folded, the modules would be its siblings.
/// A call back is within a call that is counted for its caller, so a callee of `exec` that took
/// longer than the longest of these is a callee of its outermost call. Where such a callee leads back
/// into the circle and never runs twice at a time, the function is in the tree as two: its
/// outermost calls, and the calls back.
///
/// **Exact** is a node whose time the dump holds for this very place (``Node/measuredTime``): its
/// caller is called in one place only, and so are all callers above it. A function with two callers is exact below each of
/// them; what it calls itself is then apportioned, since the dump does not say for whom it called.
/// Dumps of the `profile` module hold numbers of calls on their edges and no times, so b and s are
/// numbers of calls there (``Basis/calls``).
///
/// Sums are whole nanoseconds: ``Node/cumulativeTime`` is, to the nanosecond, ``Node/selfTime``, the
/// children's cumulative times and ``Node/hiddenTime`` added up. Times below zero, as when a clock
/// steps back, count as zero; ``negativeTime`` says how much that is.
///
/// Earlier tools chose otherwise: snakeviz scales what does not fit and repeats the rest below every
/// caller, so that functions add up to more than they took (snakeviz#112); flameprof does not find its
/// roots where a dump has threads (flameprof#4); tuna ends the tree at a function with two callers
/// (tuna#69); gprof makes one entry of a circle. What no tool can do is say which caller of
/// a dispatcher led to which of its callees (flameprof#11): here, that is called apportioned.
public struct CallTree: Hashable, Sendable {
  /// How far the tree is unfolded.
  public struct Options: Hashable, Sendable {
    /// Nodes with a smaller part of the total time are hidden in their parent.
    public var minimumShare: Double
    /// The most nodes; the widest are unfolded first.
    public var maximumNodes: Int
    /// The most nodes on a path, the root aside.
    public var maximumDepth: Int
    /// How many functions and edges may be put into order for circles within circles, and how many
    /// for circles of any kind.
    package var unfoldingWork = 300_000
    package var orderingWork = 6_000_000

    /// Creates options.
    public init(
      minimumShare: Double = 0.0001,
      maximumNodes: Int = 20_000,
      maximumDepth: Int = 250
    ) {
      self.minimumShare = minimumShare
      self.maximumNodes = maximumNodes
      self.maximumDepth = maximumDepth
    }
  }

  /// A function in one place of the tree.
  public struct Node: Hashable, Sendable {
    /// The function; nil for the root, which stands for the whole profile.
    public var function: Function?
    /// The position of the caller's node; nil for the root.
    public var parent: Int?
    /// How many nodes are above.
    public var depth: Int
    /// Time in this node and all below it.
    public var cumulativeTime: Nanoseconds
    /// Time in the function itself, including calls back to it from below.
    public var selfTime: Nanoseconds
    /// Calls in this place; not a whole number where they are apportioned.
    public var callCount: Double
    /// Time in callees that are not nodes of their own.
    public var hiddenTime: Nanoseconds
    /// How many callees are not nodes of their own.
    public var hiddenFunctions: Int
    /// The positions of the callees' nodes, the widest first.
    public var children: Range<Int>
    /// What the dump itself says of the cumulative time, if it says something of this very place.
    ///
    /// A dump may contradict itself, since cProfile loses functions whose names are equal.
    public var measuredTime: Nanoseconds?
    /// Whether self time and calls are measured in this place, not apportioned.
    public var isSelfTimeExact: Bool
    /// Whether calls from further down the tree are counted here.
    public var isRecursive: Bool

    /// Whether the cumulative time is what the dump says of this place, but for its rounding.
    public var isCumulativeTimeExact: Bool {
      measuredTime.map { Double($0.count).agrees(with: Double(cumulativeTime.count)) } ?? false
    }
  }

  /// In what proportion time is divided among callers.
  public enum Basis: Hashable, Sendable {
    /// The time that each caller's calls took.
    case times
    /// The number of each caller's calls, since the dump has no times of callers.
    case calls
    /// Times where the dump has them, else numbers of calls.
    case timesAndCalls
  }

  /// The nodes: the root first, each parent before its children, siblings side by side.
  public let nodes: [Node]
  /// In what proportion time is divided among callers.
  public let basis: Basis
  /// The sum of the self times that are below zero and were taken as zero.
  public let negativeTime: Nanoseconds
  /// Whether the limits on nodes, depth or work ended the tree somewhere above its minimum share.
  public let isCutShort: Bool

  /// Time of all functions together: the sum of their self times, each in whole nanoseconds.
  public var totalTime: Nanoseconds { nodes[0].cumulativeTime }

  /// Distributes the time of a profile.
  ///
  /// - Throws: ``CallTreeError`` for a time that has no nanoseconds.
  /// - Complexity: O(*e* log *e*) in the edges of the profile, and a bounded amount beyond it for
  ///   circles of calls and for nodes.
  public init(
    _ profile: StatsProfile,
    options: Options = Options()
  ) throws(CallTreeError) {
    let graph = try CallGraph(profile)
    var builder = CallTreeBuilder(graph, options)
    builder.unfold()
    let functions = profile.functionTable.functions
    nodes = builder.places.map {
      $0.named(graph.origins[Int($0.function)], in: functions)
    }
    basis = graph.table.basis
    negativeTime = graph.table.negativeTime
    isCutShort = builder.isCutShort
  }
}

/// A profile whose times cannot be distributed.
public enum CallTreeError: Error, Hashable, Sendable {
  /// A self time is NaN, infinite, or beyond ±2⁶² ns.
  case timeOutOfRange(Function, seconds: Double)
  /// The self times together are beyond 2⁶² ns.
  case totalOutOfRange
}

extension CallTreeError: CustomStringConvertible {
  /// The error as one line.
  public var description: String {
    switch self {
    case .timeOutOfRange(let function, let seconds):
      "self time of \(function): expected a finite time within 2^62 ns, found \(seconds) s"
    case .totalOutOfRange:
      "the sum of the self times exceeds 2^62 ns: choose fewer captures"
    }
  }
}
