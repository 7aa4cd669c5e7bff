// SPDX-License-Identifier: Apache-2.0

extension Function {
  /// The module that the function belongs to, as far as its file's path shows.
  ///
  /// A path says where a module's search path ends only by custom: `site-packages`,
  /// `dist-packages` and `pythonX.Y`, behind which the dotted name begins. Any other path is known
  /// by its last part. `__init__` stands for its package. Built-ins name their own module
  /// (`<built-in method builtins.len>`), else they are `~`.
  public var module: ByteString {
    if isBuiltin { return builtinModule }
    let parts = file.bytes.split(separator: UInt8(ascii: "/"))
    guard let last = parts.last else { return file }
    let root = parts.dropLast().lastIndex { $0.isModuleRoot }
    var names = root.map { parts[($0 + 1)...].map(Array.init) } ?? [Array(last)]
    names[names.count - 1] = names[names.count - 1].withoutExtension
    if names.count > 1, names.last == Array("__init__".utf8) { names.removeLast() }
    return ByteString(Array(names.joined(separator: [UInt8(ascii: ".")])))
  }

  private var builtinModule: ByteString {
    let prefix = Array("<built-in method ".utf8)
    guard name.bytes.starts(with: prefix) else { return file }
    let rest = name.bytes.dropFirst(prefix.count).prefix { $0 != UInt8(ascii: " ") }
    guard let dot = rest.lastIndex(of: UInt8(ascii: ".")) else { return file }
    return ByteString(Array(rest[..<dot]))
  }
}

extension ArraySlice<UInt8> {
  /// Whether a folder of this name is an entry of Python's search path.
  fileprivate var isModuleRoot: Bool {
    if elementsEqual("site-packages".utf8) || elementsEqual("dist-packages".utf8) { return true }
    guard starts(with: "python".utf8) else { return false }
    let version = dropFirst(6)
    return version.first.map { $0 == UInt8(ascii: "2") || $0 == UInt8(ascii: "3") } == true
      && version.dropFirst().first == UInt8(ascii: ".")
  }
}

extension [UInt8] {
  /// The bytes before a last dot that does not come first.
  fileprivate var withoutExtension: [UInt8] {
    guard let dot = lastIndex(of: UInt8(ascii: ".")), dot > 0 else { return self }
    return Array(self[..<dot])
  }
}
