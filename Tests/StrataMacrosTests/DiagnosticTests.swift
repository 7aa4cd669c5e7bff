// SPDX-License-Identifier: Apache-2.0

#if Macros
import Testing

/// What `@Profiled` says where it cannot be.
struct DiagnosticTests {
  @Test func `an initializer cannot be measured`() {
    expectProblem(
      "'@Profiled' cannot measure an initializer: the body is measured as a closure, which must not "
        + "use 'self' before it is fully initialized",
      advice:
        "put 'measure(\"S.init(x:)\") { … }' around the work that does not initialize 'self', or "
        + "mark the functions that it calls",
      in: """
        struct S {
          @Profiled init(x: Int) { self.x = x }
        }
        """,
      leaving: """
        struct S {
          init(x: Int) {
            self.x = x
          }
        }
        """,
      line: 2,
      column: 3
    )
  }

  @Test func `a requirement has no body`() {
    expectProblem(
      "'@Profiled' needs a function with a body",
      advice: "mark the functions that implement the requirement",
      in: "protocol P {\n  @Profiled func f()\n}",
      leaving: "protocol P {\n  func f()\n}",
      line: 2,
      column: 3
    )
  }

  @Test func `a function of another language has no body`() {
    expectProblem(
      "'@Profiled' needs a function with a body",
      advice: "mark the functions that call it",
      in: #"@Profiled @_silgen_name("f") func f()"#,
      leaving: #"@_silgen_name("f") func f()"#
    )
  }

  @Test(
    arguments: [
      ("func f(_ x: consuming String)", "x"), ("func f(by x: __owned String)", "x"),
      ("consuming func f()", "self"),
    ]
  )
  func `a function that consumes cannot be measured`(_ signature: String, _ name: String) {
    expectProblem(
      "'@Profiled' cannot measure a function that consumes '\(name)': the body is measured as a "
        + "closure, which must not consume what it captures",
      advice: "put 'measure { … }' around the part of the body that does not consume it",
      in: "@Profiled \(signature) {\n  work()\n}",
      leaving: "\(signature) {\n  work()\n}"
    )
  }

  @Test(arguments: ["@_lifetime(borrow x)", "@lifetime(borrow x)"])
  func `a function whose result depends on another lifetime cannot be measured`(
    _ attribute: String
  ) {
    expectProblem(
      "'@Profiled' cannot measure a function whose result depends on the lifetime of another value",
      advice: "put 'measure { … }' around the work that makes the value it depends on",
      in: "@Profiled \(attribute) func f(_ x: X) -> V {\n  x.v\n}",
      leaving: "\(attribute) func f(_ x: X) -> V {\n  x.v\n}"
    )
  }

  @Test(arguments: ["var x: Int { 1 }", "let x = 1", "subscript(i: Int) -> Int { 1 }"])
  func `a property cannot be measured`(_ declaration: String) {
    expectProblem(
      "'@Profiled' cannot measure a property or subscript",
      advice:
        "put 'measure { … }' around the body of its accessor, or mark a function that it calls",
      in: "struct S {\n  @Profiled \(declaration)\n}",
      leaving: "struct S {\n  \(declaration)\n}",
      line: 2,
      column: 3
    )
  }

  @Test func `an accessor cannot be measured`() {
    expectProblem(
      "'@Profiled' cannot measure an accessor: Swift does not give its body to macros",
      advice: "put 'measure { … }' around the body, or mark a function that it calls",
      in: "struct S {\n  var x: Int {\n    @Profiled get async\n  }\n}",
      leaving: "struct S {\n  var x: Int {\n    get async\n  }\n}",
      line: 3,
      column: 5
    )
  }

  @Test(arguments: ["@Profiled", "@ProfiledType(.allFunctions)"])
  func `a protocol cannot be measured`(_ attribute: String) {
    expectProblem(
      "'@Profiled' cannot measure a protocol: its functions have no bodies",
      advice: "mark the types that conform to it, or an extension of it",
      in: "\(attribute) protocol P {\n  func f()\n}",
      leaving: "protocol P {\n  func f()\n}"
    )
  }

  @Test(
    arguments: [
      ("@Profiled", "@Profiled(.allFunctions)"), ("@Profiled(\"S\")", "@Profiled(.allFunctions)"),
      ("@Profiled(by: p)", "@Profiled(.allFunctions, by: p)"),
    ]
  )
  func `a type says what it marks`(_ attribute: String, _ fixed: String) {
    expectProblem(
      "'@Profiled' on a type must say what it marks: '@Profiled(.allFunctions)'",
      advice: "its functions are named after it and themselves: 'Type.function(label:)'",
      in: "\(attribute) struct S {\n  func f() {}\n}",
      leaving: "struct S {\n  func f() {}\n}",
      fix: ("write '\(fixed)'", "\(fixed) struct S {\n  func f() {}\n}")
    )
  }

  @Test func `functions are not marked as types are`() {
    expectProblem(
      "'@Profiled(.allFunctions)' is for types and extensions",
      advice: "write '@Profiled' on a function",
      in: "@ProfiledType(.allFunctions) func f() {}",
      leaving: "func f() {}"
    )
  }

  @Test(arguments: ["typealias T = Int", "import Other", "precedencegroup P {}"])
  func `other declarations cannot be measured`(_ declaration: String) {
    expectProblem(
      "'@Profiled' is for functions, and '@Profiled(.allFunctions)' for types and extensions",
      advice: "remove it here",
      in: "@Profiled \(declaration)",
      leaving: declaration
    )
  }

  @Test func `a function cannot be measured and left out`() {
    expectProblem(
      "'@Profiled' and '@NotProfiled' contradict each other",
      advice: "'@NotProfiled' excludes a function that '@Profiled' on its type would measure",
      in: "@Profiled @NotProfiled func f() {\n}",
      leaving: """
        func f() {
          StrataProfiler.measure("f()", fileID: "App/File.swift", line: 1) { () -> Void in
          }
        }
        """
    )
  }

  @Test(arguments: [#"["n": "\(x)"]"#, #"["n": ""]"#, #"["n": text]"#, "pairs"])
  func `inputs are written out`(_ inputs: String) {
    expectProblem(
      "the inputs of '@Profiled' must be literals: a key and an expression, as strings without "
        + "'\\('",
      advice: #"write them like '["size": "rows.count"]'"#,
      in: "@Profiled(inputs: \(inputs)) func f(x: Int) {\n  work()\n}",
      leaving: "func f(x: Int) {\n  work()\n}"
    )
  }
}
#endif
