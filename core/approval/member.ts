/** Whether somebody whom the policy names may answer as Slack knows them now: no bots, no guests, nobody of another workspace. */

/** What Slack says of a member. */
export interface Member {
  readonly id: string;
  /** Every workspace to which they belong, by its id. */
  readonly teams: readonly string[];
  readonly isBot: boolean;
  /** Of one channel or several. */
  readonly isGuest: boolean;
  readonly isDeactivated: boolean;
}

/** Why this member does not count in the workspace `team`, in words for them; null when they do. */
export function memberRefusal({ teams, isBot, isGuest, isDeactivated }: Member, team: string): string | null {
  const no = (what: string) => `Slack says that you are ${what}: your answer does not count.`;
  if (isBot) return no('a bot');
  if (isDeactivated) return no('deactivated');
  if (isGuest) return no('a guest here');
  return teams.includes(team) ? null : no('of another workspace');
}

/** Why the clicked message was another app's or workspace's than the one on record; null when it was not, or none is on record. */
export function originRefusal(recorded: Origin, clicked: Origin): string | null {
  const differs = (key: keyof Origin) => recorded[key] !== null && recorded[key] !== clicked[key];
  if (differs('appId')) return 'This click came through another Slack app than the one that asked.';
  if (differs('team')) return 'This click came from another Slack workspace than the one that was asked.';
  return null;
}

/** An app and a workspace, as Slack names them; null = it does not. */
export interface Origin {
  readonly appId: string | null;
  readonly team: string | null;
}

/** Why somebody whom only groups name does not count, as Slack has these groups now; null when one of each set holds them. */
export function groupRefusal(
  slackId: string | null,
  sets: readonly (readonly string[])[],
  membersOf: ReadonlyMap<string, readonly string[]>,
): string | null {
  if (slackId === null)
    return 'You may answer only while a Slack user group holds you, and the policy names no Slack member id of yours.';
  const missing = sets.find((set) => !set.some((group) => membersOf.get(group)?.includes(slackId)));
  return missing
    ? `You are not in the Slack user group ${missing.join(' or ')} now: your answer does not count.`
    : null;
}
