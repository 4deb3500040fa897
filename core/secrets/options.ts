/** Secrets in command lines, where the tool and its option say so: `mysql -pX`, `curl -u a:X`, `sshpass -p X`, `redis-cli -a X`. */
import type { Span } from './span.ts';
import { isOrdinary, isReference, isSecretish } from './value.ts';

/** A value behind an option: quoted, or up to a blank or an operator. */
const word = String.raw`(?:\\?"(?<a>[^"\n\\]{1,400})|\\?'(?<b>[^'\n\\]{1,400})|(?<c>(?!\/\/)[^\s\0"'|;&<>(),\\]{1,400}))`;
/** Between an option and its value: a blank, the NUL of /proc/…/cmdline, or the next string of an argument list. */
const gap = String.raw`(?:[ \t\0]{1,8}|["'][ \t\n]{0,12},?[ \t\n]{0,40}(?=["']))`;
const start = String.raw`(?<=[\s\0"'])`;

interface Tools {
  readonly tools: string;
  readonly option: string;
}

/** Tools whose option takes a secret; the option's pattern ends where the value begins. */
const byTool: readonly Tools[] = [
  {
    tools:
      'mysql(?:dump|admin|import|check|show|sh|pump|binlog|slap)?|mariadb(?:-[a-z]+)?|mycli|xtrabackup|mariabackup|innobackupex|mydumper|myloader|7z[az]?|rar|unrar',
    option: String.raw`${start}-p(?=[^\s\0-])(?!rint|rune\b|ath\b|erm\b)`,
  },
  { tools: 'sshpass', option: `${start}-p${gap}?` },
  {
    tools:
      'mongo(?:sh|dump|restore|export|import|stat|top|files)?|cqlsh|(?:docker|podman|nerdctl|buildah|skopeo|crane|oras|oc|az|cf|registry|argocd|rancher|harbor|quay|regctl)[ \\t]+(?:[a-z]+[ \\t]+)?login|influx|evil-winrm|crackmapexec|netexec|nxc|smbmap|winexe|rdesktop|clickhouse-client|impala-shell|beeline|kcadm(?:\\.sh)?|svn|lftp|ansible-vault|psexec(?:64)?(?:\\.exe)?',
    option: `${start}-p${gap}`,
  },
  { tools: '(?:redis|valkey|keydb)-(?:cli|benchmark)', option: `${start}(?:-a|--pass)${gap}` },
  {
    tools: 'ldap(?:search|modify|add|delete|whoami|passwd|compare|modrdn|exop|url)',
    option: String.raw`${start}-[ws]${gap}?(?![a-z]+\b)`,
  },
  {
    tools:
      'sqlcmd|bcp|osql|tsql|mssql-cli|mosquitto_(?:pub|sub|rr)|ipmitool|ipmiutil|zip|unzip|isql-fb|kafkacat|nsrwatch',
    option: `${start}-P${gap}?`,
  },
  {
    tools: 'snmp(?:get|walk|bulkget|bulkwalk|set|getnext|table|trap|inform|df|netstat|status|test)',
    option: String.raw`${start}-[cAX]${gap}?(?!all\b)`,
  },
  { tools: 'openssl', option: `${start}-[kK]${gap}` },
  {
    tools: 'htpasswd',
    option: String.raw`${start}-[a-zA-Z]{0,6}b[a-zA-Z]{0,6}[ \t]+(?:-\S+[ \t]+){0,3}\S+[ \t]+\S+[ \t]+`,
  },
  { tools: 'rabbitmqctl', option: String.raw`(?:add_user|change_password|authenticate_user)[ \t]+\S+[ \t]+` },
  {
    tools: 'vault',
    option: String.raw`(?:login|unseal|unwrap|token[ \t]+(?:lookup|revoke|renew))[ \t]+(?!-)(?=\S*\d)`,
  },
  { tools: 'wpa_passphrase', option: String.raw`wpa_passphrase[ \t]+(?:"[^"\n]+"|\S+)[ \t]+` },
  { tools: 'xfreerdp[23]?|wlfreerdp|mstsc', option: String.raw`${start}\/(?:p|pwd|password):` },
  { tools: 'net[ \\t]+user', option: String.raw`net[ \t]+user[ \t]+\S+[ \t]+(?![/*])` },
  { tools: 'schtasks', option: String.raw`\/rp[ \t]` },
  { tools: 'cmdkey|runas|wmic', option: String.raw`\/(?:pass|password|p):` },
  {
    tools: 'smbclient|rpcclient|smbget|winexe|smbcacls|net[ \\t]+(?:rpc|ads)|mount\\.cifs|smbtree|pth-\\w+',
    option: String.raw`${start}(?:-U|--user=?)[ \t]?["']?[^\s"'%]{1,80}%`,
  },
  {
    tools: 'sqlplus|rman|expdp|impdp|sqlldr|tnsping',
    option: String.raw`(?<=[\s"'=])[A-Za-z][\w$#]{0,40}\/(?=[^\s/"'@]+(?:@|\s|$))`,
  },
  {
    tools: 'curl|wget|https?|xh|ab|hey|siege|wrk',
    option: String.raw`${start}(?:-[uUA]|--(?:proxy-)?user|--auth|-a)[= \t]{0,4}["']?[^\s:"'@/]{1,100}:`,
  },
  {
    tools: 'gpg2?|gpgsm|keytool|jarsigner|signtool|pdftk|qpdf|steghide',
    option: `${start}-{1,2}(?:passphrase|(?:src|dest)?(?:store|key)pass|p|passin|passout|user_pw|owner_pw)${gap}(?!-)`,
  },
];

