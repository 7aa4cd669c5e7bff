// SPDX-License-Identifier: Apache-2.0

/// The look of a page: the colours of its pictures, one column, no more than that.
enum HTMLStyle {
  static let rules = """
    :root{color-scheme:light dark;--paper:#ffffff;--ink:#1f2328;--muted:#636c76;--grid:#e6e8eb}
    @media (prefers-color-scheme:dark){
    :root{--paper:#14171c;--ink:#e6e8eb;--muted:#9aa4af;--grid:#2a2f36}
    }
    @media print{
    :root{color-scheme:light;--paper:#ffffff;--ink:#1f2328;--muted:#636c76;--grid:#e6e8eb}
    section{break-inside:avoid}
    }
    body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 \(SVGStyle.fonts)}
    main{max-width:1008px;margin:0 auto;padding:32px 24px 64px}
    h1{font-size:24px;line-height:1.25;margin:0 0 8px}
    h2{font-size:19px;line-height:1.3;margin:40px 0 4px}
    p{max-width:68ch;margin:4px 0 12px;color:var(--muted)}
    figure{margin:12px -24px;overflow-x:auto}
    svg.strata{display:block;max-width:100%;min-width:640px;height:auto}
    summary{cursor:pointer;color:var(--muted);font-size:13px}
    .scroll{overflow-x:auto;margin-top:8px}
    table{border-collapse:collapse;font-size:12px;font-variant-numeric:tabular-nums}
    th,td{padding:4px 12px 4px 0;text-align:right;white-space:nowrap;border-bottom:1px solid var(--grid)}
    th:first-child{text-align:left}
    th{font-weight:600}
    tbody th{font-weight:400;font-family:\(SVGStyle.nameFonts)}

    """
}
