/** Secrets by the line in which certain files keep them: shadow, htpasswd, .pgpass, .netrc, SQL, network devices. */
import { type Known, knownSecrets } from './known.ts';
import { type Span, spansOf } from './span.ts';
import { isMixed, isOrdinary, isRandom, isReference, isSecretish } from './value.ts';

const isWord = (value: string) => isOrdinary(value) || isReference(value);

const lines: readonly Known[] = [
  // chap-secrets, sasl_passwd, what installers say, PowerShell.
  {
    kind: 'password',
    pattern:
      /(?:^|["'=])[ \t]*(?:"[^"\n]{1,64}"|[\w.@\\-]{1,64}|\*)[ \t]+(?:"[^"\n]{1,64}"|[\w.@-]{1,64}|\*)[ \t]+"?(?<secret>[^\s"]{4,200})"?[ \t]+(?:\*|\d{1,3}(?:\.\d{1,3}){3})[ \t]*(?=$|["'&])/gm,
    isSecret: isSecretish,
  },
  {
    kind: 'password',
    pattern:
      /(?:^|["'=])(?:\[(?=[\d.]{0,60}[a-z])[\w.-]{1,255}\](?::\w{1,10})?|[a-z][\w.-]{1,255}:\d{2,5})[ \t]+[\w.@+-]{1,255}:(?<secret>[^\s"'&]{4,200})(?=$|["'&])/gm,
    isSecret: isSecretish,
  },
  {
    kind: 'password',
    hint: 'password',
    pattern: /\bpassword\b[^:=\n]{1,80}:[ \t]{1,4}(?<secret>[^\s"'&]{6,128})[ \t]*(?=\r?$|["'&])/gim,
    isSecret: (value) =>
      isRandom(value, 8) || (isSecretish(value) && !/^[a-z]+[-_.:]?\d+$/i.test(value) && !isWord(value)),
  },
  {
    kind: 'password',
    hint: 'password',
    pattern: /\bpassword\b[^:=\n]{0,80}:[ \t]*\r?\n\r?\n?[ \t]*(?<secret>[A-Za-z0-9+/=_-]{12,128})[ \t]*\r?$/gim,
    isSecret: (value) => isRandom(value, 12),
  },
  {
    kind: 'recovery code',
    hint: 'code',
    pattern:
      /\b(?:recovery|backup|scratch|one-time)[ _-]?codes?["']?\s{0,3}[:=]\s{0,3}["'[]{0,2}(?<secret>[\w, -]{5,400}\w)/gi,
    isSecret: (value) => /\d/.test(value) && /^[\w-]*\d/.test(value),
  },
  {
    kind: 'password',
    hint: 'convertto-',
    pattern: /\bConvertTo-SecureString[ \t]+(?:-String[ \t]+)?["'](?<secret>[^"'\n]{1,400})["']/gi,
    isSecret: (value) => !isWord(value),
  },
  // name:hash:days:…, of shadow and gshadow.
  {
    kind: 'password hash',
    pattern: /^[ \t]*[a-z_][\w.-]{0,31}\$?:!{0,2}(?<secret>[^:\s*!]{8,400})(?=:\d{0,6}:\d{0,6}:\d{0,6}:)/gim,
  },
  {
    kind: 'password hash',
    pattern: /^[\w.@-]{1,64}:(?<secret>[./A-Za-z0-9]{13})$/gm,
    isSecret: (value) => isMixed(value, 13),
  },
  { kind: 'password hash', pattern: /^[\w.@-]{1,64}:[\w .@-]{1,64}:(?<secret>[0-9a-f]{32})$/gm },
  {
    kind: 'password',
    pattern:
      /(?<![\w.*:/-])[\w.*-]{1,255}:(?:\d{2,5}|\*):[\w.*-]{1,64}:(?=\S{0,64}[A-Za-z*])[\w.@*-]{1,64}:(?<secret>[^\s:"'&,}]{4,400})(?=$|[\s"'&,}])/gm,
    isSecret: isSecretish,
  },
  { kind: 'password', hint: 'login', pattern: /\blogin\s{1,8}\S{1,255}\s{1,8}password\s{1,8}(?<secret>\S{1,400})/g },
  {
    kind: 'password',
    hint: 'passw',
    pattern: /^[ \t]*(?:set[ \t])?passw(?:or)?d[ \t](?<secret>[^\s:=]\S{3,400})[ \t]*\r?$/gim,
    isSecret: (value) => !isWord(value) && !/^[a-z]+$/.test(value),
  },
  {
    kind: 'password',
    hint: 'identified',
    pattern:
      /\bidentified[ \t]{1,4}(?:with[ \t]{1,4}\S{1,60}[ \t]{1,4})?(?:by|as)[ \t]{1,4}(?:password[ \t]{1,4})?(?<quote>["']?)(?<secret>[^\s"';]{1,400})/gi,
    isSecret: (value) => !isWord(value),
  },
  {
    kind: 'password',
    hint: 'password',
    pattern: /\bPASSWORD(?:[ \t]{1,4}|\()["'](?<secret>[^\s"']{1,400})["']/g,
    isSecret: (value) => !isWord(value),
  },
  {
    kind: 'password',
    hint: 'password',
    pattern: /\bpassword(?:[ \t]{1,4}|\()["'](?<secret>[^\s"']{1,400})["']/gi,
    isSecret: isSecretish,
  },
  // Cisco and its like: enable secret 5 …, password 7 …, snmp-server community …
  {
    kind: 'password',
    pattern:
      /\b(?:secret|password|key|key-string|md5)[ \t]{1,3}(?:level[ \t]\d{1,2}[ \t])?[0-9][ \t]{1,3}(?<secret>[^\s"']{6,200})/gi,
    isSecret: (value) => /\d/.test(value) && !isWord(value),
  },
  {
    kind: 'password',
    hint: 'community',
    pattern:
      /\bsnmp-server[ \t]community[ \t](?<secret>\S{2,64})|\b(?:rocommunity6?|rwcommunity6?|pre-shared-key|wpa-psk)[ \t]+"?(?<secret2>\S{2,64})/g,
    isSecret: (value) => !isWord(value),
  },
  // What protocols say: FTP, IMAP, Redis with its access lists; the private members of a JSON web key.
  {
    kind: 'password',
    hint: 'pass',
    pattern: /(?:^|[>:"] ?)PASS[ \t]"?(?<secret>[^\s"]{4,200})/gm,
    isSecret: isSecretish,
  },
  {
    kind: 'password',
    hint: 'login',
    pattern: /\bLOGIN[ \t]"?[^\s"]{1,100}"?[ \t]"?(?<secret>[^\s"]{4,200})/g,
    isSecret: isSecretish,
  },
  {
    kind: 'password',
    hint: 'auth',
    pattern: /(?:\bAUTH"?|"auth")[ \t]{1,2}(?:"[^"\n]{1,100}"[ \t])?"?(?<secret>[^\s"]{4,200})/g,
    isSecret: isSecretish,
  },
  {
    kind: 'password',
    hint: ' >',
    pattern: /[ \t]>(?<secret>[^\s"']{4,200})(?=[ \t]{1,4}[~&+%@][\w*@])/g,
    isSecret: isSecretish,
  },
  { kind: 'key', hint: '":', pattern: /"(?:d|p|q|dp|dq|qi|k)"\s{0,4}:\s{0,4}"(?<secret>[\w-]{20,2000})"/g },
  // The name of the secret is in another attribute, or what it is in none.
  {
    kind: 'secret',
    hint: 'value',
    pattern:
      /"[Vv]alue"\s{0,4}:\s{0,4}"(?<secret>[^"\n]{1,4000})"(?=[^{}]{0,200}(?:"sensitive"\s{0,4}:\s{0,4}true|"SecureString"))/g,
    isSecret: (value) => !isReference(value),
  },
  {
    kind: 'secret',
    hint: 'value',
    pattern:
      /(?:"sensitive"\s{0,4}:\s{0,4}true|"SecureString"),[^{}]{0,200}"[Vv]alue"\s{0,4}:\s{0,4}"(?<secret>[^"\n]{1,4000})"/g,
    isSecret: (value) => !isReference(value),
  },
];

export function fileSecrets(text: string): Span[] {
  return [...knownSecrets(text, lines), ...cookies(text)];
}

/** What a header, or curl's option, says of cookies: each value that seems drawn at random. */
function cookies(text: string): Span[] {
  const headers = text.matchAll(/(?:\bcookie2?["']?[ \t]{0,2}:|\s(?:-b|--cookie)[ \t=])[ \t]{0,2}([^\r\n]{1,8000})/gi);
  return [...headers].flatMap((header) => {
    const start = header.index + header[0].length - (header[1]?.length ?? 0);
    return spansOf(header[1] ?? '', /[\w.%-]{1,80}=(?<secret>[^\s;,"'=]{8,4096}={0,2})/g, 'session', isSession).map(
      (span) => ({
        ...span,
        start: span.start + start,
        end: span.end + start,
      }),
    );
  });
}

const isSession = (value: string) =>
  isRandom(value.replace(/%[0-9A-F]{2}/gi, ''), 8) || /^(?=.*\d)[0-9a-f]{16,}$/i.test(value);
