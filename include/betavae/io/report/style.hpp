// SPDX-License-Identifier: MIT
// The style sheet of a report: type, colours for light and dark, and how things fold on a narrow screen.
//
// The six colours of series were chosen by search in the OKLab space: at least 3:1 contrast with the page, and pairwise
// at least 12 apart (ΔE × 100) for normal sight and for simulated protanopia, deuteranopia and tritanopia (Machado,
// Oliveira and Fernandes, 2009). Markers differ in shape as well.
#pragma once

#include <string_view>

namespace betavae::detail {

inline constexpr std::string_view report_style = R"css(
:root {
  color-scheme: light dark;
  --page: #fdfcf9; --ink: #1d1c1a; --soft: #66635c; --rule: #e2dfd7; --axis: #b5b1a6; --tint: #f5f2ea;
  --series-1: #1f6fb5; --series-2: #c9821f; --series-3: #a54467;
  --series-4: #4e209e; --series-5: #a278fb; --series-6: #6c1226;
  --serif: "Iowan Old Style", Charter, "Bitstream Charter", "Source Serif 4", "Noto Serif", "Liberation Serif",
    Georgia, serif;
  --sans: -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Liberation Sans", Arial, "Noto Sans", sans-serif;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #17181b; --ink: #e9e6df; --soft: #a6a299; --rule: #2d2f34; --axis: #5c5e64; --tint: #1f2125;
    --series-1: #62a8ea; --series-2: #ed9863; --series-3: #ce5679;
    --series-4: #7a6ad8; --series-5: #79eacb; --series-6: #f9d41c;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0; background: var(--page); color: var(--ink); font: 1.125rem/1.6 var(--serif);
  font-variant-numeric: oldstyle-nums; hanging-punctuation: first last; }
main { max-width: 51rem; margin: 0 auto; padding: clamp(2rem, 7vw, 5rem) clamp(1.1rem, 4vw, 1.5rem) 4rem; }
h1, h2 { font-weight: 600; line-height: 1.15; letter-spacing: -0.012em; text-wrap: balance; }
h1 { font-size: clamp(2.1rem, 6vw, 3.1rem); margin: 0 0 1.2rem; }
h2 { font-size: clamp(1.45rem, 4vw, 1.8rem); margin: 0 0 0.9rem; }
section { margin: 0 0 4rem; }
section + section { border-top: 1px solid var(--rule); padding-top: 2.4rem; }
p { max-width: 41rem; margin: 0 0 1em; text-wrap: pretty; }
.lead { font-size: clamp(1.2rem, 3vw, 1.4rem); line-height: 1.5; color: var(--ink); }
.remark { border-left: 3px solid var(--series-1); padding: 0.1rem 0 0.1rem 1.1rem; }
footer { border-top: 1px solid var(--rule); padding-top: 1rem; font: 0.85rem/1.5 var(--sans); color: var(--soft); }

figure { margin: 2rem 0; }
figcaption { max-width: 41rem; margin-top: 0.9rem; font: 0.9rem/1.5 var(--sans); color: var(--soft); }
.note { display: block; }
.scroll { overflow-x: auto; }
.name { font: 0.82rem/1.4 var(--sans); color: var(--soft); margin: 0 0 0.6rem; }
.tile-title { font: 600 0.92rem/1.4 var(--sans); margin: 0 0 0.5rem; font-variant-numeric: lining-nums; }

dl { display: grid; gap: 1.3rem 2.4rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 19rem), 1fr));
  margin: 2rem 0;
  font-size: 0.97em; line-height: 1.5; }
dt { font-weight: 600; }
dd { margin: 0; }
dl.compact { gap: 1rem 2rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 13rem), 1fr));
  font: 0.9rem/1.45 var(--sans); font-variant-numeric: lining-nums; }
dl.compact dt { font-weight: 400; color: var(--soft); }

table { border-collapse: collapse; font: 0.95rem/1.4 var(--sans); font-variant-numeric: lining-nums tabular-nums;
  width: 100%; }
figure.table { max-width: 46rem; }
th, td { padding: 0.42rem 1.4rem 0.42rem 0; text-align: left; white-space: nowrap; }
th:last-child, td:last-child { padding-right: 0; }
thead th { font-weight: 400; color: var(--soft); font-size: 0.85rem; vertical-align: bottom;
  border-bottom: 1px solid var(--axis);
  white-space: normal; }
