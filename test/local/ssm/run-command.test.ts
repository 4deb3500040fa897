/** Run Command as AWS carries it out: concurrency, errors, time-outs, reboots, agents that go, and every status. */
import { setTimeout as delay } from 'node:timers/promises';
import { beforeEach, describe, expect, test } from 'vitest';
import { hostOutcome } from '../../../core/derive/outcome.ts';
import { runDocument, runParameters } from '../../../core/derive/run-document.ts';
import { type AgentHost, agentSeconds } from '../../../local/ssm/agent.ts';
import { fillDocument } from '../../../local/ssm/document.ts';
import { Faults } from '../../../local/ssm/faults.ts';
import { instanceInformation } from '../../../local/ssm/instances.ts';
import { RunCommand } from '../../../local/ssm/run-command.ts';
import { type HostDefinition, VirtualHost, webHost } from '../../../local/virtual-host.ts';

/** A host whose runs the test ends: what began, how often it rebooted, and what each run answers. */
class ScriptedHost implements AgentHost {
  readonly definition: HostDefinition;
  readonly exits: number[];
  reboots = 0;
  runs = 0;
  readonly #world: { running: number; most: number };

  constructor(number: number, world: { running: number; most: number }, exits: number[]) {
    const instanceId = `i-0${String(number).padStart(16, '0')}`;
    this.definition = { instanceId, name: `web-${number}`, address: '10.0.0.1', tags: { countersign: 'on' } };
    this.exits = exits;
    this.#world = world;
  }

  async run(_script: string, _seconds: number, cancelled?: AbortSignal) {
    this.runs += 1;
    this.#world.running += 1;
    this.#world.most = Math.max(this.#world.most, this.#world.running);
    await delay(30, undefined, { ...(cancelled ? { signal: cancelled } : {}) }).catch(() => {});
    this.#world.running -= 1;
    return {
      exitCode: this.exits.shift() ?? 0,
      stdout: 'é'.repeat(30_000),
      stderr: 'e'.repeat(9_000),
      timedOut: false,
    };
  }

  async reboot() {
    this.reboots += 1;
  }
}

const document = runDocument();
let world: { running: number; most: number };
let faults: Faults;
let next = 0;
beforeEach(() => {
  world = { running: 0, most: 0 };
  faults = new Faults();
});

function fleet(...exits: number[][]) {
  const hosts = exits.map((codes, index) => new ScriptedHost(index + 1, world, codes));
  const api = new RunCommand([document], hosts, async () => {}, faults);
  const ids = hosts.map(({ definition }) => definition.instanceId);
  const send = (input: object = {}) => {
    const dispatchKey = `inc-0123456789abcdef0123.${(++next % 90) + 1}.run.1.1`;
    const run = { script: 'true', dispatchKey, notAfter: Math.floor(Date.now() / 1000) + 60, timeoutSeconds: 5 };
    const Parameters = runParameters(run);
    return api.send({ DocumentName: document.name, InstanceIds: ids, Parameters, TimeoutSeconds: 30, ...input })
      .Command;
  };
  const ended = async (CommandId: string) => {
    for (;;) {
      await delay(20);
      const { CommandInvocations: all } = api.listInvocations({ CommandId });
      if (all.every(({ Status }) => !['Pending', 'InProgress', 'Cancelling'].includes(Status)))
        return all.map(({ StatusDetails }) => StatusDetails);
    }
  };
  return { api, hosts, ids, send, ended };
}

describe('MaxConcurrency and MaxErrors', () => {
  test.each([
    ['1', 1],
    ['2', 2],
    ['50%', 2],
    [undefined, 4],
  ])('MaxConcurrency %s: %i hosts at once', async (MaxConcurrency, most) => {
    const { send, ended } = fleet([], [], [], []);
    const { CommandId } = send({ ...(MaxConcurrency ? { MaxConcurrency } : {}) });
    expect(await ended(CommandId)).toEqual(Array(4).fill('Success'));
    expect(world.most).toBe(most);
  });

  test.each([
    ['0', 1],
    ['1', 2],
    ['25%', 2],
    ['4', 4],
  ])('MaxErrors %s: %i hosts are begun, and the rest is Terminated', async (MaxErrors, begun) => {
    const { send, ended, hosts } = fleet([1], [1], [1], [1]);
    const { CommandId } = send({ MaxConcurrency: '1', MaxErrors });
    expect(await ended(CommandId)).toEqual([...Array(begun).fill('Failed'), ...Array(4 - begun).fill('Terminated')]);
    expect(hosts.filter(({ runs }) => runs > 0)).toHaveLength(begun);
  });

  test('a lost delivery does not count as an error', async () => {
    const { send, ended, ids } = fleet([], []);
    faults.host(ids[0] ?? '', { details: 'DeliveryTimedOut', ran: false });
    expect(await ended(send({ MaxConcurrency: '1', MaxErrors: '0' }).CommandId)).toEqual([
      'DeliveryTimedOut',
      'Success',
    ]);
  });
});

