// SPDX-License-Identifier: Apache-2.0

#if Tools
import ArgumentParser
import StrataCore
import StrataQuery

/// Which functions a report shows, and in which order.
struct ListingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Sort by these keys, in order of precedence. See SORT KEYS.",
      valueName: "key,…"
    )
  )
  var sort: SortArgument?

  @Flag(help: "Reverse the sort order.")
  var reverse = false

  @Option(
    name: .customLong("limit"),
    parsing: .singleValue,
    help: ArgumentHelp(
      "Limit the functions shown; may be repeated. See LIMITS.",
      valueName: "limit"
    )
  )
  var limits: [LimitArgument] = []

  var query: ListingQuery {
    ListingQuery(
      order: ProfileOrder(sort?.keys ?? [], isReversed: reverse),
      limits: limits.map(\.value)
    )
  }
}

/// Keys of an order as an argument: `cumulative,name`.
struct SortArgument: ExpressibleByArgument {
  var keys: [SortKey] = []

  init?(argument: String) {
    for word in argument.split(separator: ",", omittingEmptySubsequences: false) {
      guard let key = SortKey(word: String(word)) else { return nil }
      keys.append(key)
    }
  }
}

/// What takes functions out of a report as an argument: a number, a share, or an expression.
struct LimitArgument: ExpressibleByArgument {
  var value: ProfileListing.Limit

  init(argument: String) {
    let hasSign = argument.hasPrefix("-") || argument.hasPrefix("+")
    let digits = argument.utf8.dropFirst(hasSign ? 1 : 0)
    if !digits.isEmpty, digits.allSatisfy({ (0x30...0x39).contains($0) }) {
      // A number that is too large takes nothing out, as one that is negative.
      value = .count(Int(argument) ?? .max)
    } else if argument.allSatisfy({ "+-.0123456789eE".contains($0) }), let share = Double(argument)
    {
      value = .fraction(share)
    } else {
      value = .pattern(argument)
    }
  }
}
#endif
