// SPDX-License-Identifier: Apache-2.0

// exit: the error of a benchmark is a sentence, not a trap.
import Foundation

/// The Swift side of `scripts/bench-store`.
///
/// - `generate BASE FOLDER repeating|worst CAPTURES`: makes a corpus of the base dumps in `BASE`.
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
    case "generate" where arguments.count == 5: try generate(arguments)
    case "answer" where arguments.count == 2: try QuestionLoop(path: arguments[1]).run()
    default: throw BenchmarkError("unknown arguments: \(arguments.joined(separator: " "))")
    }
  }

  private static func generate(_ arguments: [String]) throws {
    guard let form = Corpus.Form(rawValue: arguments[3]), let captures = Int(arguments[4]) else {
      throw BenchmarkError("expected repeating or worst and a number of captures")
    }
    let corpus = try Corpus(baseFolder: arguments[1], form: form, captures: captures)
    var folder = try CorpusFolder(corpus, folder: arguments[2])
    try folder.write()
  }
}
