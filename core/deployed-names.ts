/** Names that the stacks give, by which everybody else finds things. */

/** The archive's bucket. Names of buckets are global: account and region make it ours. */
export function archiveBucketName({ account, region }: { readonly account: string; readonly region: string }): string {
  return `countersign-archive-${account}-${region}`;
}

/** Of the keys that sign. */
export const keyAliases = {
  approval: 'alias/countersign-approval',
  checkpoint: 'alias/countersign-checkpoint',
} as const;

/** Queues of what reached nobody. */
export const lostQueues = {
  undelivered: 'countersign-undelivered',
  doorbells: 'countersign-doorbells-dead',
  unchecked: 'countersign-unchecked',
} as const;
