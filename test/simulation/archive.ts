/** The stream of Audit as `archive` gets it: every new entry in its order, and again what was not dealt with. */
import type { Change } from '../../core/report/tampering.ts';
import type { World } from '../support/world.ts';

export class Archive {
  readonly #world: World;
  #waiting: Change[] = [];
  #count = 0;

  constructor(world: World) {
    this.#world = world;
    world.audit.onInsert = ({ chain, sequence, event }, text) => {
      const eventId = `insert-${++this.#count}`;
      const item = { pk: chain, sk: sequence, before: null, after: event.kind, text };
      this.#waiting.push({ eventId, table: 'countersign-audit', operation: 'INSERT', ...item });
    };
  }

  async look(): Promise<void> {
    const batch = [...this.#waiting];
    const failures = await this.#world.archive(batch);
    const later = this.#waiting.slice(batch.length);
    this.#waiting = [...failures.map(({ change }) => change), ...later];
  }
}
