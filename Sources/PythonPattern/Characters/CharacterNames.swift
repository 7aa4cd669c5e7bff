// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// The code points of names, as CPython 3.13's `unicodedata.lookup` finds them for `\N{...}`.
enum CharacterNames {
  /// The code point of a name or alias; letters may have any case.
  ///
  /// - Complexity: O(1), but for the first call, which collects all names (25 ms, 9 MB).
  static func scalar(named name: String) -> Unicode.Scalar? {
    guard name.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
    if let scalar = computed(name) { return scalar }
    return listed[name.uppercased()]
  }

  /// The names that follow a rule, which CPython knows in upper case alone.
  private static func computed(_ name: String) -> Unicode.Scalar? {
    if name.hasPrefix("HANGUL SYLLABLE ") {
      return hangul[name]
    }
    let prefix = "CJK UNIFIED IDEOGRAPH-"
    guard name.hasPrefix(prefix), let value = UInt32(name.dropFirst(prefix.count), radix: 16),
      let scalar = Unicode.Scalar(value), scalar.isInUnicode15
    else { return nil }
    // CPython takes four or five digits, so that a zero may precede four.
    let digits = String(value, radix: 16, uppercase: true)
    let isName = [prefix + digits, prefix + "0" + digits].contains(name) && digits.utf8.count >= 4
    return isName && scalar.properties.name == prefix + digits ? scalar : nil
  }

  private static let hangul = names(in: [0xAC00...0xD7A3])

  /// All other names.
  ///
  /// Ideographs have computed ones or, as those of Tangut, none that CPython knows.
  private static let listed: [String: Unicode.Scalar] = {
    let ranges: [ClosedRange<UInt32>] = [
      0...0x33FF, 0x4DC0...0x4DFF, 0xA000...0xABFF, 0xD7B0...0xD7FF, 0xF900...0xFFFF,
      0x10000...0x16FFF,
      0x18800...0x18CFF, 0x1AFF0...0x1FBFF, 0x2F800...0x2FA1F, 0xE0000...0xE01EF,
    ]
    var listed = names(in: ranges)
    for line in aliases.split(separator: "\n") {
      for entry in line.split(separator: "|") {
        let parts = entry.split(separator: "=")
        guard let scalar = UInt32(parts[0], radix: 16).flatMap(Unicode.Scalar.init) else {
          continue
        }
        for alias in parts[1].split(separator: ";") { listed[String(alias)] = scalar }
      }
    }
    for number: UInt32 in 1...256 {
      listed["VS\(number)"] = Unicode.Scalar(number <= 16 ? 0xFDFF + number : 0xE00EF + number)
    }
    return listed
  }()

  private static func names(in ranges: [ClosedRange<UInt32>]) -> [String: Unicode.Scalar] {
    var names: [String: Unicode.Scalar] = [:]
    for scalar in ranges.joined().lazy.compactMap(Unicode.Scalar.init) where scalar.isInUnicode15 {
      if let name = scalar.properties.name { names[name] = scalar }
    }
    return names
  }
}

