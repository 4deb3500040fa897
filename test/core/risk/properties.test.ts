/** What must hold for every script: it never throws, never hangs, never lowers by more text, and needs no machine. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadReparse } from '../../../adapters/tree-sitter/reparse.ts';
import { classify } from '../../../core/risk/classify.ts';
import { riskAtLeast } from '../../../core/words.ts';
import { seed, share } from '../../soak.ts';
import { invisible } from './corpus/invisible.ts';
import { readCorpus } from './corpus/read-corpus.ts';

const reparse = await loadReparse(new URL('../../../node_modules/', import.meta.url));
const judge = (script: string) => classify(script, { reparse });
const corpus = [...Object.values(readCorpus('dangerous.txt')), ...Object.values(readCorpus('diagnostics.txt'))].flat();
const commands = fc.constantFrom(...corpus);
const options = (full: number) => ({ numRuns: share(full), seed });

/** A verdict of a script that holds another must be at least as high, and keep its flags unless it is refused anyway. */
function expectAtLeast(outer: string, inner: string): void {
  const [high, low] = [judge(outer), judge(inner)];
  // Together they may be no script at all: `a & && b`.
  if (high.reasons.some((reason) => /^script\.(?:syntax|commands|disagreement)$/.test(reason.rule))) return;
  // A variable that is set in a branch is no longer known: what it would run is destructive instead of forbidden.
  const level = low.level === 'forbidden' && /[$=]/.test(inner) ? 'destructive' : low.level;
  const enough =
    riskAtLeast(high.level, level) &&
    (riskAtLeast(high.level, 'destructive') || low.flags.every((flag) => high.flags.includes(flag)));
  if (!enough)
    expect.fail(
      `${JSON.stringify(inner)} is ${low.level} ${low.flags}, but ${JSON.stringify(outer)} is ${high.level} ${high.flags}`,
    );
}

