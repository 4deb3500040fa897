/** The keys of countersign.yaml that say who people are, and how many of whom may decide. */
import * as z from 'zod';
import { IamIdentity, list, PersonName, pattern, SlackUserId, section, wholeNumber } from '../yaml-fields.ts';

/** One person, by every identity under which they may speak; `iam` is one ARN or several. */
export const Person = section(
  {
    name: PersonName,
    /** Their member id. */
    slack: SlackUserId.nullable().default(null),
    iam: z
      .union([IamIdentity.transform((arn) => [arn]), list(IamIdentity, 'ARNs')], {
        error: 'must be the ARN of an IAM user or of a session of a trusted role, or a list of such ARNs',
      })
      .default([]),
  },
  'key',
  { id: "Slack's member id is now the key slack: write { name: Ana, slack: U012AB3CD }" },
);

/** A name for several people. Slack's own group narrows it at the moment of an answer, and adds nobody. */
export const Group = section({
  members: list(PersonName, 'names from people').min(1, { error: 'must name at least one person' }),
  slack_group: pattern(/^S[A-Z0-9]{2,30}$/, 'the id of a Slack user group such as S012AB3CD')
    .nullable()
    .default(null),
});

/** Whose alarms: by name, or by how the name begins. Whoever could ring an alarm does not also approve what it asks for. */
export const AlarmOwners = section({
  alarm: pattern(/^[^*]{1,255}\*?$/, "an alarm's name, or its beginning and a * such as payments-*"),
  owners: list(PersonName, 'names from people or groups').min(1, { error: 'must name at least one person' }),
});

/** The levels that people are asked about. What is forbidden nobody is asked. */
export const askedLevels = ['read_only', 'modifying', 'destructive'] as const;

/** Names of people and groups; null = nothing more is demanded. */
export const Approvers = list(PersonName, 'names from people or groups')
  .min(1, { error: 'must name at least one person' })
  .nullable()
  .default(null);

function perLevel<Value extends z.ZodType>(value: Value) {
  return section({ read_only: value, modifying: value, destructive: value }, 'level');
}

export const LevelApprovers = perLevel(Approvers).prefault({});

/** How many different people must approve, at most 5: who finds more in a night. Null = nothing more is demanded. */
export const Quorum = perLevel(wholeNumber(1, 5).nullable().default(null)).prefault({});

/** `destructive`: one approval of a destructive step must come through IAM, so that Slack alone cannot give it. */
export const SecondChannel = z.enum(['destructive', 'none'], { error: 'must be destructive or none' });