extension CharacterNames {
  /// The second names of Unicode 15.1 that CPython knows, by code point in hexadecimal.
  ///
  /// From `NameAliases.txt` of the Unicode Character Database; the Swift library has one for each
  /// code point at most. `VS1` to `VS256` are left out, for they can be counted. The tests compare
  /// with CPython's own.
  static let aliases = """
    0=NULL;NUL|1=START OF HEADING;SOH|2=START OF TEXT;STX|3=END OF TEXT;ETX
    4=END OF TRANSMISSION;EOT|5=ENQUIRY;ENQ|6=ACKNOWLEDGE;ACK|7=ALERT;BEL|8=BACKSPACE;BS
    9=CHARACTER TABULATION;HORIZONTAL TABULATION;HT;TAB
    A=LINE FEED;NEW LINE;END OF LINE;LF;NL;EOL|B=LINE TABULATION;VERTICAL TABULATION;VT
    C=FORM FEED;FF|D=CARRIAGE RETURN;CR|E=SHIFT OUT;LOCKING-SHIFT ONE;SO
    F=SHIFT IN;LOCKING-SHIFT ZERO;SI|10=DATA LINK ESCAPE;DLE|11=DEVICE CONTROL ONE;DC1
    12=DEVICE CONTROL TWO;DC2|13=DEVICE CONTROL THREE;DC3|14=DEVICE CONTROL FOUR;DC4
    15=NEGATIVE ACKNOWLEDGE;NAK|16=SYNCHRONOUS IDLE;SYN|17=END OF TRANSMISSION BLOCK;ETB
    18=CANCEL;CAN|19=END OF MEDIUM;EOM;EM|1A=SUBSTITUTE;SUB|1B=ESCAPE;ESC
    1C=INFORMATION SEPARATOR FOUR;FILE SEPARATOR;FS
    1D=INFORMATION SEPARATOR THREE;GROUP SEPARATOR;GS
    1E=INFORMATION SEPARATOR TWO;RECORD SEPARATOR;RS
    1F=INFORMATION SEPARATOR ONE;UNIT SEPARATOR;US|20=SP|7F=DELETE;DEL|80=PADDING CHARACTER;PAD
    81=HIGH OCTET PRESET;HOP|82=BREAK PERMITTED HERE;BPH|83=NO BREAK HERE;NBH|84=INDEX;IND
    85=NEXT LINE;NEL|86=START OF SELECTED AREA;SSA|87=END OF SELECTED AREA;ESA
    88=CHARACTER TABULATION SET;HORIZONTAL TABULATION SET;HTS
    89=CHARACTER TABULATION WITH JUSTIFICATION;HORIZONTAL TABULATION WITH JUSTIFICATION;HTJ
    8A=LINE TABULATION SET;VERTICAL TABULATION SET;VTS
    8B=PARTIAL LINE FORWARD;PARTIAL LINE DOWN;PLD|8C=PARTIAL LINE BACKWARD;PARTIAL LINE UP;PLU
    8D=REVERSE LINE FEED;REVERSE INDEX;RI|8E=SINGLE SHIFT TWO;SINGLE-SHIFT-2;SS2
    8F=SINGLE SHIFT THREE;SINGLE-SHIFT-3;SS3|90=DEVICE CONTROL STRING;DCS
    91=PRIVATE USE ONE;PRIVATE USE-1;PU1|92=PRIVATE USE TWO;PRIVATE USE-2;PU2
    93=SET TRANSMIT STATE;STS|94=CANCEL CHARACTER;CCH|95=MESSAGE WAITING;MW
    96=START OF GUARDED AREA;START OF PROTECTED AREA;SPA
    97=END OF GUARDED AREA;END OF PROTECTED AREA;EPA|98=START OF STRING;SOS
    99=SINGLE GRAPHIC CHARACTER INTRODUCER;SGC|9A=SINGLE CHARACTER INTRODUCER;SCI
    9B=CONTROL SEQUENCE INTRODUCER;CSI|9C=STRING TERMINATOR;ST|9D=OPERATING SYSTEM COMMAND;OSC
    9E=PRIVACY MESSAGE;PM|9F=APPLICATION PROGRAM COMMAND;APC|A0=NBSP|AD=SHY
    1A2=LATIN CAPITAL LETTER GHA|1A3=LATIN SMALL LETTER GHA|34F=CGJ
    616=ARABIC SMALL HIGH LIGATURE ALEF WITH YEH BARREE|61C=ALM
    709=SYRIAC SUBLINEAR COLON SKEWED LEFT|CDE=KANNADA LETTER LLLA|E9D=LAO LETTER FO FON
    E9F=LAO LETTER FO FAY|EA3=LAO LETTER RO|EA5=LAO LETTER LO
    FD0=TIBETAN MARK BKA- SHOG GI MGO RGYAN|11EC=HANGUL JONGSEONG YESIEUNG-KIYEOK
    11ED=HANGUL JONGSEONG YESIEUNG-SSANGKIYEOK|11EE=HANGUL JONGSEONG SSANGYESIEUNG
    11EF=HANGUL JONGSEONG YESIEUNG-KHIEUKH|180B=FVS1|180C=FVS2|180D=FVS3|180E=MVS|180F=FVS4
    1BBD=SUNDANESE LETTER ARCHAIC I|200B=ZWSP|200C=ZWNJ|200D=ZWJ|200E=LRM|200F=RLM|202A=LRE
    202B=RLE|202C=PDF|202D=LRO|202E=RLO|202F=NNBSP|205F=MMSP|2060=WJ|2066=LRI|2067=RLI|2068=FSI
    2069=PDI|2118=WEIERSTRASS ELLIPTIC FUNCTION|2448=MICR ON US SYMBOL|2449=MICR DASH SYMBOL
    2B7A=LEFTWARDS TRIANGLE-HEADED ARROW WITH DOUBLE VERTICAL STROKE
    2B7C=RIGHTWARDS TRIANGLE-HEADED ARROW WITH DOUBLE VERTICAL STROKE
    A015=YI SYLLABLE ITERATION MARK|AA6E=MYANMAR LETTER KHAMTI LLA
    FE18=PRESENTATION FORM FOR VERTICAL RIGHT WHITE LENTICULAR BRACKET
    FEFF=BYTE ORDER MARK;BOM;ZWNBSP|122D4=CUNEIFORM SIGN NU11 TENU
    122D5=CUNEIFORM SIGN NU11 OVER NU11 BUR OVER BUR|16E56=MEDEFAIDRIN CAPITAL LETTER H
    16E57=MEDEFAIDRIN CAPITAL LETTER NG|16E76=MEDEFAIDRIN SMALL LETTER H
    16E77=MEDEFAIDRIN SMALL LETTER NG|1B001=HENTAIGANA LETTER E-1
    1D0C5=BYZANTINE MUSICAL SYMBOL FTHORA SKLIRON CHROMA VASIS
    """
}
