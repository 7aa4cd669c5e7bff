// SPDX-License-Identifier: Apache-2.0

#if Macros
import Testing

/// What `@Profiled` makes of functions, as text.
struct ExpansionTests {
  struct Form: Sendable, CustomTestStringConvertible {
    let signature: String
    let probe: String

    init(_ signature: String, _ probe: String) {
      (self.signature, self.probe) = (signature, probe)
    }

    var testDescription: String { signature }
  }

  /// Signatures of functions, and the line that goes around their bodies.
  static let forms = [
    Form(
      "func f()",
      #"StrataProfiler.measure("f()", fileID: "App/File.swift", line: 2) { () -> Void in"#
    ),
    Form(
      "func f(_ x: Int, by y: Int = 1) -> Int",
      #"StrataProfiler.measure("f(_:by:)", fileID: "App/File.swift", line: 2) { () -> Int in"#
    ),
    Form(
      "func f() throws -> Int",
      #"try StrataProfiler.measure("f()", fileID: "App/File.swift", line: 2) { () throws -> Int in"#
    ),
    Form(
      "func f() throws(E)",
      #"try StrataProfiler.measure("f()", fileID: "App/File.swift", line: 2) { () throws(E) -> Void in"#
    ),
    Form(
      "func f() throws(Never)",
      #"StrataProfiler.measure("f()", fileID: "App/File.swift", line: 2) { () throws(Never) -> Void in"#
    ),
    Form(
      "func f(_ g: () throws -> Void) rethrows",
      #"try StrataProfiler.measure("f(_:)", fileID: "App/File.swift", line: 2) { () throws -> Void in"#
    ),
    Form(
      "func f() async",
      #"await StrataProfiler.measure("f()", fileID: "App/File.swift", line: 2) { () async -> Void in"#
    ),
    Form(
      "func f() async throws -> [Int: String]?",
      #"try await StrataProfiler.measure("f()", fileID: "App/File.swift", line: 2) { () async throws -> [Int: String]? in"#
    ),
    Form(
      "func f<T: Hashable>(_ x: T) -> Set<T> where T: Sendable",
      #"StrataProfiler.measure("f(_:)", fileID: "App/File.swift", line: 2) { () -> Set<T> in"#
    ),
    Form(
      "func f() throws -> some Sequence<Int>",
      #"try StrataProfiler.measure("f()", fileID: "App/File.swift", line: 2) { () throws in"#
    ),
    Form(
      "func f() -> [String: (some P)?]",
      #"StrataProfiler.measure("f()", fileID: "App/File.swift", line: 2) { () in"#
    ),
    Form(
      "func f() -> sending Box",
      #"StrataProfiler.measure("f()", fileID: "App/File.swift", line: 2) { () -> Box in"#
    ),
    Form(
      "func f() -> Int!",
      #"StrataProfiler.measure("f()", fileID: "App/File.swift", line: 2) { () -> Int? in"#
    ),
    Form(
      "func f() -> @Sendable () -> Void",
      #"StrataProfiler.measure("f()", fileID: "App/File.swift", line: 2) { () -> @Sendable () -> Void in"#
    ),
    Form(
      "func f() -> Never",
      #"StrataProfiler.measure("f()", fileID: "App/File.swift", line: 2) { () -> Never in"#
    ),
    Form(
      "func == (left: Int, right: Int) -> Bool",
      #"StrataProfiler.measure("==(_:_:)", fileID: "App/File.swift", line: 2) { () -> Bool in"#
    ),
    Form(
      "func `default`(`in` x: Int)",
      #"StrataProfiler.measure("default(in:)", fileID: "App/File.swift", line: 2) { () -> Void in"#
    ),
    Form(
      "func `says \"so\"`()",
      ##"StrataProfiler.measure(#"says "so"()"#, fileID: "App/File.swift", line: 2) { () -> Void in"##
    ),
    Form(
      "@inlinable\npublic\nfunc f()",
      #"StrataProfiler.measure("f()", fileID: "App/File.swift", line: 4) { () -> Void in"#
    ),
  ]

  @Test(arguments: forms)
  func `one line goes around the body`(_ form: Form) {
    expectExpansion(
      of: """
        @Profiled
        \(form.signature) {
          work()
        }
        """,
      """
      \(form.signature) {
        \(form.probe)
          work()
        }
      }
      """
    )
  }

