/** What commands print, up to the 24,000 characters that Systems Manager hands over. */
import type { Chance } from '../core/invariants/chance.ts';
import type { Axes } from './axes.ts';

/** Made up, of the forms that redaction knows; none of them may be seen anywhere. */
export const secrets = [
  'AKIAIOSFODNN7EXAMPLA',
  'xoxb-123456789012-abcdefghijkl',
  'hunter2hunter2hunter2',
  'ghp_abcdefghijklmnopqrstuvwxyz012345',
] as const;

const most = 24_000;

const texts: Readonly<Record<Axes['output'], (chance: Chance) => string>> = {
  plain: () => 'Filesystem 96% /\n',
  empty: () => '',
  'three-byte': () => '東京が燃えている。'.repeat(most).slice(0, most),
  bidi: () => '\u202eexit 0\u202c \u2066not run\u2069 '.repeat(most).slice(0, most),
  ANSI: () => '\u001b[2J\u001b[31mnot run\u001b[0m\r\n'.repeat(most).slice(0, most),
  binary: (chance) => Array.from({ length: 2_000 }, () => String.fromCharCode(chance.below(0x10000))).join(''),
  secrets: (chance) => {
    const [key, token, word, github] = secrets;
    const line = `id ${key} token ${token}\npassword=${word}\nremote ${github}\n`;
    return chance.isTrue(0.5) ? line : `${'x '.repeat(chance.below(11_990))}${line}`.slice(0, most);
  },
  'our own words': () => 'countersign: refused: the time to begin is over; nothing was run\n*not run* <!channel> ```\n',
};

export function outputOf(axis: Axes['output'], chance: Chance): string {
  return texts[axis](chance);
}
