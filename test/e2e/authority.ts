/**
 * "Who believes whom", tried: each function's role attempts everything, and IAM lets through its own row and no more. The
 * emulator evaluates neither `dynamodb:LeadingKeys`, nor table policies, nor `lambda:SourceFunctionArn`: what they refuse
 * (a stop by another function than `decide` and `archive`, `archive` on a question, another's code under a role) is
 * asserted on the templates, in test/cdk/authority.test.ts and test/cdk/data-stack.test.ts.
 */
import { expect, test } from 'vitest';
import { type FunctionName, functionNames } from '../../core/functions.ts';
import { type Attempt, attemptsOf } from './attempts.ts';
import { keyArn, putOn } from './roles.ts';
import type { Stage } from './stage.ts';

const closers = ['close', 'sweep'] as const satisfies FunctionName[];
const keepers = functionNames.filter((name) => !['slack', 'archive', 'checkpoint', 'tell'].includes(name));
const workWriters = [...keepers.filter((name) => name !== 'gate' && name !== 'decide'), 'tell'] as const;
const controlReaders = keepers.filter((name) => !['triage', 'plan', 'poll'].includes(name));
const controlWriters: readonly FunctionName[] = ['request-approval', 'decide', 'settle', ...closers];
const switchReaders: readonly FunctionName[] = [...controlReaders, 'poll', 'archive'];

/** Who gets through, by attempt. An attempt that is not listed is for nobody. */
const mayOnly: Readonly<Record<string, readonly FunctionName[]>> = {
  'work: get': [...workWriters, 'decide', 'archive'],
  'work: query': [...workWriters, 'decide', 'archive'],
  'work: put': workWriters,
  // On AWS `decide` takes room for messages there and changes nothing else.
  'work: update': [...workWriters, 'decide'],
  'work: delete': closers,
  'work: delete in a transaction': closers,
  'control: get': [...switchReaders, 'triage'],
  'control: query': controlReaders,
  // On AWS `archive` puts a stop and nothing else, `decide` what stops, suspends or lifts, and `request-approval` all but that.
  'control: put': ['request-approval', 'decide', 'archive'],
  'control: put a stop': ['request-approval', 'decide', 'archive'],
  'control: update': controlWriters,
  'audit: query': [...keepers, 'archive', 'tell'],
  'audit: put': keepers,
  'dispatches: query': ['gate', 'request-approval', 'decide', 'execute', ...closers, 'tell'],
  'dispatches: put': ['execute'],
  'key: sign': ['decide'],
  'key: public half': [...switchReaders, 'triage', 'tell'],
  'machine: start': ['triage', 'sweep'],
  'machine: describe': ['sweep'],
  'machine: wake': ['decide'],
  'hosts: list': ['plan', 'gate', 'request-approval', 'execute'],
  'hosts: read a result': ['execute', 'poll', ...closers, 'tell'],
  'hosts: cancel a command': ['poll'],
  'hosts: read our document': ['execute'],
  'hosts: become the sender': ['execute'],
  'secret: signing': ['slack', 'decide'],
  'secret: bot token': ['slack', 'request-approval', 'decide', 'settle', ...closers, 'tell'],
  'secret: model key': ['plan'],
  'invoke: decide': ['slack'],
  'invoke: triage': ['decide'],
  'alarm: read': ['triage', 'plan', 'gate', 'request-approval', 'execute', ...closers, 'tell'],
  'doorbells: take': ['triage'],
  'alarms: which are muted': ['triage', 'sweep'],
  'alarms: search by tag': ['sweep'],
  'archive: what wakes it': ['sweep'],
  'archive: put an entry': ['archive'],
  'archive: put a checkpoint': ['checkpoint'],
  'archive: list notes': ['checkpoint'],
  'checkpoint key: sign': ['checkpoint'],
  'checkpoint key: public half': ['checkpoint'],
  'work: describe': ['sweep'],
  'control: describe': ['sweep'],
  'audit: describe': ['sweep'],
  'dispatches: describe': ['sweep'],
  'metric: read': ['plan'],
  'people: page': ['settle', ...closers, 'archive'],
};

/** How the services say no. */
const refusals = ['AccessDenied', 'AccessDeniedException', 'AuthorizationErrorException', 'AuthorizationError'];
/** Errors that prove nothing: the attempt did not get as far as IAM. */
const provesNothing =
  /^InvalidSignature|SignatureDoesNotMatch|Unrecognized|InvalidClientToken|UnknownOperation|InvalidAction|TypeError|TimeoutError|ECONN/;

export function authority(on: () => Stage): void {
  for (const name of functionNames)
    test(`${name} may do what its row says, and is refused everything else`, async () => {
      const answers = await answersTo(on(), name);
      expect(Object.keys(mayOnly).filter((attempt) => !(attempt in answers))).toEqual([]);
      expect(answers).toEqual(
        Object.fromEntries(
          Object.keys(answers).map((attempt) => [attempt, mayOnly[attempt]?.includes(name) ? 'allowed' : 'refused']),
        ),
      );
    });

  test('the sender may send our document to opted-in instances, and is refused everything else', async () => {
    const answers = await answersTo(on(), 'send');
    const allowed = Object.keys(answers).filter((attempt) => answers[attempt] !== 'refused');
    expect(Object.fromEntries(allowed.map((attempt) => [attempt, answers[attempt]]))).toEqual({
      'hosts: send our document': 'allowed',
    });
  });
}

/** What became of every attempt with this role. */
async function answersTo({ laptop }: Stage, role: FunctionName | 'send'): Promise<Record<string, string>> {
  const { endpoint } = laptop.emulator;
  const keys = { approval: await keyArn(endpoint, 'approval'), checkpoint: await keyArn(endpoint, 'checkpoint') };
  const attempts = attemptsOf(laptop, keys, await putOn(endpoint, role));
  const answers: [string, string][] = [];
  for (const [attempt, run] of Object.entries(attempts)) answers.push([attempt, await answerOf(run)]);
  return Object.fromEntries(answers);
}

async function answerOf(attempt: Attempt): Promise<string> {
  try {
    await attempt();
    return 'allowed';
  } catch (error) {
    const { name, message } = error as Error;
    if (refusals.includes(name)) return 'refused';
    return provesNothing.test(name) ? `${name}: ${message}` : 'allowed';
  }
}
