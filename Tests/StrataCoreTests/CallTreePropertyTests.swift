// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataTestSupport
import StrataTesting
import Testing

struct CallTreePropertyTests {
  /// Everything is shown; a limit on work leaves circles as they come, or cuts them open at once.
  private static func unbounded(unfoldingWork: Int = .max) -> CallTree.Options {
    var options = CallTree.Options(minimumShare: 0, maximumNodes: 50_000, maximumDepth: 10_000)
    options.unfoldingWork = unfoldingWork
    return options
  }

  @Test(arguments: 0..<60 as Range<UInt64>, [Int.max, 0])
  func `the nodes of each function add up to what it took`(seed: UInt64, work: Int) throws {
    let program = TracedProgram(seed: seed, functions: 3 + Int(seed % 9))
    for withTimes in [true, false] {
      let profile = program.profile(withTimesOfCallers: withTimes)
      let tree = try CallTree(profile, options: Self.unbounded(unfoldingWork: work))
      #expect(tree.contradiction == nil)
      guard !tree.isCutShort else { continue }
      let nodes = Dictionary(grouping: tree.nodes.dropFirst(), by: \.function)
      for function in profile.functions {
        let places = nodes[function.function] ?? []
        let time = places.reduce(0) { $0 + $1.selfTime.count }
        let calls = places.reduce(0) { $0 + $1.callCount }
        let whole = function.statistics.selfTime * 1e9
        #expect((Double(time) - whole).magnitude <= Double(tree.nodes.count))
        // What took no whole nanosecond is no node, and its calls are not counted.
        #expect(calls <= Double(function.statistics.callCount) * (1 + 1e-9))
      }
    }
  }

  @Test(arguments: 0..<300 as Range<UInt64>)
  func `what is called exact is what happened`(seed: UInt64) throws {
    let program = TracedProgram(seed: seed, functions: 3 + Int(seed % 12))
    for work in [Int.max, 0] {
      let tree = try CallTree(program.profile(), options: Self.unbounded(unfoldingWork: work))
      compare(tree, with: program)
    }
  }

  @Test(arguments: 0..<100 as Range<UInt64>)
  func `a script stands above what it imports`(seed: UInt64) throws {
    let program = TracedProgram(seed: seed, modules: 8)
    let profile = program.profile()
    let tree = try CallTree(profile, options: Self.unbounded())
    #expect(tree.contradiction == nil)
    compare(tree, with: program)
    let script = tree.nodes.firstIndex { $0.function == TracedProgram.function(2) }
    let node = try #require(script.map { tree.nodes[$0] })
    #expect(node.isCumulativeTimeExact && node.isSelfTimeExact)
    #expect(node.cumulativeTime.count == Int64(program.stacks[[0, 2]]?.cumulativeTime ?? 0))
  }

  /// Compares what is called exact with the stacks of a program.
  private func compare(_ tree: CallTree, with program: TracedProgram) {
    let paths = tree.nodes.indices.map { tree.stack(of: $0).map { $0.line - 1 } }
    let isFolded = paths.allSatisfy { Set($0).count == $0.count }
    for (index, node) in tree.nodes.enumerated().dropFirst()
    where isFolded || !tree.isRecursive(above: index) {
      let stacks = tree.isRecursive(above: index) ? program.foldedStacks : program.stacks
      let real = stacks[paths[index]] ?? TracedProgram.Figures()
      if node.isCumulativeTimeExact {
        #expect(node.cumulativeTime.count == Int64(real.cumulativeTime), "\(paths[index])")
      }
      if node.isSelfTimeExact {
        #expect(node.selfTime.count == Int64(real.selfTime), "\(paths[index])")
        #expect((node.callCount - Double(real.callCount)).magnitude < 1e-6, "\(paths[index])")
      }
    }
  }

  @Test func `a good part of the nodes of small programs is exact`() throws {
    let nodes = try (0..<50 as Range<UInt64>).flatMap { seed in
      try CallTree(TracedProgram(seed: seed, functions: 8).profile()).nodes.dropFirst()
    }
    let exact = nodes.count { $0.isCumulativeTimeExact && $0.isSelfTimeExact }
    #expect(2 * exact > nodes.count / 2, "\(exact) of \(nodes.count)")
    #expect(nodes.contains { $0.isRecursive && $0.isSelfTimeExact })
  }

  @Test(arguments: 0..<40 as Range<UInt64>)
  func `without calls back every first level is exact`(seed: UInt64) throws {
    let tree = try CallTree(TracedProgram(seed: seed, functions: 8).profile())
    let first = tree.nodes[tree.nodes[0].children]
    #expect(first.allSatisfy { $0.isRecursive || $0.isCumulativeTimeExact })
  }

  @Test(arguments: RandomRecords.Times.allCases, 0..<20 as Range<UInt64>)
  func `profiles that contradict themselves keep their sums`(
    times: RandomRecords.Times,
    seed: UInt64
  ) throws {
    var random = RandomRecords(seed: seed, functionCount: 12)
    let profile = random.profile(times, count: 10)
    do {
      let tree = try CallTree(profile, options: .init(minimumShare: 0, maximumNodes: 3_000))
      #expect(tree.contradiction == nil)
    } catch {
      #expect(times == .extreme && error == .totalOutOfRange)
    }
  }
}

extension CallTree {
  /// Whether calls back are counted in a node or in one above it.
  fileprivate func isRecursive(above index: Int) -> Bool {
    var next: Int? = index
    while let position = next {
      if nodes[position].isRecursive { return true }
      next = nodes[position].parent
    }
    return false
  }
}
