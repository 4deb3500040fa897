/** Lambda: what wakes a function by itself, and whether it does now. */
import { LambdaClient, paginateListEventSourceMappings } from '@aws-sdk/client-lambda';
import type { Mapping } from '../../core/use-cases/sweep-safeguards.ts';
import { patience, readingTries } from '../patience.ts';

/** The event sources of a function. */
export async function eventSources(FunctionName: string): Promise<Mapping[]> {
  const client = new LambdaClient({ requestHandler: patience(), ...readingTries() });
  const found: Mapping[] = [];
  for await (const { EventSourceMappings = [] } of paginateListEventSourceMappings({ client }, { FunctionName }))
    found.push(
      ...EventSourceMappings.map(({ UUID, EventSourceArn, State }) => ({
        id: UUID ?? '',
        sourceArn: EventSourceArn ?? '',
        state: State ?? '',
      })),
    );
  return found;
}
