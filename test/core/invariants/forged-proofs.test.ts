/** The IAM door under forgers: mutated and made-up requests are never taken, never crash, and cost STS nothing unless their form is good. */
import { expect, test } from 'vitest';
import { signed } from '../../../adapters/sts/sign.ts';
import { proofRefusal, proofToSign } from '../../../core/door/proof.ts';
import { DoorRequest, type DoorWord, doorBody } from '../../../core/door/spoken.ts';
import { seed, share } from '../../soak.ts';
import { anaOfIam, door, principals, strangerOfIam } from '../door/principals.ts';
import { House } from '../use-cases/asking.ts';
import { Chance } from './chance.ts';

const size = share(100_000, 1_000);

test(`${size} forged requests (SEED=${seed}): none accepted, none throws, none with a bad form is a call of AWS`, async () => {
  const house = new House();
  await house.ask('token-1');
  house.now += 1000;
  const random = new Chance(seed);
  const genuine = await Promise.all(
    principals.map(async (by) => {
      const said = house.spoken('approve');
      return doorBody(said, await signed(proofToSign(said, door), { ...by, secretAccessKey: 'guessed' }, house.now));
    }),
  );
  const before = JSON.stringify([...house.control.questions]);
  let expected = 0;
  const outcomes = new Map<string, number>();
  for (let index = 0; index < size; index += 1) {
    const body = mutated(genuine[random.below(genuine.length)] ?? '', random);
    if (isWorthAsking(body, house.now)) expected += 1;
    const answer = await house.arrives(body);
    outcomes.set(answer.kind, (outcomes.get(answer.kind) ?? 0) + 1);
  }
  expect(outcomes.get('heard'), JSON.stringify([...outcomes])).toBeUndefined();
  expect(house.sts.asked).toBe(expected);
  expect(expected).toBeLessThan(size / 2);
  expect(outcomes.get('malformed')).toBeGreaterThan(0);
  expect(outcomes.get('unproven')).toBeGreaterThan(0);
  expect(JSON.stringify([...house.control.questions])).toBe(before);
  expect([house.woken, house.events('vote_signed'), house.events('vote_refused')]).toEqual([[], [], []]);
});

test('a stranger with good proofs: 200 of them are one entry in the chain, and every one is told why', async () => {
  const house = new House();
  await house.ask('token-1');
  const answers = [];
  for (let turn = 0; turn < 200; turn += 1)
    answers.push(await house.speak(house.spoken(turn % 2 ? 'approve' : 'skip'), { by: strangerOfIam }));
  expect(house.events('vote_refused')).toHaveLength(1);
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  expect(answers[0]).toMatchObject({ outcome: 'refused', texts: [expect.stringMatching(/does not name you/)] });
});

/** The form, asked apart from the use case. */
function isWorthAsking(body: string, now: number): boolean {
  const { data } = DoorRequest.safeParse(parsed(body));
  if (!data) return false;
  const { proof, ...spoken } = data;
  return proofRefusal(proof.headers, spoken as DoorWord, door, now) === null && spoken.question !== undefined;
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}

/** One or several changes to a request: bytes, headers, names, values, shapes; sometimes none but its wrong signature. */
function mutated(body: string, random: Chance): string {
  const kind = random.below(6);
  if (kind === 0) return bytesChanged(body, random);
  if (kind === 1) return odd[random.below(odd.length)] ?? '';
  const request = JSON.parse(body);
  const { headers } = request.proof;
  const names = Object.keys(headers);
  const name = names[random.below(names.length)] ?? '';
  if (kind === 2) headers[name] = bytesChanged(headers[name], random);
  if (kind === 3) delete headers[name];
  if (kind === 4) headers[strange[random.below(strange.length)] ?? ''] = headers[name];
  if (kind === 5) Object.assign(request, shapes[random.below(shapes.length)]);
  return JSON.stringify(request);
}

function bytesChanged(text: string, random: Chance): string {
  const at = random.below(text.length);
  const other = String.fromCharCode(random.below(random.below(2) ? 128 : 0xffff));
  return text.slice(0, at) + other + text.slice(at + random.below(3));
}

const strange = [
  'Host',
  'HOST',
  'x-amz-target',
  '__proto__',
  'constructor',
  'x-amz-content-sha256',
  'X-Amz-Signature',
  '',
];
const odd = [
  '',
  'null',
  '[]',
  '{"proof":{}}',
  '"x"',
  '{"__proto__":{"word":"approve"}}',
  `[${'['.repeat(500)}`,
  '1e999',
];
const shapes: object[] = [
  { word: 'reject' },
  { word: 'approve ' },
  { question: null },
  { fields: { reason: 'x' } },
  { fields: { reason: { a: 1 } } },
  { proof: { headers: [] } },
  { proof: { headers: { host: 1 } } },
  { by: anaOfIam.arn },
  { question: { incidentId: 'inc-x' } },
  {},
];
