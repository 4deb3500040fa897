/** The replay as one self-contained page: no request, no script, readable on a phone and on paper. */
import type { Series } from '../../core/alarm/evidence.ts';
import { dispatchName } from '../../core/dispatch.ts';
import { metricPicture, pictureWords } from '../../core/picture/metric.ts';
import { partOf } from '../timeline.ts';
import { type ChangeStory, type DispatchStory, type HostStory, sameWords, type VoteStory } from './dispatches.ts';
import { html, type Markup } from './markup.ts';
import type { Row, Story } from './story.ts';
import { style } from './style.ts';
import { between, endingOf, figuresOf, spanOf, utcOf, verdictWords } from './words.ts';

/** The whole document. */
export function pageOf(story: Story): string {
  const { incidentId, progress } = story;
  const name = progress.opened?.alarmName ?? incidentId;
  const body = html`<main>${head(story, name)}${chart(story)}${cards(story)}${evidence(story)}${timeline(story)}${foot(story)}</main>`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="referrer" content="no-referrer"><title>${html`${name}: ${incidentId}`.text}</title><style>${style}</style></head>
<body>${body.text}</body></html>
`;
}

function head(story: Story, name: string): Markup {
  const { progress, incidentId, openedAt, closedAt } = story;
  const { opened, planned } = progress;
  const { word, tone } = endingOf(story);
  const facts: [string, Markup | string][] = [
    ['Incident', html`<code>${incidentId}</code>`],
    ['Alarm', html`<code>${opened?.alarmArn ?? 'not known'}</code>`],
    ['Went off', utcOf(opened?.stateChangedAt ?? null)],
    ['Opened', utcOf(openedAt)],
    ['Closed', closedAt ? utcOf(closedAt) : 'not closed'],
    ['Environment', planned ? `${planned.environment}, ${planned.mode.replace('_', ' ')}` : 'not known'],
    [
      'Runbook',
      planned?.runbook
        ? html`${planned.runbook.id} <code class="soft">${planned.runbook.digest.slice(0, 16)}</code>`
        : 'none',
    ],
    ['Policy', html`<code class="soft">${planned?.policyDigest.slice(0, 16) ?? 'not known'}</code>`],
    ...Object.entries(planned?.parameters ?? {}).map(([key, value]): [string, Markup] => [
      key,
      html`<code>${value}</code>`,
    ]),
  ];
  return html`<p class="soft small">Countersign · incident replay</p><h1>${name} <span class="badge ${tone}">${word}</span></h1>
${progress.closed?.cause && html`<p>${progress.closed.cause}</p>`}
<div class="figures">${figuresOf(story).map((one) => html`<div><b>${one.value}</b><span class="soft small">${one.name}</span></div>`)}</div>
${verification(story)}
<dl>${facts.map(([term, value]) => html`<dt>${term}</dt><dd>${value}</dd>`)}</dl>`;
}

const halfWords = { whole: 'whole', broken: 'broken', cannot_tell: 'cannot tell' } as const;

function verification({ report, incidentId, brokenAt, recovery }: Story): Markup {
  const { tone, title, text } = verdictWords[report.verdict];
  const here = (one: { chain: string | null }) => one.chain === null || one.chain.startsWith(incidentId);
  const found = [report.integrity, report.completeness].flatMap((half) => [
    ...half.problems.filter(here).map((one) => ({ ...one, mark: '✗' })),
    ...half.cannotTell.filter(here).map((one) => ({ ...one, mark: '?' })),
  ]);
  const where = (one: (typeof found)[number]) =>
    one.chain === null ? `line ${one.line} of the bundle` : one.place === null ? 'the chain' : `entry ${one.place}`;
  return html`<section class="banner ${tone}"><strong>${title}</strong>
<p>${text}${brokenAt !== null && html` <b>First bad: entry ${brokenAt}.</b>`}</p>
<p class="small">integrity: <b>${halfWords[report.integrity.verdict]}</b> · completeness: <b>${halfWords[report.completeness.verdict]}</b> · ${report.signatures} ${report.signatures === 1 ? 'signature' : 'signatures'} checked${recovery > 0 && html` · ${recovery} entries in a recovery chain`}</p>
${found.length > 0 && html`<ul class="small">${found.slice(0, 12).map((one) => html`<li>${one.mark} <b>${where(one)}</b>: ${one.text}</li>`)}${found.length > 12 && html`<li>and ${found.length - 12} more</li>`}</ul>`}
<p class="small soft">approval key, SHA-256: <code>${report.key ?? 'none was given'}</code></p></section>`;
}

/** Who waited for whom: one bar for each question and each command, on one scale. */
function chart({ dispatches, openedAt, closedAt, rows }: Story): Markup | null {
  const last = closedAt ?? rows.findLast(({ at }) => at !== null)?.at ?? null;
  const whole = between(openedAt, last);
  if (whole === null || whole <= 0) return null;
  const bars = dispatches.flatMap(({ dispatch, askedAt, settledAt, intendedAt, finishedAt }) => [
    { kind: 'wait', label: `${partOf(dispatch)}: people`, from: askedAt, to: settledAt },
    { kind: 'run', label: `${partOf(dispatch)}: command`, from: intendedAt, to: finishedAt },
  ]);
  const drawn = bars.flatMap(({ kind, label, from, to }) => {
    const [start, length] = [between(openedAt, from), between(from, to ?? last)];
    if (start === null || length === null) return [];
    const left = Math.min(99, Math.max(0, (start / whole) * 100));
    const width = Math.min(100 - left, Math.max(0.5, (length / whole) * 100));
    const place = `margin-left:${left.toFixed(2)}%;width:${width.toFixed(2)}%`;
    return [
      html`<div class="bar ${kind}"><span>${label}</span><span class="track"><i style="${place}"></i></span><span>${spanOf(length)}</span></div>`,
    ];
  });
  if (drawn.length === 0) return null;
  return html`<h2>Where the time went</h2><p class="small soft key"><i class="wait"></i>waiting for people <i></i>command under way · the whole line is ${spanOf(whole)}</p><div class="chart">${drawn}</div>`;
}

function cards({ dispatches }: Story): Markup | null {
  if (dispatches.length === 0) return null;
  const steps = Map.groupBy(dispatches, ({ dispatch }) => dispatch.step);
  return html`<h2>What was asked, approved and sent</h2>${[...steps].map(([number, parts]) => step(number, parts))}`;
}

function step(number: number, parts: readonly DispatchStory[]): Markup {
  const run = parts.find(({ dispatch }) => dispatch.part === 'run') ?? parts[0];
  const isDoubtful = parts.some((one) => one.isDoubtful);
  return html`<article class="card${isDoubtful ? ' doubtful' : ''}"><header><h3>Step ${number}${run?.title && html`: ${run.title}`}</h3>${run && level(run)}</header>
${isDoubtful && html`<p class="bad"><b>Behind the first bad entry: what is marked “said” proves nothing.</b></p>`}${parts.map(part)}</article>`;
}

function level({ level: word }: DispatchStory): Markup {
  const tone = word === 'read_only' ? 'good' : word === 'modifying' ? 'warn' : 'bad';
  return html`<span class="badge ${tone}">${word?.replace('_', ' ') ?? 'unknown'}</span>`;
}

const partNames: Readonly<Record<string, string>> = {
  before: 'looked before',
  dry_run: 'dry run',
  run: 'the command',
  after: 'looked after',
  verify: 'verified',
  rollback: 'way back',
};

function part(one: DispatchStory): Markup {
  const { dispatch, isDoubtful, mark, outcome, changed, intendedAt, commandId, targets } = one;
  const tone = isDoubtful ? 'warn' : mark === '✓' ? 'good' : mark === '✗' ? 'bad' : 'warn';
  const times = [dispatch.attempt > 1 && `attempt ${dispatch.attempt}`, dispatch.wave > 1 && `wave ${dispatch.wave}`];
  const words = [partNames[dispatch.part] ?? dispatch.part, ...times.filter((text) => text !== false)].join(', ');
  return html`<section class="part" id="${dispatchName(dispatch)}"><p><b>${words}</b> <b class="${tone}">${isDoubtful && 'said: '}${mark} ${outcome}</b>
<span class="small soft">${intendedAt && html`${utcOf(intendedAt)}`}${commandId && html` · <code>${commandId}</code>`}${targets.length > 0 && html` · ${targets.join(', ')}`}</span></p>
${command(one)}${approval(one)}${one.hosts.map(printed)}${changed?.map(difference)}</section>`;
}

function difference(change: ChangeStory): Markup {
  const { host, difference: text } = change;
  const title = html`<p class="small"><b>What changed on ${host}</b>${text === null && html` <span class="soft">${sameWords(change)}</span>`}</p>`;
  return text === null ? title : html`${title}<pre class="diff">${diffLines(text)}</pre>`;
}

function command({ script, scriptHash, item }: DispatchStory): Markup {
  const risky = item && (item.flags.length > 0 || Object.keys(item.parameters).length > 0);
  const more =
    risky &&
    html`<p class="small soft">${[...item.flags, ...Object.entries(item.parameters).map(([key, value]) => `${key} = ${value}`)].join(' · ')}</p>`;
  if (script !== null && script !== '') return html`<pre>${script}</pre>${more}`;
  if (script === '') return html`<p class="soft">a step by hand</p>`;
  return html`<p class="small soft">nobody was asked · SHA-256 of the command <code>${scriptHash?.slice(0, 16) ?? 'not known'}</code></p>`;
}

function approval({
  question,
  votes,
  decision,
  askedAt,
  settledAt,
  standing,
  settledWhy,
}: DispatchStory): Markup | null {
  if (standing !== null) return html`<p><b>Under a standing approval:</b> ${standing}</p>`;
  if (askedAt === null) return null;
  const took = between(askedAt, settledAt);
  const terms =
    question &&
    html`, ${question.terms.required} of ${question.terms.approvers.join(', ')}, until ${utcOf(question.expiresAt)}`;
  return html`<p><b>Asked</b> ${utcOf(askedAt)}${terms}</p><ul class="votes">${votes.map(vote)}</ul>
${decision && html`<p><b>${decision === 'approved' ? '✓' : '–'} ${decision}</b>${took !== null && html` after ${spanOf(took)}`}${settledWhy !== '' && html`: ${settledWhy}`}</p>`}`;
}

const signatures: Readonly<Record<VoteStory['signature'], { tone: string; words: string }>> = {
  genuine: { tone: 'good', words: '✓ signature genuine' },
  misquoted: { tone: 'bad', words: '✗ this was signed, and the entry says something else' },
  forged: { tone: 'bad', words: '✗ not signed by the key' },
  'not verified': { tone: 'warn', words: '? signature not verified' },
};

function vote({ name, via, id, word, reason, at, signature, keyid }: VoteStory): Markup {
  const { tone, words } = signatures[signature];
  return html`<li><b>${name}</b> says <b>${word}</b>${at && html` at ${utcOf(at)}`}${reason !== '' && html`: “${reason}”`} <b class="${tone} small">${words}</b><br><span class="small soft">${via} ${id} · key <code>${keyid}</code></span></li>`;
}

function printed({ host, exitCode, status, stdout, stderr }: HostStory): Markup {
  const stream = (text: string | null, name: string) => {
    if (text === null) return html`<p class="small soft">${name}: the text is not in the bundle, only its hash</p>`;
    return text.trim() === '' ? null : html`<pre>${text.trimEnd()}</pre>`;
  };
  const isSilent = stdout?.trim() === '' && stderr?.trim() === '';
  return html`<p class="small"><b>${host}</b>: exit ${exitCode}, ${status}${isSilent && html` <span class="soft">(printed nothing)</span>`}</p>${stream(stdout, 'output')}${stderr !== null && stderr.trim() !== '' && html`<p class="small soft">errors:</p>`}${stream(stderr, 'errors')}`;
}

function diffLines(text: string): Markup[] {
  return text.split('\n').map((line) => {
    const kind = line.startsWith('+') ? 'plus' : line.startsWith('-') ? 'minus' : '';
    return html`<span class="${kind}">${line}</span>\n`;
  });
}

function evidence({ evidence: all }: Story): Markup | null {
  if (all.length === 0) return null;
  return html`<h2>What was seen</h2>${all.map(({ label, text, series }) => html`<p class="small"><b>${label}</b></p>${series && metric(label, series)}<pre>${text}</pre>`)}`;
}

function metric(label: string, series: Series): Markup | null {
  const png = metricPicture(series);
  if (png === null) return null;
  const address = `data:image/png;base64,${Buffer.from(png).toString('base64')}`;
  return html`<img class="metric" src="${address}" alt="${pictureWords(label, series)}">`;
}

function timeline({ rows, brokenAt }: Story): Markup {
  const mark = html`<li class="mark">From here on nothing is proven: entry ${brokenAt} is the first that is wrong.</li>`;
  return html`<h2>Every entry</h2><p class="small soft">Seconds since the first entry; times are the writers’ clocks, the order is proven by the chain.</p>
<ol class="time">${rows.map((row) => html`${row.place === brokenAt && mark}${entry(row)}`)}</ol>`;
}

function entry({ place, at, since, actor, words, isLate, hash, problems, state }: Row): Markup {
  return html`<li class="${state}"><span class="num">${place}</span><span class="num since" title="${utcOf(at)}">${since === null ? '?' : `+${since.toFixed(1)} s`}</span><span class="actor">${actor}</span><span class="words">${isLate && html`<b class="warn">late:</b> `}${words}</span><code class="hash soft">${hash?.slice(0, 8) ?? ''}</code>${problems.map((why) => html`<span class="why">✗ ${why}</span>`)}</li>`;
}

function foot({ report, incidentId }: Story): Markup {
  return html`<footer><p>Made from a bundle exported ${utcOf(report.exportedAt)}: ${report.entries} entries, ${report.texts} texts. This page repeats what the bundle says; the bundle proves it:
<code>countersign audit verify --bundle FILE --key KEY.pem</code>, or without Countersign’s code <code>python3 docs/verify.py FILE KEY.pem</code>. Incident <code>${incidentId}</code>.</p></footer>`;
}
