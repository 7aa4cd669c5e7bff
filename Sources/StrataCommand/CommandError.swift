// SPDX-License-Identifier: Apache-2.0

#if Tools
import ArgumentParser
import PythonPattern
import StrataCore
import StrataExport
import StrataFormats
import StrataSpool
import StrataQuery
import StrataService

/// A failure of a command: one line for people, and the exit code that says which kind.
struct CommandError: Error, CustomStringConvertible {
  /// The exit codes, after BSD's `sysexits.h`.
  enum Code: Int32 {
    /// The command was used incorrectly.
    case usage = 64
    /// A file does not hold what it should.
    case badData = 65
    /// A file or store is missing or cannot be read.
    case noInput = 66
    /// Something needed is temporarily unavailable: a lock, space on a disk.
    case unavailable = 69
    /// An error in Strata itself.
    case internalError = 70
    /// A result cannot be written.
    case cannotWrite = 73
    /// A program is there and cannot be run; the code of shells.
    case notExecutable = 126
    /// There is no such program; the code of shells.
    case noProgram = 127
  }

  let code: Code
  let description: String

  init(_ code: Code, _ description: String) {
    self.code = code
    self.description = description
  }

  /// The failure that an error of a library is to the user of the command.
  init(_ error: any Error) {
    switch error {
    case let error as CommandError: self = error
    case let error as FileError: self.init(error.exitCode, "\(error)")
    case let error as QueryError: self.init(error.exitCode, error.sentence)
    case let error as PatternError: self.init(.usage, "\(error)")
    case let error as CaptureError: self.init(.badData, "\(error)")
    case ImportFailure.file(let error): self.init(error)
    case let error as ImportFailure: self.init(.badData, "\(error)")
    case let error as CallTreeError: self.init(.badData, "\(error)")
    case let error as StoreError: self.init(error.exitCode, error.sentence)
    case let error as SpoolError: self.init(.unavailable, "\(error)")
    default: self.init(.internalError, "\(error)")
    }
  }

  /// The code of several failures: bad data if any is, since that is what only its owner can mend.
  static func exitCode(of failures: [CommandError]) -> Code? {
    exitCode(of: failures.map(\.code))
  }

  /// The code of the failures that have these.
  static func exitCode(of codes: [Code]) -> Code? {
    codes.contains(.badData) ? .badData : codes.first
  }
}

extension QueryError {
  /// The exit code: bad data where the store is at fault, else a wrong call.
  var exitCode: CommandError.Code {
    if case .inconsistentStore = self { .badData } else { .usage }
  }
}

extension StoreError {
  /// The exit code: bad data where the file is at fault, unavailable where waiting may help.
  var exitCode: CommandError.Code {
    switch code {
    case .notAStore, .newerVersion, .olderVersion, .unsupportedVersion, .unfinished, .damaged,
      .tooLarge:
      .badData
    case .notFound, .cannotOpen: .noInput
    case .exists, .cannotCreate: .cannotWrite
    default: .unavailable
    }
  }
}

extension FileError {
  /// The exit code: bad data where the content is at fault, no input where the file is.
  var exitCode: CommandError.Code {
    switch code {
    case .format, .line, .record, .tooLarge: .badData
    case .notFound, .notRegular, .system, .tooDeep, .nameNotUTF8, .noDumps: .noInput
    case .pathLabels: .usage
    }
  }
}

/// What a command says besides its result, on standard error.
enum Diagnostics {
  /// Prints an error as one line.
  static func error(_ message: String) {
    print("strata: error: \(message)")
  }

  /// Prints a warning as one line.
  static func warn(_ message: String) {
    print("strata: warning: \(message)")
  }

  /// Prints lines to standard error; other control characters, which names may hold, are escaped.
  static func print(lines: String) {
    for line in lines.split(separator: "\n", omittingEmptySubsequences: false) {
      print(String(line))
    }
  }

  /// Prints a line to standard error; control characters, which names may hold, are escaped.
  static func print(_ line: String) {
    // Where the message cannot be shown, the work continues.
    try? StandardStream.error.write(Array((line.escapedForDisplay + "\n").utf8))
  }
}
#endif