/** Ways to say the same in other words. Prefixes only fit a simple command; the others quote or surround any script. */
const quote = (script: string) => `'${script.replaceAll("'", `'\\''`)}'`;
const prefixes: readonly ((command: string) => string)[] = [
  ...['sudo', 'sudo -n', 'env', 'env LC_ALL=C', 'nohup', 'timeout 5', 'timeout -k 1 5', 'nice', 'nice -n 5'],
  ...[
    'ionice -c3',
    'stdbuf -oL',
    'setsid',
    'command',
    'exec',
    'time',
    'busybox',
    'chroot /mnt',
    'xargs',
    'flock /tmp/l',
  ],
  ...['taskset 1', 'parallel', 'watch', 'sudo -u app env nice', 'find . -exec', 'ssh h', 'nsenter -t 1 -n', 'unshare'],
].map(
  (prefix) => (command: string) => (prefix === 'find . -exec' ? `${prefix} ${command} \\;` : `${prefix} ${command}`),
);
const surroundings: readonly ((script: string) => string)[] = [
  (script) => `bash -c ${quote(script)}`,
  (script) => `sh -c ${quote(script)}`,
  (script) => `sudo bash -lc ${quote(script)}`,
  (script) => `eval ${quote(script)}`,
  (script) => `su -c ${quote(script)}`,
  (script) => `ssh h ${quote(script)}`,
  (script) => `watch ${quote(script)}`,
  (script) => `trap ${quote(script)} EXIT`,
  (script) => `(${script}\n)`,
  (script) => `{ ${script}\n}`,
  (script) => `if true; then ${script}\nfi`,
  (script) => `while true; do ${script}\ndone`,
  (script) => `for each_one in 1; do ${script}\ndone`,
  (script) => `case x in x) ${script}\n;; esac`,
  (script) => `f() { ${script}\n}; f`,
  (script) => `echo "$(${script}\n)"`,
  (script) => `kept_text=$(${script}\n)`,
  (script) => `cat <(${script}\n)`,
  (script) => `echo $(( $(${script}\n) ))`,
  (script) => `echo "\${kept_text:-$(${script}\n)}"`,
  (script) => `[[ -n $(${script}\n) ]]`,
  (script) => `ls a[$(${script}\n)]`,
  (script) => `cat <<END_OF_TEXT\n$(${script}\n)\nEND_OF_TEXT`,
  (script) => `ls > >(${script}\n)`,
  (script) => `true && { ${script}\n}`,
  (script) => `{ ${script}\n} | cat`,
  (script) => `{ ${script}\n} &`,
  (script) => `! { ${script}\n}`,
];

/** All 300,000 fuzzed scripts are judged twice; that takes minutes where a core is shared. */
const patience = 900_000;

describe(`the floor, seed ${seed}`, { timeout: patience }, () => {
  it('never goes down when a command is added to a script', () => {
    const property = fc.property(
      commands,
      commands,
      fc.constantFrom('\n', '; ', ' && ', ' || ', ' | ', ' & '),
      (a, b, join) => {
        // Behind a comment, an open here-document or an open quote the rest is no command.
        if (/#|<<|^!|!!|\\$/m.test(`${a}\n${b}`)) return;
        expectAtLeast(`${a}${join}${b}`, b);
        expectAtLeast(`${a}${join}${b}`, a);
      },
    );
    fc.assert(property, options(50_000));
  });

  it('never goes down when a command gets a prefix', () => {
    const simple = corpus.filter(
      (command) => /^[\w./-]+(?: [\w./:=@%,+-]+| '[^']*')*$/.test(command) && !/^\w+=/.test(command),
    );
    const builtin =
      /^(?:cd|pushd|export|declare|local|set|unset|read|readarray|mapfile|source|\.|eval|exec|trap|alias|type|hash|history|ulimit|shopt|enable|complete|bind|compgen|fc|let|getopts|printf|echo|test|true|if|while|until|for|coproc|readonly|umask|command|builtin|printenv|set|env|time) ?/;
    const property = fc.property(fc.constantFrom(...simple), fc.constantFrom(...prefixes), (command, prefix) => {
      // ssh, watch and parallel join their words, so that quotes are lost.
      if (!builtin.test(command) && !command.includes("'")) expectAtLeast(prefix(command), command);
    });
    fc.assert(property, options(50_000));
  });

  it('never goes down when a script is surrounded or quoted', () => {
    const property = fc.property(commands, fc.constantFrom(...surroundings), (command, surround) => {
      if (!/<<|!!|^#!/.test(command)) expectAtLeast(surround(command), command);
    });
    fc.assert(property, options(50_000));
  });

  it('answers anything, soon, with places inside the text', () => {
    const bytes = fc.string({ unit: 'binary', maxLength: 200 });
    const shellish = fc
      .array(
        fc.constantFrom(
          ...'ls rm cat $x $((x)) $( ) ` \' " \\ \n ; & | && || < > << <<< >( <( (( )) [[ ]] { } if then fi for do done case esac in = [ ] * ? ~ # ! - -- a 1 \t'.split(
            ' ',
          ),
          ' ',
        ),
        { maxLength: 60 },
      )
      .map((parts) => parts.join(''));
    const mutated = fc
      .tuple(
        fc.constantFrom(...corpus, ...invisible.filter((script) => script.length < 1000)),
        fc.nat(),
        fc.nat(20),
        bytes,
      )
      .map(
        ([text, at, length, put]) =>
          text.slice(0, at % (text.length + 1)) + put.slice(0, 8) + text.slice((at % (text.length + 1)) + length),
      );
    const spliced = fc
      .tuple(commands, commands, fc.nat(), fc.nat())
      .map(([a, b, i, j]) => a.slice(0, i % (a.length + 1)) + b.slice(j % (b.length + 1)));
    const property = fc.property(fc.oneof(mutated, spliced, shellish, bytes), (script) => {
      const start = performance.now();
      const verdict = judge(script);
      expect(performance.now() - start).toBeLessThan(5_000);
      for (const { start: from, end } of verdict.reasons)
        expect(0 <= from && from <= end && end <= script.length).toBe(true);
      expect(judge(script)).toEqual(verdict);
    });
    fc.assert(property, options(300_000));
  });

  it.each([
    ['a here-document without an end', 'ls<<`\\'],
    ['a megabyte', 'a'.repeat(2 ** 20)],
    ['a megabyte of lines', 'ls\n'.repeat(2 ** 18)],
    ['a megabyte of nothing', '\0'.repeat(2 ** 20)],
    ['deep groups', '('.repeat(60_000)],
    ['deep substitutions', '$('.repeat(30_000)],
    ['deep quotes', '"$('.repeat(20_000)],
    ['deep parameters', '${x:-'.repeat(12_000)],
    ['deep arithmetic', '$(('.repeat(20_000)],
    ['deep ifs', 'if '.repeat(20_000)],
    ['deep backticks', '`'.repeat(65_000)],
    ['deep texts', Array.from({ length: 60 }).reduce<string>((inner) => `eval ${quote(inner)}`.slice(0, 70_000), 'ls')],
    ['many here-documents', 'cat <<E\n'.repeat(8_000)],
    ['expansions in a here-document', `cat <<E\n${'$x '.repeat(20_000)}\nE`],
    ['open test', `[[ ${'! '.repeat(30_000)}`],
    ['braces', `ls ${'{a,b}'.repeat(13_000)}`],
  ])('answers %s within seconds, and never as a read', (_, script) => {
    const start = performance.now();
    expect(judge(script).level).not.toBe('read_only');
    expect(performance.now() - start).toBeLessThan(10_000);
  });

  it('gives the same verdict whatever the machine, the order and the earlier questions are', () => {
    const before = corpus.map(judge);
    const { HOME, PATH, USER } = process.env;
    Object.assign(process.env, {
      HOME: '/tmp',
      PATH: '/nowhere',
      USER: 'root',
      SHELL: '/bin/fish',
      LANG: 'tr_TR.UTF-8',
    });
    const cwd = process.cwd;
    process.cwd = () => '/nowhere';
    try {
      expect(corpus.toReversed().map(judge).toReversed()).toEqual(before);
    } finally {
      process.cwd = cwd;
      Object.assign(process.env, { HOME, PATH, USER });
    }
  });

  it('calls nothing a read without the second parser, or when it fails or disagrees', () => {
    const broken = () => {
      throw new Error('broken');
    };
    for (const command of corpus)
      for (const second of [
        undefined,
        broken,
        () => null,
        () => [],
        () => [
          { start: 0, end: 1 },
          { start: 0, end: 1 },
        ],
      ])
        if (command !== 'w')
          expect(classify(command, second ? { reparse: second } : {}).level, command).not.toBe('read_only');
  });
});