describe('an invocation', () => {
  test('is not known at once, and gives the first 24,000 and 8,000 characters', async () => {
    const { api, send, ended, ids } = fleet([0]);
    const { CommandId } = send();
    const look = () => api.getInvocation({ CommandId, InstanceId: ids[0] ?? '' });
    expect(look).toThrow(expect.objectContaining({ name: 'InvocationDoesNotExist' }));
    await ended(CommandId);
    await delay(200);
    expect(look()).toMatchObject({
      StandardOutputContent: 'é'.repeat(24_000),
      StandardErrorContent: 'e'.repeat(8_000),
    });
  });

  test.each([
    'Success',
    'Failed',
    'ExecutionTimedOut',
    'DeliveryTimedOut',
    'Cancelled',
    'Undeliverable',
    'Terminated',
    'InvalidPlatform',
    'AccessDenied',
    'RateExceeded',
  ])('%s on 1 of 3 hosts, as a test scripts it', async (details) => {
    const { send, ended, ids, hosts } = fleet([], [], []);
    faults.host(ids[1] ?? '', { details, ran: false, exitCode: 1 });
    expect(await ended(send().CommandId)).toEqual(['Success', details, 'Success']);
    expect(hosts.map(({ runs }) => runs)).toEqual([1, 0, 1]);
    expect(await ended(send().CommandId)).toEqual(['Success', 'Success', 'Success']);
  });

  test('exit 194 reboots the host and runs the script again', async () => {
    const { send, ended, hosts } = fleet([194, 194, 0]);
    expect(await ended(send().CommandId)).toEqual(['Success']);
    expect(hosts[0]).toMatchObject({ reboots: 2, runs: 3 });
  });

  test('an agent without connection is listed so, hears nothing, and hears it when it is back in time', async () => {
    const { send, ended, hosts, ids } = fleet([]);
    const [lost = ''] = ids;
    faults.agent(lost, 'ConnectionLost');
    const listed = () =>
      instanceInformation([hosts[0]?.definition as HostDefinition], {}, (id) => faults.pingStatus(id));
    expect(listed().InstanceInformationList[0]?.PingStatus).toBe('ConnectionLost');
    const { CommandId } = send();
    await delay(200);
    expect(hosts[0]?.runs).toBe(0);
    faults.agent(lost, 'Online');
    expect(await ended(CommandId)).toEqual(['Success']);
  });

  test('a document with its parameters has at most 64 KB', () => {
    const { send } = fleet([]);
    const Parameters = { Script: ['A'.repeat(65_536)] };
    expect(() => send({ Parameters })).toThrow(expect.objectContaining({ name: 'MaxDocumentSizeExceeded' }));
  });
});

test('the agent takes 3600 s for what is below 5', () => {
  expect([0, 4, 5, 3_600, 172_800, 172_801].map(agentSeconds)).toEqual([3_600, 3_600, 5, 3_600, 172_800, 3_600]);
});

describe('the virtual host', () => {
  const filled = (script: string) =>
    fillDocument(
      document,
      runParameters({
        script,
        dispatchKey: 'inc-0123456789abcdef0123.1.run.1.1',
        notAfter: Math.floor(Date.now() / 1000) + 60,
        timeoutSeconds: 5,
      }),
    ).script;

  test('forgets /run in a reboot, and the document refuses on it: it booted after the send', async () => {
    const host = new VirtualHost(webHost);
    expect(await host.run(filled('echo once'), 10)).toMatchObject({ exitCode: 0, stdout: 'once\n' });
    expect(await host.run(filled('echo twice'), 10)).toMatchObject({ exitCode: 93, stdout: '' });
    await host.reboot();
    const again = await host.run(filled('echo twice'), 10);
    expect(again).toMatchObject({ exitCode: 96, stdout: '' });
    expect(hostOutcome({ status: 'Failed', ...again })).toBe('unknown');
    await host.stop();
  });

  test.each([
    ['timeout 3 sh -c', true],
    ['timeout --foreground 3 sh -c', false],
  ])('a cancel ends the process group and not what has one of its own: %s', async (prefix, goesOn) => {
    const host = new VirtualHost(webHost);
    const cancel = new AbortController();
    const run = host.run(`${prefix} 'sleep 1; echo later >/tmp/effect'`, 10, cancel.signal);
    await delay(600);
    cancel.abort();
    await run;
    await delay(1_500);
    expect((await host.run('[ -e /tmp/effect ]', 5)).exitCode === 0).toBe(goesOn);
    await host.stop();
  });
});
