// SPDX-License-Identifier: Apache-2.0

// JSONEncoder and JSONDecoder: the words between the driver and the engines.
import Foundation
import StrataQuery
import StrataSQLite

/// Answers one question for each line of input.
///
/// The driver has the peers answer the same question between two lines, so that all meet the same
/// state of the machine.
struct QuestionLoop {
  let store: SQLiteStore

  init(path: String) throws {
    store = try SQLiteStore.open(path: path, mode: .readOnly)
  }

  func run() async throws {
    while let line = readLine() {
      let question = try JSONDecoder().decode(Question.self, from: Data(line.utf8))
      let answer = try JSONEncoder().encode(await answer(question))
      print(String(decoding: answer, as: UTF8.self))
      fflush(nil)
    }
  }

  private func answer(_ question: Question) async throws -> Answer {
    let isChecked = question.check == true
    switch question.kind {
    case .slices:
      let query = try question.sliceQuery()
      let (result, time) = try await Stopwatch.measure { try await store.slices(query) }
      var answer = Answer(time)
      if isChecked { answer.fill(result) }
      return answer
    case .merge:
      let (result, time) = try await Stopwatch.measure {
        try await store.merged(question.selection, resolution: question.resolution)
      }
      var answer = Answer(time)
      if isChecked { answer.fill(result.profile) }
      return answer
    }
  }
}
