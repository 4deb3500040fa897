/** `countersign demo`: one incident from alarm to verified audit on this machine, with the real app in a local AWS. */
import { once } from 'node:events';
import { errorColours as pc } from '../../cli/colours.ts';
import { RunbookError } from '../../core/runbook/problem.ts';
import { typed } from '../../package/assets.ts';
import { checkTeamFolder } from '../../package/team-folder.ts';
import { awsEnvironment } from '../emulator.ts';
import { stopOnRequest } from '../end-of-run.ts';
import { type Laptop, startLaptop } from '../laptop.ts';
import { readRealSlack } from '../slack/real.ts';
import { type Demo, oneIncident } from './one-incident.ts';
import { type DemoOptions, swallowed } from './options.ts';
import { readOwn } from './own-runbooks.ts';
import { introduce, settingsOf } from './own-words.ts';
import { type Terminal, terminal } from './progress.ts';
import { type DemoResult, exitCodeOf } from './result.ts';

/** Seconds an approval may wait: a person needs minutes, a demo of expiry should not. */
const approvalSeconds = { person: 600, approve: 60, reject: 60, ignore: 8 } as const;

const screen = terminal();
const started: { laptop: Laptop | null } = { laptop: null };
const abort = new AbortController();

/** Runs it whole, and ends the process with what it came to: what it started is gone then. */
export async function run(options: DemoOptions): Promise<never> {
  const hint = swallowed(process.argv.slice(3), process.env);
  if (hint) screen.print(pc.yellow(hint));
  stopOnRequest(async () => {
    abort.abort();
    screen.done('stopping', 'warn');
    await started.laptop?.stop();
  });
  let code = 1;
  try {
    code = await demo(options);
  } catch (error) {
    if (!abort.signal.aborted)
      for (const text of error instanceof RunbookError ? error.message.split('\n') : [messageOf(error)])
        screen.done(text, 'fail');
  }
  await started.laptop?.stop();
  process.exit(code);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function demo(options: DemoOptions): Promise<number> {
  checkTeamFolder(process.cwd());
  const own = await readOwn(options);
  introduce(own, screen);
  const realSlack = options.realSlack ? readRealSlack(process.env) : null;
  const began = Date.now();
  screen.stage('starting the local AWS');
  const laptop = await startLaptop({
    mode: options.dryRun ? 'dry_run' : 'live',
    approvalSeconds: approvalSeconds[options.operator],
    modelKey: modelKey(options, screen),
    singleOperator: true,
    ...settingsOf(own),
    ...(realSlack ? { realSlack } : {}),
    onProgress: (text) => screen.stage(text),
  });
  started.laptop = laptop;
  const deployed = Date.now();
  screen.done(
    `deployed ${Object.keys(laptop.outputs).length > 0 ? 'countersign-data and countersign-response' : ''} to ${laptop.emulator.endpoint}, IAM enforced`,
  );
  const running: Demo = { on: laptop, own, options, screen };
  const result = await oneIncident(running, { start: laptop.startMs, deploy: deployed - began - laptop.startMs });
  if (options.json) console.log(JSON.stringify(result));
  if (options.keep) await keep(running, result);
  return exitCodeOf(result, options.dryRun);
}

function modelKey({ realModel }: DemoOptions, say: Terminal): string | null {
  const key = process.env.ANTHROPIC_API_KEY;
  if (realModel && key) return key;
  say.print(
    realModel
      ? pc.yellow('--real-model needs ANTHROPIC_API_KEY; planning is deterministic.')
      : pc.dim('No model is asked: planning is deterministic. (ANTHROPIC_API_KEY and --real-model ask the real one.)'),
  );
  return null;
}

/** Leaves everything running until Ctrl-C, and says how to play with it. */
async function keep(running: Demo, { incidentId }: DemoResult): Promise<void> {
  const { on } = running;
  const { AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION } = awsEnvironment(
    on.emulator.endpoint,
    on.emulator.folder,
  );
  const names = { AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION };
  const exports = Object.entries(names).map(([name, value]) => `${name}=${value}`);
  screen.print(`
${pc.bold('It keeps running; Ctrl-C ends it and leaves nothing.')}
  Slack      ${on.slack.pageUrl}
  Raise the alarm again: press Enter here`);
  const verify = (id: string) => screen.print(`  Verify     ${exports.join(' ')} ${typed} audit verify ${id}`);
  verify(incidentId);
  while (!abort.signal.aborted) {
    await once(process.stdin, 'data', { signal: abort.signal }).catch(() => {});
    if (!abort.signal.aborted) verify((await oneIncident(running, { start: 0, deploy: 0 })).incidentId);
  }
}
