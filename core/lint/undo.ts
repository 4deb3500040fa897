/** What a step takes out of service, and whether a later step gives it back however the run ends. */
import type { Finding } from '../runbook/problem.ts';
import type { JudgedScript } from './judged.ts';
import { type Call, has, operands } from './shell.ts';

interface Act {
  /** What was done to what, in words. */
  readonly what: string;
  readonly undo: (call: Call) => boolean;
  readonly how: string;
}

/** What takes something out of service; null for every other call. */
function actOf(call: Call): Act | null {
  const [first = '', ...rest] = plain(call);
  const again = rest.join(' ');
  switch (call.name) {
    case 'kubectl':
    case 'oc':
      return kubernetes(call, first === 'adm' ? rest : [first, ...rest]);
    case 'systemctl':
      return unit(first, rest);
    case 'service':
      return rest[0] === 'stop'
        ? act(
            `stops ${first}`,
            `service ${first} start`,
            (other) =>
              (other.name === 'service' && plain(other)[0] === first && /start/.test(plain(other)[1] ?? '')) ||
              starts(other, [first]),
          )
        : null;
    case 'docker':
    case 'podman':
      return first === 'stop' || first === 'pause'
        ? act(
            `${first}s ${again}`,
            `${call.name} ${first === 'stop' ? 'start' : 'unpause'} ${again}`,
            (other) => other.name === call.name && /^(?:start|restart|unpause|run)$/.test(plain(other)[0] ?? ''),
          )
        : dockerNode(call, first, rest);
    case 'supervisorctl':
    case 'pm2':
      return first === 'stop'
        ? act(
            `stops ${again}`,
            `${call.name} start ${again}`,
            (other) => other.name === call.name && /start/.test(plain(other)[0] ?? ''),
          )
        : null;
    case 'swapoff':
      return act('switches swap off', 'swapon -a', (other) => other.name === 'swapon');
    case 'aws':
      return aws(first, rest[0] ?? '');
    default:
      return null;
  }
}

function act(what: string, how: string, undo: Act['undo']): Act {
  return { what, how, undo };
}

function plain({ args }: Call): string[] {
  return args.filter(
    (arg, index) => !arg.startsWith('-') && !/^(?:-n|--namespace|--context|-c|-H)$/.test(args[index - 1] ?? ''),
  );
}

function kubernetes(call: Call, [verb = '', ...rest]: readonly string[]): Act | null {
  const tool = call.name;
  const same = (other: Call) => other.name === 'kubectl' || other.name === 'oc';
  if (verb === 'drain' || verb === 'cordon')
    return act(
      `${verb === 'drain' ? 'drains' : 'cordons'} ${rest[0] ?? 'a node'}`,
      `${tool} uncordon ${rest[0] ?? ''}`,
      (other) =>
        same(other) &&
        (plain(other).includes('uncordon') ||
          (plain(other)[0] === 'delete' && plain(other).some((word) => /^nodes?(?:\/|$)/.test(word)))),
    );
  if (
    verb === 'scale' &&
    call.args.some((arg, index) => arg === '--replicas=0' || (arg === '--replicas' && call.args[index + 1] === '0'))
  )
    return act(
      `scales ${rest.join(' ')} to none`,
      `${tool} scale ${rest.join(' ')} --replicas=…`,
      (other) => same(other) && plain(other).includes('scale') && !other.args.includes('--replicas=0'),
    );
  if (verb === 'rollout' && rest[0] === 'pause')
    return act(
      `pauses ${rest.slice(1).join(' ')}`,
      `${tool} rollout resume`,
      (other) => same(other) && plain(other)[1] === 'resume',
    );
  return null;
}

function dockerNode(call: Call, first: string, rest: readonly string[]): Act | null {
  const drains =
    first === 'node' &&
    rest[0] === 'update' &&
    call.args.some(
      (arg, index) => arg === '--availability=drain' || (arg === 'drain' && call.args[index - 1] === '--availability'),
    );
  return drains
    ? act(`drains ${rest.at(-1) ?? 'a node'}`, 'docker node update --availability active', (other) =>
        other.args.some((arg) => /active$/.test(arg)),
      )
    : null;
}

