/** Asking Slack, at the moment of an answer, who somebody is there: what Slack does not say counts as no. */
import { groupRefusal, type Member, memberRefusal } from '../approval/member.ts';
import type { Person } from '../person.ts';
import type { PolicyPerson } from '../policy/people.ts';
import type { Who } from '../policy/who.ts';
import { redact } from '../redact.ts';

/** Slack's word on its members. Each throws where Slack gives no answer, or one that cannot be read. */
export interface Members {
  /** The workspace in which the bot is, by its id. */
  team(): Promise<string>;
  member(slackId: string): Promise<Member>;
  /** The ids of a user group's members. */
  group(id: string): Promise<readonly string[]>;
}

/**
 * Why this person's answer does not count as Slack has them now; null when it does. Slack is asked about whoever speaks
 * there, and about whoever is named by groups that it narrows, whichever door they come through.
 */
export async function membershipRefusal(
  members: Members,
  by: Pick<Person, 'via' | 'id'>,
  { name, slack }: Pick<PolicyPerson, 'name' | 'slack'>,
  { narrowed }: { readonly narrowed?: Who['narrowed'] },
): Promise<string | null> {
  const sets = narrowed?.find((one) => one.name === name)?.slackGroups ?? [];
  try {
    const [asMember, inGroups] = await Promise.all([
      by.via === 'slack' ? asMemberOf(members, by.id) : null,
      sets.length > 0 ? inGroupsOf(members, slack, sets) : null,
    ]);
    return asMember ?? inGroups;
  } catch (error) {
    const why = redact(error instanceof Error ? error.message : String(error)).slice(0, 200);
    return `Slack does not say who you are there, so your answer does not count: ${why}. Try again.`;
  }
}

async function asMemberOf(members: Members, slackId: string): Promise<string | null> {
  // Both to their end: what is cut off here would go on when the function wakes again, for another click.
  const [asked, workspace] = await Promise.allSettled([members.member(slackId), members.team()]);
  if (asked.status === 'rejected') throw asked.reason;
  if (workspace.status === 'rejected') throw workspace.reason;
  const [member, team] = [asked.value, workspace.value];
  if (member.id !== slackId) throw new Error(`it was asked about ${slackId}, and speaks of ${member.id}`);
  return memberRefusal(member, team);
}

async function inGroupsOf(members: Members, slackId: string | null, sets: readonly (readonly string[])[]) {
  const ids = [...new Set(sets.flat())];
  const found = await Promise.all(ids.map(async (id) => [id, await members.group(id)] as const));
  return groupRefusal(slackId, sets, new Map(found));
}
