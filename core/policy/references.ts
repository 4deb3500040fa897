/** What no single value of countersign.yaml can show: names that must exist, scopes that may only be stricter, windows that must fit. */

import { epochOf } from '../time.ts';
import { strictestEnvironment } from './environment.ts';
import { escalationFindings } from './escalation.ts';
import type { PolicyKeys as Policy, Scope, StandingApproval } from './keys.ts';
import { type Finding, peopleFindings } from './people-references.ts';
import { slackFindings } from './slack-keys.ts';

const day = 24 * 60 * 60 * 1000;

/** The longest life of a standing approval: a quarter, so that somebody answers for it four times a year. */
export const longestStandingApproval = 90 * day;

/** Everything that is wrong between the keys of a policy whose keys are right one by one. */
export function crossCheck(policy: Policy): Finding[] {
  const scopes = [
    ...Object.entries(policy.environments).map(([name, scope]) => ({ path: ['environments', name], scope })),
    ...Object.entries(policy.teams).map(([name, scope]) => ({ path: ['teams', name], scope })),
  ];
  return [
    ...peopleFindings(policy),
    ...scopes.flatMap(({ path, scope }) => checkScope(policy, scope, path)),
    ...accountsListedTwice(policy),
    ...recoveryFits(policy),
    ...escalationFindings(policy),
    ...slackFindings(policy),
    ...policy.standing_approvals.flatMap((entry, index) => checkStanding(policy, entry, ['standing_approvals', index])),
  ];
}

function checkScope(policy: Policy, scope: Scope, path: Finding['path']): Finding[] {
  const findings = [
    ...scope.freeze.flatMap((window, index) =>
      epochOf(window.from) < epochOf(window.to)
        ? []
        : [{ path: [...path, 'freeze', index, 'to'], text: `must be later than its from (${window.from})` }],
    ),
  ];
  if (scope.auto_approve_reads === true && !policy.safety.auto_approve_reads)
    findings.push({
      path: [...path, 'auto_approve_reads'],
      text: 'must be false or absent: safety.auto_approve_reads is false, and the strictest counts',
    });
  if (scope.timeout !== null && scope.timeout > policy.safety.timeout)
    findings.push({
      path: [...path, 'timeout'],
      text: `must be at most safety.timeout (${policy.safety.timeout}s): the strictest counts`,
    });
  return findings;
}

function accountsListedTwice(policy: Policy): Finding[] {
  const entries = Object.entries(policy.environments).flatMap(([name, environment]) =>
    environment.accounts.map((entry, index) => ({
      path: ['environments', name, 'accounts', index],
      key: typeof entry === 'string' ? entry : `${entry.account} in ${entry.region}`,
    })),
  );
  return entries.flatMap(({ path, key }, index) =>
    entries.findIndex((entry) => entry.key === key) < index
      ? [{ path, text: `must be listed once: another environment or line has ${key} already` }]
      : [],
  );
}

function recoveryFits({ safety }: Policy): Finding[] {
  if (safety.recovered_after <= safety.verification_window) return [];
  const text = `must be at most safety.verification_window (${safety.verification_window}s), or no incident could ever be resolved`;
  return [{ path: ['safety', 'recovered_after'], text }];
}

function checkStanding(policy: Policy, entry: StandingApproval, path: Finding['path']): Finding[] {
  const findings: Finding[] = [];
  const environments = [...new Set([...Object.keys(policy.environments), strictestEnvironment])];
  if (!environments.includes(entry.environment))
    findings.push({ path: [...path, 'environment'], text: `must be one of ${environments.join(', ')}` });
  const byLevel = entry.level !== null && entry.runbook_digest === null && entry.step === null;
  const byStep = entry.level === null && entry.runbook_digest !== null && entry.step !== null;
  if (!byLevel && !byStep) findings.push({ path, text: 'must have either level, or runbook_digest and step' });
  const life = epochOf(entry.expires) - epochOf(entry.granted);
  if (!(life > 0 && life <= longestStandingApproval))
    findings.push({
      path: [...path, 'expires'],
      text: `must be after granted (${entry.granted}) and at most 90 days later`,
    });
  return findings;
}
