/** Long runs that nothing introduces and that look drawn at random: keys of AWS, unknown vendors' tokens, task tokens. */
import type { Span } from './span.ts';
import { entropy, isMixed } from './value.ts';

/** What is made to be shown, though it looks random: hashes that name what they are of, public keys, pictures. */
const isPublic =
  /^(?:sha(?:1|224|256|384|512)-|AAAA(?:[A-Z]3Nz|E2Vj|C3Nz|G|I)|iVBOR|\/9j\/|R0lGOD|UklGR|PHN2Zy|Qk0|AAABAA|JVBERi|UEsDB|H4sIA|LS0tLS1CRUdJTiBDRVJU|LS0tLS1CRUdJTiBQVUJMSUMg|MII|mQ|T2dnUw|SUkq|TU0AK|d09G|LVM-)/;

/** Prefixes of identifiers: of requests, objects and events, which are shown everywhere. */
const isIdentifier =
  /^(?:req|request|msg|message|evt|event|cus|pi|ch|in|sub|price|prod|acct|txn|si|seti|pm|card|src|run|thread|asst|file|batch|chatcmpl|resp|toolu|cmpl|trace|span|job|task|build|deploy|dpl|sess|conv|user|usr|org|team|proj|wrk|ws|obj|id|node|pod|img|layer|stack|lvm|dm|uuid|ami|eni|sg|vpc|subnet|rtb|igw|nat|eipalloc|snap|vol|fs|i|arn|cf|etag|sha256|commit|rev|hash)[_-]/i;

/** Behind these the run is part of something longer that is no secret. */
const isContinued =
  /(?:SHA256:|MD5:|h1:|sha\d{1,3}:|data:[\w/+.-]{1,60};base64,|ssh-[\w@.-]{1,40} |ecdsa-[\w-]{1,40} |[\w.@-]\/|[?#=]v=|\$)$/;

/** The kind of what only looks drawn at random, with nothing else that speaks for a secret. */
export const guess = 'random word';

/** Letters and digits alone, with nothing around that makes them a part of something longer. */
const alone = /(?<![\w+/.@%~:\\-]|SHA\d{1,3}:)[A-Za-z0-9]{12,60}(?![\w+/@%~=-]|[.:]\w)/g;

export function bareSecrets(text: string): Span[] {
  const passwords = [...text.matchAll(alone)]
    .filter((match) => isPassword(match[0]) && !isWrapped(text, match.index, match.index + match[0].length))
    .map((match) => ({ start: match.index, end: match.index + match[0].length, kind: guess }));
  return [...longRuns(text), ...passwords];
}

/**
 * As a password manager makes them: no words in it, but letters, capitals and digits in turns. Twenty-two are a UUID in
 * base64, as Kafka and Elasticsearch name things; a name and eight capital hexadecimal digits is a resource of the CDK.
 */
function isPassword(run: string): boolean {
  if (run.length === 22 || isPublic.test(run) || !isMixed(run, 12) || /[a-z]{3}[0-9A-F]{8}$/.test(run)) return false;
  return partsOf(run) >= Math.max(5, run.length / 3.4);
}

/** Words, capitals and numbers that follow each other: many short ones were drawn at random. */
function partsOf(run: string): number {
  return run.match(/[A-Z]?[a-z]+|[A-Z]+|\d+/g)?.length ?? 0;
}

function longRuns(text: string): Span[] {
  // No {20,}: for a run of millions it needs more stack than there is.
  return [...text.matchAll(/[A-Za-z0-9+/_-]+={0,2}/g)].flatMap((match): Span[] => {
    const kind = match[0].length < 20 ? null : kindOf(match[0], text, match.index);
    return kind === null ? [] : [{ start: match.index, end: match.index + match[0].length, kind }];
  });
}

function kindOf(run: string, text: string, at: number): string | null {
  // Hexadecimal and small letters are names and hashes; nothing tells a secret from them.
  if (!/[A-Z]/.test(run) || !/[a-z]/.test(run) || isPublic.test(run)) return null;
  if (isContinued.test(text.slice(Math.max(0, at - 80), at))) return null;
  if (run.length === 40 && isMixed(run, 40) && entropy(run) > 4 && !isWordyPath(run) && !/[_-]/.test(run))
    return 'AWS secret key';
  if (
    run.length >= 120 &&
    !isPath(run) &&
    /[A-Z]/.test(run.slice(0, 120)) &&
    /[a-z]/.test(run.slice(0, 120)) &&
    /\d/.test(run.slice(0, 120))
  )
    return 'long token';
  if (isOfVendor(run)) return 'token';
  return isWholeLine(run, text, at) ? 'token' : null;
}

/** Names of folders, and not what happens to have four slashes: its parts are longer than 2.7 characters on average. */
const isWordyPath = (run: string) => /(?:\/[\w-]+){4}/.test(run) && partsOf(run) < run.length / 2.7;

const isPath = (run: string) => run.startsWith('/') && run.split('/').length > 4;

/** A few short words and then a long random one: `acme_live_…`. */
function isOfVendor(run: string): boolean {
  const match = /^([A-Za-z][A-Za-z0-9]{0,11}(?:[_-][A-Za-z0-9]{1,8}){0,3})[_-]([A-Za-z0-9]{22,}={0,2})$/.exec(run);
  return match !== null && !isIdentifier.test(run) && !/[+/]/.test(run) && isMixed(match[2] ?? '', 22);
}

/** All that a line holds, as `cat` of a file with a key prints it; lines of base64 that go on in the next one are a file. */
function isWholeLine(run: string, text: string, at: number): boolean {
  const end = at + run.length;
  if (
    run.length < 24 ||
    run.length > 100 ||
    !isMixed(run, 24) ||
    entropy(run) < 4 ||
    isIdentifier.test(run) ||
    /\/\w+\/\w+\//.test(run)
  )
    return false;
  return isOwnLine(text, at, end) && !isWrapped(text, at, end);
}

function isOwnLine(text: string, at: number, end: number): boolean {
  return (at === 0 || text[at - 1] === '\n') && /^\r?(?:\n|$)/.test(text.slice(end, end + 2));
}

/** Whether it is a line of a file in base64, which goes on above or below it. */
function isWrapped(text: string, at: number, end: number): boolean {
  if (!isOwnLine(text, at, end)) return false;
  const before =
    text
      .slice(Math.max(0, at - 120), Math.max(0, at - 1))
      .split('\n')
      .at(-1) ?? '';
  const after = text.slice(end, end + 120).split('\n')[1] ?? '';
  return [before, after].some((line) => /^[A-Za-z0-9+/=_-]{24,}\r?$/.test(line));
}
