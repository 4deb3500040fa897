/** Tags of alarms, remembered for a minute: a storm of doorbells asks for those of each alarm once. Only triage may believe them. */

type Tags = Readonly<Record<string, string>>;

const rememberedMs = 60_000;

/** Alarms remembered at the same time, so that a warm function does not grow without end. */
const mostAlarms = 5_000;

/** `read`, asked once per alarm and minute, also by those who ask at the same time. What failed is asked again. */
export function rememberedTags(
  read: (alarmArn: string) => Promise<Tags>,
  now: () => number,
): (alarmArn: string) => Promise<Tags> {
  const known = new Map<string, { readonly tags: Promise<Tags>; readonly until: number }>();
  return (alarmArn) => {
    const found = known.get(alarmArn);
    if (found && now() < found.until) return found.tags;
    known.delete(alarmArn);
    const [oldest] = known.keys();
    if (known.size >= mostAlarms && oldest !== undefined) known.delete(oldest);
    const tags = read(alarmArn);
    known.set(alarmArn, { tags, until: now() + rememberedMs });
    tags.catch(() => known.delete(alarmArn));
    return tags;
  };
}
