namespace SimClr.Reporting;

/// <summary>The look of a report, light and dark.</summary>
internal static class ReportStyle
{
    public const string Css = """
        :root { color-scheme: light dark; --paper: #fdfdfc; --ink: #1d2433; --soft: #667085; --rule: #e4e6eb; --card: #f5f6f8;
          --main: #2f6fd8; --other: #a9b4c4; --alarm: #b54708; }
        @media (prefers-color-scheme: dark) {
          :root { --paper: #14171d; --ink: #e6e9ef; --soft: #98a2b3; --rule: #2c323d; --card: #1c2129;
            --main: #6aa2ff; --other: #566072; --alarm: #fdb022; } }
        * { box-sizing: border-box; }
        body { margin: 0 auto; max-width: 52rem; padding: 3rem 1.5rem 4rem; background: var(--paper); color: var(--ink);
          font: 16px/1.6 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
        h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 .4rem; letter-spacing: -.01em; }
        h2 { font-size: 1.1rem; margin: 2.8rem 0 .6rem; padding-top: 1.2rem; border-top: 1px solid var(--rule); }
        h3 { font-size: .95rem; margin: 1.4rem 0 .3rem; font-weight: 600; }
        p { margin: .5rem 0; } .soft { color: var(--soft); } .lead { font-size: 1.1rem; }
        .figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: .8rem; margin: 1.6rem 0; }
        .figure { background: var(--card); border-radius: .6rem; padding: .8rem 1rem; }
        .figure b { display: block; font-size: 1.5rem; line-height: 1.2; font-variant-numeric: tabular-nums; }
        .figure span { color: var(--soft); font-size: .84rem; line-height: 1.35; display: block; }
        .bars { display: grid; grid-template-columns: max-content 1fr; gap: .45rem 1rem; align-items: center; margin: .8rem 0; }
        .track { background: var(--card); border-radius: .3rem; display: flex; align-items: center; gap: .6rem; }
        .bar { height: 1.5rem; border-radius: .3rem; background: var(--other); } .bar.main { background: var(--main); }
        .value { font-variant-numeric: tabular-nums; font-size: .9rem; white-space: nowrap; }
        .warning { border-left: 4px solid var(--alarm); padding: .3rem 1rem; background: var(--card); }
        .small { display: grid; grid-template-columns: repeat(auto-fit, minmax(19rem, 1fr)); gap: 0 1.6rem; margin-top: 1rem; }
        .small p { font-size: .84rem; margin: 0; }
        .curve { width: 100%; height: auto; display: block; }
        .curve text { fill: var(--soft); font-size: 12px; } .curve .grid { stroke: var(--rule); }
        .curve .chance { stroke: var(--soft); stroke-dasharray: 5 4; } .curve .last { fill: var(--main); }
        .curve .line { fill: none; stroke: var(--main); stroke-width: 2; stroke-linejoin: round; }
        img { max-width: 100%; height: auto; border-radius: .4rem; display: block; }
        pre { background: var(--card); border-radius: .6rem; padding: .9rem 1.1rem; overflow-x: auto; font-size: .86rem; }
        code, pre { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
        table { border-collapse: collapse; width: 100%; font-size: .9rem; }
        .wide { overflow-x: auto; } .wide table { font-size: .84rem; }
        .wide td:first-child { padding-right: .6rem; white-space: normal; overflow-wrap: normal; width: auto; }
        .wide td:not(:first-child) { white-space: nowrap; font-variant-numeric: tabular-nums; }
        th { text-align: left; vertical-align: bottom; padding: .28rem .6rem .28rem 0; border-bottom: 1px solid var(--rule); }
        summary { cursor: pointer; color: var(--soft); margin: .6rem 0; } details img { max-height: 36rem; width: auto; }
        td { padding: .28rem .6rem .28rem 0; border-bottom: 1px solid var(--rule); vertical-align: top; overflow-wrap: anywhere; }
        td:first-child { color: var(--soft); white-space: nowrap; width: 1%; padding-right: 1.5rem; }
        tr.changed td { font-weight: 600; }
        footer { margin-top: 3rem; color: var(--soft); font-size: .84rem; }
        .tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(7.5rem, 1fr)); gap: .8rem;
          margin: .6rem 0 1.6rem; }
        .tile { margin: 0; font-size: .8rem; line-height: 1.35; overflow-wrap: anywhere; }
        .tile img, .tile .missing { width: 100%; aspect-ratio: 1; object-fit: contain; background: var(--card);
          border-radius: .4rem; }
        .tile .tiny { image-rendering: pixelated; } .tile b { display: block; font-variant-numeric: tabular-nums; }
        @media (max-width: 34rem) { .bars { grid-template-columns: 1fr; } }
        """;
}
