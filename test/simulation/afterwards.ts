/** What of the invariants can be said only when all is over: sent once, signed, shown, told truly, and nothing leaked. */
import { sha256 } from '../../core/digest.ts';
import { dispatchKey } from '../../core/dispatch.ts';
import { isChange, type Witness } from '../core/invariants/witness.ts';
import type { World } from '../support/world.ts';
import type { Alarms } from './alarms.ts';
import type { Axes } from './axes.ts';
import type { Hosts } from './hosts.ts';
import { secrets } from './outputs.ts';
import type { KillSwitch } from './switch.ts';

export interface Watched {
  readonly world: World;
  readonly witness: Witness;
  readonly hosts: Hosts;
  readonly alarms: Alarms;
  readonly killSwitch: KillSwitch;
  readonly past: Axes['past'];
  readonly alarm: Axes['alarm'];
  /** Whether calls fail again and again for as long as the world lasts. */
  readonly isTroubledForGood: boolean;
}

export function twice(watched: Watched): string[] {
  const { world, hosts } = watched;
  const keys = world.sends.map((send) => dispatchKey(send.incidentId, send.dispatch));
  const executions = hosts.ran.map(({ host, key }) => `${key} on ${host}`);
  const approvals = [...world.dispatches.burnt.values()].flatMap(({ questionDigest, dispatch }) =>
    questionDigest ? `${questionDigest} wave ${dispatch.wave}` : [],
  );
  return [
    ...repeated(keys).map((key) => `I3 ${key} was sent twice`),
    ...repeated(executions).map((what) => `I3 ${what} ran twice`),
    ...repeated(approvals).map((what) => `I3 the approval ${what} served two dispatches`),
  ];
}

export function unsigned(watched: Watched): string[] {
  const { world, witness } = watched;
  const shown = JSON.stringify(world.posts);
  return world.sends.filter(isChange).flatMap((send) => {
    const key = dispatchKey(send.incidentId, send.dispatch);
    const burn = world.dispatches.burnt.get(key);
    if (!burn || burn.standing !== null) return [];
    const click = witness.clicks.find(
      ({ verdict, record }) => verdict === 'approve' && record.digest === burn.questionDigest,
    );
    if (!click) return [`I1 ${key} was sent, and nobody approved it`];
    const [item] = click.record.question.items;
    const isSame = item?.scriptHash === sha256(send.script) && send.targets.every((one) => item.targets.includes(one));
    const isShown = shown.includes(JSON.stringify(send.script.trim()).slice(1, -1));
    return [
      ...(isSame ? [] : [`I2 ${key} is not what was signed`]),
      ...(isShown ? [] : [`I2 the script of ${key} was never shown`]),
    ];
  });
}

export function lies(watched: Watched): string[] {
  const { witness, world, hosts, past } = watched;
  // What the first release sent, no host of this world ran.
  const toldHere = { nothing: [1, 2, 3], 'an incident that waits': [2, 3], 'an incident that sent': [3] }[past];
  const ran = hosts.ran.filter(({ send }) => isChange(send));
  const told = world.closings.flatMap(({ message }) => {
    const text = JSON.stringify(message);
    const incidentId = /inc-[0-9a-f]{20}/.exec(text)?.[0];
    const own = ran.filter(({ send }) => send.incidentId === incidentId);
    return own.length > 0 && /^(Recovered|Dry run|No runbook)/.test(message.text)
      ? [`${message.text} although ${own[0]?.key} ran`]
      : [];
  });
  return [...witness.lies(toldHere), ...witness.falseCards(), ...told].map((lie) => `I13 ${lie}`);
}

export function leaks(watched: Watched): string[] {
  const { world } = watched;
  const { posts, updates, told, pages, audit, work } = world;
  const outputs = [...work.outputs.values()].map((rows) => [...rows.values()]);
  const seen = JSON.stringify([posts, updates, told, pages, [...audit.chains.values()], outputs]);
  return [
    ...secrets.filter((secret) => seen.includes(secret)).map((secret) => `I10 ${secret} is seen`),
    ...(/token-\d/.test(seen) ? ['I10 a task token is seen'] : []),
  ];
}

/** Nobody tampered, so `archive` has nothing to page or to stop for. */
export function falseAlarms(watched: Watched): string[] {
  const { pages, control } = watched.world;
  return [
    ...pages.filter((subject) => /records were changed|chain is broken/.test(subject)),
    ...[...control.kills.values()].filter(({ by }) => by === 'archive').map(({ why }) => why),
  ].map((what) => `I7 although nobody tampered: ${what}`);
}

function repeated(names: readonly string[]): string[] {
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
}
