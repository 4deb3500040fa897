/** Faults of front matter: YAML, keys, values, and what is legal and hardly ever meant. */
import { body, type Case, fence, front } from '../frame.ts';

const whole = `id: case
title: A case
owner: platform
severity: low
match:
  alarms: ['case-*']
`;
/** The whole with one piece replaced. */
const but = (from: string, to: string) => {
  if (!whole.includes(from)) throw new Error(`the front matter has no ${from}`);
  return whole.replace(from, () => to);
};
const with_ = (more: string) => `${whole}${more}`;
const uses = (more: string, faulty: string, right?: string) =>
  front(
    'invalid-parameter',
    with_(`parameters:\n  thing:\n${faulty}`),
    right === undefined ? undefined : with_(`parameters:\n  thing:\n${right}`),
    fence(more),
  );
const thing = 'ls {{ thing }}';

export const frontMatter: readonly Case[] = [
  front('missing-key', `¤${but('id: case\n', '')}`, whole),
  front('missing-key', `¤${but('title: A case\n', '')}`),
  front('missing-key', `¤${but('owner: platform\n', '')}`),
  front('missing-key', `¤${but('severity: low\n', '')}`),
  front('missing-key', `¤${but("match:\n  alarms: ['case-*']\n", '')}`),
  front('unknown-key', but('severity', '¤sevrity')),
  front('unknown-key', but('title', '¤Title')),
  front('unknown-key', with_('¤tags: [linux]\n'), with_('x-tags: [linux]\nx-weight: 3\n')),
  front('unknown-key', but('alarms', '¤alarm')),
  front('unknown-key', with_('targets:\n  ¤tag: { role: web }\n'), with_('targets:\n  tags: { role: web }\n')),
  front('invalid-value', but('severity: low', 'severity: ¤urgent'), whole),
  front('invalid-value', but('severity: low', 'severity: ¤hihg')),
  front('invalid-value', but('id: case', 'id: ¤A Case')),
  front('invalid-value', but('title: A case', 'title: ¤1.10'), but('title: A case', "title: '1.10'")),
  front('invalid-value', but("['case-*']", '¤case-*')),
  front('invalid-value', but("match:\n  alarms: ['case-*']", "¤match:\n  alarms: ['*']")),
  front('invalid-value', with_('targets:\n  from: alarm\n  max: ¤50\n'), with_('targets:\n  from: alarm\n  max: 5\n')),
  front('invalid-value', with_('reviewed: ¤2026-02-30\n'), with_('reviewed: 2026-02-28\n')),
  front('invalid-value', with_('review_every: ¤often\n'), with_('review_every: 90d\n')),
  front('invalid-value', with_('links: [¤wiki]\n'), with_('links: [https://wiki.example.com/disk]\n')),
  front('duplicate-key', with_('¤owner: me\n'), whole),
  front('yaml-alias', but('severity: low', 'severity: &a low\nx-severity: ¤*a'), whole),
  front('yaml-syntax', but('owner: platform', 'owner: ¤[platform'), whole),
  front('yaml-syntax', but('owner: platform', "owner: ¤'platform")),
  front('yaml-syntax', but('title: A case', 'title: ¤Disk: full'), but('title: A case', "title: 'Disk: full'")),
  front('yaml-syntax', but('owner: platform', '¤\towner: platform')),
  front('yaml-syntax', but('owner: platform', '¤owner platform')),
  front('unused-parameter', with_('parameters:\n  ¤thing:\n    type: path\n    default: /srv\n')),
  front(
    'unknown-target',
    with_('targets:\n  web: { from: alarm }\n  db: { tags: { role: db } }\n'),
    undefined,
    `${fence('df -h', 'bash on=web')}\n2. Look\n\n   ¤\`\`\`bash on=dbs\n   df -h\n   \`\`\`\n`,
  ),
  front(
    'unknown-target',
    with_('targets:\n  web: { from: alarm }\n  db: { tags: { role: db } }\n'),
    undefined,
    fence('df -h', 'bash on=web') +
      '\n2. Look\n\n   ¤```bash\n   df -h\n   ```\n\n3. Look\n\n   ```bash on=db\n   df -h\n   ```\n',
  ),
  front('unknown-target', whole, undefined, '1. Look\n\n   ¤```bash on=web\n   df -h\n   ```\n'),
  front(
    'unused-target',
    with_('targets:\n  web: { from: alarm }\n  ¤db: { tags: { role: db } }\n'),
    undefined,
    fence('df -h', 'bash on=web'),
  ),
  front('unknown-key', with_('targets:\n  web: { ¤form: alarm }\n')),
  front('invalid-value', with_('targets:\n  web: { from: alarm, max: ¤40 }\n')),
  uses(thing, '    type: integer\n    from: person\n    default: ¤4\n', '    type: integer\n    from: person\n'),
  uses(thing, '    type: ¤path\n', '    type: path\n    default: /srv\n'),
  uses(thing, '    type: path\n    default: ¤srv\n'),
  uses(thing, '    type: ¤enum\n    default: a\n', '    type: enum\n    values: [a, b]\n    default: a\n'),
  uses(thing, '    type: integer\n    default: 3\n    pattern: ¤x\n'),
  uses(thing, '    type: integer\n    default: ¤0644\n', '    type: integer\n    default: 644\n'),
  uses(thing, '    type: integer\n    default: ¤1e3\n', '    type: string\n    default: 1.10\n'),
  uses(
    thing,
    '    type: string\n    default: a\n    pattern: ¤"(a+)+"\n',
    '    type: string\n    default: a\n    pattern: "[a-z]+"\n',
  ),
  uses(
    thing,
    '    type: string\n    default: a\n    pattern: ¤"[a-z]{0,200}[a-z]{0,200}[a-z]{0,200}[a-z]{0,200}"\n',
    '    type: string\n    default: a\n    pattern: "[a-z]{0,200}[a-z]{0,20}"\n',
  ),
  uses(
    thing,
    '    type: unit\n    pattern: "[a-z.]+"\n    default: a\n    max_length: ¤4000\n',
    '    type: unit\n    default: certbot.timer\n',
  ),
  front(
    'invalid-value',
    with_('parameters:\n  thing:\n    type: ¤interger\n    default: 3\n'),
    undefined,
    fence(thing),
  ),
  front(
    'invalid-value',
    with_('parameters:\n  thing:\n    type: path\n    from: ¤InstanceId\n'),
    undefined,
    fence(thing),
  ),
  front('unknown-environment', with_('environments: [¤prod]\n'), with_('environments: [production]\n')),
  front(
    'unknown-environment',
    with_('environments: [production, ¤qa]\n'),
    with_('environments: [production, staging]\n'),
  ),
  front('pattern-in-match', but("['case-*']", "[¤'mem(ory)?-.*']"), but("['case-*']", "['memory-*', 'mem-*']")),
  front('pattern-in-match', but("['case-*']", "[¤'^case-[0-9]+$']"), but("['case-*']", "['case (web) [blue]-*']")),
  front(
    'pattern-in-match',
    but("  alarms: ['case-*']", '  namespace: ¤AWS/*\n  metric: CPUUtilization'),
    but("  alarms: ['case-*']", '  namespace: AWS/EC2\n  metric: CPUUtilization'),
  ),
  front(
    'no-target',
    but("  alarms: ['case-*']", '  namespace: ¤AWS/SQS'),
    but("  alarms: ['case-*']", '  namespace: AWS/SQS\ntargets:\n  tags: { role: ops }'),
  ),
  front(
    'no-target',
    but("  alarms: ['case-*']", '  namespace: ¤AWS/RDS\n  metric: FreeStorageSpace'),
    but("  alarms: ['case-*']", '  namespace: CWAgent'),
  ),
  front('no-target', but("  alarms: ['case-*']", '  namespace: AWS/Lambda\ntargets:\n  from: ¤alarm')),
  front(
    ['pattern-in-match', 'no-target', 'pattern-in-match'],
    but(
      "match:\n  alarms: ['case-*']",
      "match:\n  - alarms: ['case-*', ¤'^x']\n  - namespace: [¤AWS/SQS, AWS/SNS]\n    unless: { alarms: [¤'a|(b|c)'] }",
    ),
    but(
      "match:\n  alarms: ['case-*']",
      "match:\n  - alarms: ['case-*']\n  - namespace: [AWS/SQS, CWAgent]\n    comparison: above",
    ),
  ),
  front(
    ['unknown-key', 'invalid-value'],
    but(
      "match:\n  alarms: ['case-*']",
      'match:\n  - metric: Depth\n  - { metric: Depth, ¤metrik: x }\n  - { metric: Depth, comparison: ¤abov }',
    ),
  ),
  front('review-overdue', with_('reviewed: ¤2024-01-10\n'), with_('reviewed: 2026-10-01\n')),
  front(
    'review-overdue',
    with_('reviewed: ¤2026-08-01\nreview_every: 90d\n'),
    with_('reviewed: 2026-08-01\nreview_every: 6m\n'),
  ),
  front('review-in-future', with_('reviewed: ¤2027-03-01\n'), with_('reviewed: 2026-11-28\n')),
  front('foreign-placeholder', but('owner: platform', 'owner: ¤<team>'), but('owner: platform', 'owner: team <3')),
  front('foreign-placeholder', but("['case-*']", "[¤'YOUR_ALARM']")),
  front('secret', with_('source: ¤ghp_0123456789abcdefghijABCDEFGHIJ456789\n')),
  { rules: ['front-matter-unclosed'], faulty: `¤---\n${whole}\n# A case\n\n${fence('df -h')}` },
  { rules: ['no-front-matter'], faulty: `¤# A case\n\n${fence('df -h')}` },
  { rules: ['no-front-matter'], faulty: `\n¤---\n${whole}---\n\n${fence('df -h')}` },
  { rules: ['windows-line-ends'], faulty: `---¤\n${whole}---\n\n${fence('df -h')}`.replaceAll('\n', '\r\n') },
  { rules: ['byte-order-mark'], faulty: `¤\ufeff---\n${whole}---\n\n${fence('df -h')}` },
  { rules: ['line-too-long'], faulty: `---\n${whole}---\n\n${'word '.repeat(600)}¤word\n\n${fence('df -h')}` },
  body(
    'secret',
    `The key is ¤AKIAQ3EGV5XMB7KLW2RT.\n\n${fence('df -h')}`,
    `The key is in Secrets Manager.\n\n${fence('df -h')}`,
  ),
];
