// SPDX-License-Identifier: Apache-2.0

import StrataCore
import Testing

/// The expected identities were computed in Python, as the documentation of the type says.
struct ProfileIDTests {
  @Test(
    arguments: [
      ([], 0, [:], "9e6c1d28e10e9ced24c08ffb1151f449"),
      (
        Array("{0".utf8), 1_767_603_600_771_000_000, ["input": "long", "endpoint": "search"],
        "3bb776eb21010b4c2bf1f42a050d9fa3"
      ),
      (Array("{0".utf8), -1, ["é": "ü", "a": ""], "d6d1dc02a02b8bbfb7cafd6629e68e43"),
      (
        (0..<10_240).map { UInt8($0 % 256) }, Int64.max, ["k": String(repeating: "v", count: 300)],
        "fc60005a9aa317289e728bc5d8ee95a7"
      ),
    ] as [([UInt8], Int64, Labels, String)]
  )
  func `is the same in Python`(
    _ dump: [UInt8],
    _ start: Int64,
    _ labels: Labels,
    _ expected: String
  ) {
    let id = ProfileID(dump: dump, start: Timestamp(nanoseconds: start), labels: labels)
    #expect(id.description == expected)
  }

  @Test
  func `a given identity is the same in Python`() {
    #expect(ProfileID(given: "abc").description == "35523fb9ecef56bba105a8876d12e226")
    #expect(ProfileID(given: "").description == "b35bd458fab42f1f56c0ce2ebcc56dda")
  }

  @Test
  func `differs where dump, start, a key or a value differ`() {
    let variants: [([UInt8], Int64, Labels)] = [
      ([1], 2, ["a": "b"]), ([2], 2, ["a": "b"]), ([1], 3, ["a": "b"]), ([1], 2, [:]),
      ([1], 2, ["ab": ""]), ([1], 2, ["": "ab"]), ([1], 2, ["a": "b", "c": ""]),
      ([1], 2, ["a": "b1:c0:"]),
    ]
    let ids = variants.map {
      ProfileID(dump: $0.0, start: Timestamp(nanoseconds: $0.1), labels: $0.2)
    }
    #expect(Set(ids).count == variants.count)
  }

  @Test
  func `has sixteen bytes`() {
    #expect(ProfileID(bytes: Array(0..<16))?.description == "000102030405060708090a0b0c0d0e0f")
    #expect(ProfileID(bytes: Array(0..<15)) == nil)
    #expect(ProfileID(bytes: Array(0..<17)) == nil)
  }

  @Test
  func `is read from thirty-two digits, and nothing else`() {
    let digits = "000102030405060708090a0b0c0d0e0F"
    #expect(ProfileID(hexadecimal: digits)?.description == digits.lowercased())
    for bad in [
      "", "0", "-" + String(repeating: "0", count: 31), "+" + digits.dropFirst(),
      digits.dropLast() + "g", digits + "0", "٠" + digits.dropFirst(2),
    ] {
      #expect(ProfileID(hexadecimal: bad) == nil)
    }
  }
}

struct LabelsTests {
  @Test
  func `are in the order of the bytes of their keys, each key once`() {
    let labels = Labels(
      [("b", "1"), ("é", "2"), ("a", "3"), ("b", "4"), ("z", "5")].map(Labels.Label.init)
    )
    #expect(labels.pairs.map(\.key) == ["a", "b", "z", "é"])
    #expect(labels["b"] == "4")
    #expect(labels["c"] == nil)
  }

  @Test
  func `the order of insertion does not matter`() {
    let pairs = (0..<20).map { Labels.Label(key: "k\($0)", value: "\($0)") }
    #expect(Labels(pairs.shuffled()) == Labels(pairs))
  }

  /// By setting one after the other, as the first version of the type did it.
  private static func oneByOne(_ pairs: [Labels.Label]) -> Labels {
    var labels: Labels = [:]
    for pair in pairs { labels[pair.key] = pair.value }
    return labels
  }

  @Test
  func `spellings of one key are one key, and the last one holds`() {
    let spellings = ["\u{e9}", "f", "e\u{301}", "K", "\u{212a}", "e", "z\u{323}\u{307}"]
    var random = SystemRandomNumberGenerator()
    for count in [0, 1, 2, 3, 7, 20] {
      for _ in 0..<50 {
        let pairs = (0..<count).map { number in
          Labels.Label(key: spellings.randomElement(using: &random) ?? "", value: "\(number)")
        }
        let labels = Labels(pairs)
        #expect(labels == Self.oneByOne(pairs))
        #expect(
          labels.pairs.map { Array($0.key.utf8) }
            == Self.oneByOne(pairs).pairs.map { Array($0.key.utf8) }
        )
      }
    }
  }

  @Test
  func `two spellings of a key that are in order are still one key`() {
    let pairs = [("e\u{301}", "1"), ("f", "2"), ("\u{e9}", "3")].map(Labels.Label.init)
    #expect(Labels(pairs).pairs.map(\.value) == ["2", "3"])
  }

  @Test
  func `very many labels are made at once`() {
    let pairs = (0..<20_000).map { Labels.Label(key: "\($0)", value: "") }.shuffled()
    let labels = Labels(pairs + pairs)
    #expect(labels.pairs.count == 20_000)
    #expect(labels.pairs == labels.pairs.sorted())
  }

  @Test
  func `setting nil removes a key`() {
    var labels: Labels = ["a": "1", "b": "2"]
    labels["a"] = nil
    #expect(labels == ["b": "2"])
    labels["b"] = "3"
    #expect(labels.pairs.count == 1)
  }

  @Test
  func `labels that are merged in hold`() {
    let labels: Labels = ["a": "1", "b": "2"]
    #expect(labels.merging(["b": "3", "c": "4"]) == ["a": "1", "b": "3", "c": "4"])
    #expect(labels.merging([:]) == labels)
  }
}

