// SPDX-License-Identifier: Apache-2.0

// exit: the error of a benchmark is a sentence, not a trap.
import Foundation

/// The Swift side of `scripts/bench-store`.
///
/// - `generate BASE FOLDER repeating|worst CAPTURES`: makes a corpus of the base dumps in `BASE`.
/// - `simulate BASE FOLDER repeating|worst CAPTURES LEAST MOST HOSTS`: the same without dumps and edges for
///   the peers, straight into a store; of base dumps with so many functions, on so many hosts.
/// - `answer STORE`: answers a question for each line of input.
@main
enum StoreBenchmark {
  static func main() async {
    do {
      try await run(Array(CommandLine.arguments.dropFirst()))
    } catch {
      FileHandle.standardError.write(Data("StoreBenchmark: \(error)\n".utf8))
      exit(1)
    }
  }

  private static func run(_ arguments: [String]) async throws {
    switch arguments.first {
    case "generate" where arguments.count == 5:
      var folder = try CorpusFolder(corpus(arguments), folder: arguments[2])
      try await folder.write()
    case "simulate" where arguments.count == 8:
      var store = try SimulatedStore(corpus(arguments), folder: arguments[2])
      try await store.write()
    case "answer" where arguments.count == 2: try await QuestionLoop(path: arguments[1]).run()
    default: throw BenchmarkError("unknown arguments: \(arguments.joined(separator: " "))")
    }
  }

  /// The corpus that `BASE FOLDER FORM CAPTURES [LEAST MOST HOSTS]` means.
  private static func corpus(_ arguments: [String]) throws -> Corpus {
    let numbers = arguments[4...].compactMap { Int($0) }
    guard let form = Corpus.Form(rawValue: arguments[3]), numbers.count == arguments.count - 4
    else { throw BenchmarkError("expected repeating or worst, and numbers") }
    var size = CorpusSize(captures: numbers[0])
    if numbers.count == 4 {
      size.functions = numbers[1]...max(numbers[1], numbers[2])
      size.hosts = max(1, numbers[3])
    }
    return try Corpus(baseFolder: arguments[1], form: form, size: size)
  }
}
