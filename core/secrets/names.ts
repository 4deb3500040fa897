/** What a name says about its value: `DB_PASSWORD` introduces a secret, `DB_PASSWORD_FILE` and `publicKey` do not. */
import { isOrdinary, isRandom, isReference, isSecretish, isUuid } from './value.ts';

/**
 * `strong`: whatever follows is a secret. `token`: so is what follows unless it is a word or a small number. `weak`: only
 * what looks random is.
 */
export type NameClass = 'strong' | 'token' | 'weak' | null;

const set = (words: string) => new Set(words.split(' '));

const strong = set(
  'password passwords passwd passwort passphrase passcode pwd secret psk mnemonic authorization masterauth requirepass bindpw rootpw',
);
const tokens = set(
  'token apikey appkey authkey accesskey secretkey privatekey credential credentials creds bearer dsn',
);
const weak = set(
  'auth key keys session sess sid sessionid sessid cookie jwt signature sig hmac salt pin otp totp seed nonce license licence webhook secrets tokens phrase cred private wallet csrf xsrf csrftoken code hook xpass encrypt gossip verifier assertion ticket',
);

/** Words with which a key is always one that opens something. */
const keyOf = set(
  'api app access secret private signing sign encryption encrypt decryption enc master auth authentication account shared session license storage deploy service subscription consumer admin hmac jwt aes cipher crypto recovery unseal root webhook pre client server preshared integration ingest ingestion write read publishable bot maps host user tls ssl ssh gpg pgp rsa ec security functions function fernet django flask rails mail mailgun sendgrid stripe aws azure gcp openai anthropic',
);

/** Such a word anywhere says that the value is made to be known, or is no secret but one about it. */
const harmless = set(
  'public pub primary foreign partition sort cache index object unique shard routing registry row group map lookup dictionary idempotency fingerprint checksum digest ca secretsmanager',
);

/** As the last word: what it is about is said, not what it is. */
const about = set(
  'file files filename path paths name names id ids identifier type types length len size count counts min max ttl expiry expire expires expired expiration age timeout policy url uri urls endpoint host port arn ref refs field fields column columns header headers prefix suffix label hint prompt rotation enabled disabled required version versions mode algorithm alg algo manager store provider providers service server class method methods bytes limit limits usage used budget rate created updated date time at changed strength validator encoder source dir directory folder location bucket protection engine format status state reset request requests attempts authentication authenticator auths verification check checks exists present valid invalid error errors failed failures form input page link email template regex pattern rule rules generator helper util utils module config configuration settings options option schema mount mounts volume volumes interval period bits usages agreement exchange pair pairs ring chain word words missing needed scheme schemes scope scopes issuer audience cost number stdin fd env command cmd eval index description comment cached',
);

/** Written as one word, such as `dbpassword`. */
const endings: readonly [RegExp, Exclude<NameClass, null>][] = [
  [
    /(?:password|passwd|passphrase|passwort|secret|userpass|dbpass|sshpass|rootpass|adminpass|storepass|keypass)$/,
    'strong',
  ],
  [
    /(?:[a-z]{3}pass|token|apikey|accesskey|secretkey|privatekey|authkey|encryptionkey|signingkey|accountkey|sharedkey|masterkey|licensekey|sharedaccesskey)$/,
    'token',
  ],
  [/(?:sessionid|sessid|session|cookie|signature|[a-z]{2}key|dbpw|userpw|adminpw|auth)$/, 'weak'],
];

const isNotOne =
  /^(?:bypass|compass|trespass|overpass|underpass|encompass|surpass|passthrough|monkey|turkey|hotkey|donkey|whiskey|hockey|jockey|keyboard|nsswitch)$/;

const passedOn =
  /^(?:proxy|fastcgi|uwsgi|scgi|grpc|memcached|first|second|by|high|low|band|multi|single|auth_request)$/;

/** Small words of a name: `spring.dataSource_passWord2` → spring data source pass word. */
function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word !== '');
}

/** What a name of letters, digits and `_-.$` says; `before` is the word to its left, for `API Key:`. */
export function classOfName(name: string, before = ''): NameClass {
  if (name === 'PASS' || /^no[-_]/i.test(name)) return null;
  const words = wordsOf(name);
  const last = words.at(-1) ?? '';
  if (words.length === 0 || words.some((word) => harmless.has(word) || isNotOne.test(word))) return null;
  const joined = `${words.at(-2) ?? ''}${last}`;
  // Its value is pairs of their own, looked at in files.ts.
  if (/^(?:set-?)?cookie2?$/i.test(name)) return null;
  // What a bare key opens is not said; it is mostly the name of a value.
  if (words.length === 1 && /^keys?$/.test(last) && !keyOf.has(before.toLowerCase())) return null;
  const known = classOfWords(words, joined, before.toLowerCase());
  if (words.length > 1 && about.has(last) && !strong.has(joined))
    return last === 'id' && /secret|sess/.test(joined) ? 'weak' : null;
  return known;
}

function classOfWords(words: readonly string[], joined: string, before: string): NameClass {
  const own = [...words, ...(words.length > 1 ? [joined] : [])].map(classOfWord);
  const isKey = words.some((word, at) => word === 'key' && keyOf.has(words[at - 1] ?? before));
  if (own.includes('strong')) return 'strong';
  if (own.includes('token') || isKey) return 'token';
  // What is passed on to is no password, and what a test says is none.
  if (/^(?:pass|pw)$/.test(words.at(-1) ?? '') && !passedOn.test(words.at(-2) ?? '')) return 'token';
  if (words.length > 1 && words.at(-1) === 'pat') return 'token';
  return own.includes('weak') ? 'weak' : null;
}

function classOfWord(word: string): NameClass {
  if (strong.has(word)) return 'strong';
  if (tokens.has(word)) return 'token';
  if (weak.has(word)) return 'weak';
  return endings.find(([ending]) => ending.test(word))?.[1] ?? null;
}

/** Whether `value` is a secret when a name of this class introduces it. `name` tells plurals apart, which count things. */
export function isSecretFor(kind: NameClass, name: string, value: string): boolean {
  if (kind === null || isReference(value)) return false;
  // Hashes and keys may be called anything, words such as `required` are none.
  if (isOrdinary(value)) return false;
  // Also `PWD=/root`, the working directory, whose names may be random.
  if (/^(?:OLD)?PWD$/i.test(name) && /^[/~]|^[A-Z]:/.test(value)) return false;
  const isPlural = /(?:tokens|secrets|keys|sessions|passwords|credentials|creds|cookies)$/i.test(name);
  if (kind === 'weak' || isPlural)
    return (
      isRandom(value, 12) ||
      isLongHex(value) ||
      (/pin|otp|code/i.test(name) && /^\d{6,8}$/.test(value) && /pin|otp/i.test(name))
    );
  if (kind === 'strong') return value.length >= 2;
  return (
    isUuid(value) ||
    isSecretish(value) ||
    value.length >= 16 ||
    /^\d{8,}$/.test(value) ||
    (value.length >= 6 && /[A-Z]/.test(value) && /[a-z]/.test(value))
  );
}

const isLongHex = (value: string) => /^(?=.*\d)[0-9a-f]{16,}$/i.test(value);
