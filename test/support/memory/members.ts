/** Slack's word on its members, in memory: everybody is a full member of one workspace, but for what a test says. */
import type { Member } from '../../../core/approval/member.ts';
import type { Members } from '../../../core/use-cases/membership.ts';

export class MemoryMembers implements Members {
  /** What is different about somebody, by member id. */
  readonly others = new Map<string, Partial<Member>>();
  readonly groups = new Map<string, readonly string[]>();
  isDown = false;

  async team(): Promise<string> {
    this.#answer();
    return 'T000000001';
  }

  async member(id: string): Promise<Member> {
    this.#answer();
    const usual = { id, teams: ['T000000001'], isBot: false, isGuest: false, isDeactivated: false };
    return { ...usual, ...this.others.get(id) };
  }

  async group(id: string): Promise<readonly string[]> {
    this.#answer();
    const members = this.groups.get(id);
    if (!members) throw new Error('no_such_subteam');
    return members;
  }

  #answer(): void {
    if (this.isDown) throw new Error('Slack is down');
  }
}
