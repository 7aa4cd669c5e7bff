// SPDX-License-Identifier: Apache-2.0

#if Macros
import StrataCore
import StrataMacros
import Testing

/// Marked functions that run: what they return, and what is recorded of them.
struct ProfiledFunctionTests {
  @Test func `bodies of every shape return what they returned`() async {
    let recording = await Bench.record {
      #expect(single(1) == 2)
      var log: [String] = []
      #expect(early(nil, log: &log) == -1)
      #expect(early(0, log: &log) == 0)
      #expect(early(5, log: &log) == 5)
      #expect(log == ["left", "left", "left"])
      #expect(choice(true) == "yes")
      nothing()
      discarding()
      #expect(impossible(4) == 4)
      #expect(factorial(5) == 120)
    }
    #expect(
      recording.lines == [
        "single(_:) 1 0", "early(_:log:) 3 2", "choice(_:) 1 0", "nothing() 1 0",
        "discarding() 1 0",
        "discardable() 1 0", "impossible(_:) 1 0", "factorial(_:) 5/1 5",
      ]
    )
    #expect(recording.callers(of: "discardable()") == ["discarding()"])
    recording.expectDeclarations(in: markedFunctions)
  }

  @Test func `errors keep their types`() async {
    let recording = await Bench.record {
      #expect(throws: Failure()) { try throwing(-1) }
      #expect((try? throwing(1)) == 1)
      do throws(Failure) {
        #expect(try typed(2) == 2)
        _ = try typed(-2)
      } catch {
        #expect(error.code == -2)
      }
      #expect(unfailing() == 7)
      do throws(Failure) {
        #expect(try passing { () throws(Failure) in try typed(3) } == 3)
      } catch {
        Issue.record(error)
      }
      #expect(passing { 4 } == 4)
      #expect(again { 2 } == 4)
      #expect(throws: Failure.self) { try again { try throwing(-1) } }
      #expect(lazily(single(1)) == 2)
    }
    #expect(
      recording.lines == [
        "throwing(_:) 3 3", "typed(_:) 3 3", "unfailing() 1 0", "passing(_:) 2 1", "again(_:) 2 1",
        "lazily(_:) 1 0", "single(_:) 1 0",
      ]
    )
    #expect(recording.callers(of: "typed(_:)") == ["passing(_:)"])
    #expect(recording.callers(of: "single(_:)") == ["lazily(_:)"])
    recording.expectDeclarations(in: markedFunctions)
  }

  @Test func `generic, opaque and existential results come through`() async throws {
    let recording = try await Bench.record { () async throws in
      #expect(largest(1, 3, 2) == 3)
      #expect(largest("a") == "a")
      let (number, text) = pack(1, "b")
      #expect((number, text) == (1, "b"))
      #expect(Array(opaque(3)) == [0, 2, 4])
      #expect(try opaqueThrowing(2).count == 1)
      #expect(throws: Failure()) { try opaqueThrowing(-2) }
      #expect(opened(4) as? Int == 8)
      #expect(unwrapped(6) == 6)
      #expect(unwrapped(nil) == nil)
      #expect(makeClosure(9)() == 9)
    }
    #expect(recording.functions.map(\.statistics.callCount) == [2, 1, 1, 2, 1, 2, 1])
    recording.expectDeclarations(in: markedFunctions)
  }

  @Test func `values that cannot be copied come through`() async {
    let recording = await Bench.record {
      var made = handle()
      move(&made)
      made.advance()
      #expect(look(at: made) == 5)
      #expect(made.read() == 5)
      #expect(sum(of: [1, 2, 3].span) == 6)
      let box = fresh()
      Task { box.number += 1 }
      let later = await waitingHandle()
      #expect(later.number == 8)
    }
    #expect(
      recording.lines == [
        "handle() 1 0", "move(_:) 1 1", "Handle.advance() 2 2", "look(at:) 1 0",
        "Handle.read() 1 1",
        "sum(of:) 1 0", "fresh() 1 0", "waitingHandle() 1 0",
      ]
    )
    #expect(recording.callers(of: "Handle.advance()") == ["move(_:)"])
    recording.expectDeclarations(in: markedFunctions)
  }

  @Test func `asynchronous functions follow their task`() async throws {
    let recording = try await Bench.record { () async throws in
      #expect(await waiting(1) == 1)
      #expect(try await waitingOrThrowing(2) == 2)
      await #expect(throws: Failure()) { try await waitingOrThrowing(-1) }
      do throws(Failure) {
        _ = try await waitingTyped(-3)
      } catch {
        #expect(error.code == -3)
      }
      #expect(await waitingAgain { 2 } == 4)
      var number = 0
      await waitingInOut(&number)
      #expect(number == 2)
      #expect(await concurrently() == 3)
      #expect(Array(try await waitingOpaque()) == [3])
      #expect(await elsewhere(6) == 6)
      #expect(await isolated(Box()) == 1)
    }
    #expect(
      recording.functions.map { "\($0.function.name.string) \($0.statistics.callCount)" } == [
        "waiting(_:) 6", "waitingOrThrowing(_:) 2", "waitingTyped(_:) 1", "waitingAgain(_:) 1",
        "waitingInOut(_:) 1", "concurrently() 1", "waitingOpaque() 1", "elsewhere(_:) 1",
        "isolated(to:_:) 1",
      ]
    )
    #expect(
      Set(recording.callers(of: "waiting(_:)"))
        == ["waitingOrThrowing(_:)", "concurrently()", "waitingOpaque()", "elsewhere(_:)"]
    )
    recording.expectDeclarations(in: markedFunctions)
  }

  @Test func `overloads are told apart by their lines`() async {
    let recording = await Bench.record {
      #expect(overloaded(1) == "Int")
      #expect(overloaded("a") == "String")
    }
    #expect(recording.names == ["overloaded(_:)", "overloaded(_:)"])
    let lines = recording.functions.map(\.function.line)
    #expect(lines == [lines[0], lines[0] + 1])
    #expect(
      Set(recording.functions.map(\.function.file)) == ["StrataMacrosTests/MarkedFunctions.swift"]
    )
    recording.expectDeclarations(in: markedFunctions)
  }

  @Test func `the line is that of the word 'func', wherever the attribute stands`() async {
    let recording = await Bench.record {
      #expect(around() == 8)
      #expect(attributed() == 5)
    }
    #expect(recording.names == ["around().inner(_:)", "attributed()"])
    recording.expectDeclarations(in: markedFunctions)
  }

  @Test(arguments: [false, true])
  func `a function that inherits its actor stays on it`(isEnabled: Bool) async {
    _ = await Bench.record(isEnabled: isEnabled) { @MainActor in
      #expect(await inheriting() === MainActor.shared)
    }
  }

  @Test func `nothing is recorded while the profiler is off`() async throws {
    let recording = try await Bench.record(isEnabled: false) { () async throws in
      #expect(single(1) == 2)
      #expect(try typed(1) == 1)
      #expect(try await waitingOrThrowing(2) == 2)
      #expect(Parser.fast.property == 1)
      #expect(try Parser.parse("4") == 4)
      load([1], kind: "a")
    }
    #expect(recording.functions.isEmpty)
    #expect(recording.snapshot.parts.isEmpty)
  }
}

private let markedFunctions = #filePath.replacing("ProfiledFunctionTests", with: "MarkedFunctions")
#endif
