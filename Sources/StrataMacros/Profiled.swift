// SPDX-License-Identifier: Apache-2.0

#if Macros
@_exported public import StrataCore
@_exported public import StrataProfiler

/// Counts and times the calls of a function.
///
/// ```swift
/// @Profiled
/// func parse(_ text: String) throws -> Tree { … }
///
/// @Profiled(inputs: ["input": "kind", "size": "rows.count"])
/// func load(_ rows: [Row], kind: Kind) async { … }
/// ```
///
/// The body becomes a closure that runs within one call of `measure` of StrataProfiler,
/// whose file and line are those of the function's declaration. While the profiler is off that costs one
/// look at a number.
///
/// The function is called `Type.Nested.function(label:)`, a free one `function(label:)`; the module
/// comes before it in each line of a report, since the file is `Module/File.swift`.
///
/// Functions, methods, operators and `deinit` can be measured; for initializers, accessors and functions
/// that consume a value use `measure` in the body.
///
/// - Parameters:
///   - name: What profiles call the function instead.
///   - profiler: What records it: an expression that the type sees without an instance, such as
///     `Server.profiler`.
///   - labels: What all calls within it are labelled with.
///   - inputs: Labels whose values are made of the parameters at each call: key and expression, as text
///     since an attribute does not see the parameters of its function.
@attached(body)
@attached(peer)
public macro Profiled(
  _ name: StaticString? = nil,
  by profiler: Profiler = .shared,
  labels: Labels = [:],
  inputs: KeyValuePairs<String, String> = [:]
) = #externalMacro(module: "StrataMacrosPlugin", type: "ProfiledMacro")

/// Counts and times the calls of a method, for the profiler that a property of its instance holds.
///
/// ```swift
/// struct Server {
///   let profiler: Profiler
///
///   @Profiled(by: \Server.profiler)
///   func respond(to request: Request) async throws -> Response { … }
/// }
/// ```
///
/// - Parameters:
///   - name: What profiles call the function instead.
///   - profiler: The property, written out: `\Type.property`.
///   - labels: What all calls within it are labelled with.
///   - inputs: Labels whose values are made of the parameters at each call.
@attached(body)
@attached(peer)
public macro Profiled<Root>(
  _ name: StaticString? = nil,
  by profiler: KeyPath<Root, Profiler>,
  labels: Labels = [:],
  inputs: KeyValuePairs<String, String> = [:]
) = #externalMacro(module: "StrataMacrosPlugin", type: "ProfiledMacro")

/// Counts and times the calls of every function of a type or an extension.
///
/// ```swift
/// @Profiled(.allFunctions)
/// struct Parser {
///   func parse(_ text: String) throws -> Tree { … }
///   @NotProfiled func peek() -> Character? { … }
/// }
/// ```
///
/// The functions in its braces are marked with `@Profiled`, but for those that are already,
/// and those marked with ``NotProfiled()``. Initializers, accessors, `deinit`, types inside and other
/// extensions are not.
///
/// - Parameters:
///   - scope: What is marked.
///   - profiler: What records them; no member of the type itself, which would make a circle for the
///     compiler.
///   - labels: What all calls within them are labelled with.
@attached(memberAttribute)
@attached(peer)
public macro Profiled(
  _ scope: ProfiledScope,
  by profiler: Profiler = .shared,
  labels: Labels = [:]
) = #externalMacro(module: "StrataMacrosPlugin", type: "ProfiledTypeMacro")

/// Leaves a function out that `@Profiled(.allFunctions)` on its type would mark.
@attached(peer)
public macro NotProfiled() = #externalMacro(module: "StrataMacrosPlugin", type: "NotProfiledMacro")

/// What `@Profiled` on a type marks; arguments distinguish it from the macro for functions.
public enum ProfiledScope: Sendable {
  /// The functions in the braces of the type or extension.
  case allFunctions
}
#endif
