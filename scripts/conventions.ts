/** The order of rooms, checked: what may import what, so that no rule depends on a use case and no two rooms on each other. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');

/** The packages that one adapter is there for; beside them it imports core, zod, Node's own modules and `adapters/patience.ts`. */
const packagesOfAdapter: Readonly<Record<string, readonly string[]>> = {
  anthropic: ['@anthropic-ai/sdk'],
  cloudformation: ['@aws-sdk/client-cloudformation'],
  cloudwatch: ['@aws-sdk/client-cloudwatch'],
  dynamodb: ['@aws-sdk/client-dynamodb', '@aws-sdk/lib-dynamodb'],
  iam: ['@aws-sdk/client-iam'],
  kms: ['@aws-sdk/client-kms'],
  logs: ['@aws-sdk/client-cloudwatch-logs'],
  lambda: ['@aws-sdk/client-lambda', 'fflate'],
  'patience.ts': ['@smithy/core'],
  s3: ['@aws-sdk/client-s3'],
  secretsmanager: ['@aws-sdk/client-secrets-manager'],
  slack: ['@slack/web-api'],
  sns: ['@aws-sdk/client-sns'],
  sqs: ['@aws-sdk/client-sqs'],
  ssm: ['@aws-sdk/client-ssm'],
  stepfunctions: ['@aws-sdk/client-sfn'],
  sts: ['@aws-sdk/client-sts', '@smithy/signature-v4', '@smithy/core'],
  powertools: ['@aws-lambda-powertools/logger', '@aws-lambda-powertools/metrics'],
  tagging: ['@aws-sdk/client-resource-groups-tagging-api'],
  'tree-sitter': ['web-tree-sitter'],
};

/** One import of one file: a path of this repository, or a package's name. */
interface Import {
  readonly from: string;
  readonly to: string;
}

/** Every import of these sources, given as path → text; paths are relative to the repository. */
export function importsOf(sources: ReadonlyMap<string, string>): Import[] {
  return [...sources].flatMap(([from, text]) =>
    [...text.matchAll(/(?:^|[\s;])(?:import|export)\b[^;'"]*?from\s*'([^']+)'|\bimport\(\s*'([^']+)'/g)].map(
      (match) => {
        const spec = match[1] ?? match[2] ?? '';
        return { from, to: spec.startsWith('.') ? join(dirname(from), spec) : spec };
      },
    ),
  );
}

/** What is wrong with the imports, one line each, with the file, what it imports and what is allowed instead. */
export function conventionProblems(imports: readonly Import[]): string[] {
  return [...ruleRooms(imports), ...circles(imports), ...adapters(imports), ...localStaysLocal(imports)];
}

function ruleRooms(imports: readonly Import[]): string[] {
  return imports
    .filter(({ from, to }) => isIn('core', from) && !isIn('core/use-cases', from) && isIn('core/use-cases', to))
    .map(
      ({ from, to }) => `${from} imports ${to}: rules lie below the use cases; move what both need into a rule room`,
    );
}

/** The room of a path in core: its folder, or for a file directly in core the file itself. */
const roomOf = (path: string): string => path.split('/')[1] ?? '';

function circles(imports: readonly Import[]): string[] {
  const between = imports.filter(
    ({ from, to }) => isIn('core', from) && isIn('core', to) && roomOf(from) !== roomOf(to),
  );
  const next = Map.groupBy(between, ({ from }) => roomOf(from));
  const reaches = (start: string, goal: string): boolean => {
    const seen = new Set<string>();
    const open = [start];
    for (let room = open.pop(); room !== undefined; room = open.pop()) {
      if (room === goal) return true;
      if (seen.has(room)) continue;
      seen.add(room);
      open.push(...(next.get(room) ?? []).map(({ to }) => roomOf(to)));
    }
    return false;
  };
  return between
    .filter(({ from, to }) => reaches(roomOf(to), roomOf(from)))
    .map(({ from, to }) => `${from} imports ${to}: the rooms ${roomOf(from)} and ${roomOf(to)} form a circle`);
}

function adapters(imports: readonly Import[]): string[] {
  return imports
    .filter(({ from }) => isIn('adapters', from))
    .filter(({ from, to }) => !mayAdapterImport(roomOf(from), to))
    .map(({ from, to }) => {
      const own = packagesOfAdapter[roomOf(from)]?.join(', ') ?? 'no package yet: name it in scripts/conventions.ts';
      return `${from} imports ${to}: an adapter imports core and its own SDK (${own}), never another adapter`;
    });
}

function mayAdapterImport(adapter: string, to: string): boolean {
  if (isIn('core', to) || isIn(`adapters/${adapter}`, to) || to === 'adapters/patience.ts') return true;
  if (to === 'zod' || to.startsWith('node:')) return true;
  return (packagesOfAdapter[adapter] ?? []).some((name) => to === name || to.startsWith(`${name}/`));
}

const demoOfPackage = 'package/demo.ts';

function localStaysLocal(imports: readonly Import[]): string[] {
  return imports
    .filter(({ from, to }) => isIn('local', to) && !isIn('local', from) && !isIn('test', from) && !isIn('bench', from))
    .filter(({ from }) => from !== demoOfPackage)
    .map(
      ({ from, to }) =>
        `${from} imports ${to}: local is a laptop's AWS and is never deployed: ${demoOfPackage} alone starts it`,
    );
}

function isIn(folder: string, path: string): boolean {
  return path.startsWith(`${folder}/`);
}

/** The repository's own sources, path → text. */
export function repositorySources(): Map<string, string> {
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.ts'], {
    cwd: root,
    encoding: 'utf8',
  });
  const paths = listed.split('\n').filter((path) => path !== '' && !path.endsWith('.d.ts'));
  return new Map(paths.flatMap((path) => textOf(path)));
}

function textOf(path: string): [string, string][] {
  try {
    return [[path, readFileSync(join(root, path), 'utf8')]];
  } catch {
    return []; // Deleted and not yet committed.
  }
}

if (import.meta.main) {
  const problems = conventionProblems(importsOf(repositorySources()));
  for (const problem of problems) console.error(problem);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
