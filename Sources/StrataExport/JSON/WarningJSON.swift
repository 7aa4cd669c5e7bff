// SPDX-License-Identifier: Apache-2.0

public import StrataCore

extension JSONWriter {
  /// Writes warnings as objects in the field `warnings`: `code`, `message`, and their parameters.
  public mutating func warnings(_ warnings: [Warning]) {
    array("warnings") { json in
      for warning in warnings {
        json.object { json in
          json.field("code", warning.code.rawValue)
          json.field("message", warning.message)
          for parameter in warning.parameters { json.parameter(parameter) }
        }
      }
    }
  }

  private mutating func parameter(_ parameter: Warning.Parameter) {
    switch parameter.value {
    case .number(let number): field(parameter.name, number)
    case .text(let text): field(parameter.name, text)
    case .function(let function): object(parameter.name) { $0.identity(function) }
    }
  }
}