struct LabelLimitTests {
  private static func code(_ labels: Labels) -> CaptureError.Code? {
    do {
      try labels.check()
      return nil
    } catch {
      return error.code
    }
  }

  private static func labels(_ count: Int) -> Labels {
    Labels((0..<count).map { Labels.Label(key: "k\($0)", value: "") })
  }

  @Test
  func `bounds are inclusive, and in bytes`() {
    #expect(Self.code([:]) == nil)
    #expect(Self.code(Self.labels(64)) == nil)
    #expect(Self.code(Self.labels(65)) == .tooManyLabels)
    #expect(Self.code([String(repeating: "é", count: 100): ""]) == nil)
    #expect(Self.code([String(repeating: "é", count: 100) + "e": ""]) == .labelKeySize)
    #expect(Self.code(["": ""]) == .labelKeySize)
    #expect(Self.code(["k": String(repeating: "é", count: 2_048)]) == nil)
    #expect(Self.code(["k": String(repeating: "é", count: 2_048) + "e"]) == .labelValueTooLong)
  }
}

struct StartTests {
  private static func code(_ start: Timestamp, _ duration: Duration? = nil) -> CaptureError.Code? {
    do {
      try start.checkStart(duration: duration)
      return nil
    } catch {
      return error.code
    }
  }

  @Test
  func `are from 1700 to the first moment of 2200`() {
    #expect(Timestamp.firstStart.iso8601 == "1700-01-01T00:00:00Z")
    #expect(Timestamp.lastStart.iso8601 == "2200-01-01T00:00:00Z")
    for nanoseconds: Int64 in [.min, Timestamp.firstStart.nanoseconds - 1] {
      #expect(Self.code(Timestamp(nanoseconds: nanoseconds)) == .startOutOfRange)
    }
    for nanoseconds: Int64 in [.max, Timestamp.lastStart.nanoseconds + 1] {
      #expect(Self.code(Timestamp(nanoseconds: nanoseconds)) == .startOutOfRange)
    }
    for start in [.firstStart, .lastStart, Timestamp(nanoseconds: 0), Timestamp(nanoseconds: -1)] {
      #expect(Self.code(start) == nil)
    }
  }

  @Test
  func `with a duration they end where 64 bits end`() {
    let (last, epoch) = (Timestamp.lastStart, Timestamp(nanoseconds: 0))
    #expect(Self.code(epoch, .zero) == nil)
    #expect(Self.code(epoch, .nanoseconds(Int64.max)) == nil)
    #expect(Self.code(last, .nanoseconds(Int64.max - last.nanoseconds)) == nil)
    #expect(Self.code(last, .nanoseconds(Int64.max - last.nanoseconds + 1)) == .durationOutOfRange)
    #expect(Self.code(epoch, .nanoseconds(-1)) == .durationOutOfRange)
    #expect(
      Self.code(epoch, Duration(secondsComponent: 0, attosecondsComponent: -1))
        == .durationOutOfRange
    )
    #expect(Self.code(.firstStart, .seconds(Int64.max)) == .durationOutOfRange)
  }
}

struct WeightTests {
  @Test(
    arguments: [
      ("1", 1_000_000), ("400", 400_000_000), ("2.5", 2_500_000), ("0.000001", 1),
      ("0.0000005", 1), ("1e3", 1_000_000_000), ("1.0000004", 1_000_000),
      ("9000000000", 9_000_000_000_000_000),
    ] as [(String, Int64)]
  )
  func `is kept in millionths`(_ text: String, _ millionths: Int64) {
    #expect(Weight(decimal: text)?.millionths == millionths)
  }

  @Test(arguments: ["0", "-1", "0.0000004", "", "x", "nan", "inf", "1e99", "-0.0000005"])
  func `refuses what is not above 0`(_ text: String) {
    #expect(Weight(decimal: text) == nil)
  }

  @Test
  func `the largest readable number does not trap`() {
    #expect(Weight(decimal: "9223372036.854775807")?.millionths == 9_223_372_036_854_775)
  }

  @Test
  func `has bounds`() {
    #expect(Weight(exactMillionths: 1) != nil)
    #expect(Weight(exactMillionths: 0) == nil)
    #expect(Weight(exactMillionths: -1) == nil)
    #expect(Weight(exactMillionths: 10_000_000_000_000_000) != nil)
    #expect(Weight(exactMillionths: 10_000_000_000_000_001) == nil)
    #expect(Weight.one == Weight(decimal: "1"))
  }
}
