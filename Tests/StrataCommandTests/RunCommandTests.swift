// SPDX-License-Identifier: Apache-2.0

#if Tools
import Foundation
import StrataFormats
import StrataSpool
import StrataTestSupport
import Testing

/// Programs under an agent that takes one profile of each: what `strata run` does, and no more.
@Suite(.enabled(if: Python.path != nil, "needs python3"))
struct RunCommandTests {
  private let folder: TemporaryFolder
  private let python: String

  init() throws {
    folder = try TemporaryFolder()
    python = try #require(Python.path)
    try folder.write("agent/strata_agent/inject/sitecustomize.py", Python.agent.utf8)
    try folder.write("agent/strata_agent/__init__.py", [])
  }

  private var environment: [String: String] {
    ["STRATA_AGENT": folder("agent"), "PATH": "/usr/bin:/bin", "NO_COLOR": "1"]
  }

  private func arguments(_ options: [String], _ program: [String]) -> [String] {
    ["run", "--store", folder("kept.db")] + options + ["--"] + program
  }

  private func run(_ code: String, _ options: String...) throws -> Tool.Outcome {
    try Tool.run(arguments(options, [python, "-c", code]), environment: environment)
  }

  private func slices(_ more: String...) throws -> String {
    try Tool.run(["slices", "--store", folder("kept.db"), "--format", "csv"] + more).output
  }

  @Test func `a program is itself, and its profile is in the store`() throws {
    let code = """
      import sys
      def work():
        total = 0
        for number in range(100000): total += number
        return total
      print(work())
      sys.exit(7)
      """
    let outcome = try run(code, "--label", "input=a b", "--label", "zone=eu")
    #expect(outcome.status == 7)
    #expect(outcome.output == "4999950000\n")
    #expect(outcome.errors.contains("<string>:2(work)"), "\(outcome.errors)")
    #expect(outcome.errors.contains("\n1 dump: 1 stored, 0 already known, 0 failed in "))
    #expect(try slices("--where", "input=a b,zone=eu").contains("work"))
    // The spool is gone.
    #expect(try RegularFile.names(inFolder: folder.path).allSatisfy { !$0.contains("-run-") })
  }

  @Test func `the agent is told what to do, and comes first on the path`() throws {
    let code = """
      import os
      for name in ("EVERY", "LABELS"): print(os.environ["STRATA_RUN_" + name])
      print(os.path.isdir(os.environ["STRATA_RUN_SPOOL"]), os.environ["PYTHONPATH"])
      """
    var environment = environment
    environment["PYTHONPATH"] = "/a:/b"
    let options = ["--every", "1m500ms", "--label", #"k="é""#]
    let outcome = try Tool.run(arguments(options, [python, "-c", code]), environment: environment)
    #expect(
      outcome.output
        == "60.5\n{\"k\":\"\\\"é\\\"\"}\nTrue \(folder("agent/strata_agent/inject")):/a:/b\n"
    )
  }

  @Test(arguments: [SIGKILL, SIGTERM, SIGINT])
  func `a program that a signal ends has the code of shells`(signal: Int32) throws {
    let program = """
      import os, signal
      if \(signal) != signal.SIGKILL: signal.signal(\(signal), signal.SIG_DFL)
      os.kill(os.getpid(), \(signal))
      """
    #expect(try run(program).status == 128 + signal)
  }

  @Test(arguments: [SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGUSR1, SIGUSR2])
  func `signals go on to the program`(signal: Int32) throws {
    let program = """
      import signal, sys, time
      signal.signal(\(signal), lambda number, frame: sys.exit(40 + number))
      print("ready", flush=True)
      while True: time.sleep(0.01)
      """
    let tool = try RunningTool(arguments([], [python, "-c", program]), environment: environment)
    try Patience.wait { tool.output == "ready\n" }
    tool.send(signal)
    let outcome = try tool.end()
    #expect(outcome.status == 40 + signal)
    #expect(outcome.errors.contains("\n1 dump: 1 stored, "), "\(outcome.errors)")
  }

  @Test func `arguments stay as they are, however many`() throws {
    let code = "import sys; print(len(sys.argv), sys.argv[1:3], sys.argv[-1])"
    let many = ["--help", "--", ""] + (0..<200).map { "word \($0)" }
    let outcome = try Tool.run(
      arguments([], [python, "-c", code] + many),
      environment: environment
    )
    #expect(outcome.output == "204 ['--help', '--'] word 199\n")
  }

  @Test func `what cannot be run has the code of shells, and leaves nothing`() throws {
    let absent = try Tool.run(arguments([], ["no-such-program"]), environment: environment)
    #expect(absent.status == 127)
    #expect(absent.errors.hasPrefix("strata: error: no-such-program: program not found"))
    let text = try folder.write("text", "text".utf8)
    #expect(try Tool.run(arguments([], [text]), environment: environment).status == 126)
    #expect(try Tool.run(["run"], environment: environment).status == 64)
    #expect(try RegularFile.names(inFolder: folder.path).allSatisfy { !$0.contains("-run-") })
  }

