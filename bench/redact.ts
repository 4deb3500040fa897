/**
 * How long redaction takes on 64 KB: of what tools print with a secret on every fiftieth line, and of the hostile texts of
 * the tests; in milliseconds of the processor, so that whatever else the machine does counts less.
 */
import { readFileSync } from 'node:fs';
import { redact } from '../core/redact.ts';
import { drawsFrom, sampleOf } from '../test/core/secrets/draw.ts';
import { hostilePieces } from '../test/core/secrets/hostile.ts';
import { introduced, type Kind, tokens } from '../test/core/secrets/kinds.ts';
import { seed } from '../test/soak.ts';

const size = 65_536;

export function redacting(json: boolean): void {
  const text = printed();
  const first = cost(text);
  const again = Array.from({ length: 20 }, () => cost(text)).sort((a, b) => a - b);
  const hostile = hostilePieces().map((piece) => cost(piece.repeat(Math.ceil(size / piece.length)).slice(0, size)));
  const figures = {
    firstMs: Math.round(first),
    medianMs: Math.round(again[10] ?? 0),
    hostileMedianMs: Math.round(hostile.sort((a, b) => a - b)[hostile.length >> 1] ?? 0),
    hostileWorstMs: Math.round(Math.max(...hostile)),
  };
  console.table(figures);
  if (json) console.log(JSON.stringify({ bench: 'redact', seed, redact: figures }));
}

/** 64 KB from all over the fixture: ten lines here, ten there. */
function printed(): string {
  const lines = readFileSync(new URL('../test/fixtures/ordinary.txt', import.meta.url), 'utf8').split('\n');
  const draw = drawsFrom(seed);
  const kinds = [...tokens, ...introduced];
  let text = '';
  for (let group = 0; text.length < size; group++) {
    const from = draw(lines.length - 10);
    text += `${lines.slice(from, from + 10).join('\n')}\n`;
    if (group % 5 === 0) text += `${sampleOf(kinds[draw(kinds.length)] as Kind, draw).text}\n`;
  }
  return text.slice(0, size);
}

function cost(text: string): number {
  const before = process.cpuUsage();
  redact(text);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