tbody tr + tr > * { border-top: 1px solid var(--rule); }
tbody th { font-weight: 600; }
.number { text-align: right; }

svg { display: block; width: 100%; height: auto; overflow: visible; font-family: var(--sans);
  font-variant-numeric: lining-nums tabular-nums; }
.wide { max-width: 46rem; }
.wide svg, .narrow svg { font-size: 13px; }
.narrow { display: none; }
.tile svg { font-size: 11px; }
svg text { fill: var(--soft); }
svg text.label { fill: var(--ink); stroke: var(--page); stroke-width: 4px; stroke-linejoin: round;
  paint-order: stroke; }
svg .middle { text-anchor: middle; }
svg .end { text-anchor: end; }
.grid { stroke: var(--rule); }
.axis { stroke: var(--axis); fill: none; }
.series-1 { --c: var(--series-1); } .series-2 { --c: var(--series-2); } .series-3 { --c: var(--series-3); }
.series-4 { --c: var(--series-4); } .series-5 { --c: var(--series-5); } .series-6 { --c: var(--series-6); }
.line { fill: none; stroke: var(--c); stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
.mark { fill: var(--c); stroke: var(--page); stroke-width: 1.5; }
.bar { fill: var(--c); }
.reach { fill: transparent; }
.point:hover .mark { stroke: var(--ink); }
.point:hover .bar { opacity: 0.7; }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: 0.3rem 1.4rem; margin: 0 0 1rem; padding: 0;
  font: 0.9rem/1.4 var(--sans); }
.legend li { display: flex; align-items: center; gap: 0.5rem; }
.legend svg { width: 14px; }
.tiles { display: grid; gap: 1.8rem 2.2rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 20rem), 1fr)); }

.rows, .sheets { --zoom: var(--wide); }
.pixels { display: block; width: calc(var(--w) * var(--zoom) * 1px); height: auto; image-rendering: pixelated;
  max-width: none; }
.rows { display: grid; grid-template-columns: max-content max-content; gap: 0.45rem 0.9rem; align-items: center; }
.row-label { font: 0.88rem/1.2 var(--sans); font-variant-numeric: lining-nums; text-align: right; white-space: nowrap; }
.row-label small { display: block; color: var(--soft); font-size: 0.78rem; }
.heads { display: flex; gap: calc(var(--gap) * var(--zoom) * 1px); font: 0.75rem/1.2 var(--sans); color: var(--soft);
  font-variant-numeric: lining-nums tabular-nums; }
.heads span { flex: 0 0 calc(var(--w) * var(--zoom) * 1px); text-align: center; }
.sheets { display: flex; flex-wrap: wrap; gap: 1.6rem 1.5rem; }

details { margin: 0; border-top: 1px solid var(--rule); }
summary { cursor: pointer; padding: 0.7rem 0; font: 600 0.95rem/1.4 var(--sans); font-variant-numeric: lining-nums; }
summary::marker { color: var(--soft); }
summary:focus-visible { outline: 2px solid var(--series-1); outline-offset: 2px; }
details > figure { margin: 0.6rem 0 1.6rem; }

.wide, .narrow { position: relative; }
svg[tabindex] { touch-action: pan-y; }
svg[tabindex]:focus-visible { outline: 2px solid var(--series-1); outline-offset: 4px; border-radius: 2px; }
.ring { fill: none; stroke: var(--ink); stroke-width: 1.5; pointer-events: none; }
.point .mark { transform-box: fill-box; transform-origin: center; }
.point.chosen .mark { transform: scale(1.7); stroke: var(--ink); }
.value { position: absolute; visibility: hidden; z-index: 1; pointer-events: none; width: max-content; max-width: 70%;
  padding: 0.35rem 0.6rem; background: var(--page); border: 1px solid var(--axis); border-radius: 4px;
  box-shadow: 0 2px 8px rgb(0 0 0 / 0.14); font: 0.82rem/1.4 var(--sans);
  font-variant-numeric: lining-nums tabular-nums; }
.value.shown { visibility: visible; }
.value span { display: block; }
.value span:empty { display: none; }
.value span:first-child { font-weight: 600; }

