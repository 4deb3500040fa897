/** The proof of who speaks at the door: a signed request to STS, checked here as far as that can be done without asking STS. */
import { epochOrNull, isoOf } from '../time.ts';
import { boundTo, type Door, type DoorWord } from './spoken.ts';

/** The one request that a proof may be. Only its headers travel: method, path and body are written here and nowhere else. */
export const identityRequest = {
  method: 'POST',
  path: '/',
  contentType: 'application/x-www-form-urlencoded; charset=utf-8',
  body: 'Action=GetCallerIdentity&Version=2011-06-15',
} as const;

/** How old a proof may be, and how far a clock may be ahead: STS itself would take it for 15 minutes. */
export const proofSeconds = 60;

/** What a caller signs to prove that it says this at this door. */
export function proofToSign(spoken: DoorWord, door: Door) {
  const { method, path, body } = identityRequest;
  return { service: 'sts', region: regionOf(door), method, path, body, headers: headersToSign(spoken, door) };
}

function regionOf({ audience }: Door): string {
  return audience.split(':')[3] ?? '';
}

/** But the time and the session token, which the signer adds. */
function headersToSign(spoken: DoorWord, { audience, stsHost }: Door): Record<string, string> {
  return { 'content-type': identityRequest.contentType, host: stsHost, ...boundTo(spoken, audience) };
}

/** Added by the signer; a session token only by temporary credentials. */
const signersOwn = ['authorization', 'x-amz-date', 'x-amz-security-token'];

/** Printable ASCII without spaces at the ends or two in a row: what a signature would not cover cannot stand here. */
const plainValue = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;

const authorization =
  /^AWS4-HMAC-SHA256 Credential=\w{16,128}\/([0-9]{8})\/([a-z0-9-]{1,40})\/sts\/aws4_request, SignedHeaders=([a-z0-9;-]{1,500}), Signature=[0-9a-f]{64}$/;

/**
 * Why these headers prove nothing about `spoken` at this door; null when STS is worth asking. Names are lower case; every
 * header is one of ours or of the signer, has the value that is expected of it, and is signed.
 *
 * @param now Epoch milliseconds.
 */
export function proofRefusal(
  headers: Readonly<Record<string, string>>,
  spoken: DoorWord,
  door: Door,
  now: number,
): string | null {
  const expected = headersToSign(spoken, door);
  const names = Object.keys(headers);
  const foreign = names.find((name) => !Object.hasOwn(expected, name) && !signersOwn.includes(name));
  if (foreign !== undefined)
    return `the proof has the header ${JSON.stringify(foreign.slice(0, 60))}, which is none of it`;
  const wrong = Object.keys(expected).find((name) => headers[name] !== expected[name]);
  if (wrong !== undefined) return `the header ${wrong} of the proof is not ${JSON.stringify(expected[wrong])}`;
  const unplain = names.find((name) => !isPlain(headers[name]));
  if (unplain !== undefined) return `the header ${unplain} of the proof is not plain text`;
  return timeRefusal(headers['x-amz-date'] ?? '', now) ?? signatureRefusal(headers, door);
}

function isPlain(value = ''): boolean {
  return plainValue.test(value) && !value.includes('  ');
}

function timeRefusal(date: string, now: number): string | null {
  const at = epochOfDate(date);
  if (at === null) return 'the header x-amz-date of the proof is no time such as 20261128T030000Z';
  return Math.abs(now - at) <= proofSeconds * 1000
    ? null
    : `the proof is of ${date}, more than ${proofSeconds} s from now, ${isoOf(now)}: look at the clock of this computer, and say it again`;
}

/**
 * When the caller signed it, epoch milliseconds: the beginning of that second, and not later than `now`, since a caller's
 * clock may be ahead. Of a proof without a time long ago.
 */
export function signedAt(headers: Readonly<Record<string, string>>, now: number): number {
  return Math.min(epochOfDate(headers['x-amz-date'] ?? '') ?? 0, now);
}

/** Null for what is no time, such as the 30th of February. */
function epochOfDate(date: string): number | null {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date) ?? [];
  const iso = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
  const epoch = year === undefined ? null : epochOrNull(iso);
  return epoch !== null && isoOf(epoch) === iso ? epoch : null;
}

/** Everything but the authorization itself must be signed, for STS in this region, on the day that the time says. */
function signatureRefusal(headers: Readonly<Record<string, string>>, door: Door): string | null {
  const [, day, region, signed] = authorization.exec(headers.authorization ?? '') ?? [];
  if (day === undefined) return 'the header authorization of the proof is no signature (SigV4) for sts';
  const own = regionOf(door);
  if (region !== own) return `the proof is signed for the region ${region}, and this is ${own}`;
  if (day !== headers['x-amz-date']?.slice(0, 8)) return 'the signature of the proof is of another day than its time';
  const names = Object.keys(headers).filter((name) => name !== 'authorization');
  return signed === names.toSorted().join(';') ? null : 'not every header of the proof is signed, once and in order';
}
