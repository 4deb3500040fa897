/** Finding the command of a burnt dispatch in Systems Manager: by its comment alone, under every document that it may have been sent with. */
import { isRunDocument } from '../derive/run-document.ts';
import { dispatchKey } from '../dispatch.ts';
import type { DispatchProgress } from '../incident/progress.ts';

export interface FindingPorts {
  /** A command's id by the dispatch key in its comment; null when SSM knows none. */
  findCommand(document: string, key: string): Promise<string | null>;
}

/**
 * The id of the command with this comment; null when SSM knows none under these documents. Of the names only those are
 * asked for that a release of this product gives: some come from entries that ten functions may write.
 */
export async function commandOfKey(
  ports: FindingPorts,
  key: string,
  documents: readonly (string | undefined)[],
): Promise<string | null> {
  const names = new Set(documents.flatMap((name) => (name !== undefined && isRunDocument(name) ? [name] : [])));
  for (const name of names) {
    const commandId = await ports.findCommand(name, key);
    if (commandId) return commandId;
  }
  return null;
}

/** The same of a dispatch. A deploy since the send leaves it under the document of its intent. The command's id in the chain is not believed. */
export function commandOf(
  ports: FindingPorts,
  current: string,
  incidentId: string,
  { dispatch, intended }: Pick<DispatchProgress, 'dispatch' | 'intended'>,
): Promise<string | null> {
  return commandOfKey(ports, dispatchKey(incidentId, dispatch), [current, intended?.document]);
}
