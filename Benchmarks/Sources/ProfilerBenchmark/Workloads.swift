// SPDX-License-Identifier: Apache-2.0

/// Programs whose every function is marked.
struct Workload<P: Probe> {
  let probe: P

  /// Runs one of them, and answers something that depends on all that it did.
  func run(_ name: String) async -> Int {
    switch name {
    case "fib": fibonacci(25)
    case "json": JSONReader(probe: probe, JSONSample.bytes).count()
    case "async": await pipeline()
    case "request": await requests()
    default: fatalError("there is no workload \(name)")
    }
  }

  /// Nothing but calls.
  @inline(never)
  private func fibonacci(_ number: Int) -> Int {
    probe.call("fib") { number < 2 ? number : fibonacci(number - 1) + fibonacci(number - 2) }
  }

  // MARK: - Asynchronous functions that wait for each other

  private func pipeline() async -> Int {
    var sum = 0
    for number in 0..<5_000 { sum += await stage3(number) }
    return sum
  }

  @inline(never)
  private func stage3(_ number: Int) async -> Int {
    await probe.call("stage3") { await stage2(number) + 1 }
  }

  @inline(never)
  private func stage2(_ number: Int) async -> Int {
    await probe.call("stage2") { await stage1(number) * 3 }
  }

  @inline(never)
  private func stage1(_ number: Int) async -> Int {
    await probe.call("stage1") {
      if number.isMultiple(of: 16) { await Task.yield() }
      return number ^ 5
    }
  }

  // MARK: - A request through middleware to a handler, as a web server has it

  private func requests() async -> Int {
    var sum = 0
    for number in 0..<200 { sum += await respond(number) }
    return sum
  }

  @inline(never)
  private func respond(_ number: Int) async -> Int {
    await probe.call("respond") { await log(number) }
  }

  @inline(never)
  private func log(_ number: Int) async -> Int {
    await probe.call("log") { await authenticate(number).count }
  }

  @inline(never)
  private func authenticate(_ number: Int) async -> [UInt8] {
    await probe.call("authenticate") { await handle(number) }
  }

  @inline(never)
  private func handle(_ number: Int) async -> [UInt8] {
    await probe.call("handle") {
      await Task.yield()
      let rows = probe.call("query") { (0..<200).map { ($0 * 7919 + number) % 1_000 } }
      let sorted = probe.call("sort") { rows.sorted() }
      return render(sorted)
    }
  }

  @inline(never)
  private func render(_ rows: [Int]) -> [UInt8] {
    probe.call("render") {
      var text: [UInt8] = []
      for row in rows { probe.call("cell") { text.append(contentsOf: String(row).utf8) } }
      return text
    }
  }
}
