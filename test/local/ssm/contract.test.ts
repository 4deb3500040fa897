/** The contract table of the local SSM: every rule refuses what it says, and the model does say it. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { type Action, enforce, type Input, paged, rules } from '../../../local/ssm/contract.ts';

const values = (count: number) => Array.from({ length: count }, (_, index) => `v${index}`);
const tag = { Key: 'tag:countersign', Values: ['on'] };
const id = { Key: 'InstanceIds', Values: ['i-0123456789abcdef0'] };

/** By the first words of a rule: what AWS takes, and what it refuses. */
const examples: Readonly<Record<string, { readonly taken: readonly Input[]; readonly refused: readonly Input[] }>> = {
  'Tag filters': {
    taken: [{ Filters: [tag] }, { Filters: [id, { Key: 'PingStatus', Values: ['Online'] }] }, {}],
    refused: [{ Filters: [tag, id] }, { Filters: [{ Key: 'tag-key', Values: ['countersign'] }, id] }],
  },
  'Two tag filters': { taken: [{ Filters: [tag] }], refused: [{ Filters: [tag, { ...tag, Key: 'tag:role' }] }] },
  InstanceInformationFilterValueSet: {
    taken: [{ Filters: [{ ...id, Values: values(100) }] }],
    refused: [{ Filters: [{ ...id, Values: [] }] }, { Filters: [{ ...id, Values: values(101) }] }],
  },
  MaxResultsEC2Compatible: {
    taken: [{ MaxResults: 5 }, { MaxResults: 50 }],
    refused: [{ MaxResults: 4 }, { MaxResults: 51 }],
  },
  CommandMaxResults: {
    taken: [{ MaxResults: 1 }, { MaxResults: 50 }],
    refused: [{ MaxResults: 0 }, { MaxResults: 51 }],
  },
  CommandFilterList: { taken: [{ Filters: values(5) }], refused: [{ Filters: values(6) }] },
  TimeoutSeconds: {
    taken: [{ TimeoutSeconds: 30 }, { TimeoutSeconds: 2_592_000 }, {}],
    refused: [{ TimeoutSeconds: 29 }, { TimeoutSeconds: 2_592_001 }, { TimeoutSeconds: 30.5 }],
  },
  Comment: { taken: [{ Comment: 'x'.repeat(100) }], refused: [{ Comment: 'x'.repeat(101) }] },
  'you can specify': { taken: [{ InstanceIds: values(50) }], refused: [{ InstanceIds: values(51) }] },
  MaxConcurrency: {
    taken: ['1', '50', '9999999', '1%', '100%'].map((MaxConcurrency) => ({ MaxConcurrency })),
    refused: ['0', '', '101%', '0%', '12345678', 'all', 1].map((MaxConcurrency) => ({ MaxConcurrency })),
  },
  MaxErrors: {
    taken: ['0', '10', '0%', '100%'].map((MaxErrors) => ({ MaxErrors })),
    refused: ['', '-1', '101%', '00', '12345678'].map((MaxErrors) => ({ MaxErrors })),
  },
  DocumentHash: { taken: [{ DocumentHash: 'a'.repeat(256) }], refused: [{ DocumentHash: 'a'.repeat(257) }] },
  DocumentHashType: { taken: [{ DocumentHashType: 'Sha256' }], refused: [{ DocumentHashType: 'Sha1' }] },
  CommandId: { taken: [{ CommandId: 'c'.repeat(36) }], refused: [{ CommandId: 'c' }] },
  InstanceId: {
    taken: ['i-0123456789abcdef0', 'i-01234567', 'mi-0123456789abcdef0'].map((InstanceId) => ({ InstanceId })),
    refused: ['i-1', 'web-1', 'mi-01234567'].map((InstanceId) => ({ InstanceId })),
  },
};

const exampleOf = (says: string) =>
  Object.entries(examples).find(
    ([words]) => says === words || says.startsWith(`${words} `) || says.startsWith(`${words}:`),
  )?.[1];

const cases = rules.flatMap((rule) => rule.actions.map((action) => [rule.says, action, rule] as const));

test.each(cases)('%s (%s)', (says, action, { error }) => {
  const { taken, refused } = exampleOf(says) ?? { taken: [], refused: [] };
  expect(taken.length * refused.length).toBeGreaterThan(0);
  for (const input of taken) expect(() => enforce(action, input), JSON.stringify(input)).not.toThrow();
  for (const input of refused)
    expect(() => enforce(action, input), JSON.stringify(input)).toThrow(expect.objectContaining({ name: error }));
});

test('what is worded as a sentence is the model’s own', () => {
  const client = dirname(fileURLToPath(import.meta.resolve('@aws-sdk/client-ssm')));
  const models = join(client, '..', 'dist-types', 'models');
  const words = readdirSync(models)
    .map((file) => readFileSync(join(models, file), 'utf8'))
    .join('\n')
    .replaceAll(/<[^>]+>/g, '')
    .replaceAll(/\s*\*?\s+/g, ' ');
  for (const sentence of [
    "Tag filters can't be combined with other filter types.",
    'you can specify up to 50 IDs',
    'The first 24,000 characters written by the plugin to stdout.',
    'The first 8,000 characters written by the plugin to stderr.',
    "If this time is reached and the command hasn't already started running, it won't run.",
    'When the command fails one more time beyond the value of MaxErrors, the systems stops sending the command to additional targets.',
    "Delivery timeouts don't count against the parent command's MaxErrors limit",
    'Execution timeouts count against the MaxErrors limit of the parent command.',
    'Invocation failures count against the MaxErrors limit of the parent command.',
    'Terminated: The parent command exceeded its MaxErrors limit and subsequent command invocations were canceled by the system.',
    'The size limit of a document is 64 KB.',
  ])
    expect(words).toContain(sentence);
});

test('lists come in pages, and a token of nobody is refused', () => {
  const all = values(7);
  expect(paged(all, { MaxResults: 5 })).toEqual({ page: all.slice(0, 5), rest: { NextToken: 'after-5' } });
  expect(paged(all, { MaxResults: 5, NextToken: 'after-5' })).toEqual({ page: all.slice(5), rest: {} });
  expect(() => paged(all, { NextToken: 'mine' })).toThrow(expect.objectContaining({ name: 'InvalidNextToken' }));
});

test('an action that is not spoken has no rule', () => {
  const spoken: readonly Action[] = ['SendCommand', 'GetCommandInvocation', 'ListCommands', 'ListCommandInvocations'];
  for (const action of [...spoken, 'CancelCommand', 'DescribeInstanceInformation'] as const)
    expect(
      rules.some(({ actions }) => actions.includes(action)),
      action,
    ).toBe(true);
});