  /// Functions, and whether they stay on the actor of their caller: unless they say so themselves, and where
  /// that is the default of their module.
  static let callers = [
    ("func f() async", false, true),
    ("nonisolated func f() async", false, true),
    ("nonisolated(nonsending) func f() async", true, true),
    ("@concurrent func f() async", false, false),
    ("nonisolated func f()", false, false),
  ]

  @Test(arguments: callers)
  func `the body stays on the actor of the caller where the function does`(
    _ signature: String,
    _ stays: Bool,
    _ staysByDefault: Bool
  ) {
    for (feature, stays) in [
      ("ExistentialAny", stays), ("NonisolatedNonsendingByDefault", staysByDefault),
    ] {
      let (effects, effect) = signature.hasSuffix("async") ? ("await ", " async") : ("", "")
      expectExpansion(
        of: """
          @Profiled
          \(signature) {
          }
          """,
        """
        \(signature) {
          \(effects)StrataProfiler.measure("f()", fileID: "App/File.swift", line: 2\
        \(stays ? ", isolation: .inherited" : "")) { ()\(effect) -> Void in
          }
        }
        """,
        features: [feature]
      )
    }
  }

  @Test func `names tell the types around`() {
    expectExpansion(
      of: """
        extension App.Outer<Int> {
          actor Inner {
            @Profiled func f(x: Int) {
            }
            @Profiled deinit {
            }
            func g(_ y: Int) {
              @Profiled func local() {
              }
            }
          }
        }
        """,
      """
      extension App.Outer<Int> {
        actor Inner {
          func f(x: Int) {
            StrataProfiler.measure("App.Outer.Inner.f(x:)", fileID: "App/File.swift", line: 3) { () -> Void in
            }
          }
          deinit {
            StrataProfiler.measure("App.Outer.Inner.deinit", fileID: "App/File.swift", line: 5) { () -> Void in
            }
          }
          func g(_ y: Int) {
            func local() {
              StrataProfiler.measure("App.Outer.Inner.g(_:).local()", fileID: "App/File.swift", line: 8) { () -> Void in
              }
            }
          }
        }
      }
      """
    )
  }

  static let arguments = [
    (#""own""#, #"StrataProfiler.measure("own","#),
    ("nil", #"StrataProfiler.measure("f(x:)","#),
    ("by: .shared", #"(.shared as StrataProfiler.Profiler).measure("f(x:)","#),
    (#""own", by: \S.tools.profiler"#, #"self.tools.profiler.measure("own","#),
    (#"labels: ["a": "b"]"#, #"StrataProfiler.measure("f(x:)", labels: ["a": "b"],"#),
    ("inputs: [:]", #"StrataProfiler.measure("f(x:)","#),
    (
      #"inputs: ["n": "x.count", "first": "x[\"a\"]"]"#,
      #"StrataProfiler.measure("f(x:)", labels: ["n": Swift.String(describing: x.count), "#
        + #""first": Swift.String(describing: x["a"])],"#
    ),
    (
      #"by: p, labels: common, inputs: ["n": "x"]"#,
      #"(p as StrataProfiler.Profiler).measure("f(x:)", "#
        + #"labels: (common as StrataCore.Labels).merging(["n": Swift.String(describing: x)]),"#
    ),
  ]

  @Test(arguments: arguments)
  func `arguments become those of the probe`(_ arguments: String, _ probe: String) {
    expectExpansion(
      of: """
        @Profiled(\(arguments)) func f(x: X) {
        }
        """,
      """
      func f(x: X) {
        \(probe) fileID: "App/File.swift", line: 1) { () -> Void in
        }
      }
      """
    )
  }

  /// Where no place is known, as for functions of a type in these tests, the compiler puts in the
  /// attribute's; the tests of running functions look at real ones.
  @Test func `a type marks its functions`() {
    expectExpansion(
      of: """
        @ProfiledType(.allFunctions, by: p, labels: ["a": "b"])
        struct S {
          let x = 1
          var y: Int { 1 }
          init() {}
          static func f() {
          }
          @NotProfiled func g() {}
          @StrataMacros.Profiled("h") func h() {}
          struct Nested {
            func i() {}
          }
        }
        """,
      """
      struct S {
        let x = 1
        var y: Int { 1 }
        init() {}
        static func f() {
          (p as StrataProfiler.Profiler).measure("S.f()", labels: ["a": "b"], fileID: #fileID, line: #line) { () -> Void in
          }
        }
        func g() {}
        @StrataMacros.Profiled("h") func h() {}
        struct Nested {
          func i() {}
        }
      }
      """
    )
  }
}
#endif
