/** Reading what a stream of a table hands over: one change per record, and the number by which it is delivered again. */
import * as z from 'zod';
import { IncidentId } from '../../core/dispatch.ts';
import type { Change } from '../../core/report/tampering.ts';
import { parseInput } from './input.ts';

const Text = z.object({ S: z.string() });
/** Somebody else may have written anything there: what is no text counts as absent. */
const Image = z.object({ kind: Text.optional().catch(undefined), entry: Text.optional().catch(undefined) });
const StreamRecord = z.object({
  eventID: z.string(),
  eventName: z.string(),
  /** `arn:aws:dynamodb:REGION:ACCOUNT:table/NAME/stream/LABEL` */
  eventSourceARN: z.string(),
  dynamodb: z.object({
    Keys: z.object({ pk: Text, sk: z.union([Text, z.object({ N: z.string() })]) }),
    SequenceNumber: z.string(),
    OldImage: Image.optional(),
    NewImage: z.unknown().optional(),
  }),
});
const Batch = z.object({ Records: z.array(StreamRecord).min(1) });

/** Throws when any record cannot be read: Lambda then halves the batch until that record is alone. */
export function changesOf(event: unknown): { readonly change: Change; readonly sequenceNumber: string }[] {
  return parseInput(Batch, event).Records.map(({ eventID, eventName, eventSourceARN, dynamodb }) => {
    const { Keys, SequenceNumber, OldImage, NewImage } = dynamodb;
    const added = Image.safeParse(NewImage).data;
    const change = {
      eventId: eventID,
      table: eventSourceARN.split('/')[1] ?? eventSourceARN,
      operation: eventName,
      pk: Keys.pk.S,
      sk: 'N' in Keys.sk ? Number(Keys.sk.N) : Keys.sk.S,
      before: OldImage?.kind?.S ?? null,
      after: added?.kind?.S ?? null,
      text: added?.entry?.S ?? null,
      image: NewImage ?? null,
    };
    return { change, sequenceNumber: SequenceNumber };
  });
}

/** An incident about which something was added. */
export interface Added {
  readonly incidentId: string;
  /** The number by which the first record about it is delivered again. */
  readonly sequenceNumber: string;
  /** Where in its chain the new entries are. */
  readonly places: readonly number[];
}

/** Each incident once, in the order of their first records. */
export function incidentsOf(event: unknown): Added[] {
  const records = changesOf(event).filter(({ change: { operation, pk } }) => operation === 'INSERT' && isIncident(pk));
  const ofIncident = Map.groupBy(records, ({ change }) => nameOf(change.pk));
  return [...ofIncident].map(([incidentId, own]) => ({
    incidentId,
    sequenceNumber: own[0]?.sequenceNumber ?? '',
    places: own.flatMap(({ change: { pk, sk } }) => (pk === incidentId && typeof sk === 'number' ? [sk] : [])),
  }));
}

/** What lies beside a broken chain is about the same incident. */
function nameOf(chain: string): string {
  return chain.replace(/#recovery$/, '');
}

function isIncident(chain: string): boolean {
  return IncidentId.safeParse(nameOf(chain)).success;
}
