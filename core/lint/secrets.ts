/** Secrets that a runbook would show to everybody who may read it, and to every host that it runs on. */
import { secretsIn } from '../redact.ts';
import type { Draft } from '../runbook/parse.ts';
import type { Finding } from '../runbook/problem.ts';
import type { RuleName } from '../runbook/rules.ts';
import { type DraftScript, placeIn } from '../runbook/scripts.ts';

interface Found {
  readonly start: number;
  readonly what: string;
}

/** A value, not a reference to one: no variable, substitution, placeholder or mask. */
const value = String.raw`(?!["']?(?:\$|\{\{|<|\*{3}|x{3,}|-(?:$|\s)|"|'))`;

/** What only a command's syntax tells. Each captures what stands before the secret. */
const shapes: readonly (readonly [what: string, pattern: RegExp])[] = [
  [
    'password',
    new RegExp(String.raw`(\b(?:PGPASSWORD|MYSQL_PWD|REDISCLI_AUTH|SSHPASS|RABBITMQ_DEFAULT_PASS)=)${value}\S`, 'g'),
  ],
  ['password', new RegExp(String.raw`(\bcurl\b[^\n|;&]*?\s(?:-u|--user)[ =]?["']?[^\s:"'$]+:)${value}[^\s"']`, 'g')],
  [
    'password',
    new RegExp(String.raw`(\b(?:mysql|mysqladmin|mysqldump|mariadb)\b[^\n|;&]*?\s-p)${value}[^\s"'-]\S*`, 'g'),
  ],
  [
    'password',
    new RegExp(String.raw`(\b(?:mysql|mysqladmin|mysqldump|mariadb)\b[^\n|;&]*?\s-p["'])${value}[^\s"']`, 'g'),
  ],
  ['password', new RegExp(String.raw`(\bredis-cli\b[^\n|;&]*?\s-a[ ]["']?)${value}[^\s"']`, 'g')],
  ['password', new RegExp(String.raw`(\bsshpass\b[^\n|;&]*?\s-p[ ]?["']?)${value}[^\s"']`, 'g')],
  [
    'password',
    new RegExp(String.raw`(\b(?:docker|podman|helm)\b[^\n|;&]*?\blogin\b[^\n|;&]*?\s-p[ ]["']?)${value}[^\s"']`, 'g'),
  ],
  ['password', new RegExp(String.raw`(\bmongo(?:sh|dump|restore)?\b[^\n|;&]*?\s-p[ ]["']?)${value}[^\s"']`, 'g')],
  ['password', new RegExp(String.raw`(\b(?:ldap\w+)\b[^\n|;&]*?\s-w[ ]["']?)${value}[^\s"']`, 'g')],
  ['key', new RegExp(String.raw`(\bX-(?:API-Key|Auth-Token|Vault-Token)\s*:\s*["']?)${value}[^\s"']`, 'gi')],
];

/** The secrets of a text, each once, by where the value begins. */
function found(text: string): Found[] {
  const own = shapes.flatMap(([what, pattern]) =>
    [...text.matchAll(pattern)].map((match) => ({ what, start: match.index + (match[1]?.length ?? 0) })),
  );
  const known = secretsIn(text).map(({ start, kind }) => ({ start, what: kind }));
  const all = [...known, ...own].sort((a, b) => a.start - b.start);
  return all.filter(({ start }, index) => index === 0 || start > (all[index - 1]?.start ?? 0) + 2);
}

const cure =
  'let the host read it where it is used, from Secrets Manager or a file of its own (~/.pgpass, ~/.my.cnf); and change it, since it was written here';

export function scriptSecrets({ template, mended }: DraftScript, lines: readonly string[]): Finding[] {
  return found(mended).map(({ start, what }) => ({ ...finding(what), ...placeIn(template, start, lines) }));
}

/** Kinds that have a form of their own: in prose and in other languages a name alone says little. */
const ofKnownForm =
  /^(?:AWS|Azure|Bedrock|Discord|Fernet|Firebase|GitHub|Google|JSON web|OpenAI|PASETO|Slack|Telegram|Twilio|Vault|private|vendor|webhook)/;

/** Secrets of a known form outside of scripts: front matter and prose. */
export function proseSecrets({ lines, steps, body }: Draft): Finding[] {
  const inScripts = new Set(
    [...steps.flatMap(({ scripts }) => scripts), ...body.stray].flatMap(({ template: { text, line } }) =>
      text.split('\n').map((_, index) => line + 1 + index),
    ),
  );
  return lines.flatMap((text, index): Finding[] => {
    if (inScripts.has(index + 1)) return [];
    return secretsIn(text)
      .filter(({ kind }) => ofKnownForm.test(kind))
      .map(({ start, kind }) => ({ ...finding(kind), line: index + 1, column: start + 1 }));
  });
}

function finding(what: string): { rule: RuleName; message: string; fix: string } {
  return { rule: 'secret', message: `a ${what} stands here for everybody to read`, fix: cure };
}
