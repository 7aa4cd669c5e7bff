// SPDX-License-Identifier: Apache-2.0

// Foundation for `Data`, which the parser of XML reads.
import Foundation
import StrataCore
import StrataTestSupport
import Testing

@testable import StrataCharts

#if canImport(FoundationXML)
import FoundationXML
#endif

struct FlameGraphTests {
  @Test func `the picture is golden`() throws {
    let text = try picture(FlameSamples.profile, subtitle: "app.prof").text
    #expect(Golden.mismatch(of: text, "flame.svg") == nil)
    #expect(isXML(text))
  }

  @Test func `a profile without time says so`() throws {
    let text = try picture(StatsProfile()).text
    #expect(text.contains("No time was recorded in this profile."))
    #expect(!text.contains("<script"))
    #expect(isXML(text))
  }

  @Test func `hostile names leave valid markup and no script of theirs`() throws {
    let text = try picture(
      FlameSamples.chain(Samples.hostile),
      title: "</svg>\u{1B}",
      subtitle: "]]>\u{0}\"'<script>"
    ).text
    #expect(isXML(text))
    #expect(text.split(separator: "<script").count == 2)
    #expect(text.split(separator: "]]>").count == 2)
    for character in ["\u{202E}", "\u{1B}", "\u{0}", "\u{9B}"] {
      #expect(!text.contains(character))
    }
  }

