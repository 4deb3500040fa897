/** Rows of the Work table as they are read: of this release, of the first one, and what a stranger wrote as nothing. */
import * as z from 'zod';
import { Evidence } from '../../core/alarm/evidence.ts';
import { Dispatch, dispatchName } from '../../core/dispatch.ts';
import type { ShownOutputs } from '../../core/report/show.ts';
import { Subject } from '../../core/subject.ts';
import type { Doorbells } from '../../core/use-cases/close.ts';
import type { IncidentRow } from '../../core/use-cases/opening.ts';

const Row = z.lazy(() => z.object({ subject: Subject, alarmName: z.string() }));

/** The first release had the alarm's fields beside each other. */
const FlatRow = z.lazy(() =>
  z
    .object({
      alarmArn: z.string(),
      contributorId: z.string().nullable(),
      stateChangedAt: z.string(),
      alarmName: z.string(),
    })
    .transform(({ alarmName, ...alarm }) => ({ subject: { kind: 'alarm' as const, ...alarm, round: 1 }, alarmName })),
);

const Texts = z.lazy(() => z.object({ evidence: z.array(Evidence) }));

/** One host's output; the first release put all hosts into one row, under a key without the wave. */
const Outputs = z.lazy(() =>
  z.object({
    dispatch: Dispatch,
    outputs: z.array(z.object({ target: z.string(), exitCode: z.number(), stdout: z.string(), stderr: z.string() })),
  }),
);

const Count = z.lazy(() => z.int().min(0).catch(0));
const Counted = z.lazy(() => z.object({ rung: Count, changes: Count }));

type Item = Readonly<Record<string, unknown>> | undefined;

/** Null for what is no incident row. */
export function incidentRowOf(item: Item): IncidentRow | null {
  return z.union([Row, FlatRow]).safeParse(item).data ?? null;
}

/** What was counted on an OPEN item; nothing on one of the first release. */
export function doorbellsOf(item: NonNullable<Item>): Doorbells {
  const { rung, changes } = Counted.parse(item);
  return { rung, changes };
}

/** Evidence, and outputs with all hosts of a dispatch together. */
export function shownOf(evidence: Item, rows: readonly NonNullable<Item>[]): ShownOutputs {
  const found = Map.groupBy(
    rows.flatMap((row) => Outputs.safeParse(row).data ?? []),
    ({ dispatch }) => dispatchName(dispatch),
  );
  return {
    evidence: Texts.safeParse(evidence).data?.evidence ?? [],
    outputs: [...found.values()].flatMap((ofOne) => {
      const [first] = ofOne;
      return first ? [{ dispatch: first.dispatch, outputs: ofOne.flatMap(({ outputs }) => outputs) }] : [];
    }),
  };
}
