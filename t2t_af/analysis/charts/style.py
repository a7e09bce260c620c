"""The report's style sheet: light and dark, phone and paper."""

CSS = """
:root {
  color-scheme: light dark;
  --page: #ffffff; --ink: #1c1f23; --soft: #5a626c; --rule: #d5d9de;
  --tint: #f4f6f8; --mark: #0b5c8f; --warn: #9a4a00;
  --c0: #0072b2; --c1: #d55e00; --c2: #009e73;
  --c3: #b0528a; --c4: #3c3f44; --c5: #c08600; --given: #fceccc;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #15181c; --ink: #e6e9ec; --soft: #a3abb5; --rule: #3a4049;
    --tint: #1e2329; --mark: #7cc4f2; --warn: #ffb066;
    --c0: #56b4e9; --c1: #ff8a3d; --c2: #35c79b;
    --c3: #e79cc6; --c4: #c9ced4; --c5: #f0c64a; --given: #4a3a1a;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 1.2rem 1.1rem 3rem; max-width: 74rem;
  background: var(--page); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans",
      "DejaVu Sans", sans-serif;
}
h1 { font-size: 1.65rem; line-height: 1.2; margin: 0.4rem 0 0.5rem; }
h2 { font-size: 1.2rem; margin: 2.2rem 0 0.6rem; }
h3 { font-size: 1rem; margin: 1.2rem 0 0.3rem; }
p, li { max-width: 46rem; }
ul { padding-left: 1.2rem; }
.protocol {
  color: var(--soft); font-size: 0.9rem; margin: 0 0 1rem; max-width: none;
}
.verdict {
  background: var(--tint); border-left: 4px solid var(--mark);
  padding: 0.7rem 1rem; margin: 1rem 0;
}
.verdict p { margin: 0.35rem 0; max-width: none; }
.verdict p:first-child { font-weight: 650; }
.scroll { overflow-x: auto; border: 1px solid var(--rule); }
table {
  border-collapse: collapse; width: 100%; font-size: 0.87rem;
  font-variant-numeric: tabular-nums;
}
th, td {
  padding: 0.45rem 0.5rem; text-align: right; vertical-align: top;
  white-space: nowrap; border-bottom: 1px solid var(--rule);
}
thead th {
  font-weight: 600; white-space: normal; vertical-align: bottom;
  background: var(--tint); line-height: 1.25;
}
tbody:last-child tr:last-child > * { border-bottom: 0; }
th:first-child { text-align: left; }
tbody th {
  position: sticky; left: 0; background: var(--page); font-weight: 600;
  white-space: normal; min-width: 11.5rem;
}
thead th:first-child { position: sticky; left: 0; }
tr:has(+ tr.note) > * { border-bottom: 0; }
tr.note td { padding-top: 0; text-align: left; white-space: normal; }
tr.note span {
  position: sticky; left: 0.5rem; display: inline-block; max-width: 88vw;
  color: var(--warn); font-size: 0.82rem;
}
td.best { font-weight: 750; }
tr.group th { background: var(--tint); }
tr.group small { display: inline; margin-left: 0.8rem; }
#runs tr > :nth-child(2) { text-align: left; }
.reference tr > * { color: var(--soft); font-weight: 400; }
.reference tr:first-child > * { border-top: 2px solid var(--soft); }
small {
  display: block; color: var(--soft); font-size: 0.78rem; font-weight: 400;
  line-height: 1.35;
}
th small { white-space: normal; overflow-wrap: anywhere; }
.empty { color: var(--soft); }
.figures {
  display: grid; gap: 1.2rem 2rem;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 21rem), 1fr));
}
figure { margin: 0; break-inside: avoid; min-width: 0; }
section > figure { margin-bottom: 1.5rem; }
.sheet { break-inside: auto; }
.sheet .figures {
  grid-template-columns: repeat(auto-fill, minmax(min(100%, 21rem), 1fr));
}
figcaption {
  color: var(--soft); font-size: 0.85rem; max-width: 46rem; margin-top: 0.4rem;
}
.sheet > figcaption { margin-bottom: 0.8rem; }
a { color: var(--mark); }
nav ul {
  display: flex; flex-wrap: wrap; gap: 0.2rem 1.2rem; list-style: none;
  padding: 0; font-size: 0.9rem;
}
svg.chart {
  width: 100%; max-width: 34rem; height: auto; display: block;
}
svg.chart * { stroke-linejoin: round; stroke-linecap: butt; }
svg.chart text { font-family: inherit !important; }
img { height: auto; }
.frames {
  overflow-x: auto; background: #ffffff; border: 1px solid var(--rule);
  width: fit-content; max-width: 100%;
}
.frames img { display: block; width: 100%; }
.moving:has(+ .frames) { border-bottom: 0; }
.moving img { width: auto; min-width: 0; max-width: 100%; margin: 0 auto; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.1rem 1rem;
     font-size: 0.85rem; color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
@media (max-width: 40rem) {
  body { padding: 0.8rem 0.8rem 2rem; }
  h1 { font-size: 1.35rem; }
  table { font-size: 0.85rem; }
  tbody th { min-width: 7rem; max-width: 8.5rem; }
}
@media print {
  :root {
    --page: #ffffff; --ink: #000000; --soft: #444444; --rule: #bbbbbb;
    --tint: #f2f2f2; --mark: #0b5c8f; --warn: #7a3a00;
    --c0: #0072b2; --c1: #d55e00; --c2: #009e73;
    --c3: #b0528a; --c4: #3c3f44; --c5: #c08600; --given: #fceccc;
  }
  @page { size: A4 landscape; margin: 12mm; }
  html { font-size: 10.5px; }
  body { max-width: none; padding: 0; font-size: 1rem; }
  .figures, .sheet .figures { grid-template-columns: repeat(3, 1fr); }
  .moving, nav { display: none; }
  .scroll, .frames { overflow: visible; border: 0; }
  img, svg.chart { max-height: 165mm; }
  img { object-fit: contain; object-position: left; }
  th, td { padding: 0.25rem 0.4rem; }
  tbody th { min-width: 5rem; }
  td { white-space: normal; }
  h2 { margin-top: 1.4rem; }
  tr, figure, .verdict { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
}
"""