  @Test func `without an agent it says where one is looked for`() throws {
    let variables = ["STRATA_AGENT": folder("absent"), "PATH": "/usr/bin:/bin"]
    let outcome = try Tool.run(arguments([], [python, "-c", "print(1)"]), environment: variables)
    #expect(outcome.status == 69)
    #expect(outcome.output.isEmpty)
    let message = "strata: error: STRATA_AGENT is \(folder("absent")): expected"
    #expect(outcome.errors.hasPrefix(message))
  }

  @Test func `the agent of the interpreter is found`() throws {
    let variables = ["PYTHONPATH": folder("agent"), "PATH": "/usr/bin:/bin"]
    let outcome = try Tool.run(arguments([], [python, "-c", "print(1)"]), environment: variables)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.errors.contains("\n1 dump: 1 stored, "))
  }

  /// Code with which a program waits for the slices of a process.
  private static let counting = """
    import os, sys, time
    def slices(process):
      with open(os.environ["STRATA_RUN_SPOOL"] + "/index.jsonl") as index:
        return sum("-%d-" % process in line for line in index)
    def wait(condition, meanwhile=lambda: time.sleep(0.001)):
      end = time.monotonic() + 600
      while not condition():
        assert time.monotonic() < end, "it did not come"
        meanwhile()

    """

  @Test func `the agent of this source leaves a profile for each slice and process`() throws {
    let code = """
      import subprocess
      def work():
        total = 0
        for number in range(20000): total += number
      wait(lambda: slices(os.getpid()) >= 3, work)
      if len(sys.argv) == 1: subprocess.run([sys.executable, __file__, "child"], check=True)
      """
    let program = try folder.write("program.py", (Self.counting + code).utf8)
    var environment = environment
    environment["STRATA_AGENT"] = Tool.package.appending(path: "agent/src").path
    let outcome = try Tool.run(
      arguments(["--every", "100ms", "--label", "k=v"], [python, program]),
      environment: environment
    )
    #expect(outcome.status == 0)
    #expect(outcome.errors.contains(/program\.py:[0-9]+\(work\)/), "\(outcome.errors)")
    let captures = try slices("--metric", "captures", "--every", "10ms", "--where", "k=v")
    // A heading, and three slices of each of two processes, of which some may begin together.
    #expect(captures.count { $0 == "\n" } > 3, "\(captures)")
    #expect(try RegularFile.names(inFolder: folder.path).allSatisfy { !$0.contains("-run-") })
  }

  /// The agent of this source.
  private var sourceAgent: [String: String] {
    environment.merging(["STRATA_AGENT": Tool.package.appending(path: "agent/src").path]) { $1 }
  }

  private func folders() throws -> [String] {
    try RegularFile.names(inFolder: folder.path).filter { $0.contains("-run-") }
  }

  @Test func `a process that outlives the program makes no folder, and it is said`() throws {
    let code = """
      import stat
      place = sys.argv[1]
      def tell(name, text):
        with open(place + "/new", "w") as file: file.write(text)
        os.rename(place + "/new", place + "/" + name)
      def is_on():
        monitoring = getattr(sys, "monitoring", None)
        return sys.getprofile() is not None or bool(monitoring and monitoring.get_tool(2))
      def daemon(): time.sleep(0.001)
      if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
          # Whoever waits for the tool waits for its pipes and sockets; the agent's lock is a file.
          for name in os.listdir("/dev/fd"):
            try:
              if not stat.S_ISREG(os.fstat(int(name)).st_mode): os.close(int(name))
            except OSError: pass
          tell("daemon", str(os.getpid()))
          # The end of a slice is where it finds that nobody listens any more.
          wait(lambda: not os.path.exists(os.environ["STRATA_RUN_SPOOL"]) and not is_on(), daemon)
          tell("told", str(is_on()))
        os._exit(0)
      os.wait()
      wait(lambda: os.path.exists(place + "/daemon"))
      # The second slice has what was called after the first.
      wait(lambda: slices(int(open(place + "/daemon").read())) >= 2)
      """
    let program = try folder.write("program.py", (Self.counting + code).utf8)
    let outcome = try Tool.run(
      arguments(["--every", "50ms"], [python, "-W", "ignore", program, folder.path]),
      environment: sourceAgent
    )
    #expect(outcome.status == 0)
    #expect(
      outcome.errors.contains(
        "strata: warning: a process of the program is still running; "
          + "what it does from now on is not recorded\n"
      ),
      "\(outcome.errors)"
    )
    #expect(try folders() == [])
    // It goes on at its own speed, and has not written one more slice.
    try Patience.wait { (try? folder.text("told")) != nil }
    #expect(try folder.text("told") == "False")
    #expect(try folders() == [])
    // What it did before is there.
    #expect(try slices("--metric", "calls").contains("daemon"))
  }

  @Test(arguments: ["spawn", "forkserver", "fork"])
  func `helpers of multiprocessing leave no folder, and what they did is there`(
    method: String
  ) throws {
    let code = """
      import multiprocessing, sys
      def in_worker(number): return number
      if __name__ == "__main__":
        with multiprocessing.get_context(sys.argv[1]).Pool(2) as pool:
          pool.map(in_worker, range(10)); pool.close(); pool.join()
      """
    let program = try folder.write("program.py", code.utf8)
    for _ in 0..<3 {
      let outcome = try Tool.run(
        arguments(["--every", "200ms"], [python, "-W", "ignore", program, method]),
        environment: sourceAgent
      )
      #expect(outcome.status == 0)
      #expect(try folders() == [], "\(outcome.errors)")
    }
    let calls = try slices("--metric", "calls", "--every", "1d", "--by", "function")
    #expect(calls.contains("in_worker"), "\(calls)")
  }

  @Test func `what a killed worker had written is taken, and a part of it is said to be lost`()
    throws
  {
    let code = """
      import os, shutil
      spool = os.environ["STRATA_RUN_SPOOL"]
      shutil.copy(os.environ["DUMP"], spool + "/20260105T090000.000000000Z-1-0.prof")
      part = open(os.environ["DUMP"], "rb").read()[:100]
      open(spool + "/20260105T090000.000000000Z-1-1.prof", "wb").write(part)
      """
    var environment = environment
    environment["DUMP"] = Tool.series + "/dumps/20260105T090000.771Z_render_short.prof"
    let outcome = try Tool.run(
      arguments(["--label", "k=v"], [python, "-c", code]),
      environment: environment
    )
    #expect(outcome.status == 0)
    #expect(
      outcome.errors.contains(
        "a process was killed while it was writing a profile, which is lost: "
          + "20260105T090000.000000000Z-1-1.prof\n"
      ),
      "\(outcome.errors)"
    )
    #expect(outcome.errors.contains("\n2 dumps: 2 stored, "), "\(outcome.errors)")
    #expect(try folders() == [])
    let taken = try slices("--where", "k=v", "--until", "2026-01-06", "--metric", "captures")
    #expect(taken.contains(",1"), "\(taken)")
  }

  @Test func `a program's own modules win, whatever they are called`() throws {
    try folder.write(
      "program.py",
      "import json, profile, token; print(json.v, profile.v, token.v)".utf8
    )
    // Each is imported once: by the program.
    for name in ["json", "profile", "token", "asyncio", "strata_agent"] {
      let code = "v = 42\nopen('\(folder("imported"))', 'a').write('\(name) ')"
      try folder.write(name + ".py", code.utf8)
    }
    let outcome = try Tool.run(
      arguments([], [python, folder("program.py")]),
      environment: sourceAgent
    )
    #expect(outcome.output == "42 42 42\n", "\(outcome.errors)")
    #expect(try folder.text("imported") == "json profile token ")
    #expect(outcome.errors.contains("\n1 dump: 1 stored, "), "\(outcome.errors)")
  }

  @Test func `a program without Python runs, and it is said that nothing was recorded`() throws {
    let outcome = try Tool.run(arguments([], ["echo", "1"]), environment: environment)
    #expect(outcome.status == 0)
    #expect(outcome.output == "1\n")
    #expect(outcome.errors.hasPrefix("strata: warning: echo: no profile was recorded"))
  }

  @Test func `a dump that cannot be stored stays where it is`() throws {
    let code = """
      import os
      spool = os.environ["STRATA_RUN_SPOOL"]
      open(spool + "/bad.prof", "w").write("{i")
      open(spool + "/index.jsonl", "a").write('{"file":"bad.prof","timestamp":1}\\n')
      """
    let outcome = try run(code)
    #expect(outcome.status == 0)
    let spool = try #require(
      try RegularFile.names(inFolder: folder.path).first { $0.contains("-run-") }
    )
    #expect(outcome.errors.contains("run: strata import \(folder(spool))\n"))
    #expect(try folder.text(spool + "/bad.prof") == "{i")
  }
}

/// The machine's Python, and an agent for it.
enum Python {
  /// The interpreter itself, not what chooses one; nil where there is none.
  static let path: String? = {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3", "-c", "import sys; print(sys.executable)"]
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return nil }
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitForEnd()
    let path = String(decoding: output, as: UTF8.self).split(separator: "\n").first
    return process.terminationStatus == 0 ? path.map(String.init) : nil
  }()

  /// One profile of the whole program, left at its end.
  static let agent = """
    import atexit, cProfile, fcntl, json, os, time

    spool = os.environ.get("STRATA_RUN_SPOOL")
    profile, start = cProfile.Profile(), time.time()

    def end():
        profile.disable()
        name = "%d.prof" % os.getpid()
        line = {"file": name, "timestamp": repr(start), "labels": json.loads(os.environ["STRATA_RUN_LABELS"])}
        with open(spool + "/index.jsonl.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            profile.dump_stats(spool + "/" + name)
            with open(spool + "/index.jsonl", "a") as index:
                index.write(json.dumps(line) + "\\n")

    if spool:
        atexit.register(end)
        profile.enable()
    """
}
#endif
