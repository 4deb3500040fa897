/** Twelve forms of other people's runbooks: what becomes of each, what is said of it, and that no command is invented. */
import { describe, expect, test } from 'vitest';
import { importRunbook } from '../../../core/import/import.ts';
import { readRunbook } from '../../../core/runbook/parse.ts';

interface Shape {
  readonly what: string;
  readonly text: string;
  /** Title and command of each step; null for a manual one. */
  readonly steps: readonly (readonly [title: string, command: string | null])[];
  readonly notes: readonly RegExp[];
  /** Rules that the result still breaks, for a person to see to. */
  readonly left?: readonly string[];
}

const shapes: readonly Shape[] = [
  {
    what: 'headings with fences at the left margin',
    text: '# Disk full\n\nWhen the disk is full.\n\n## Step 1: Look\n\n```bash\ndf -h\n```\n\n## 2. Find what is large\n\nTake your time.\n\n```bash\ndu -xh / | sort -rh | head\n```\n',
    steps: [
      ['Look', 'df -h'],
      ['Find what is large', 'du -xh / | sort -rh | head'],
    ],
    notes: [/owner was guessed/, /severity was guessed/, /alarms were guessed/],
  },
  {
    what: 'prompts and output in console blocks',
    text: '# Pods\n\n### See them\n\n```console\n$ kubectl get pods\nNAME READY\nweb 1/1\n$ kubectl get nodes\n```\n',
    steps: [['See them', 'kubectl get pods\nkubectl get nodes']],
    notes: [/2 lines without a prompt were taken for output/],
  },
  {
    what: 'root prompts',
    text: '# Host\n\n## Look\n\n```\n[root@web-1 ~]# free -m\n```\n',
    steps: [['Look', 'free -m']],
    notes: [/the prompt "\[root@web-1 ~\]#" was dropped/],
  },
  {
    what: 'placeholders in angle brackets, brackets and capitals',
    text: '# Service\n\n## Look\n\n```bash\nsystemctl status <service_name> -l\ndocker logs --tail 5 [container-id]\nls "YOUR_FOLDER"\n```\n',
    steps: [
      ['Look', 'systemctl status {{ service_name }} -l\ndocker logs --tail 5 {{ container_id }}\nls {{ folder }}'],
    ],
    notes: [
      /<service_name> became the parameter service_name/,
      /\[container-id\] became the parameter container_id/,
      /YOUR_FOLDER became/,
    ],
  },
  {
    what: 'a placeholder where no value can be put',
    text: '# Port\n\n## Try it\n\n```bash\nnc -z <host>:443\n```\n',
    steps: [['Try it', null]],
    notes: [/<host> stands where no value can be put/],
    left: ['foreign-placeholder'],
  },
  {
    what: 'foreign front matter',
    text: '---\ntitle: Pod crash loop\nauthor: sre\nseverity: sev2\nweight: 20\ntags: [kubernetes, pods]\nreviewed: 2026-05-01\n---\n\n## Look\n\n```sh\nkubectl get pods -A\n```\n',
    steps: [['Look', 'kubectl get pods -A']],
    notes: [/kept for other tools: x-author, x-weight, x-tags/],
  },
  {
    what: 'numbered items with inline code only',
    text: '# Queue\n\n1. Look at the queue: `rabbitmqctl list_queues`\n2. Restart the consumer with `systemctl restart consumer`\n3. Tell the owner\n',
    steps: [
      ['Look at the queue: rabbitmqctl list_queues', 'rabbitmqctl list_queues'],
      ['Restart the consumer with systemctl restart consumer', 'systemctl restart consumer'],
      ['Tell the owner', null],
    ],
    notes: [/`rabbitmqctl list_queues` stood in the line/],
  },
  {
    what: 'numbered items whose fences are indented',
    text: '# Web\n\n1. **Check it**\n\n   ```bash\n   nginx -t\n   ```\n\n2. Reload it\n   ```bash\n   systemctl reload nginx\n   ```\n',
    steps: [
      ['Check it', 'nginx -t'],
      ['Reload it', 'systemctl reload nginx'],
    ],
    notes: [],
  },
  {
    what: 'numbers that begin again in each section',
    text: '# Db\n\n## Diagnose\n\n1. Count\n\n   ```bash\n   psql -c "SELECT 1"\n   ```\n\n## Mend\n\n1. Call the owner\n',
    steps: [
      ['Count', 'psql -c "SELECT 1"'],
      ['Call the owner', null],
    ],
    notes: [],
  },
  {
    what: 'other languages',
    text: '# Db\n\n## Count\n\n```bash\npsql -c "SELECT 1"\n```\n\n```sql\nSELECT * FROM orders;\n```\n',
    steps: [['Count', 'psql -c "SELECT 1"']],
    notes: [/the block is sql, not shell/],
  },
  {
    what: 'lines that end with a colon before several fences of one section',
    text: '# 🛠️ Memory ⚠️\n\n## Diagnose\n\nSee what is free:\n\n```bash\nfree -m\n```\n\nSee who has it:\n\n```bash\nps aux --sort=-%mem\n```\n',
    steps: [
      ['See what is free', 'free -m'],
      ['See who has it', 'ps aux --sort=-%mem'],
    ],
    notes: [],
  },
  {
    what: 'Windows line ends, a byte order mark, typographic quotes, bullets with code',
    text: '\ufeff# Log\r\n\r\n- Search it\r\n\r\n  ```bash\r\n  grep “error” /var/log/syslog\r\n  ```\r\n',
    steps: [['Search it', 'grep "error" /var/log/syslog']],
    notes: [/typographic character was made plain/],
  },
  {
    what: 'no command at all',
    text: '# Outage\n\nCall the provider. Wait.\n',
    steps: [],
    notes: [/no command was found/],
    left: ['no-steps'],
  },
];

describe.each(shapes)('$what', ({ text, steps, notes, left = [] }) => {
  const imported = importRunbook(text, 'wiki page.md');
  const draft = readRunbook(imported.runbook, 'a.md');

  test('becomes the steps that it has, and breaks no further rule', () => {
    expect(
      draft.findings.map(({ rule }) => rule),
      imported.runbook,
    ).toEqual(left);
    if (left.length === 0)
      expect(draft.runbook?.steps.map(({ title, command }) => [title, command?.text ?? null])).toEqual(steps);
  });

  test('says what was dropped or guessed', () => {
    for (const note of notes) expect(imported.notes.map((one) => one.text)).toContainEqual(expect.stringMatching(note));
  });

  test('invents no command', () => {
    const plain = (part: string) => part.replace(/[“”"]/g, '').replace(/\s+/g, ' ');
    for (const { scripts } of draft.steps)
      for (const line of scripts.flatMap(({ template }) => template.text.split('\n')))
        for (const part of line.split(/\{\{ \w+ \}\}/)) expect(plain(text)).toContain(plain(part).trim());
  });
});

test('an imported runbook is not changed by importing it again, but for what it says of itself', () => {
  const [shape] = shapes;
  const once = importRunbook(shape?.text ?? '', 'disk.md').runbook;
  const again = importRunbook(once, 'disk.md').runbook;
  const steps = (text: string) =>
    readRunbook(text, 'a.md').runbook?.steps.map(({ title, command }) => [title, command?.text]);
  expect(steps(again)).toEqual(steps(once));
});
