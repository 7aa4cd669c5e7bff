// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataTestSupport
import StrataTesting

/// A made-up program that runs, with what cProfile would dump of it and what really happened.
///
/// Source of the rules: `Stop` in CPython's `Modules/_lsprof.c`.
struct TracedProgram {
  /// Time and calls in nanoseconds.
  struct Figures: Hashable {
    var callCount = 0
    var primitiveCallCount = 0
    var selfTime = 0
    var cumulativeTime = 0
  }

  private struct Edge: Hashable {
    var caller: Int
    var callee: Int
  }

  private struct Frame {
    var function: Int
    var start: Int
    var timeBelow = 0
  }

  /// The real figures of each stack.
  private(set) var stacks: [[Int]: Figures] = [:]
  /// The same with calls back to a function on the stack folded into that function.
  private(set) var foldedStacks: [[Int]: Figures] = [:]
  private var functions: [Int: Figures] = [:]
  private var edges: [Edge: Figures] = [:]
  private var levels: [Int: Int] = [:]
  private var edgeLevels: [Edge: Int] = [:]
  private var frames: [Frame] = []
  private var clock = 0
  private var random: SeededGenerator
  private let callees: [[Int]]
  private var callsLeft: Int

  /// Runs a program of some functions, each of which calls up to four others at random.
  init(seed: UInt64, functions count: Int, calls: Int = 2_000) {
    var random = SeededGenerator(seed: seed)
    let isRecursive = Bool.random(using: &random)
    callees = (0..<count).map { function in
      (0..<Int.random(in: 0...4, using: &random)).compactMap { _ in
        let lowest = isRecursive ? 0 : function + 1
        return lowest < count ? Int.random(in: lowest..<count, using: &random) : nil
      }
    }
    self.random = random
    callsLeft = calls
    for _ in 0..<3 { call(Int.random(in: 0..<min(3, count), using: &self.random)) }
  }

  /// Runs a script that imports modules, as Python does: `exec` (0) runs the script (2) and each
  /// module (3 and more), once; these call `import` (1), which calls `exec` for what is new.
  init(seed: UInt64, modules count: Int) {
    random = SeededGenerator(seed: seed)
    callees = []
    callsLeft = 0
    var loaded: Set<Int> = [2]
    call(0) { $0.call(2) { $0.importModules(count, &loaded) } }
    call(1) { $0.clock += 5 }
  }

  private mutating func importModules(_ count: Int, _ loaded: inout Set<Int>) {
    for _ in 0..<Int.random(in: 0...4, using: &random) {
      let module = Int.random(in: 3..<3 + count, using: &random)
      call(1) { program in
        guard loaded.insert(module).inserted else { return }
        program.call(0) { $0.call(module) { $0.importModules(count, &loaded) } }
      }
    }
  }

  private mutating func call(_ function: Int) {
    callsLeft -= 1
    call(function) { program in
      guard program.frames.count < 30 else { return }
      for callee in program.callees[function] where program.callsLeft > 0 {
        guard Bool.random(using: &program.random) else { continue }
        program.call(callee)
        program.clock += Int.random(in: 0...100, using: &program.random)
      }
    }
  }

  private mutating func call(_ function: Int, _ body: (inout TracedProgram) -> Void) {
    start(function)
    clock += Int.random(in: 1...1_000, using: &random)
    body(&self)
    stop()
  }

  private mutating func start(_ function: Int) {
    levels[function, default: 0] += 1
    if let caller = frames.last?.function {
      edgeLevels[Edge(caller: caller, callee: function), default: 0] += 1
    }
    frames.append(Frame(function: function, start: clock))
  }

  private mutating func stop() {
    let stack = frames.map(\.function)
    guard let frame = frames.popLast() else { return }
    let time = clock - frame.start
    let selfTime = time - frame.timeBelow
    levels[frame.function, default: 0] -= 1
    functions[frame.function, default: Figures()].add(
      selfTime,
      time,
      isOutermost: levels[frame.function] == 0
    )
    stacks.count(stack, selfTime)
    foldedStacks.count(stack.folded, selfTime)
    guard let caller = frames.last?.function else { return }
    frames[frames.count - 1].timeBelow += time
    let edge = Edge(caller: caller, callee: frame.function)
    edgeLevels[edge, default: 0] -= 1
    edges[edge, default: Figures()].add(selfTime, time, isOutermost: edgeLevels[edge] == 0)
  }

  /// A function by its number.
  static func function(_ number: Int) -> Function {
    .at("program.py", number + 1, ByteString("f\(number)"))
  }

  /// What cProfile, or, without times of callers, `profile` would dump.
  func profile(withTimesOfCallers: Bool = true) -> StatsProfile {
    StatsProfile(
      functions: functions.sorted { $0.key < $1.key }.map { number, figures in
        FunctionProfile(
          function: Self.function(number),
          statistics: figures.statistics,
          callers: edges.filter { $0.key.callee == number }.sorted { $0.key.caller < $1.key.caller }
            .map { edge, figures in
              CallEdge(
                caller: Self.function(edge.caller),
                figures: withTimesOfCallers
                  ? .full(figures.statistics) : .countOnly(CallCount(figures.callCount))
              )
            }
        )
      }
    )
  }
}

extension TracedProgram.Figures {
  fileprivate mutating func add(_ selfTime: Int, _ time: Int, isOutermost: Bool) {
    callCount += 1
    self.selfTime += selfTime
    guard isOutermost else { return }
    primitiveCallCount += 1
    cumulativeTime += time
  }

  fileprivate var statistics: CallStatistics {
    .of(
      CallCount(callCount),
      primitive: CallCount(primitiveCallCount),
      Double(selfTime) * 1e-9,
      Double(cumulativeTime) * 1e-9
    )
  }
}

extension [[Int]: TracedProgram.Figures] {
  /// Counts a call that ended.
  fileprivate mutating func count(_ stack: [Int], _ selfTime: Int) {
    self[stack, default: TracedProgram.Figures()].selfTime += selfTime
    self[stack, default: TracedProgram.Figures()].callCount += 1
    for end in stack.indices {
      self[Array(stack[...end]), default: TracedProgram.Figures()].cumulativeTime += selfTime
    }
  }
}

extension [Int] {
  fileprivate var folded: [Int] {
    reduce(into: []) { stack, function in
      if let index = stack.firstIndex(of: function) { stack.removeSubrange((index + 1)...) }
      if stack.last != function { stack.append(function) }
    }
  }
}
