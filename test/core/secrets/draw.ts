/** Draws secrets for the lines of kinds.ts, puts tokens into surroundings and texts into encodings, and looks what is left. */
import type { Kind } from './kinds.ts';

/** A number of 0 … below - 1. */
export type Draw = (below: number) => number;

/** Mulberry32: the same seed, the same secrets. */
export function drawsFrom(seed: number): Draw {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

const small = 'abcdefghijklmnopqrstuvwxyz';
const digits = '0123456789';
const letters = small + small.toUpperCase();

const alphabets: Readonly<Record<string, string>> = {
  a: letters + digits,
  A: `${small.toUpperCase()}234567`,
  X: `${small.toUpperCase()}${digits}`,
  l: small + digits,
  h: `${digits}abcdef`,
  H: `${digits}ABCDEF`,
  n: digits,
  k: `${letters}${digits}+/`,
  c: `./${letters}${digits}`,
};

function run(draw: Draw, alphabet: string, length: number): string {
  const value = Array.from({ length }, () => alphabet[draw(alphabet.length)]).join('');
  // A run of letters alone, or of digits alone, is not what these stand for.
  return length < 6 || alphabet === digits || (/\d/.test(value) && /[A-Za-z]/.test(value))
    ? value
    : run(draw, alphabet, length);
}

const words = ['Orchard', 'velvet', 'Lantern', 'copper', 'Meadow', 'harbor', 'Thistle', 'walnut'];

function drawn(draw: Draw, form: string): string {
  const alnum = alphabets.a ?? '';
  if (form === 'p') return run(draw, alnum, 12 + draw(9));
  if (form === 'p20') return run(draw, alnum, 20);
  if (form === 's') return `${run(draw, alnum, 7)}${run(draw, '!#%^*-_+=?', 2)}${run(draw, alnum, 7)}`;
  if (form === 'w') return words[draw(words.length)] ?? '';
  if (form === 'u') return [8, 4, 4, 4, 12].map((length) => run(draw, alphabets.h ?? '', length)).join('-');
  if (form.startsWith('pem'))
    return Array.from({ length: 4 }, () => run(draw, alphabets.k ?? '', 64)).join(
      { pem: '\n', pem4: '\n    ', pemn: '\\n' }[form] ?? '',
    );
  const [, letter = '', length = '0'] = /^(\w)(\d+)$/.exec(form) ?? [];
  return run(draw, alphabets[letter] ?? '', Number(length));
}

const base64 = (text: string) => Buffer.from(text).toString('base64');

/** A text with secrets in it, and the secrets, line by line and piece by piece. */
export interface Sample {
  readonly kind: string;
  readonly text: string;
  readonly secrets: readonly string[];
}

/** The kind's line with everything drawn. */
export function sampleOf([kind, line]: Kind, draw: Draw): Sample {
  const secrets: string[] = [];
  const text = line
    .replaceAll('{$}', '$')
    .replace(/\{(\?)?((?:64:)?(?:app:)?[A-Za-z]\w*)\}/g, (whole, open: string | undefined, form: string) => {
      if (!/^(?:64:)?(?:app:)?(?:p|p20|s|w|u|pem[4n]?|[aAXlhHnkc]\d+)$/.test(form)) return whole;
      const inner = form.replace('64:', '').replace('app:', '');
      const value = drawn(draw, inner);
      const text64 = form.startsWith('64:')
        ? base64(
            form.includes('app:')
              ? `app:${value}`
              : inner === 'pem'
                ? `-----BEGIN PRIVATE KEY-----\n${value}\n-----END PRIVATE KEY-----\n`
                : value,
          )
        : value;
      if (open === undefined) secrets.push(...text64.split(/\s+|\\n/));
      return text64;
    });
  return { kind, text, secrets };
}

/** Where a token may stand. */
export const surroundings: readonly string[] = [
  '%',
  'error: % was rejected',
  'key % used by 10.0.0.7',
  '{"value":"%"}',
  'x=% y=1',
  '| app | % | active |',
  'Nov 28 03:12:55 web-1 app[412]: got %',
  "curl -H 'x: %' https://h",
  'see https://h/p?x=%&y=1',
  '(%)',
  '<td>%</td>',
  '[%]',
  "  '%',",
  'a\t%\tb',
  'token: %.',
];

export const encodings: Readonly<Record<string, (text: string) => string>> = {
  plain: (text) => text,
  percent: (text) => `q=${encodeURIComponent(text)}&x=1`,
  base64: (text) => `blob ${base64(text)} end`,
  JSON: (text) => JSON.stringify({ line: text }),
  HTML: (text) =>
    text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll("'", '&#39;'),
};

/** What of the secrets is left in a text, also in an encoded one: a run of eight characters, or all of a shorter one. */
export function leftOf(secrets: readonly string[], shown: string): string[] {
  const views = [
    shown,
    shown.replace(/%[0-9A-F]{2}/g, (one) => String.fromCharCode(Number.parseInt(one.slice(1), 16))),
  ];
  for (const [blob] of shown.matchAll(/[A-Za-z0-9+/]{16,}={0,2}/g))
    views.push(Buffer.from(blob, 'base64').toString('latin1'));
  return secrets.filter((secret) => pieces(secret).some((piece) => views.some((view) => view.includes(piece))));
}

function pieces(secret: string): string[] {
  if (secret.length <= 8) return secret.length < 4 ? [] : [secret];
  return Array.from({ length: secret.length - 7 }, (_, at) => secret.slice(at, at + 8));
}
