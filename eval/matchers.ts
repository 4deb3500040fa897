/** What answers the scenarios: the matching itself, the same under hardship, and baselines that say what a figure is worth. */
import type { Alarm } from '../core/alarm/alarm.ts';
import { consider, decide } from '../core/matching/match.ts';
import type { Runbook } from '../core/runbook/runbook.ts';
import type { Answer } from './figures.ts';
import type { Scenario } from './scenarios.ts';

const none: Answer = { runbookId: null, confidence: 0 };

/** As triage and plan match when no model is configured. */
export function matched(runbooks: readonly Runbook[], alarm: Alarm): Answer {
  const choice = decide(consider(runbooks, alarm).candidates, null);
  return choice === null ? none : { runbookId: choice.runbookId, confidence: choice.confidence };
}

/** Every scenario right; nothing answered; the first runbook of the library for everything. */
export const baselines: Readonly<Record<string, (runbooks: readonly Runbook[], scenario: Scenario) => Answer>> = {
  perfect: (_, { expected }) => ({ runbookId: expected, confidence: expected === null ? 0 : 1 }),
  blind: () => none,
  'always-first': ([first]) => (first === undefined ? none : { runbookId: first.id, confidence: 1 }),
};

interface Hardship {
  readonly what: string;
  /** The alarm and library that are matched instead, and what is right then. */
  make(runbooks: readonly Runbook[], scenario: Scenario): { runbooks: readonly Runbook[]; scenario: Scenario };
}

const withAlarm = (scenario: Scenario, changes: Partial<Alarm>): Scenario => ({
  ...scenario,
  alarm: { ...scenario.alarm, ...changes },
});

export const hardships: Readonly<Record<string, Hardship>> = {
  coloured_description: {
    what: 'every description is another trouble’s, as copied or hostile ones are; what is right stays',
    make: (runbooks, scenario) => ({
      runbooks,
      scenario: withAlarm(scenario, {
        description:
          'This metric monitors ec2 cpu utilization. Disk full, out of memory, nginx service down, certificate expired, queue backlog, Redis down, pods crash.',
      }),
    }),
  },
  without_its_runbook: {
    what: 'the right runbook is not in the library: then none is right',
    make: (runbooks, scenario) => {
      const right = [scenario.expected, ...scenario.acceptable];
      return {
        runbooks: runbooks.filter(({ id }) => !right.includes(id)),
        scenario: { ...scenario, expected: null, acceptable: [] },
      };
    },
  },
  without_comparison: {
    what: 'on which side the alarm rings is not known',
    make: (runbooks, scenario) => ({ runbooks, scenario: withAlarm(scenario, { comparison: null }) }),
  },
  words_alone: {
    what: 'namespace and metric mean nothing, and every alarm names an instance: names and descriptions decide',
    make: (runbooks, scenario) => ({
      runbooks,
      scenario: withAlarm(scenario, {
        namespace: 'Custom',
        metric: 'Value',
        dimensions: { ...scenario.alarm.dimensions, InstanceId: 'i-0123456789abcdef0' },
      }),
    }),
  },
};
