/** The parts of a burn's transaction, each with the answer that its failed condition means, and the keys of what is put. */
import type { TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import { type BurnAnswer, type BurnRequest, firstReleaseBurns } from '../../core/burn.ts';
import { type Dispatch, dispatchKey, dispatchName } from '../../core/dispatch.ts';
import { sortable } from './numbered.ts';
import { suspensionKey } from './suspensions.ts';
import { stopKeys } from './switch.ts';

export interface DispatchesTables {
  readonly dispatches: string;
  /** Where the first release burnt: items `DISPATCH#…`. */
  readonly audit: string;
  /** Where the kill switch and the question lie. */
  readonly control: string;
}

/** In the order in which failed conditions are told: what was burnt before a stop, a stop before a missing approval. */
export interface Part {
  readonly item: NonNullable<TransactWriteCommandInput['TransactItems']>[number];
  readonly refused: BurnAnswer;
}

export const burnPrefix = 'BURN#';

export function burnSortKey(dispatch: Dispatch): string {
  return `${burnPrefix}${dispatchName(dispatch)}`;
}

export function leaseRow(host: string): string {
  return `LEASE#${host}`;
}

/** The item in Audit with which the first release burnt; null for a wave that it did not know. */
export function firstReleaseMarker(incidentId: string, { step, part, attempt, wave }: Dispatch) {
  return wave === 1 ? { pk: `${firstReleaseBurns}${incidentId}.${step}.${part}.${attempt}`, sk: 0 } : null;
}

/** `call` is this call's own id, by which it recognises what it put. At most 1 + 1 + 2 + 1 parts, 5 voters, 3 slots, and leases of 20 hosts: DynamoDB takes 100. */
export function partsOf(
  tables: DispatchesTables,
  { burn, question, slots, leases }: BurnRequest,
  call: string,
): Part[] {
  const { incidentId, dispatch, at } = burn;
  const put = (pk: string, sk: string, item: object, refused: BurnAnswer): Part => ({
    item: { Put: { TableName: tables.dispatches, Item: { ...item, pk, sk }, ConditionExpression: absent } },
    refused,
  });
  const used: BurnAnswer = { kind: 'used', burn: null };
  const marker = firstReleaseMarker(incidentId, dispatch);
  const holder = dispatchKey(incidentId, dispatch);
  return [
    put(incidentId, burnSortKey(dispatch), { ...burn, call }, used),
    ...(marker ? [isAbsent(tables.audit, marker, used)] : []),
    // A stop counts by being there, whatever it says.
    ...stopKeys(burn.switch).map((key) => isAbsent(tables.control, key, { kind: 'stopped' })),
    ...(question ? [isApproved(tables.control, incidentId, question)] : []),
    // Whoever is suspended after the kernel looked has not approved either.
    ...(question?.voters ?? []).map(({ name, number }) =>
      isAbsent(tables.control, suspensionKey(name, number), { kind: 'suspended', name }),
    ),
    ...slots.map(({ row, number }) => put(row, sortable(number), { at, holder }, { kind: 'slot_taken', row })),
    ...leases.map((lease) =>
      put(leaseRow(lease.host), sortable(lease.number), lease, { kind: 'lease_taken', host: lease.host }),
    ),
  ];
}

const absent = 'attribute_not_exists(pk)';

function isAbsent(TableName: string, Key: { pk: string; sk: string | number }, refused: BurnAnswer): Part {
  return { item: { ConditionCheck: { TableName, Key, ConditionExpression: absent } }, refused };
}

function isApproved(TableName: string, incidentId: string, question: NonNullable<BurnRequest['question']>): Part {
  return {
    item: {
      ConditionCheck: {
        TableName,
        Key: { pk: incidentId, sk: question.sortKey },
        ConditionExpression: '#status = :approved AND #digest = :digest',
        ExpressionAttributeNames: { '#status': 'status', '#digest': 'digest' },
        ExpressionAttributeValues: { ':approved': 'APPROVED', ':digest': question.digest },
      },
    },
    refused: { kind: 'not_approved' },
  };
}
