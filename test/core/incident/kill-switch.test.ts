/** The kill switch: any row at the next number stops, only a genuine resume lifts, and one event stops once. */
import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { payloadTypes, seal } from '../../../core/dsse.ts';
import { putStop, readSwitch, type Stop, type SwitchWriter } from '../../../core/incident/kill-switch.ts';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const other = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = async () => publicKey.export({ type: 'spki', format: 'pem' }).toString();
const stop: Stop = { eventId: 'event-1', by: 'archive', why: 'an entry was replaced', at: '2026-11-21T03:00:00Z' };

const resume = (from: number, to: number, key = privateKey) =>
  seal(
    payloadTypes.resume,
    {
      format: 1,
      from,
      to,
      by: { name: 'ana', via: 'slack', id: 'U0000000001' },
      at: '2026-11-21T04:00:00Z',
      reason: 'looked at it',
    },
    async (message) => ({ keyid: 'k', sig: sign('sha256', message, key).toString('base64') }),
  );

/** A switch over plain maps, as Control holds it. */
function memory() {
  const stops = new Map<number, Stop>();
  const resumes = new Map<number, unknown>();
  const aborts = new Map<number, unknown>();
  const known = new Set<string>();
  const reads: number[] = [];
  const writer: SwitchWriter = {
    stop: async (number) => {
      reads.push(number);
      return stops.get(number) ?? null;
    },
    resume: async (number) => resumes.get(number) ?? null,
    abort: async (number) => aborts.get(number) ?? null,
    putStop: async (number, value) => {
      if (known.has(value.eventId)) return 'known';
      if (stops.has(number)) return 'taken';
      known.add(value.eventId);
      stops.set(number, value);
      return 'put';
    },
  };
  return { stops, resumes, aborts, reads, writer };
}

describe('reading', () => {
  test('nothing there: not stopped, and the burn demands that number 1 stays absent', async () => {
    expect(await readSwitch(memory().writer, pem)).toEqual({ stopped: false, number: 1, stop: null, aborted: null });
  });

  test('a row at number 1 stops, whatever it says', async () => {
    const { writer, stops } = memory();
    stops.set(1, stop);
    expect(await readSwitch(writer, pem)).toEqual({ stopped: true, number: 1, stop, aborted: null });
  });

  test('a row behind a gap means nothing', async () => {
    const { writer, stops } = memory();
    stops.set(2, stop).set(7, stop);
    expect(await readSwitch(writer, pem)).toMatchObject({ stopped: false, number: 1 });
  });

  test('a genuine resume lifts what it names, and one signature lifts a flood', async () => {
    const { writer, stops, resumes, reads } = memory();
    for (let number = 1; number <= 1000; number += 1) stops.set(number, stop);
    resumes.set(1, await resume(1, 1000));
    expect(await readSwitch(writer, pem)).toMatchObject({ stopped: false, number: 1001 });
    expect(reads).toEqual([1, 1001]);
    stops.set(1001, stop);
    expect(await readSwitch(writer, pem)).toMatchObject({ stopped: true, number: 1001 });
  });

  test('10^6 planted rows cost one read', async () => {
    const { writer, stops, reads } = memory();
    for (let number = 1; number <= 1_000_000; number += 1) stops.set(number, stop);
    expect(await readSwitch(writer, pem)).toMatchObject({ stopped: true, number: 1 });
    expect(reads).toEqual([1]);
  });

  const forgeries: Record<string, () => Promise<unknown>> = {
    'signed by another key': () => resume(1, 5, other.privateKey),
    unsigned: async () => ({ format: 1, from: 1, to: 5 }),
    'that begins elsewhere': () => resume(2, 5),
    'that ends before it begins': () => resume(1, 0),
    'of the votes’ type': async () => ({ ...(await resume(1, 5)), payloadType: payloadTypes.vote }),
    'with a changed payload': async () => ({ ...(await resume(1, 1)), payload: (await resume(1, 9)).payload }),
    'of rubbish': async () => 'yes',
  };
  for (const [name, forge] of Object.entries(forgeries))
    test(`a resume ${name} lifts nothing`, async () => {
      const { writer, stops, resumes } = memory();
      stops.set(1, stop);
      resumes.set(1, await forge());
      expect(await readSwitch(writer, pem)).toMatchObject({ stopped: true, number: 1 });
    });

  test('goes on from where it was verified before', async () => {
    const { writer, stops, reads } = memory();
    stops.set(4, stop);
    expect(await readSwitch(writer, pem, { number: 4, aborted: null })).toMatchObject({ stopped: true, number: 4 });
    expect(reads).toEqual([4]);
  });
});

describe('stopping', () => {
  test('takes the first free number after the last lifted one, and counts when it is acknowledged', async () => {
    const { writer, stops, resumes } = memory();
    stops.set(1, { ...stop, eventId: 'before' });
    resumes.set(1, await resume(1, 1));
    expect(await putStop(writer, pem, stop)).toMatchObject({ stopped: true, number: 2 });
    expect([...stops.keys()]).toEqual([1, 2]);
  });

  test('the same event stops once, also after a person lifted it', async () => {
    const { writer, stops, resumes } = memory();
    await putStop(writer, pem, stop);
    await putStop(writer, pem, stop);
    expect(stops.size).toBe(1);
    resumes.set(1, await resume(1, 1));
    expect(await putStop(writer, pem, stop)).toMatchObject({ stopped: false, number: 2 });
    expect(stops.size).toBe(1);
  });

  test('where a thousand numbers are taken it is stopped already, and says so', async () => {
    const { writer, stops } = memory();
    for (let number = 1; number <= 1000; number += 1) stops.set(number, { ...stop, eventId: `e${number}` });
    expect(await putStop(writer, pem, { ...stop, eventId: 'new' })).toMatchObject({ stopped: true, number: 1 });
    expect(stops.size).toBe(1000);
  });

  test('two at once both find it stopped', async () => {
    const { writer, stops } = memory();
    const answers = await Promise.all(['a', 'b'].map((eventId) => putStop(writer, pem, { ...stop, eventId })));
    expect(answers).toMatchObject([
      { stopped: true, number: 1 },
      { stopped: true, number: 1 },
    ]);
    expect(stops.size).toBe(2);
  });
});
