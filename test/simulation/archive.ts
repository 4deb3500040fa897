/** The stream of Audit as `archive` and `tell` get it: every new entry in its order, and again what was not dealt with. */
import { IncidentId } from '../../core/dispatch.ts';
import type { Change } from '../../core/report/tampering.ts';
import type { World } from '../support/world.ts';

export class Archive {
  readonly #world: World;
  #waiting: Change[] = [];
  #count = 0;
  /** Incidents of which something is still to be told. */
  readonly #untold = new Set<string>();

  constructor(world: World) {
    this.#world = world;
    world.audit.onInsert = ({ chain, sequence, event }, text) => {
      const eventId = `insert-${++this.#count}`;
      const item = { pk: chain, sk: sequence, before: null, after: event.kind, text, image: null };
      this.#untold.add(chain.replace(/#recovery$/, ''));
      this.#waiting.push({ eventId, table: 'countersign-audit', operation: 'INSERT', ...item });
    };
  }

  async look(): Promise<void> {
    const batch = [...this.#waiting];
    const failures = await this.#world.archive(batch);
    const later = this.#waiting.slice(batch.length);
    this.#waiting = [...failures.map(({ change }) => change), ...later];
  }

  /** What fails is called again, as the mapping does. */
  async tell(): Promise<void> {
    for (const incidentId of [...this.#untold].filter((name) => IncidentId.safeParse(name).success)) {
      this.#untold.delete(incidentId);
      await this.#world.tell(incidentId).catch(() => this.#untold.add(incidentId));
    }
  }
}
