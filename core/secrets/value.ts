/** What a value looks like: a reference to a secret, an ordinary word, or something that was drawn at random. */

/** What only names where a secret is, or says that it is hidden. `\ue000` stands for a mark that redaction left. */
const reference =
  /^(?:\ue000+|\$\{?[A-Za-z_][\w.]*\}?|\$\{.*|\$\(.*|`.*|\{\{.*|#\{.*|<%.*|%[\w(].*|\{[\w.]*\}|<[^>]*>?|[*•]{3,}.*|x{4,}|X{4,}|\.{3}.*|…|_{3,}|-{3,}|@\w+@|:[a-z_]+|!(?:Ref|Sub|ImportValue|GetAtt|secret|env_var)\b.*|(?:process\.env|os\.(?:environ|getenv)|import\.meta)\b.*|(?:getenv|env|ENV|secretKeyRef|lookup|vault|file|fileContents|data|input|prompt|readline|require)[([].*|(?:env|var|local|data|vault|secrets|inputs|params|settings|config|self|this|module|steps)\.[A-Za-z_].*|(?:arn|ssm|op|secretsmanager|aws-sm|vault|keyring|env|file):.*|projects\/.*|@?[A-Za-z]+::[A-Za-z].*)$/s;

const ordinaryWords = new Set(
  'pass pwd pw await async new function return typeof let var const true false null nil none undefined yes no on off y n ok not is was are be been for from to of and or the a an in at by with as it its must should can cannot could will would has have may if when while this that than then only also still already required optional enabled disabled enable disable invalid valid expired expire expires missing empty blank unset set given provided available unavailable unknown default files file compat systemd sss ldap nis db dns prompt ask string str text int integer number bool boolean object array list map any bytes byte varchar char nvarchar textfield hidden masked sensitive redacted secret secrets password passwords passwd token tokens key keys credential credentials error errors failed failure fail success successful succeeded changed updated created deleted removed rotated rotation reset refreshed refresh rejected accepted denied allowed authentication authorization auth basic bearer digest negotiate ntlm oauth oauth2 jwt include omit same-origin publickey publickeys keyboard-interactive gssapi-with-mic mismatch match matches incorrect too strength policy manager store storage your my our their his her user users username root admin name value id type hash file path stdin stdout env environment refreshing reading creating destroying modifying creation still opaque kubernetes.io/service-account-token kubernetes.io/tls kubernetes.io/dockerconfigjson helm.sh/release.v1'.split(
    ' ',
  ),
);

const uuid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** Whether a value only refers to a secret. */
export function isReference(value: string): boolean {
  return reference.test(value) || isPath(value) || /^[a-z][a-z0-9+.-]*:\/\//i.test(value);
}

/** Whether there is anything but signs; letters of other scripts count, without the tables of Unicode, which are slow to load. */
export const hasLetters = (value: string): boolean => /[0-9A-Za-z\u0080-\ud7ff\uf900-\uffff]/.test(value);

/** Whether a value is a word or a number that stands beside such names all the time. */
export function isOrdinary(value: string): boolean {
  const bare = value.replace(/^[*_([<"'`]+|[.,;:!?)\]}>*_"'`]+$/g, '').toLowerCase();
  return bare === '' || ordinaryWords.has(bare) || !hasLetters(bare);
}

/** A path of a file system, none of whose names was drawn at random. */
function isPath(value: string): boolean {
  // A relative one of plain names.
  if (/^[a-z_.][a-z_.-]*\d{0,2}(?:\/[a-z_.*][a-z_.-]*\d{0,2})+$/.test(value)) return true;
  if (!/^(?:~|\.{1,2}|[A-Z]:)?[/\\](?:[\w.@+ -]+[/\\])*[\w.@+ -]*$/.test(value)) return false;
  return value.split(/[/\\]/).every((part) => part.length < 12 || !isRandom(part, 12));
}

export const isUuid = (value: string): boolean => uuid.test(value);

/** Changes between small letters, capitals and digits; a capital that begins a word is no change to what follows it. */
function changes(value: string): number {
  let count = 0;
  let last = 0;
  for (let at = 0; at < value.length; at++) {
    const now = classOf(value.charCodeAt(at));
    if (now !== 0 && last !== 0 && now !== last && !(last === 2 && now === 1)) count++;
    last = now;
  }
  return count;
}

/** 1 small letter, 2 capital, 3 digit, 0 anything else. */
function classOf(code: number): 0 | 1 | 2 | 3 {
  if (code >= 97 && code <= 122) return 1;
  if (code >= 65 && code <= 90) return 2;
  return code >= 48 && code <= 57 ? 3 : 0;
}

/** Dates and times, addresses, versions, numbers: letters and digits take turns in them by rule. */
const regular =
  /^(?:v?\d+(?:[.:_,-]\d+)*(?:[a-z]{1,2}|[-.+_~](?:rc|alpha|beta|dev|el|fc|deb|ubuntu|SNAPSHOT|RELEASE|final)\S*)?|\d{4}-\d\d-\d\dT?[\d:.,+Z-]*|0x[0-9a-f]{1,16}|(?:[0-9a-f]{2}:)+[0-9a-f]{2})$/i;

/** Whether a value of at least `least` characters seems drawn at random, as keys are and words are not. */
export function isRandom(value: string, least: number): boolean {
  if (value.length < least || !/\d/.test(value) || !/[A-Za-z]/.test(value) || regular.test(value) || isUuid(value))
    return false;
  return changes(value) >= Math.max(3, value.length / 8);
}

/** Whether a value holds all of small letters, capitals and digits, mixed as in base64. */
export function isMixed(value: string, least: number): boolean {
  return /[a-z]/.test(value) && /[A-Z]/.test(value) && isRandom(value, least);
}

/** Whether a value may be a password in a place where words stand too: letters with digits or signs in them. */
export function isSecretish(value: string): boolean {
  if (value.length < 6 || isOrdinary(value) || regular.test(value) || isUuid(value)) return false;
  return /[A-Za-z]/.test(value) && (/\d/.test(value) || /\w[!@#$%^*?~+]\w/.test(value));
}

/** Shannon's entropy of a value's characters, in bits. */
export function entropy(value: string): number {
  const counts = new Map<string, number>();
  for (const character of value) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / value.length) * Math.log2(count / value.length);
  return bits;
}
