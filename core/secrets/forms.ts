/** What is known by its form alone: hashes of passwords, and credentials in URLs and headers. */
import { type Known, knownSecrets } from './known.ts';
import type { Span } from './span.ts';
import { isOrdinary, isRandom, isReference, isSecretish } from './value.ts';

const isNoReference = (value: string) => !isReference(value);

const known: readonly Known[] = [
  // Hashes of passwords: crypt, phpass, argon2, LDAP, frameworks, databases, Windows.
  {
    kind: 'password hash',
    hint: '$',
    pattern:
      /\$(?:[1-9]|2[abxy]?|y|gy|apr1|[PHSA]|argon2(?:id?|d)|scrypt|pbkdf2[\w-]*|bcrypt-sha256|krb5\w+|sha1|md5|sm3\w*|ml)\$[./A-Za-z0-9=,+$*@-]{13,}/g,
  },
  {
    kind: 'password hash',
    hint: '}',
    pattern: /\{(?:S?SHA\d*|S?MD5|CRYPT|PBKDF2[\w-]*|ARGON2|BCRYPT|SMD5|x-[\w-]+)\}[A-Za-z0-9+/=$.,]{8,}/gi,
  },
  {
    kind: 'password hash',
    pattern:
      /(?<![\w$])(?:pbkdf2_sha\d+|bcrypt_sha256|bcrypt|argon2|scrypt|sha1|md5|pbkdf2(?::\w+){1,2}|scrypt(?::\d+){3}|SCRAM-SHA-(?:1|256))\$[^\s"'<>;,]{16,}/g,
  },
  {
    kind: 'password hash',
    pattern:
      /(?<![\w])(?:md5[0-9a-f]{32}(?![0-9a-f])|\*[0-9A-F]{40}(?![0-9A-F])|0x0[12]00[0-9A-F]{48,}|grub\.pbkdf2\.sha\d+\.\d+\.[0-9A-F.]{32,})/g,
  },
  { kind: 'password hash', pattern: /(?<![0-9a-f])(?:[0-9a-f]{32}|X{32}):[0-9a-f]{32}(?![0-9a-f])/gi },
  // URLs: up to the last @ before the path, or, where the password holds a slash, up to the first one.
  {
    kind: 'password',
    hint: '://',
    pattern: /(?<=[A-Za-z\d+.-]):\/\/[^\s/:@"'`<>]{0,200}:(?<secret>(?!\d{1,5}(?:[/?#\s]|$))[^\s"'`<>/]{1,400})@/g,
    isSecret: isNoReference,
  },
  {
    kind: 'password',
    hint: '://',
    pattern: /(?<=[A-Za-z\d+.-]):\/\/[^\s/:@"'`<>]{0,200}:(?<secret>(?!\d{1,5}(?:[/?#\s]|$))[^\s"'`<>@]{1,400})@/g,
    isSecret: isNoReference,
  },
  {
    kind: 'token',
    hint: '://',
    pattern: /(?<=[A-Za-z\d+.-]):\/\/(?<secret>[^\s/:@"'`<>]{12,400}):?@/g,
    isSecret: (value) => isRandom(value, 12),
  },
  // user:password@tcp(host), user:password@host: without a scheme.
  {
    kind: 'password',
    hint: '@',
    pattern:
      /(?<![\w/.@:-])[A-Za-z][\w.-]{0,60}:(?<secret>[^\s:@"'`<>/]{4,200})@(?=(?:tcp|unix|udp)\(|[a-z0-9][\w-]{0,60}[.:/])/gi,
    isSecret: (value) => isSecretish(value) && !isReference(value),
  },
  {
    kind: 'password',
    pattern:
      /\b(?:jdbc:oracle:(?:thin|oci):|sqlplus(?:\s+-\S+){0,3}\s+|connect\s+|(?:userid|conn)\s*=\s*)["']?[\w$#]{1,60}\/(?<secret>[^\s@"']{1,200})@/gi,
    isSecret: isNoReference,
  },
  {
    kind: 'webhook',
    hint: 'hook',
    pattern:
      /(?:hooks\.slack(?:-gov)?\.com\/(?:services|workflows|triggers)|discord(?:app)?\.com\/api(?:\/v\d+)?\/webhooks\/\d{4,30}|\/webhookb2\/[^\s"'<>]{1,120}\/IncomingWebhook|hooks\.zapier\.com\/hooks\/catch|\/(?:web)?hooks?)\/(?<secret>[A-Za-z0-9/_-]{8,400})/gi,
    isSecret: (value) => isRandom(value.replaceAll('/', ''), 16) || /[A-Z].*\/.*[a-z]/.test(value),
  },
  { kind: 'Telegram token', pattern: /\/bot(?<secret>\d{6,16}:[A-Za-z0-9_-]{20,400})/g },
  // Headers of requests: whatever follows the scheme, to the end of the line or its quotes.
  {
    kind: 'credentials',
    pattern:
      /authorization\\?["']?\s{0,4}[:=]\s{0,4}\\?["']?(?:[A-Za-z][\w-]{2,30}[ \t]{1,4}(?=\S))?(?<secret>[^\s"',\\](?:[^\r\n"'\\]{0,8000}[^\s"'\\,])?)/gi,
    isSecret: (value) => isNoReference(value) && !isOrdinary(value),
  },
  {
    kind: 'bearer token',
    pattern: /\bbearer\s{1,4}(?<secret>[A-Za-z0-9._~+/=-]{8,8000})/gi,
    isSecret: (value) =>
      isRandom(value, 8) || (isSecretish(value) && !value.includes('=')) || /^[A-Za-z]{24,}$/.test(value),
  },
];

/** Hashes of passwords, and credentials in URLs and headers. */
export function formSecrets(text: string): Span[] {
  return knownSecrets(text, known);
}
