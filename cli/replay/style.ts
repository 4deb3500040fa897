/** How the replay page looks: one column that fits a phone, light and dark, and on paper. */
export const style = `
:root{color-scheme:light dark;--ink:#1b1f24;--soft:#57606a;--line:#d4d9df;--page:#fff;--card:#f6f8fa;--code:#eef1f4;--good:#1a7f37;--bad:#b42318;--warn:#8a5a00;
--goodsoft:#e3f5e7;--badsoft:#fdeaea;--warnsoft:#fff4d6;--run:#2f6fdb;--wait:#c98a10}
@media (prefers-color-scheme:dark){:root{--ink:#e6e9ed;--soft:#9aa4af;--line:#363d46;--page:#14181d;--card:#1c2128;--code:#262c35;--good:#57c278;--bad:#ff8a80;
--warn:#e8b84a;--goodsoft:#16301f;--badsoft:#3d1c1c;--warnsoft:#382c10;--run:#6ea8ff;--wait:#e8b84a}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
main{max-width:60rem;margin:0 auto;padding:1.25rem 1rem 3rem}
h1{font-size:1.6rem;line-height:1.2;margin:.2rem 0 .4rem;overflow-wrap:anywhere}
h2{font-size:1.15rem;margin:2.2rem 0 .7rem;padding-bottom:.3rem;border-bottom:1px solid var(--line)}
h3{font-size:1rem;margin:0}
p{margin:.4rem 0}
.soft{color:var(--soft)}small,.small{font-size:.84rem}
code,pre,.mono{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.84rem}
code{overflow-wrap:anywhere}
pre{background:var(--code);border-radius:6px;padding:.6rem .75rem;margin:.4rem 0;white-space:pre-wrap;overflow-wrap:anywhere}
.badge{display:inline-block;border-radius:1rem;padding:.1rem .65rem;font-size:.84rem;font-weight:600;border:1px solid currentColor;white-space:nowrap}
.good{color:var(--good)}.bad{color:var(--bad)}.warn{color:var(--warn)}
.banner{border-left:5px solid;border-radius:6px;padding:.7rem .9rem;margin:1rem 0}
.banner.good{background:var(--goodsoft)}.banner.bad{background:var(--badsoft)}.banner.warn{background:var(--warnsoft)}
.banner>*{color:var(--ink)}.banner strong:first-child{color:inherit}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(7.2rem,1fr));gap:.6rem;margin:1rem 0}
.figures div{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:.5rem .7rem}
.figures b{display:block;font-size:1.2rem;line-height:1.3}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem .9rem;margin:.6rem 0}dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
.chart{display:grid;gap:.35rem;margin:.6rem 0}
.bar{display:grid;grid-template-columns:14rem 1fr 4.5rem;gap:.6rem;align-items:center;font-size:.88rem}
.bar i{display:block;height:.85rem;border-radius:3px;background:var(--run);min-width:3px}.bar.wait i{background:var(--wait)}
.bar .track{background:var(--code);border-radius:3px;overflow:hidden}.bar span:last-child{text-align:right;font-variant-numeric:tabular-nums}
.key i{display:inline-block;width:.8rem;height:.8rem;border-radius:3px;background:var(--run);vertical-align:-.05rem;margin:0 .3rem 0 .8rem}.key i.wait{background:var(--wait);margin-left:0}
.card{border:1px solid var(--line);border-radius:8px;padding:.8rem .95rem;margin:.8rem 0;background:var(--card)}
.card header{display:flex;flex-wrap:wrap;gap:.4rem .7rem;align-items:baseline;justify-content:space-between}
.part{border-top:1px solid var(--line);margin-top:.6rem;padding-top:.35rem}
.card.doubtful{border:2px dashed var(--bad)}
.votes{list-style:none;margin:.5rem 0;padding:0}.votes li{padding:.3rem 0;border-top:1px solid var(--line)}
.diff .plus{color:var(--good)}.diff .minus{color:var(--bad)}
ol.time{list-style:none;margin:0;padding:0;font-size:.9rem}
ol.time li{display:grid;grid-template-columns:2.2rem 5.2rem 8.6rem 1fr 5.4rem;gap:0 .6rem;padding:.28rem .3rem;border-top:1px solid var(--line)}
ol.time li>*{overflow-wrap:anywhere}.num{text-align:right;font-variant-numeric:tabular-nums;color:var(--soft)}
ol.time li.wrong{background:var(--badsoft);border-left:4px solid var(--bad)}ol.time li.after{border-left:4px solid var(--bad);opacity:.72}
ol.time .why{grid-column:4/-1;color:var(--bad);font-weight:600}
ol.time li.mark{display:block;background:var(--badsoft);color:var(--bad);font-weight:600;border-left:4px solid var(--bad);padding:.5rem .6rem}
img.metric{display:block;width:100%;max-width:45rem;height:auto;margin:.4rem 0}
footer{margin-top:2.5rem;border-top:1px solid var(--line);padding-top:.8rem;color:var(--soft);font-size:.84rem}
@media (max-width:42rem){.bar{grid-template-columns:1fr 6rem}.bar .track{grid-column:1/-1;grid-row:2}.bar{gap:.1rem .5rem}
ol.time li{grid-template-columns:2rem 1fr auto}ol.time li .words{grid-column:2/-1;grid-row:2}ol.time li .since{grid-row:1;grid-column:3}ol.time li .actor{grid-column:2;grid-row:1;color:var(--soft)}ol.time li .hash{display:none}
ol.time .why{grid-column:2/-1}dl{grid-template-columns:6.2rem 1fr;gap:.15rem .6rem;font-size:.92rem}}
@media print{:root{color-scheme:light;--ink:#000;--soft:#444;--line:#bbb;--page:#fff;--card:#fff;--code:#f3f3f3;--good:#11622a;--bad:#9b1c12;--warn:#6b4600;--goodsoft:#fff;--badsoft:#fff;--warnsoft:#fff}
@page{margin:15mm}body{font-size:10.5pt}main{max-width:none;padding:0}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}.part,.banner,.figures div,.bar,ol.time li,.votes li{break-inside:avoid}h2,h3{break-after:avoid}.banner{border:1px solid;border-left-width:5px}}
`;
