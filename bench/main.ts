/** `npm run bench -- NAME [--json]`: measures one part of Countersign on this machine. */
import { parseArgs } from 'node:util';

interface Bench {
  /** Whether it can end with its figures as one JSON line. */
  readonly json: boolean;
  run(json: boolean): Promise<unknown>;
}

const benches: Readonly<Record<string, Bench>> = {
  audit: { json: true, run: async (json) => (await import('./audit.ts')).audit(json) },
  classify: { json: true, run: () => import('./classify.ts') },
  coldstart: { json: true, run: async (json) => (await import('./coldstart.ts')).coldstart(json) },
  incident: { json: true, run: async (json) => (await import('./incident.ts')).incident(json) },
  redact: { json: true, run: async (json) => (await import('./redact.ts')).redacting(json) },
  storm: { json: true, run: async (json) => (await import('./storm.ts')).storm(json) },
};

try {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { json: { type: 'boolean', default: false } },
  });
  await benchOf(positionals, values.json).run(values.json);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

function benchOf([name = '', ...more]: readonly string[], json: boolean): Bench {
  const bench = Object.hasOwn(benches, name) ? benches[name] : undefined;
  if (!bench || more.length > 0)
    throw new Error(
      `no bench is called ${JSON.stringify([name, ...more].join(' '))}; there is: ${Object.keys(benches).join(', ')}`,
    );
  if (json && !bench.json) throw new Error(`the bench ${name} has no --json; it prints its figures as text`);
  return bench;
}