  @Test func `every frame tells its figures without a script`() throws {
    let text = try picture(FlameSamples.profile).text
    let details = text.split(separator: "<title>").dropFirst()
    #expect(details.count == 13)
    #expect(details.allSatisfy { $0.contains("\ncumulative ") })
    #expect(
      text.contains(
        """
        <title>/srv/app/main.py:40(dispatch)
        cumulative 400 ms (40.0 %), exact
        self 0 s (0.0 %), 1 call, exact</title>
        """
      )
    )
    #expect(text.contains("(render)\ncumulative 250 ms (25.0 %), apportioned\n"))
    #expect(text.contains("includes calls back from further down"))
    #expect(text.contains("1 function, not drawn\ncumulative 10.0 ms (1.0 %), called by"))
  }

  @Test func `nothing is fetched`() throws {
    let text = try picture(FlameSamples.profile).text
      .replacing("http://www.w3.org/2000/svg", with: "")
      .replacing("http://www.w3.org/1999/xhtml", with: "")
    for word in ["http", "url(", "@import", "<link", "href", "src=", "fetch", "eval("] {
      #expect(!text.contains(word), "\(word)")
    }
  }

  @Test func `frames stand inside the frame above`() throws {
    let tree = try CallTree(FlameSamples.profile)
    let layout = FlameLayout(tree, width: 1200, FlameCaption(tree, .init()))
    for (above, row) in zip(layout.rows, layout.rows.dropFirst()) {
      for frame in row {
        #expect(
          above.contains {
            $0.start <= frame.start && frame.start + frame.time <= $0.start + $0.time
          }
        )
      }
      for (left, right) in zip(row, row.dropFirst()) {
        #expect(left.start + left.time <= right.start)
      }
    }
    #expect(layout.rows.first?.first.map { layout.span(of: $0).width } == 1152)
  }

  @Test(arguments: [CallTree.Basis.times, .calls, .timesAndCalls])
  func `the picture says what time is divided by`(basis: CallTree.Basis) throws {
    let text = try picture(FlameSamples.profile(basis)).text
    let words =
      switch basis {
      case .times: "in proportion to the time that the calls from each of them took."
      case .calls: "in proportion to the number of calls from each of them"
      case .timesAndCalls: "or to their number where it is unknown."
      }
    #expect(text.replacing("</text>\n", with: "").contains("Faint: "))
    #expect(unwrapped(text).contains(words))
  }

  @Test func `estimates, times below zero and limits are told of`() throws {
    var profile = FlameSamples.chain(Samples.functions).functions.map(\.self)
    profile[0].statistics.selfTime = -1
    let tree = try CallTree(
      StatsProfile(functions: profile),
      options: .init(minimumShare: 0, maximumNodes: 3)
    )
    let text = FlameGraph(tree, options: .init(kind: .sampled, clock: .cpu)).text
    #expect(text.contains("sampled · cpu clock"))
    #expect(text.contains("All times are estimates from samples."))
    #expect(text.contains("Some times are negative, -1.00 s in all"))
    #expect(text.contains("There are more frames than this graph can show"))
  }

  @Test(arguments: [-1, 0, 480, 20_000, .max])
  func `any width is drawn`(width: Int) throws {
    var picture = try picture(FlameSamples.profile)
    picture.options.width = width
    #expect(isXML(picture.text))
    #expect(picture.options.minimumShare > 0)
  }

  @Test(arguments: [FlameStyle.light, FlameStyle.dark])
  func `names can be read on every colour`(scheme: FlameStyle.Scheme) {
    for color in 0...FlameStyle.builtin {
      for isExact in [true, false] {
        let tint = scheme.tint(color, isExact: isExact)
        #expect(tint.contrast(with: scheme.ink) >= 4.5, "\(tint.css)")
      }
    }
    #expect(scheme.hidden.contrast(with: scheme.ink) >= 4.5)
  }

  @Test(arguments: [FlameStyle.light, FlameStyle.dark])
  func `exact and apportioned frames differ without colours`(scheme: FlameStyle.Scheme) {
    for color in 0..<FlameStyle.builtin {
      let exact = scheme.tint(color, isExact: true)
      #expect(exact.contrast(with: scheme.tint(color, isExact: false)) >= 1.15, "\(exact.css)")
    }
  }

  @Test func `a module has the same colour in every picture`() throws {
    var styles = FlameStyles()
    let classes = try Samples.functions.map { styles.style(of: try node(of: $0)) }
    #expect(classes == ["e2", "e6", "e10", "e\(FlameStyle.builtin)", "e0"])
  }

  @Test func `names are short and tell where the function is`() throws {
    let length = Samples.function("~", 0, "<built-in method builtins.len>")
    let names = try (Samples.functions + [length]).map { function in
      FlameNames(try CallTree(FlameSamples.chain([function]))).label(of: function)
    }
    #expect(
      names == [
        "get_close_matches · difflib.py:650", "parse_starttag · parser.py:301",
        "<lambda> · weights.py:12", "{method 'append' of 'list' objects}", "render · views.py:7",
        "{builtins.len}",
      ]
    )
  }

  /// The node of a function that nothing calls.
  private func node(of function: Function) throws -> CallTree.Node {
    try CallTree(FlameSamples.chain([function])).nodes[1]
  }

  private func picture(
    _ profile: StatsProfile,
    title: String? = nil,
    subtitle: String? = nil
  ) throws -> FlameGraph {
    let options = FlameGraph.Options(title: title, subtitle: subtitle, kind: .traced, clock: .wall)
    let tree = try CallTree(profile, options: .init(minimumShare: 0.02))
    return FlameGraph(tree, options: options)
  }

  /// The texts of a picture, with lines that were wrapped put together.
  private func unwrapped(_ text: String) -> String {
    text.split(separator: "\n").filter { $0.hasPrefix("<text class=\"strata-muted\"") }
      .map { $0.dropLast("</text>".count).split(separator: ">").last ?? "" }.joined(separator: " ")
  }

  private func isXML(_ text: String) -> Bool {
    XMLParser(data: Data(text.utf8)).parse()
  }
}

extension ChartColor {
  /// The ratio of contrast.
  ///
  /// Source: WCAG 2.1, relative luminance and contrast ratio.
  fileprivate func contrast(with other: ChartColor) -> Double {
    let (light, dark) = (max(luminance, other.luminance), min(luminance, other.luminance))
    return (light + 0.05) / (dark + 0.05)
  }

  private var luminance: Double {
    let parts = [red, green, blue].map { component in
      let value = Double(component) / 255
      return value <= 0.03928 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
    }
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
  }
}