interface Anywhere {
  readonly option: string;
  readonly isSecret: (value: string, before: string) => boolean;
}

/** What stands for a user: names, not numbers, and no tool that takes a user and a group there. */
const takesGroup =
  /\b(?:docker|podman|nerdctl|chown|install|setpriv|runuser|su|sudo|gosu|su-exec|rsync|lxc|crictl|kubectl|ctr|nerdctl|chroot)\b[^\n|;&]*$/;

const anywhere: readonly Anywhere[] = [
  {
    option: String.raw`${start}(?:-[uU]|--(?:proxy-|http-|api-)?(?:user|auth|creds|credentials|login|basic(?:-auth)?))(?:=|[ \t\0]{0,4}|${gap})\\?["']?[^\s:"'@/\\=]{1,100}:`,
    isSecret: (value, before) => !/^\d+$/.test(value) && !(takesGroup.test(before) && !isSecretish(value)),
  },
  { option: String.raw`${start}login=[^\s:"'@/\\=]{1,100}:`, isSecret: () => true },
  // net use \\\\server\\share /user:name X
  { option: String.raw`\/u(?:ser)?:[^\s"']{1,100}[ \t](?![/-])`, isSecret: isSecretish },
  { option: String.raw`${start}-U[ \t]{0,2}["']?[^\s"'%]{1,80}%`, isSecret: () => true },
  { option: String.raw`\bpass(?:in|out)?(?:[ \t]{1,4}|=)?\bpass:`, isSecret: () => true },
  { option: String.raw`(?<=[\s"'=])pass:`, isSecret: isSecretish },
  // echo X | sudo -S, passwd --stdin, docker login --password-stdin, chpasswd <<< user:X
  {
    option: String.raw`\b(?:echo|printf)[ \t]+(?:-[neE]+[ \t]+)?(?:["']?%s(?:\\n)?["']?[ \t]+)?(?=(?:"[^"\n]*"|'[^'\n]*'|[^\s|]+)[ \t]*\|[ \t]*(?:sudo[ \t]+(?:-\w+[ \t]+)*-S\b|(?:sudo[ \t]+)?passwd\b[^|\n]*--stdin|[^|\n]*--(?:password|token|pass)-stdin|[^|\n]*--with-token|cryptsetup|gpg\b[^|\n]*--passphrase-fd))`,
    isSecret: () => true,
  },
  {
    option: String.raw`\b(?:echo|printf)[ \t]+(?:-[neE]+[ \t]+)?["']?[a-z_][\w.-]{0,40}:(?=[^\s|]+[ \t]*\|[ \t]*(?:sudo[ \t]+)?chpasswd)`,
    isSecret: () => true,
  },
  { option: String.raw`\bchpasswd\b[^\n|;&]{0,40}<<<[ \t]*["']?[a-z_][\w.-]{0,40}:`, isSecret: () => true },
];

/** How much of a command line is looked at behind its tool. */
const longestCommand = 2000;

/** A text without any of these tools needs not be asked for each. */
const anyTool = new RegExp(String.raw`(?<![\w.-])(?:${byTool.map(({ tools }) => tools).join('|')})(?![\w.]|-[a-z])`);

/** Signs of the options that are looked for everywhere. */
const anyOption = /-[uU]|--[a-z-]{0,30}(?:user|auth|cred|login|basic)|pass|login|\/u|\becho\b|\bprintf\b/;

export function optionSecrets(text: string): Span[] {
  return [
    ...(anyTool.test(text) ? byTool.flatMap((one) => ofTool(text, one)) : []),
    ...(anyOption.test(text) ? anywhere.flatMap((one) => ofAny(text, one)) : []),
  ];
}

const compiled = new Map<string, { tools: RegExp; value: RegExp }>();

function patternsOf({ tools, option }: Tools): { tools: RegExp; value: RegExp } {
  const known = compiled.get(tools);
  if (known) return known;
  const patterns = {
    tools: new RegExp(String.raw`(?<![\w.-])(?:${tools})(?![\w.]|-[a-z])`, 'g'),
    value: new RegExp(option + word, 'g'),
  };
  compiled.set(tools, patterns);
  return patterns;
}

/** Each command is looked at once, however often it names such tools. */
function ofTool(text: string, one: Tools): Span[] {
  const { tools, value } = patternsOf(one);
  const spans: Span[] = [];
  let next = 0;
  for (const match of text.matchAll(tools)) {
    if (match.index < next) continue;
    const command = /[^\n|;]{0,2000}/y;
    command.lastIndex = match.index;
    const line = command.exec(text)?.[0] ?? '';
    next = match.index + Math.min(line.length, longestCommand);
    spans.push(...valuesIn(line, value, match.index, () => true));
  }
  return spans;
}

function ofAny(text: string, { option, isSecret }: Anywhere): Span[] {
  const known = compiledAnywhere.get(option) ?? new RegExp(option + word, 'g');
  compiledAnywhere.set(option, known);
  return valuesIn(text, known, 0, isSecret);
}

const compiledAnywhere = new Map<string, RegExp>();

function valuesIn(text: string, pattern: RegExp, offset: number, isSecret: Anywhere['isSecret']): Span[] {
  return [...text.matchAll(pattern)].flatMap((match): Span[] => {
    const value = match.groups?.a ?? match.groups?.b ?? match.groups?.c ?? '';
    const end = match.index + match[0].length;
    const before = text.slice(Math.max(0, match.index - 200), match.index);
    if (isReference(value) || isOrdinary(value) || !isSecret(value, before)) return [];
    return [{ start: offset + end - value.length, end: offset + end, kind: 'password' }];
  });
}
