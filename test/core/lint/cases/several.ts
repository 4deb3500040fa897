/** Files with several faults: none hides another, wherever it stands. */
import { body, type Case, fence, front } from '../frame.ts';

const open = `id: case\ntitle: A case\nowner: platform\nseverity: ¤urgent\nmatch:\n  alarms: ['case-*']\n`;

export const several: readonly Case[] = [
  // Front matter and body
  front(['invalid-value', 'prompt'], open, undefined, fence('¤$ df -h')),
  front(['invalid-value', 'stray-code'], open, undefined, `${fence('df -h')}\n¤\`\`\`bash\nfree -m\n\`\`\`\n`),
  front(
    ['invalid-value', 'unknown-key', 'undeclared-parameter'],
    `${open}¤tags: [a]\n`,
    undefined,
    fence('ls ¤{{ folder }}'),
  ),
  front(
    ['missing-key', 'foreign-placeholder'],
    "¤id: case\nowner: platform\nseverity: low\nmatch:\n  alarms: ['case-*']\n",
    undefined,
    fence('systemctl status ¤<unit>'),
  ),
  front(
    ['invalid-value', 'invalid-value', 'endless-command'],
    open.replace('id: case', 'id: ¤A B'),
    undefined,
    fence('¤top'),
  ),
  front(
    ['yaml-syntax', 'endless-command'],
    open.replace('¤urgent', 'low').replace('owner: platform', 'owner: ¤[platform'),
    undefined,
    fence('¤top'),
  ),
  front(
    ['invalid-value', 'yaml-syntax', 'shell-syntax'],
    open.replace('severity: ¤urgent', "severity: ¤'low").replace('id: case', 'id: ¤A B'),
    undefined,
    fence("echo ¤'a"),
  ),
  front(
    ['yaml-alias', 'yaml-alias', 'prompt'],
    `${open.replace('¤urgent', '&a low')}x-a: ¤*a\nx-b: ¤*a\n`,
    undefined,
    fence('¤$ df -h'),
  ),
  front(
    ['duplicate-key', 'invalid-value', 'prompt'],
    open.replace('severity', '¤owner: me\nseverity'),
    undefined,
    fence('¤$ df -h'),
  ),
  {
    rules: ['no-front-matter', 'prompt', 'stray-code', 'stray-code', 'stray-code'],
    faulty: `¤# 🛠️ Disk\n\n${fence('¤$ df -h')}\n${'¤```bash\ndf\n```\n\n'.repeat(3)}`,
  },
  {
    rules: ['front-matter-unclosed', 'invalid-value', 'prompt'],
    faulty: `¤---\n${open}\n# A case\n\n${fence('¤$ df -h')}`,
  },
  front(
    ['yaml-syntax', 'yaml-syntax', 'yaml-syntax', 'prompt'],
    "id: case\ntitle: ¤Disk: full\nowner: ¤'platform\nseverity: low\nmatch: ¤[a\n",
    undefined,
    fence('¤$ df -h'),
  ),
  front(
    ['yaml-syntax', 'unknown-key', 'invalid-value', 'invalid-parameter', 'undeclared-parameter'],
    'id: case\ntitle: ¤Disk: full\nowner: platform\n¤sevrity: low\nmatch:\n  alarms: ¤case\nparameters:\n  unit: { type: unit, from: tag:unit }\n  log_dir: { type: path, default: ¤var }\n',
    undefined,
    fence('ls {{ log_dir }} ¤{{ unti }}'),
  ),
  // Several in one step, and in one script
  body(['prompt', 'foreign-placeholder'], fence('¤$ systemctl status ¤<service>')),
  body(['prompt', 'typographic-character'], fence('¤$ grep ¤“x” /etc/hosts')),
  body(['foreign-placeholder', 'foreign-placeholder'], fence('kubectl -n ¤<namespace> get pod ¤<pod>')),
  body(
    ['endless-command', 'interactive-command', 'endless-command'],
    fence('¤top\n¤less /etc/hosts\n¤tail -f /var/log/syslog'),
  ),
  body(['fence-word', 'fence-word', 'prompt'], fence('¤$ df -h', 'bash ¤sudo ¤timeout=2h')),
  body(['fence-language', 'endless-command'], `1. Look\n\n   ¤\`\`\`console\n   $ ¤top\n   \`\`\`\n`),
  body(
    ['undeclared-parameter', 'undeclared-parameter', 'placeholder-position'],
    fence('ls ¤{{ one }} ¤{{ two }} "¤{{ dir }}"'),
  ),
  body(
    ['step-title', 'prompt', 'second-fence', 'endless-command'],
    `¤1. \`\`\`bash\n   ¤$ df -h\n   \`\`\`\n   ¤\`\`\`bash\n   ¤top\n   \`\`\`\n`,
  ),
  body(['unset-variable', 'unset-variable'], fence('df "¤$ONE" "¤$TWO" "$ONE"')),
  body(['secret', 'secret'], fence("PGPASSWORD=¤swordfish1 psql -c 'SELECT 1'\nredis-cli -a ¤swordfish2 PING")),
  body(
    ['stray-code', 'foreign-placeholder', 'endless-command'],
    `${fence('df -h')}\n¤\`\`\`bash\nsystemctl status ¤<unit>\n¤top\n\`\`\`\n`,
  ),
  body(
    ['heading-step', 'unset-variable', 'heading-step', 'prompt'],
    '¤## 1. Look\n\n```bash\ndf ¤$MOUNT\n```\n\n¤## 2. Again\n\n```bash\n¤$ free -m\n```\n',
  ),
  body('html-hides', '¤<details>\n<summary>Old</summary>\n1. Look\n\n   ```bash\n   uptime\n   ```\n</details>\n'),
  body('heading-step', '¤### Step 1: Look\n\n```bash\nuptime\n```\n'),
  // The same fault twice in one file
  body(['prompt', 'prompt'], `${fence('¤$ df -h')}\n2. Again\n\n   \`\`\`bash\n   ¤$ df -h\n   \`\`\`\n`),
  body(['hidden-character', 'hidden-character'], `${fence('df¤\u200b -h')}\nMore¤\u200b.\n`),
  body(
    ['inline-command', 'inline-command'],
    `${fence('df -h')}\n2. Stop it: ¤\`systemctl stop web\`\n3. Start it: ¤\`systemctl start web\`\n`,
  ),
  body(
    ['stray-code', 'step-number', 'inline-command'],
    `${fence('df -h')}\n¤\`\`\`bash\nfree\n\`\`\`\n\n¤1. Restart it: ¤\`systemctl restart web\`\n`,
  ),
  body(
    ['unclosed-fence', 'prompt'],
    `1. Look\n\n   ¤\`\`\`bash\n   df -h\n\`\`\`\n\n2. Look again\n\n   \`\`\`bash\n   ¤$ free -m\n   \`\`\`\n`,
  ),
  body(
    ['companion-changes', 'companion-changes'],
    `${fence('df -h')}   ¤\`\`\`bash observe\n   rm -f /srv/x\n   \`\`\`\n   ¤\`\`\`bash verify\n   rm -f /srv/y\n   \`\`\`\n`,
  ),
  {
    rules: ['windows-line-ends', 'invalid-value', 'prompt'],
    faulty: `---¤\n${open}---\n\n${fence('¤$ df -h')}`.replaceAll('\n', '\r\n'),
  },
];