function unit(verb: string, units: readonly string[]): Act | null {
  if (!/^(?:stop|disable|mask)$/.test(verb)) return null;
  const undo = { stop: 'start', disable: 'enable', mask: 'unmask' }[verb] ?? 'start';
  return act(
    `${verb === 'stop' ? 'stops' : `${verb}s`} ${units.join(' ')}`,
    `systemctl ${undo} ${units.join(' ')}`,
    (other) => {
      if (verb === 'stop') return starts(other, units);
      return other.name === 'systemctl' && plain(other)[0] === undo && isSame(plain(other).slice(1), units);
    },
  );
}

function starts(other: Call, units: readonly string[]): boolean {
  const [verb = '', ...rest] = plain(other);
  if (other.name === 'service') return isSame([verb], units) && /start/.test(rest[0] ?? '');
  const again =
    /^(?:start|restart|try-restart|reload-or-restart|isolate)$/.test(verb) ||
    (verb === 'enable' && has(other.args, '--now'));
  return other.name === 'systemctl' && again && isSame(rest, units);
}

function isSame(given: readonly string[], wanted: readonly string[]): boolean {
  const bare = (name: string) => name.replace(/\.service$/, '');
  return wanted.some((name) => given.map(bare).includes(bare(name)));
}

/** Operations of AWS that switch something off, and their counterparts. */
const counterparts: Readonly<Record<string, string>> = {
  'suspend-processes': 'resume-processes',
  'enter-standby': 'exit-standby',
  'detach-instances': 'attach-instances',
  'deregister-targets': 'register-targets',
  'deregister-instances-from-load-balancer': 'register-instances-with-load-balancer',
  'disable-alarm-actions': 'enable-alarm-actions',
  'disable-rule': 'enable-rule',
  'stop-instances': 'start-instances',
  'stop-db-instance': 'start-db-instance',
  'stop-db-cluster': 'start-db-cluster',
  'stop-pipeline-execution': 'start-pipeline-execution',
  'disable-stage-transition': 'enable-stage-transition',
};

function aws(service: string, operation: string): Act | null {
  const back = counterparts[operation];
  if (back === undefined) return null;
  return act(
    `runs ${operation}`,
    `aws ${service} ${back}`,
    (other) => other.name === 'aws' && operands(other.args).includes(back),
  );
}

/** The author's word that what is stopped is meant to stay so. */
const staysSo =
  /\b(?:stays?|remains?|is left|leave it|kept?) (?:stopped|down|off|closed|disabled|masked|out|cordoned)\b|\bfor good\b|\bpermanent|\bnot (?:be )?(?:started|enabled|brought back) again\b|\bdecommission|\bretire/i;

/** Every act of a step's command that no step is sure to undo: in the same script, or later with `when=always`. */
export function missingUndo(scripts: readonly JudgedScript[]): Finding[] {
  const commands = scripts.filter(({ draft }) => draft.kind === 'command');
  const told = new Set<string>();
  return commands.flatMap((judged, index) =>
    judged.calls.flatMap((call): Finding[] => {
      const done = actOf(call);
      if (done === null || judged.calls.some((other) => other.start > call.start && done.undo(other))) return [];
      if (has(call.args, '--dry-run', '--dry-run=client', '--dry-run=server', '--help') || told.has(done.how))
        return [];
      // Of the alternatives of one step only one runs.
      const after = commands.slice(index + 1).filter(({ step }) => step.number !== judged.step.number);
      const later = after.filter(({ calls }) => calls.some(done.undo));
      if (later.some(({ step }) => step.when === 'always') || staysSo.test(`${judged.step.title} ${judged.step.prose}`))
        return [];
      told.add(done.how);
      const [first] = later;
      return [
        judged.at(
          call.start,
          'missing-undo',
          first
            ? `this ${done.what}, and step ${first.step.number}, which undoes it, is skipped when the run ends before`
            : `this ${done.what}, and no step undoes it`,
          first
            ? `mark the fence of step ${first.step.number} when=always`
            : `add a last step with ${done.how.trim()}, marked when=always`,
        ),
      ];
    }),
  );
}
