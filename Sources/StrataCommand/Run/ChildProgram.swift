// SPDX-License-Identifier: Apache-2.0

#if Tools
import CStrataSystem
// The C library: errno's values, setenv.
import Foundation

/// The program that `strata run` runs: in the same group, so that the terminal is its own.
struct ChildProgram {
  private let process: Int32
  /// What the program ended with, as `waitpid` has it.
  private var status: Int32?

  /// Starts the last arguments of this process as a program, with more environment.
  ///
  /// - Parameters:
  ///   - count: How many arguments these are.
  ///   - name: The first of them.
  ///   - variables: What is added to the environment, or replaces what is there.
  /// - Throws: ``CommandError`` with the code of shells where the program cannot be run.
  init(lastArguments count: Int, name: String, adding variables: [String: String]) throws {
    for (key, value) in variables { unsafe setenv(key, value, 1) }
    guard strata_watch_for_child() == 0 else {
      throw CommandError(.unavailable, "cannot forward signals to the program; try again")
    }
    var process: Int32 = 0
    // SAFETY: the arguments of a process end with a null, and stay in place. The originals: what
    // Swift makes of them is UTF-8.
    let arguments = unsafe CommandLine.unsafeArgv + (Int(CommandLine.argc) - count)
    let error = unsafe strata_start_child(arguments, &process)
    guard error == 0 else { throw CommandError(program: name, errno: error) }
    self.process = process
  }

  /// Waits for the end of the program, for a signal, and no longer than a time; returns whether the
  /// program has ended.
  mutating func hasEnded(within time: Duration) throws -> Bool {
    if try look() { return true }
    Signals.wait(time)
    return try look()
  }

  private mutating func look() throws -> Bool {
    guard status == nil else { return true }
    var status: Int32 = 0
    switch unsafe strata_child_status(process, &status) {
    case 0: return false
    case 1:
      self.status = status
      return true
    default:
      throw CommandError(.internalError, "cannot get the exit status of process \(process)")
    }
  }

  /// The code that the program ended with, 128 and the signal where one ended it; nil before.
  var exitCode: Int32? {
    guard let status else { return nil }
    let signal = status & 0x7f
    return signal == 0 ? status >> 8 & 0xff : 128 + signal
  }
}

extension CommandError {
  /// Why a program cannot be run, with the code that shells have for it.
  fileprivate init(program: String, errno: Int32) {
    switch errno {
    case ENOENT, ENOTDIR:
      self.init(.noProgram, "\(program): program not found; check its name and PATH")
    case EACCES, ENOEXEC, EISDIR:
      self.init(
        .notExecutable,
        "\(program): expected a program, found a file that is not executable; put python3 before "
          + "it, or check its permissions"
      )
    default: self.init(.notExecutable, "\(program): cannot be run (errno \(errno))")
    }
  }
}
#endif
