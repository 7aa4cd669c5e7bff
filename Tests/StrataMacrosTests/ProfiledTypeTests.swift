// SPDX-License-Identifier: Apache-2.0

#if Macros
import StrataCore
import StrataMacros
import Testing

/// Marked methods and whole types that run.
struct ProfiledTypeTests {
  @Test func `methods of structs are named after their types`() async {
    let recording = await Bench.record {
      var point = Point(x: 1)
      point.move(by: 2)
      #expect(point.x == 3)
      await point.moveLater()
      #expect(point.x == 5)
      point.reset()
      #expect(point == Point.make() + -Point(x: 9))
      #expect(point(4) == 4)
      #expect(Point.Path().draw(from: Point(x: 3)) == 6)
      Point.Path().erase()
      #expect([1, 2].total() == 3)
      #expect(Cat().call() == "cat")
    }
    #expect(
      recording.names == [
        "Point.move(by:)", "Point.moveLater()", "Point.reset()", "Point.make()", "Point.-(_:)",
        "Point.+(_:_:)", "Point.callAsFunction(_:)", "Point.Path.draw(from:times:)",
        "Point.Path.erase()", "Array.total()", "Animal.call()",
      ]
    )
    expectDeclarations(recording)
  }

  @Test func `methods of classes call super, and see their objects go`() async {
    let recording = await Bench.record {
      let object = Derived()
      #expect(object.work() == 20)
      #expect(object.me() === object)
      #expect(object.measure() == 0)
      #expect(Derived.kind() == "derived of base")
    }
    #expect(
      recording.lines.sorted() == [
        "Base.deinit 1 3", "Base.kind() 1 0", "Base.me() 1 0", "Base.work() 1 1",
        "Derived.kind() 1 0", "Derived.work() 1 1",
      ]
    )
    #expect(recording.callers(of: "Base.work()") == ["Derived.work()"])
    #expect(recording.callers(of: "Base.kind()") == ["Derived.kind()"])
    expectDeclarations(recording)
  }

  @Test func `isolated methods stay where they are isolated`() async throws {
    let recording = try await Bench.record { () async throws in
      let account = Account()
      #expect(try await account.depositLater(5) == 10)
      await account.deposit(1)
      #expect(account.describe() == "account")
      await showWindow()
      #expect(await onMain() == 3)
    }
    #expect(
      recording.lines == [
        "Account.depositLater(_:) 1 0", "Account.deposit(_:) 2 0", "Account.describe() 1 0",
        "Window.show(_:) 1 0", "Window.showLater(_:) 1 0", "onMain() 1 0",
      ]
    )
    #expect(recording.callers(of: "Account.deposit(_:)") == ["Account.depositLater(_:)"])
    expectDeclarations(recording)
  }

  @MainActor private func showWindow() async {
    let window = Window()
    window.show("a")
    let box = Box()
    #expect(await window.showLater(box) == "a!")
    #expect(box.number == 1)
  }

  // MARK: - Whole types

  @Test func `all functions of a type are measured, but for those left out`() async throws {
    let recording = try await Bench.record { () async throws in
      #expect(try Parser.parse("7") == 7)
      #expect(throws: Failure()) { try Parser.parse("x") }
      Parser.fast.marked()
      await Parser.fast.extended()
      #expect(Parser.fast.property == 1)
      Parser.Inside().untouched()
    }
    #expect(
      recording.lines == [
        "Parser.parse(_:) 2 2", "Parser.check(_:) 1 0", "named 1 0", "Parser.extended() 1 0",
      ]
    )
    #expect(recording.callers(of: "Parser.check(_:)") == ["Parser.parse(_:)"])
    let labels = recording.snapshot.parts.map(\.labels)
    #expect(labels == [[:], ["part": "extension"]])
    expectDeclarations(recording, renamed: "named")
  }

  @Test func `all functions of an actor are measured`() async {
    let recording = await Bench.record {
      let queue = Queue()
      await queue.push(1)
      #expect(await queue.pop() == 1)
      #expect(await queue.pop() == nil)
    }
    #expect(recording.lines == ["Queue.push(_:) 1 0", "Queue.pop() 2 0"])
    expectDeclarations(recording)
  }

  // MARK: - Arguments

  @Test func `a property may hold the profiler`() async throws {
    let server = Server(profiler: Profiler())
    #expect(server.respond() == 200)
    let outer = try await Bench.record { () async throws in
      server.profiler.enable()
      #expect(server.respond() == 200)
      #expect(try await server.respondLater() == 201)
      server.restart()
    }
    #expect(outer.functions.isEmpty)
    let inner = Recording(snapshot: server.profiler.snapshot())
    #expect(inner.names == ["Server.respond()", "Server.respondLater()", "Server.restart()"])
    #expect(inner.functions.map(\.statistics.callCount) == [1, 1, 1])
    expectDeclarations(inner)
  }

  @Test func `a name may be given`() async {
    let recording = await Bench.record { named() }
    #expect(recording.names == ["another name"])
  }

  @Test func `labels hold for all calls within`() async {
    let recording = await Bench.record {
      single(0).ignore()
      labelled()
    }
    let parts = recording.snapshot.parts
    #expect(parts.map(\.labels) == [[:], ["service": "search"]])
    #expect(Set(parts[1].profile.functions.map(\.function.name)) == ["labelled()", "single(_:)"])
  }

  @Test func `inputs are labels made of the parameters`() async {
    let recording = await Bench.record {
      load([1, 2], kind: "big")
      load([], kind: nil)
      #expect(await loadLater(3) == 3)
    }
    #expect(
      recording.snapshot.parts.map(\.labels) == [
        ["size": "2", "input": "Optional(\"big\")"], ["size": "0", "input": "nil"],
        ["service": "search", "input": "3"],
      ]
    )
  }

  /// In a process of its own, for other tests turn the shared profiler on and off too.
  @Test func `without an argument the shared profiler is used`() async {
    await #expect(processExitsWith: .success) {
      shared()
      Profiler.shared.run { shared() }
      shared()
      let functions = Profiler.shared.statsProfile().functions
      try #require(functions.map(\.function.name) == ["shared()"])
      try #require(functions[0].statistics.callCount == 1)
    }
  }

  private func expectDeclarations(
    _ recording: Recording,
    renamed: String? = nil,
    _ place: SourceLocation = #_sourceLocation
  ) {
    recording.expectDeclarations(
      in: #filePath.replacing("ProfiledTypeTests", with: "MarkedTypes"),
      renamed: renamed,
      place
    )
  }
}
#endif
