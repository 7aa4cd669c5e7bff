// SPDX-License-Identifier: Apache-2.0

// exit: the error of a benchmark is a sentence, not a trap.
import Foundation

/// The Swift side of `scripts/bench-store`.
///
/// - `generate BASE FOLDER repeating|worst CAPTURES`: makes a corpus of the base dumps in `BASE`.
/// - `simulate BASE FOLDER repeating|worst CAPTURES FUNCTIONS`: the same without dumps and edges for the
///   peers, straight into a store; of base dumps with at most so many functions.
/// - `answer STORE`: answers a question for each line of input.
@main
enum StoreBenchmark {
  static func main() {
    do {
      try run(Array(CommandLine.arguments.dropFirst()))
    } catch {
      FileHandle.standardError.write(Data("StoreBenchmark: \(error)\n".utf8))
      exit(1)
    }
  }

  private static func run(_ arguments: [String]) throws {
    switch arguments.first {
    case "generate" where arguments.count == 5:
      var folder = try CorpusFolder(corpus(arguments), folder: arguments[2])
      try folder.write()
    case "simulate" where arguments.count == 6:
      let corpus = try corpus(arguments, maximumFunctions: Int(arguments[5]) ?? .max)
      var store = try SimulatedStore(corpus, folder: arguments[2])
      try store.write()
    case "answer" where arguments.count == 2: try QuestionLoop(path: arguments[1]).run()
    default: throw BenchmarkError("unknown arguments: \(arguments.joined(separator: " "))")
    }
  }

  /// The corpus that `BASE FOLDER FORM CAPTURES` means.
  private static func corpus(
    _ arguments: [String],
    maximumFunctions: Int = .max
  ) throws -> Corpus {
    guard let form = Corpus.Form(rawValue: arguments[3]), let captures = Int(arguments[4]) else {
      throw BenchmarkError("expected repeating or worst and a number of captures")
    }
    return try Corpus(
      baseFolder: arguments[1],
      form: form,
      captures: captures,
      maximumFunctions: maximumFunctions
    )
  }
}