[hidden] { display: none !important; }
input[type="range"] { width: 100%; height: 1.75rem; margin: 0; accent-color: var(--series-1); cursor: pointer;
  touch-action: pan-y; }
input[type="range"]:focus-visible, button:focus-visible { outline: 2px solid var(--series-1); outline-offset: 2px; }
button { font: 0.9rem/1 var(--sans); color: var(--ink); background: var(--tint); border: 1px solid var(--axis);
  border-radius: 4px; padding: 0.6rem 0.9rem; cursor: pointer; }
button:hover { border-color: var(--ink); }
.beta-slider { margin: 2rem 0; max-width: 46rem; }
.knob { position: sticky; top: 0; z-index: 2; background: var(--page); padding: 0.7rem 0 0.6rem;
  border-bottom: 1px solid var(--rule); font-family: var(--sans); }
.knob label { display: block; font-size: 0.82rem; line-height: 1.4; color: var(--soft); }
.stops { display: flex; justify-content: space-between; margin-top: -0.25rem; padding: 0 8px; font-size: 0.78rem; line-height: 1.3;
  color: var(--soft); font-variant-numeric: lining-nums; }
.stops span { width: 0; display: flex; justify-content: center; }
.stops b { font-weight: 400; }
.stops .chosen b { font-weight: 700; color: var(--ink); }
dl.values { display: grid; grid-template-columns: repeat(4, auto); gap: 0.2rem 1rem; margin: 0.6rem 0 0;
  font-size: 0.95rem; line-height: 1.35; font-variant-numeric: lining-nums tabular-nums; }
dl.values dt { font-weight: 400; font-size: 0.78rem; color: var(--soft); }
dl.values dd { font-weight: 600; }
.view { margin: 1.6rem 0; }
.view figure { margin: 0; }
[data-view="traversals"] .rows > :nth-child(n + 15) { display: none; }
.bench { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 1.2rem 2.4rem; align-items: start; margin-top: 1.4rem; }
.easel { display: grid; gap: 0.9rem; justify-items: start; position: sticky; top: 1rem; }
canvas { width: min(17.5rem, 60vw); height: auto; image-rendering: pixelated; }
.latent { display: grid; grid-template-columns: 4.6rem 4.6rem minmax(0, 1fr) 3.2rem; gap: 0 0.6rem; align-items: center;
  font: 0.9rem/1.4 var(--sans); font-variant-numeric: lining-nums tabular-nums; }
.latent small { color: var(--soft); font-size: 0.78rem; }
.latent output { text-align: right; }
.chooser { grid-template-columns: 4.6rem minmax(0, 1fr) 4.6rem; margin-bottom: 0.6rem; padding-bottom: 0.6rem;
  border-bottom: 1px solid var(--rule); }
.chooser output { font-weight: 600; }

@media (max-width: 46rem) {
  body { font-size: 1.0625rem; }
  section { margin-bottom: 3rem; }
  .wide { display: none; }
  .narrow { display: block; }
  .rows, .sheets { --zoom: var(--narrow); }
  .rows { grid-template-columns: max-content; gap: 0.15rem; }
  .row-label { text-align: left; margin-top: 0.5rem; position: sticky; left: 0; }
  .row-label small { display: inline; }
  .rows > span:empty { display: none; }
  .heads { font-size: 0.62rem; }
  table { font-size: 0.85rem; }
  thead th { font-size: 0.8rem; }
  th, td { padding-right: 0.75rem; }
  dl.values { grid-template-columns: repeat(3, auto); font-size: 0.85rem; }
  dl.values > :first-child { display: none; }
  .bench { grid-template-columns: minmax(0, 1fr); }
  .easel { top: 0; z-index: 2; width: 100%; grid-template-columns: auto 1fr; align-items: end; padding: 0.6rem 0;
    background: var(--page); }
  canvas { width: min(11rem, 45vw); }
  .latent { grid-template-columns: 4.2rem minmax(0, 1fr) 3rem; }
  .latent small { grid-row: 2; margin-top: -0.4rem; }
  .chooser { grid-template-columns: 4.2rem minmax(0, 1fr) 4.6rem; }
}
@media print {
  :root { --page: #fff; }
  body { font-size: 10.5pt; }
  figure { break-inside: avoid; }
  .knob, .explorer { display: none; }
}
)css";

}  // namespace betavae::detail
