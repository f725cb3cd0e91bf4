/** Style of the report page: system fonts, light and dark, readable on paper and on a telephone. */
export const REPORT_STYLE = `
:root { color-scheme: light dark; --bg: #fbfbfa; --card: #fff; --text: #1c1e21; --soft: #62686f; --line: #e2e4e8; --now: #3b6fd4; --before: #d0661a; --bad: #b3261e; --bad-bg: #fdeceb; --warn: #8a5a00; --warn-bg: #fdf3dd; --good: #1a6b3c; --good-bg: #e5f4ea; --code: #f1f2f4; }
@media (prefers-color-scheme: dark) { :root { --bg: #15171a; --card: #1d2024; --text: #e8eaed; --soft: #a0a7b0; --line: #33383f; --now: #7ba6f7; --before: #f0a05c; --bad: #ff9d95; --bad-bg: #43201e; --warn: #f1c773; --warn-bg: #3b2f16; --good: #86d9a4; --good-bg: #17372a; --code: #2a2e34; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--bg); color: var(--text); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main { max-width: 1120px; margin: 0 auto; padding: 32px 24px 64px; }
h1 { font-size: 24px; line-height: 1.25; margin: 0 0 4px; overflow-wrap: anywhere; }
h2 { font-size: 17px; margin: 40px 0 12px; }
p { margin: 0 0 8px; }
code { background: var(--code); border-radius: 4px; padding: 1px 5px; font: 13px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
.badge { display: inline-block; border-radius: 999px; padding: 2px 12px; font-weight: 600; font-size: 13px; margin-bottom: 10px; }
.quarantined { color: var(--bad); background: var(--bad-bg); }
.accepted { color: var(--good); background: var(--good-bg); }
.soft { color: var(--soft); }
.todo { border: 1px solid var(--line); border-left: 4px solid var(--good); background: var(--card); border-radius: 8px; padding: 14px 18px; margin: 20px 0 0; }
.todo.bad { border-left-color: var(--bad); }
.todo.warn { border-left-color: var(--warn); }
.todo p:last-child, .todo ul:last-child { margin-bottom: 0; }
.todo ul { margin: 6px 0 8px; padding-left: 20px; }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(200px, 1fr)); gap: 12px 24px; margin: 24px 0 0; }
dt { color: var(--soft); font-size: 13px; }
dd { margin: 0; overflow-wrap: anywhere; }
.table { overflow-x: auto; border: 1px solid var(--line); border-radius: 8px; background: var(--card); }
table { border-collapse: collapse; width: 100%; min-width: 640px; }
th, td { text-align: left; vertical-align: top; padding: 10px 14px; border-bottom: 1px solid var(--line); }
tr:last-child > td { border-bottom: 0; }
th { font-size: 13px; font-weight: 600; color: var(--soft); }
td.count { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
th.count { text-align: right; white-space: nowrap; }
td.what { min-width: 280px; overflow-wrap: anywhere; }
.rule { white-space: nowrap; font-weight: 600; }
.reason .rule { color: var(--bad); }
.warning .rule { color: var(--warn); }
ul.examples { list-style: none; margin: 0; padding: 0; font-size: 13px; }
ul.examples li { margin-bottom: 3px; overflow-wrap: anywhere; min-width: 150px; }
.grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 344px), 1fr)); gap: 16px; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 14px 16px; min-width: 0; }
.card.flagged { border-color: var(--warn); }
.card.broken { border-color: var(--bad); }
.card h3 { font-size: 14px; margin: 0 0 2px; overflow-wrap: anywhere; }
.card .facts { color: var(--soft); font-size: 12.5px; margin: 0 0 10px; font-variant-numeric: tabular-nums; }
.card svg { width: 100%; height: auto; display: block; }
.legend { display: flex; gap: 20px; align-items: center; color: var(--soft); font-size: 13px; margin: 0 0 12px; flex-wrap: wrap; }
.legend i { display: inline-block; width: 14px; height: 10px; margin-right: 6px; background: var(--now); border-radius: 2px; }
.legend i.line { background: none; border-top: 2px solid var(--before); height: 0; vertical-align: middle; border-radius: 0; }
svg .now { fill: var(--now); opacity: .8; }
svg .before { fill: none; stroke: var(--before); stroke-width: 2; stroke-linejoin: round; }
svg .axis { stroke: var(--line); }
svg .area { fill: transparent; }
svg text { font: 11px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; fill: var(--soft); }
svg .level { fill: var(--text); }
.none { color: var(--soft); font-size: 13px; }
footer { margin-top: 40px; color: var(--soft); font-size: 13px; border-top: 1px solid var(--line); padding-top: 12px; }
@media print { body { background: #fff; } main { max-width: none; padding: 0; } .card, tr { break-inside: avoid; } }
`;
