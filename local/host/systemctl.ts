/** `systemctl` and `service` over the virtual host's units. */
import { type CustomCommand, defineCommand, type ExecResult } from 'just-bash';
import { unitName } from './journal.ts';
import { failed, isResult, longTime, parseOptions, printed, table } from './output.ts';
import { type Services, type Unit, unitFile } from './services.ts';

const options = {
  'no-pager': { type: 'boolean' },
  'no-legend': { type: 'boolean' },
  'no-block': { type: 'boolean' },
  'no-ask-password': { type: 'boolean' },
  plain: { type: 'boolean' },
  full: { type: 'boolean', short: 'l' },
  all: { type: 'boolean', short: 'a' },
  quiet: { type: 'boolean', short: 'q' },
  failed: { type: 'boolean' },
  value: { type: 'boolean' },
  lines: { type: 'string', short: 'n' },
  property: { type: 'string', short: 'p', multiple: true },
  type: { type: 'string', short: 't' },
  state: { type: 'string' },
  runtime: { type: 'boolean' },
} as const;
type Values = Readonly<Record<string, unknown>>;

const changes: Readonly<Record<string, (services: Services, unit: Unit) => void>> = {
  start: (services, unit) => services.start(unit),
  stop: (services, unit) => services.stop(unit),
  restart: (services, unit) => {
    services.stop(unit);
    services.start(unit);
  },
  'try-restart': (services, unit) => {
    if (unit.state !== 'active') return;
    services.stop(unit);
    services.start(unit);
  },
  reload: (services, unit) => services.reload(unit),
  'reload-or-restart': (services, unit) => (unit.state === 'active' ? services.reload(unit) : services.start(unit)),
  'reset-failed': (_, unit) => {
    if (unit.state === 'failed') Object.assign(unit, { state: 'inactive', result: 'success' });
  },
};

export function systemctl(services: Services, now: () => number): CustomCommand {
  return defineCommand('systemctl', async (arguments_) => {
    const parsed = parseOptions('systemctl', arguments_, options);
    if (isResult(parsed)) return parsed;
    const [verb = 'list-units', ...names] = parsed.operands;
    if (verb === 'list-timers') return listedTimers(services.isActive('certbot.timer'), names, now());
    if (verb === 'set-property') return setProperty(services, names);
    return perform(services, verb, names, parsed.values);
  });
}

/** `CPUQuota=25%`, or `CPUQuota=` to take the limit away. */
function setProperty(services: Services, [name = '', ...assignments]: readonly string[]): ExecResult {
  const unit = services.find(name);
  if (!unit) return failed(`Failed to set unit properties on ${unitName(name)}: Unit ${unitName(name)} not found.`);
  const values = assignments.map((assignment) => /^CPUQuota=(?:([1-9]\d{0,4})%)?$/.exec(assignment));
  if (values.length === 0 || values.includes(null))
    return failed(`Failed to parse unit property (on this virtual host): ${assignments.join(' ')}`);
  for (const value of values) unit.quota = value?.[1] === undefined ? null : Number(value[1]);
  return printed('');
}

/** Only certbot's: there is no other timer here. */
function listedTimers(runs: boolean, names: readonly string[], now: number): ExecResult {
  const shown = runs && (names.length === 0 || names.includes('certbot.timer'));
  const hour = 3_600_000;
  const rows = [
    ['NEXT', 'LEFT', 'LAST', 'PASSED', 'UNIT', 'ACTIVATES'],
    [longTime(now + 7 * hour), '7h left', longTime(now - 5 * hour), '5h ago', 'certbot.timer', 'certbot.service'],
  ];
  const legend = `${shown ? '\n1' : '0'} timers listed.\nPass --all to see loaded but inactive timers, too.\n`;
  return printed(`${shown ? table(rows, new Set()) : ''}${legend}`);
}

/** `service NAME VERB`, the older way to say it. */
export function service(services: Services): CustomCommand {
  return defineCommand('service', async ([name = '', verb = 'status']) => perform(services, verb, [name], {}));
}

function perform(services: Services, verb: string, names: readonly string[], values: Values): ExecResult {
  if (verb === 'list-units') return listed(services, values);
  if (verb === 'daemon-reload') return printed('');
  if (names.length === 0) return failed('Too few arguments.');
  const missing = names.find((name) => !services.find(name));
  const units = names.flatMap((name) => services.find(name) ?? []);
  const change = changes[verb];
  if (change) {
    if (missing !== undefined)
      return failed(`Failed to ${verb} ${unitName(missing)}: Unit ${unitName(missing)} not found.`, 5);
    for (const unit of units) change(services, unit);
    return printed('');
  }
  return asked(services, verb, units, missing, values);
}

function asked(
  services: Services,
  verb: string,
  units: readonly Unit[],
  missing: string | undefined,
  values: Values,
): ExecResult {
  const say = (text: string, exitCode: number) => printed(values.quiet ? '' : text, exitCode);
  const states = units.map((unit) => unit.state);
  switch (verb) {
    case 'status':
      if (missing !== undefined) return failed(`Unit ${unitName(missing)} could not be found.`, 4);
      return joined(units.map((unit) => services.status(unit)));
    case 'is-active':
      return say(
        `${(missing === undefined ? states : [...states, 'inactive']).join('\n')}\n`,
        states.includes('active') ? 0 : missing === undefined ? 3 : 4,
      );
    case 'is-failed':
      return say(
        `${(missing === undefined ? states : [...states, 'inactive']).join('\n')}\n`,
        states.includes('failed') ? 0 : 1,
      );
    case 'is-enabled':
      if (missing !== undefined)
        return failed(`Failed to get unit file state for ${unitName(missing)}: No such file or directory`);
      return say('enabled\n', 0);
    case 'show':
      return joined(units.map((unit) => printed(shown(services.properties(unit), values))));
    case 'cat':
      if (missing !== undefined) return failed(`No files found for ${unitName(missing)}.`);
      return joined(units.map((unit) => printed(`# /etc/systemd/system/${unit.name}\n${unitFile(unit)}`)));
    default:
      return failed(`Unknown command verb '${verb}' (on this virtual host).`);
  }
}

function shown(properties: Record<string, string>, values: Values): string {
  const wanted = Array.isArray(values.property)
    ? values.property.flatMap((names) => String(names).split(','))
    : Object.keys(properties);
  const present = wanted.filter((name) => name in properties);
  return present.map((name) => `${values.value ? '' : `${name}=`}${properties[name]}\n`).join('');
}

function joined(results: readonly ExecResult[]): ExecResult {
  return printed(results.map(({ stdout }) => stdout).join('\n'), Math.max(...results.map(({ exitCode }) => exitCode)));
}

function listed(services: Services, values: Values): ExecResult {
  if (values.type && values.type !== 'service') return printed('0 loaded units listed.\n');
  const state = values.failed ? 'failed' : values.state;
  const units = services.units.filter(
    (unit) => !state || unit.state === state || (state === 'running' && unit.state === 'active'),
  );
  const rows = units.map((unit) => [
    unit.state === 'failed' && !values.plain ? '●' : ' ',
    unit.name,
    'loaded',
    unit.state,
    services.properties(unit).SubState ?? '',
    unit.description,
  ]);
  const header = values['no-legend'] ? [] : [[' ', 'UNIT', 'LOAD', 'ACTIVE', 'SUB', 'DESCRIPTION']];
  const legend = values['no-legend'] ? '' : `\n${units.length} loaded units listed.\n`;
  return printed(`${table([...header, ...rows], new Set())}${legend}`);
}
