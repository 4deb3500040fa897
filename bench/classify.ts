/** How fast the risk floor is: commands per second on one core, and the slowest single commands. `node bench/classify.ts` */
import { loadReparse } from '../adapters/tree-sitter/reparse.ts';
import { classify } from '../core/risk/classify.ts';
import { readCorpus } from '../test/core/risk/corpus/read-corpus.ts';

/** Passes over the whole mix; the first ones only warm the compiler up. */
const warmUps = 10;
const passes = 20;

/** Scripts at the cap of 64 KB, each of a kind that a careless rule would take quadratic time or worse for. */
const worst: Readonly<Record<string, string>> = {
  'one long word': `echo ${'a'.repeat(65_000)}`,
  'one long quoted word': `grep '${'(a+)+'.repeat(13_000)}' x`,
  'many words': `ls ${'a '.repeat(32_000)}`,
  'many commands': 'ls;'.repeat(21_000),
  'many pipes': `ls${'|cat'.repeat(16_000)}`,
  'many variables': Array.from({ length: 5_000 }, (_, index) => `a${index}=1`).join('\n'),
  'deep substitutions': `echo ${'$(echo '.repeat(48)}x${')'.repeat(48)}`,
  'deep groups': `${'('.repeat(200)}ls${')'.repeat(200)}`,
  'many braces': `ls ${'{a,b}'.repeat(13_000)}`,
  'many globs': `ls ${'*a?[b]'.repeat(10_000)}`,
  'many spaces': `ls${' '.repeat(65_000)}`,
  'many dots': `cat ${'../'.repeat(21_000)}etc/shadow`,
  'open quotes': `ls ${'"'.repeat(64_999)}`,
  'open brackets': `[[ ${'('.repeat(60_000)}`,
  'an awk program': `awk '${'{print $1}'.repeat(6_500)}' x`,
  'a sed program': `sed -n '${'p;'.repeat(32_000)}' x`,
  'an address': `curl http://${'a.'.repeat(32_000)}`,
  'a here-document': `cat <<E\n${'$x '.repeat(21_000)}\nE`,
  'a SQL statement': `psql -c 'select ${'a,'.repeat(30_000)}b'`,
  'a jq program': `jq '${'.a|'.repeat(15_000)}.b' x`,
  'an open here-document': `cat <<E\n${')'.repeat(65_000)}`,
  'an open here-document of brackets': `cat <<E\n${'[a]'.repeat(21_000)}`,
  'an extended pattern': `ls +(${'a|'.repeat(32_000)}a)`,
  'many extended patterns': `ls ${'+(a)'.repeat(16_000)}`,
  'a case of many patterns': `case x in ${'a|'.repeat(32_000)}b) ls;; esac`,
  'many quoted words': `echo ${'"a" '.repeat(16_000)}`,
  'many backticks': `echo ${'`ls` '.repeat(13_000)}`,
  'many substitutions': `echo ${'$(ls)'.repeat(13_000)}`,
  backslashes: `echo ${'\\a'.repeat(32_000)}`,
  arithmetic: `echo $((${'1+'.repeat(30_000)}1))`,
};

const reparse = await loadReparse(new URL('../node_modules/', import.meta.url));
const { dangerous, diagnostics } = {
  dangerous: Object.values(readCorpus('dangerous.txt')).flat(),
  diagnostics: Object.values(readCorpus('diagnostics.txt')).flat(),
};

const mix = measure('mix of diagnostics and dangerous commands', [...diagnostics, ...dangerous]);
measure('diagnostics alone (both parsers)', diagnostics);
console.log('\nworst cases at 64 KB');
let slowest = 0;
for (const [name, script] of Object.entries(worst)) {
  const times = Array.from({ length: 3 }, () => timeOf(script.slice(0, 65_536)));
  slowest = Math.max(slowest, Math.min(...times));
  console.log(
    `  ${name.padEnd(34)} ${Math.min(...times)
      .toFixed(1)
      .padStart(8)} ms`,
  );
}
if (process.argv.includes('--json'))
  console.log(JSON.stringify({ bench: 'classify', ...mix, worst64KBms: Math.round(slowest) }));

/** Prints the figures of a list, and answers those that are compared. */
function measure(name: string, commands: readonly string[]): { perSecond: number; p99us: number } {
  for (let pass = 0; pass < warmUps; pass++) for (const command of commands) timeOf(command);
  const times: number[] = [];
  const start = process.cpuUsage();
  for (let pass = 0; pass < passes; pass++) for (const command of commands) times.push(timeOf(command));
  const { user, system } = process.cpuUsage(start);
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => ((sorted[Math.floor(sorted.length * share)] ?? 0) * 1000).toFixed(0);
  console.log(`${name}: ${commands.length} commands, ${passes} passes`);
  const rate = Math.round((times.length / (user + system)) * 1e6);
  console.log(`  ${rate.toLocaleString('en')} commands per second of processor time`);
  console.log(`  p50 ${at(0.5)} µs, p99 ${at(0.99)} µs, worst ${at(0.999999)} µs`);
  return { perSecond: rate, p99us: Number(at(0.99)) };
}

/** Milliseconds of one verdict. */
function timeOf(script: string): number {
  const start = performance.now();
  classify(script, { reparse });
  return performance.now() - start;
}
