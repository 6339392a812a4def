/** The report's style sheet. One file, no fonts, no pictures: it is mailed, archived and printed. */
export const REPORT_STYLE = `
:root{color-scheme:light dark;--paper:#fff;--card:#fff;--ink:#16202a;--soft:#4a5866;--line:#d5dce3;--wash:#f4f6f8;
--accent:#1d4f8c;--pass:#0b6b3a;--pass-wash:#e4f3ea;--fail:#a3151b;--fail-wash:#fdecec;--wait:#7a4b00;--wait-wash:#fff2d6;
--none:#4a5866;--none-wash:#edf0f3;--mark:#ffdf7e}
@media (prefers-color-scheme:dark){:root{--paper:#10161c;--card:#161e26;--ink:#e8edf2;--soft:#a6b3c0;--line:#2c3946;--wash:#1b2530;
--accent:#8fbdf2;--pass:#7ed3a0;--pass-wash:#12301f;--fail:#ff9d9a;--fail-wash:#3a1719;--wait:#f0c066;--wait-wash:#33270d;
--none:#a6b3c0;--none-wash:#222d38;--mark:#6b5200}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main,.head>div,footer{max-width:62rem;margin:0 auto;padding:0 1rem}
a{color:var(--accent);text-underline-offset:.15em}
a:focus-visible,summary:focus-visible{outline:3px solid var(--accent);outline-offset:2px;border-radius:2px}
h1,h2,h3,h4{line-height:1.25;text-wrap:balance;overflow-wrap:anywhere}
h2{font-size:1.3rem;margin:2.75rem 0 .9rem}
p{margin:.5rem 0}
.head{border-top:6px solid var(--none);background:var(--wash);border-bottom:1px solid var(--line);padding:1.75rem 0 1.5rem}
.head.passed{border-top-color:var(--pass)}.head.failed{border-top-color:var(--fail)}.head.incomplete{border-top-color:var(--wait)}
.kind{margin:0;color:var(--soft);font-size:.85rem;letter-spacing:.06em;text-transform:uppercase}
h1{font-size:clamp(1.6rem,4.5vw,2.3rem);margin:.2rem 0 .8rem}
.result{display:inline-block;font-size:1.1rem;font-weight:650;padding:.4rem .9rem;border-radius:.5rem;margin:0 0 .6rem}
.passed .result,.badge.passed{background:var(--pass-wash);color:var(--pass)}
.failed .result,.badge.failed{background:var(--fail-wash);color:var(--fail)}
.incomplete .result,.badge.needs_person{background:var(--wait-wash);color:var(--wait)}
.badge.not_run{background:var(--none-wash);color:var(--none)}
.badge{display:inline-block;font-size:.82rem;font-weight:650;padding:.15rem .55rem;border-radius:1rem;white-space:nowrap}
.tiles{display:grid;grid-template-columns:repeat(4,1fr);gap:.75rem;list-style:none;margin:1.5rem 0;padding:0}
.tiles li{background:var(--card);border:1px solid var(--line);border-radius:.6rem;padding:.7rem .9rem;color:var(--soft);font-size:.88rem}
.tiles b{display:block;font-size:1.7rem;line-height:1.2;color:var(--ink);font-variant-numeric:tabular-nums}
.tiles .some.failed b{color:var(--fail)}.tiles .some.passed b{color:var(--pass)}.tiles .some.needs_person b{color:var(--wait)}
.facts{display:grid;grid-template-columns:max-content 1fr;gap:.35rem 1.25rem;margin:0}
.facts dt{color:var(--soft)}.facts dd{margin:0;overflow-wrap:anywhere}
.todo{list-style:none;margin:0;padding:0;display:grid;gap:.6rem}
.todo li{border:1px solid var(--line);border-left:4px solid var(--fail);border-radius:.5rem;padding:.6rem .9rem;background:var(--card);overflow-wrap:anywhere}
.todo li.needs_person{border-left-color:var(--wait)}.todo li.not_run{border-left-color:var(--none)}
.todo strong{display:block}
table{width:100%;border-collapse:collapse;font-size:.95rem}
th,td{text-align:left;vertical-align:top;padding:.5rem .6rem;border-bottom:1px solid var(--line)}
th{font-size:.82rem;color:var(--soft);font-weight:600}
tbody th{font-size:inherit;color:inherit;font-weight:500}
td.num,th.num{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.case{border:1px solid var(--line);border-radius:.7rem;background:var(--card);padding:1rem 1.1rem;margin:0 0 1rem;scroll-margin-top:1rem}
.case h3{font-size:1.1rem;margin:0;flex:1 1 16rem}
.case header{display:flex;flex-wrap:wrap;gap:.4rem .9rem;align-items:baseline}
.case .id{color:var(--soft);font-size:.85rem;margin:.15rem 0 .7rem;overflow-wrap:anywhere}
.case .reason{font-weight:500;overflow-wrap:anywhere}
.case .facts{font-size:.95rem;margin:.6rem 0}
.checks{list-style:none;margin:.8rem 0;padding:0;display:grid;gap:.25rem}
.checks li{padding-left:1.7rem;position:relative;overflow-wrap:anywhere}
.sign{width:1em;height:1em;fill:none;stroke:currentColor;stroke-width:2.4;stroke-linecap:round;stroke-linejoin:round}
.badge .sign{vertical-align:-.12em;margin-right:.3em}.checks .sign{position:absolute;left:.1rem;top:.28em}
.checks .yes .sign{color:var(--pass)}.checks .no .sign{color:var(--fail)}.checks .no{color:var(--fail)}
details{border-top:1px solid var(--line);margin-top:.8rem;padding-top:.6rem}
summary{cursor:pointer;font-weight:600;min-height:1.75rem}
.step{border-left:3px solid var(--line);padding:0 0 .2rem .9rem;margin:1rem 0}
.step h4{font-size:.98rem;margin:0 0 .2rem}
.step .when{color:var(--soft);font-size:.84rem;margin:0 0 .5rem;overflow-wrap:anywhere}
.step h5{font-size:.82rem;margin:.7rem 0 .2rem;color:var(--soft);font-weight:600}
pre,.text{font:.84rem/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;background:var(--wash);border-radius:.4rem;padding:.55rem .7rem;
margin:0;white-space:pre-wrap;overflow-wrap:anywhere;unicode-bidi:plaintext}
code{font:.92em ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;overflow-wrap:anywhere}
.sep{color:var(--fail);font-weight:700;padding:0 .12em}
.empty::after{content:"(empty)";color:var(--soft);font-size:.9em;user-select:none}
mark{background:var(--mark);color:inherit;border-radius:2px}
.pair{display:grid;grid-template-columns:max-content 1fr;gap:.2rem .8rem;margin:.4rem 0 0;font-size:.88rem}
.pair dt{color:var(--soft)}.pair dd{margin:0;overflow-wrap:anywhere}
footer{color:var(--soft);font-size:.9rem;padding-top:1rem;padding-bottom:3rem}
@media (max-width:40rem){.tiles{grid-template-columns:repeat(2,1fr)}.facts,.pair{grid-template-columns:1fr;gap:0 0}.facts dd,.pair dd{margin-bottom:.5rem}
thead .wide,td.wide{display:none}th,td{padding:.45rem .3rem}.case{padding:.85rem .8rem}}
@media print{:root{color-scheme:light;--paper:#fff;--card:#fff;--ink:#000;--soft:#444;--line:#bbb;--wash:#f4f4f4;--accent:#000;--pass:#0b6b3a;--pass-wash:#e4f3ea;
--fail:#a3151b;--fail-wash:#fdecec;--wait:#7a4b00;--wait-wash:#fff2d6;--none:#4a5866;--none-wash:#edf0f3;--mark:#ffdf7e}
html{font-size:10pt;print-color-adjust:exact}.case{break-inside:auto}.case header,.step h4,h2,h3{break-after:avoid}.todo li,.tiles li,tr,.checks li{break-inside:avoid}
details::details-content{content-visibility:visible;display:block;height:auto}summary{list-style:none}a{text-decoration:none}}
`;
