/** Facts that exclude: why a runbook cannot be an alarm's, however well words or a route fit. */
import type { Alarm } from '../alarm/alarm.ts';
import { sourcesOf } from '../runbook/parameters.ts';
import type { Runbook } from '../runbook/runbook.ts';
import type { About } from './about.ts';
import type { Facts } from './facts.ts';
import { subjectOf } from './quantity.ts';
import { agreement, type Route } from './route.ts';
import { mainTopics, type Topic, topicWords } from './topics.ts';
import { spoken } from './words.ts';

export interface Considered {
  readonly runbook: Runbook;
  readonly about: About;
  readonly alarm: Alarm;
  readonly facts: Facts;
  readonly route: Route | null;
}

/** In words for people, or null when nothing excludes it. In the order in which they are told: what cannot be comes first. */
export function exclusionOf(considered: Considered): string | null {
  for (const rule of rules) {
    const why = rule(considered);
    if (why !== null) return why;
  }
  return null;
}

type Rule = (considered: Considered) => string | null;

/** What a route says of an alarm by its author's own word is not questioned by what is generally true. */
const isNamed = ({ route }: Considered): boolean => route?.names === 'exact' || route?.names === 'from its start';

const namesMetric = (route: Route | null): boolean => route !== null && route.match.metrics.length > 0;

const target: Rule = ({ runbook: { targets }, alarm }) =>
  Object.values(targets).some(({ from }) => from === 'alarm') && !Object.hasOwn(alarm.dimensions, 'InstanceId')
    ? 'it runs on the instance that the alarm names, and the alarm has no dimension InstanceId'
    : null;

/** Whatever would mend the agent that takes commands cannot be sent to it. */
const agent: Rule = ({ alarm, facts: { quantity: measured } }) =>
  measured?.topic === 'process' && /\bssm agent\b/.test(`${spoken(alarm.name)} ${subjectOf(alarm)}`)
    ? 'the agent of Systems Manager is what does not run, and nothing can be sent without it'
    : null;

/** A tag can be put on an alarm; a dimension is what its metric has. */
const values: Rule = ({ runbook, alarm }) => {
  const found = sourcesOf(runbook, alarm);
  const lacking = runbook.parameters.find(
    ({ name, sources }) => !Object.hasOwn(found, name) && sources.every(({ kind }) => kind === 'dimension'),
  );
  return lacking === undefined
    ? null
    : `its parameter ${lacking.name} comes from the dimension ${lacking.sources.map((source) => (source.kind === 'dimension' ? source.name : '')).join(' or ')}, which the alarm does not have`;
};

const unless: Rule = ({ runbook, alarm }) => {
  const hit = runbook.match.flatMap((one) => (one.unless && agreement(one.unless, alarm)) ?? []);
  return hit.length === 0 ? null : `its match says: not for this (${hit.join(', ')})`;
};

const windows: Rule = ({ facts, about }) =>
  facts.isWindows && !/\bwindows\b/.test(about.text)
    ? 'the alarm is of Windows, and it does not say that it is for that'
    : null;

const scaling: Rule = (considered) =>
  considered.facts.isScaling && considered.route?.names !== 'exact' && !considered.about.mentions.has('scaling')
    ? 'the alarm steers scaling: its name says so'
    : null;

/** A runbook that names a side in every alternative is for no alarm of the other, whatever its words say. */
const otherSide: Rule = ({ facts: { side: rings }, runbook: { match } }) => {
  const sides = match.map(({ comparison }) => comparison);
  const isOther = rings !== null && sides.length > 0 && sides.every((one) => one !== null && one !== rings);
  return isOther
    ? `the alarm rings ${rings} its threshold, and its match says ${[...new Set(sides)].join(' or ')}`
    : null;
};

const side: Rule = ({ facts: { side: rings, quantity }, about, route, alarm }) => {
  if (route?.names === 'exact' || (route && route.match.comparison !== null)) return null;
  const bad = quantity?.bad ?? null;
  if (bad === null || !(about.topics.has(quantity?.topic as Topic) || namesMetric(route))) return null;
  if (rings === null) return saysOtherSide(alarm, bad);
  if (rings === bad) return null;
  if (rings === 'outside')
    return route?.names === 'from its start'
      ? null
      : `the alarm rings on either side of a band, and only ${bad} is trouble`;
  return `the alarm rings ${rings} its threshold, and the trouble is ${bad} it`;
};

