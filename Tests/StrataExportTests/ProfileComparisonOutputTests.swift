// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataFormats
import StrataExport
import StrataTestSupport
import StrataTesting
import Testing

struct ProfileComparisonOutputTests {
  private static func comparison(
    _ grouping: ProfileComparison.Matching = .function
  ) throws -> ProfileComparison {
    let old = [
      Cost(.at("a,b.py", 3, "f"), calls: 4, selfTime: 100, cumulativeTime: 300),
      Cost(.at("c.py", 1, "g"), selfTime: 7),
    ]
    let new = [
      Cost(.at("a,b.py", 3, "f"), calls: 6, primitiveCalls: 3, selfTime: 180, cumulativeTime: 330)
    ]
    return try ProfileComparison(
      of: StatsProfile(functions: old.map(\.profile)),
      with: StatsProfile(functions: new.map(\.profile)),
      grouping: grouping
    )
  }

  private static func json(_ comparison: ProfileComparison) -> String {
    DataFormat.json.text(comparison)
  }

  private static let f = """
    {"file":"a,b.py","line":3,"name":"f","presence":"both",\
    "callCount":{"before":4,"after":6,"change":2},\
    "primitiveCallCount":{"before":4,"after":3,"change":-1},\
    "selfTime":{"before":100,"after":180,"change":80},\
    "cumulativeTime":{"before":300,"after":330,"change":30},\
    "selfTimePerCall":{"before":25,"after":30,"change":5},\
    "cumulativeTimePerCall":{"before":75,"after":110,"change":35},"moreCalls":50,"slowerCalls":30}
    """

  private static let g = """
    {"file":"c.py","line":1,"name":"g","presence":"vanished",\
    "callCount":{"before":1,"after":0,"change":-1},\
    "primitiveCallCount":{"before":1,"after":0,"change":-1},\
    "selfTime":{"before":7,"after":0,"change":-7},\
    "cumulativeTime":{"before":7,"after":0,"change":-7},\
    "selfTimePerCall":{"before":7,"after":null,"change":null},\
    "cumulativeTimePerCall":{"before":7,"after":null,"change":null},"moreCalls":-7,"slowerCalls":0}
    """

  @Test
  func `writes the schema, the sums and the rest`() throws {
    let expected = """
      {"schema":"strata/diff/1","unit":"ns","groupBy":"function","statistic":"sum",\
      "kind":null,"clock":null,"before":{"captures":1,"first":null,"last":null},\
      "after":{"captures":1,"first":null,"last":null},\
      "total":{"callCount":{"before":5,"after":6,"change":1},\
      "primitiveCallCount":{"before":5,"after":3,"change":-2},\
      "selfTime":{"before":107,"after":180,"change":73},\
      "selfTimePerCall":{"before":21.4,"after":30,"change":8.6},"moreCalls":43,"slowerCalls":30},\
      "functions":[
      \(Self.f)],\
      "other":{"functions":1,"callCount":{"before":1,"after":0,"change":-1},\
      "primitiveCallCount":{"before":1,"after":0,"change":-1},\
      "selfTime":{"before":7,"after":0,"change":-7},\
      "selfTimePerCall":{"before":7,"after":null,"change":null},"moreCalls":-7,"slowerCalls":0},\
      "warnings":[]}

      """
    #expect(Self.json(try Self.comparison().keeping(1)) == expected)
  }

  @Test
  func `a row for each function, quoted where needed, empty where undefined`() throws {
    let comparison = try Self.comparison()
    #expect(
      DataFormat.csv.text(comparison) == """
        file,line,name,presence,callCountBefore,callCountAfter,callCountChange,primitiveCallCountBefore,\
        primitiveCallCountAfter,primitiveCallCountChange,selfTimeBefore,selfTimeAfter,selfTimeChange,\
        cumulativeTimeBefore,cumulativeTimeAfter,cumulativeTimeChange,selfTimePerCallBefore,\
        selfTimePerCallAfter,selfTimePerCallChange,cumulativeTimePerCallBefore,\
        cumulativeTimePerCallAfter,cumulativeTimePerCallChange,moreCalls,slowerCalls
        "a,b.py",3,f,both,4,6,2,4,3,-1,100,180,80,300,330,30,25,30,5,75,110,35,50,30
        c.py,1,g,vanished,1,0,-1,1,0,-1,7,0,-7,7,0,-7,7,,,7,,,-7,0

        """
    )
    #expect(DataFormat.ndjson.text(comparison) == "\(Self.f)\n\(Self.g)\n")
  }

  @Test
  func `by name there are no lines`() throws {
    let comparison = try Self.comparison(.name)
    #expect(DataFormat.csv.text(comparison).hasPrefix("file,name,presence,"))
    #expect(!DataFormat.ndjson.text(comparison).contains("line"))
    #expect(Self.json(comparison).contains(#""groupBy":"name""#))
  }
}