/** Where the comparison is not known, the name may tell. */
function saysOtherSide({ name }: Alarm, bad: 'above' | 'below'): string | null {
  const other = bad === 'above' ? /\b(?:low|idle|under ?utili[sz]ed|unused|underused)\b/ : /\b(?:too many|surplus)\b/;
  return other.test(spoken(name)) ? `the alarm's name says the other side of the trouble` : null;
}

const managed: Rule = (considered) => {
  const { facts, about, runbook, alarm } = considered;
  if (facts.managed === null || isNamed(considered)) return null;
  const says =
    runbook.match.some(({ namespaces }) => namespaces.includes(alarm.namespace ?? '')) ||
    facts.managed.some((word) => ` ${about.text} `.includes(` ${word} `)) ||
    (alarm.metric !== null &&
      / /.test(spoken(alarm.metric)) &&
      ` ${about.text} `.includes(` ${spoken(alarm.metric)} `));
  return says ? null : `${alarm.namespace} is a managed service, and it does not say that it is for that`;
};

/** A metric that is known to measure one thing is not answered by a runbook that is known to be about another. */
const quantity: Rule = (considered) => {
  const { facts, about, route, alarm } = considered;
  const topic = facts.quantity?.topic;
  if (topic === undefined || isNamed(considered) || about.topics.size === 0) return null;
  if (namesMetric(route) && !facts.quantity?.isOtherwise) return null;
  return about.topics.has(topic)
    ? null
    : `${alarm.metric ?? 'the metric'} measures ${topicWords[topic]}, and it is about ${[...about.topics].map((one) => topicWords[one]).join(', ')}`;
};

/** An hour of a busy service's log has more events; fewer are counted one by one, as errors are. */
const leastFlood = 1_000;

/** A log group of a service of AWS is written by no host, the whole account's by all; and few events are no flood. */
const logs: Rule = (considered) => {
  const { alarm, facts } = considered;
  if (facts.quantity?.topic !== 'logs' || alarm.namespace !== 'AWS/Logs' || isNamed(considered)) return null;
  const { LogGroupName: group } = alarm.dimensions;
  if (group === undefined) return 'the alarm names no log group';
  if (/^(?:\/aws\/|aws-|API-Gateway)|flow|trail|waf|resolver/i.test(group))
    return `the log group ${group} is of a service of AWS, and of no host`;
  const isFlood =
    mainTopics(spoken(alarm.name)).has('logs') ||
    alarm.comparison === 'GreaterThanUpperThreshold' ||
    (alarm.threshold ?? 0) >= leastFlood;
  return isFlood ? null : 'neither its name nor its threshold speaks of a flood of log lines';
};

/** Dimensions that name the one thing that is ill; without any, the metric is of a whole cluster. */
const names: Partial<Readonly<Record<Topic, RegExp>>> = {
  pods: /^(?:full)?pod(?:_?name)?$|^deployment$|^service$|^container(?:_?name)?$|^namespace$/i,
  node: /^node(?:_?name)?$|^instance(?:_?id)?$|^host(?:name)?$/i,
  tasks: /^service(?:_?name)?$/i,
};

const whose: Rule = (considered) => {
  const topic = considered.facts.quantity?.topic;
  const needed = topic === undefined ? undefined : names[topic];
  if (topic === undefined || needed === undefined || isNamed(considered)) return null;
  const isTold = Object.keys(considered.alarm.dimensions).some((name) => needed.test(name));
  return isTold ? null : `the alarm measures ${topicWords[topic]} of a whole cluster, and names none of its parts`;
};

/** What has nothing but a name, as a composite alarm, is found by routes only. */
const bare: Rule = ({ alarm, route }) =>
  route === null && alarm.metric === null && Object.keys(alarm.dimensions).length === 0
    ? 'the alarm has neither a metric nor dimensions: only a route can find it'
    : null;

const rules: readonly Rule[] = [
  target,
  agent,
  values,
  unless,
  windows,
  managed,
  logs,
  quantity,
  whose,
  otherSide,
  side,
  bare,
  scaling,
];
