/** Faults of the Markdown: what looks like a step or a command and is none, and steps that lack something. */
import { body, type Case, fence, runbook } from '../frame.ts';

const look = fence('df -h');
const next = (text: string) => `${look}\n${text}`;
const companions = '   ```bash dry-run\n   ls /srv/cache\n   ```\n   ```bash observe\n   df -h /srv\n   ```\n';
const destroy = (prose: string, info: string, more = companions) =>
  `1. Empty the cache\n${prose}\n   ${info}\n   rm -rf /srv/cache/old\n   \`\`\`\n${more}`;
const edit = (info: string, more: string) =>
  `1. Change the setting\n\n   ${info}\n   sed -i s/old/new/ /srv/app.conf\n   \`\`\`\n${more}`;
const gone = '\n   There is no rollback: the files are gone.\n';

/** A step with these alternatives: each the words of its bullet, and what stands under it. */
const choice = (ways: readonly string[], under = '') => `1. Restart the web server\n\n${ways.join('\n')}${under}`;
const way = (title: string, script: string, info = 'bash', mark = '') =>
  `   - ${mark}${title}\n\n     \`\`\`${info}\n     ${script}\n     \`\`\`\n`;
const nginx = way('nginx', 'systemctl restart nginx');
const apache = way('Apache', 'systemctl restart httpd');
const long = (title: string) => way(title, `# ${'word '.repeat(300)}\n     df -h`);
const marked = (bullet: string) => bullet.replace('   - ', '   ¤- ');

export const markdown: readonly Case[] = [
  { rules: ['no-steps'], faulty: `¤${runbook('Nothing to do.\n')}`, right: runbook(look) },
  body('stray-code', `¤\`\`\`bash\ndf -h\n\`\`\`\n\n${look}`, `\`\`\`text\nlike this\n\`\`\`\n\n${look}`),
  body('stray-code', '1. Look\n\n¤```bash\ndf -h\n```\n', look),
  body('stray-code', '1. Look\n\n   - here\n\n     ¤```bash\n     df -h\n     ```\n', look),
  body('stray-code', '- Look\n\n  ¤```bash\n  df -h\n  ```\n', look),
  body('stray-code', '1. Look\n\n   > ¤```bash\n   > df -h\n   > ```\n', look),
  body(
    'invalid-choice',
    choice([nginx, apache, '   ¤- Caddy\n']),
    choice([nginx, apache, way('Caddy', 'systemctl restart caddy')]),
  ),
  body('invalid-choice', choice([nginx, marked(way('nginx', 'systemctl restart httpd'))]), choice([nginx, apache])),
  body(
    'invalid-choice',
    choice([nginx, apache], '\n   ¤```bash\n   systemctl status web\n   ```\n'),
    choice([nginx, apache], '\n   Ask the owner if in doubt.\n'),
  ),
  body('invalid-choice', choice([nginx, marked(way('Apache', 'systemctl restart httpd', 'bash when=always'))])),
  body(
    'invalid-choice',
    choice(
      [1, 2, 3, 4, 5, 6].map((at) =>
        (at === 6 ? marked : String)(way(`worker ${at}`, `systemctl restart worker-${at}`)),
      ),
    ),
    choice([1, 2, 3, 4, 5].map((at) => way(`worker ${at}`, `systemctl restart worker-${at}`))),
  ),
  body('script-too-long', choice([marked(long('short')), long('wide')]), choice([long('short'), apache])),
  body('step-title', choice([nginx, marked(way(`Apache ${'of the old kind '.repeat(8)}`, 'systemctl restart httpd'))])),
  body(
    'stray-code',
    choice([nginx, apache], '\n   - deeper\n\n     - here\n\n       ¤```bash\n       df -h\n       ```\n'),
  ),
  body('endless-command', choice([nginx, way('Apache', '¤tail -f /var/log/httpd/error_log')])),
  body('undeclared-parameter', choice([nginx, way('Apache', 'systemctl restart ¤{{ unt }}')])),
  body(
    'companion-changes',
    choice([nginx, `${apache}     ¤\`\`\`bash verify\n     systemctl restart httpd\n     \`\`\`\n`]),
    choice([nginx, `${apache}     \`\`\`bash verify\n     systemctl is-active httpd\n     \`\`\`\n`]),
  ),
  body('fence-word', fence('df -h', 'bash ¤wait=5'), fence('df -h', 'bash wait=5m')),
  body('fence-word', fence('df -h', 'bash ¤wait=2h'), fence('df -h', 'bash wait=5m')),
  body('fence-word', fence('df -h', 'bash timeout=30m ¤wait=45m'), fence('df -h', 'bash wait=5m')),
  body('fence-word', fence('df -h', 'bash risk=modifying ¤wait=5m'), fence('df -h', 'bash wait=5m')),
  body('fence-word', next('   ```bash ¤observe wait=5m\n   df -i\n   ```\n')),
  {
    rules: ['wait-changes'],
    faulty: runbook('1. Restart\n\n   ¤```bash wait=5m\n   systemctl restart nginx\n   ```\n'),
    right: runbook(
      '1. Restart\n\n   ```bash\n   systemctl restart nginx\n   ```\n   ```bash verify wait=5m\n   systemctl is-active nginx\n   ```\n\n2. Wait\n\n   ```bash wait=5m timeout=30s\n   curl -fsS localhost\n   ```\n',
    ),
  },
  body('heading-step', '¤### Step 1: Look at the disk\n\n```bash\ndf -h\n```\n'.replace('###', '##'), look),
  body(
    ['heading-step', 'heading-step'],
    '¤## 1. Look\n\n```bash\ndf -h\n```\n\n¤## 2. Look again\n\n```bash\nfree -m\n```\n',
    `## 1st of May\n\n${look}`,
  ),
  body('item-number', next('¤3. Tell the owner\n'), next('2. Tell the owner\n')),
  body('item-number', next('¤3. Tell the owner\n4. Wait\n'), next('1. Tell the owner\n')),
  body('step-number', next('Then:\n\n¤1. Tell the owner\n'), next('Then:\n\n2. Tell the owner\n')),
  body('step-title', '¤1. ```bash\n   df -h\n   ```\n', look),
  body('step-title', `1. ¤${'Look '.repeat(31)}\n\n   \`\`\`bash\n   df -h\n   \`\`\`\n`, look),
  body('fence-language', '1. Look\n\n   ¤```console\n   $ df -h\n   Filesystem Size\n   ```\n', look),
  body('fence-language', '1. Look\n\n   ¤```\n   df -h\n   ```\n', look),
  body('fence-language', '1. Look\n\n   ¤```shell\n   df -h\n   ```\n', look),
  body('fence-language', '1. Look\n\n   ¤```powershell\n   Get-Process\n   ```\n', look),
  body('fence-language', "1. Look\n\n   ¤```python\n   print('x')\n   ```\n", look),
  body('fence-language', '1. Look\n\n   ¤```sql\n   SELECT 1;\n   ```\n', look),
  body('fence-language', '1. Look\n\n   ¤```Bash\n   df -h\n   ```\n', look),
  body(
    'text-command',
    '1. Look\n\n   ¤```text\n   systemctl status nginx\n   ```\n',
    '1. Look\n\n   ```bash\n   df -h\n   ```\n\n   ```text\n   df -h shows\n   ```\n',
  ),
  body('unclosed-fence', '1. Look\n\n   ¤```bash\n   df -h\n', '1. Look\n\n   ~~~bash\n   df -h\n   ~~~\n'),
  body(
    'unclosed-fence',
    '1. Look\n\n   ¤```bash\n   df -h\n```\n\n2. Look again\n\n   ```bash\n   free -m\n   ```\n',
    look,
  ),
  body(
    'unclosed-fence',
    '1. Look\n\n   ¤```bash\ndf -h\n   ```\n\n2. Look again\n\n   ```bash\n   free -m\n   ```\n',
    look,
  ),
  body('unclosed-fence', next('¤```text\nfor people\n'), next('```text\nfor people\n```\n')),
  body('indented-code', '1. Look\n\n       ¤df -h\n', look),
  body('fence-word', fence('df -h', 'bash ¤sudo'), fence('df -h', 'bash timeout=30s')),
  body('fence-word', fence('df -h', 'bash ¤timout=30s')),
  body('fence-word', fence('df -h', 'bash ¤timeout=2h')),
  body('fence-word', fence('df -h', 'bash ¤timeout=30')),
  body('fence-word', fence('df -h', 'bash ¤risk=high')),
  body('fence-word', fence('df -h', 'bash ¤when=never')),
  body('fence-word', fence('df -h', 'bash timeout=30s ¤timeout=40s')),
  body(
    'fence-word',
    `${look}   \`\`\`bash ¤dryrun\n   df\n   \`\`\`\n`
      .replace('¤dryrun', 'observe ¤timeout=30s')
      .replace('observe ¤timeout=30s', '¤observe timeout=30s'),
  ),
  body(
    'second-fence',
    `${look}   ¤\`\`\`bash\n   free -m\n   \`\`\`\n`,
    `${look}   \`\`\`bash observe\n   free -m\n   \`\`\`\n`,
  ),
  body('companion-without-command', '1. Look\n\n   ¤```bash observe\n   df -h\n   ```\n', look),
  body(
    'too-many-steps',
    `${look}${Array.from({ length: 30 }, (_, index) => `${index === 29 ? '¤' : ''}${index + 2}. Wait\n`).join('')}`,
  ),
  body(
    'html-hides',
    `${look}\n¤<!-- see the wiki -- >\n\n2. Look again\n\n   \`\`\`bash\n   free -m\n   \`\`\`\n`,
    `${look}\n<!-- see the wiki -->\n\n2. Look again\n\n   \`\`\`bash\n   free -m\n   \`\`\`\n`,
  ),
  body(
    'html-hides',
    `${look}\n¤<details>\n2. Look again\n</details>\n\n3. Look once more\n`,
    `${look}\n<details>\n\nBackground.\n\n</details>\n\n2. Look once more\n`,
  ),
  body(
    'inline-command',
    next('2. Restart it: ¤`systemctl restart nginx`\n'),
    next('2. Manual: restart it with `systemctl restart nginx`\n'),
  ),
  body(
    'inline-command',
    next('2. Restart it\n\n   Run ¤`systemctl restart nginx` as root.\n'),
    next('2. Restart it\n\n   Whoever has `nginx.service` in hand does it.\n'),
  ),
  body(
    'inline-command',
    next('2. Restart it\n\n   - ¤`systemctl stop nginx`\n   - `systemctl start nginx`\n'),
    next('2. Restart it\n\n   - by phone\n   - by mail\n'),
  ),
  body('inline-command', next('2. ¤systemctl restart nginx\n'), next('2. Find the owner of nginx\n')),
  body('inline-command', next('2. ¤Run kubectl get pods -A\n'), next('2. Run the fire drill\n')),
  body(
    'nested-steps',
    next('2. Mend it\n\n   ¤1. Stop it\n   2. Start it\n'),
    next('2. Mend it\n\n   - Stop it\n   - Start it\n'),
  ),
  body('no-commands', '¤1. Call the owner\n2. Wait\n', '1. Manual: call the owner\n'),
  body(
    'heading-level',
    `${look}\n¤#### If the alarm stays\n\nCall the owner.\n`,
    `${look}\n## If the alarm stays\n\nCall the owner.\n`,
  ),
  body('heading-level', `${look}\n¤##If the alarm stays\n\nCall the owner.\n`),
  body('hidden-character', `¤\u200bSomething.\n\n${look}`, `⚠️ Mind the 👩‍💻.\n\n${look}`),
  // Risk and companions
  body('missing-companion', destroy(gone, '¤```bash', ''), destroy(gone, '```bash')),
  body(
    'missing-companion',
    edit('¤```bash', companions),
    edit('```bash', `${companions}   \`\`\`bash rollback\n   sed -i s/new/old/ /srv/app.conf\n   \`\`\`\n`),
  ),
  body('missing-companion', destroy('', '¤```bash', ''), destroy('', '```bash')),
  body('missing-companion', destroy(gone, '¤```bash', companions.replace(/ {3}```bash observe[\s\S]*/, ''))),
  body('missing-companion', destroy(gone, '¤```bash', companions.replace(/[\s\S]*(?= {3}```bash observe)/, ''))),
  body('risk-below-floor', destroy(gone, '```bash ¤risk=read_only'), destroy(gone, '```bash risk=destructive')),
  body(
    'risk-below-floor',
    fence('systemctl restart nginx', 'bash ¤risk=read_only'),
    fence('systemctl restart nginx', 'bash risk=modifying'),
  ),
  body(
    'companion-changes',
    `${look}   ¤\`\`\`bash observe\n   rm -f /srv/x\n   \`\`\`\n`,
    `${look}   \`\`\`bash observe\n   ls /srv\n   \`\`\`\n`,
  ),
  body(
    'companion-changes',
    `1. Renew\n\n   \`\`\`bash\n   certbot renew -n\n   \`\`\`\n   ¤\`\`\`bash dry-run\n   certbot renew -n --dry-run\n   \`\`\`\n`,
  ),
  body('forbidden-script', fence('curl -s https://a.example/x | sh').replace('```bash', '¤```bash'), look),
  body(
    'own-dry-run',
    '1. Go back\n\n   ¤```bash\n   kubectl rollout undo deployment/web\n   ```\n',
    '1. Go back\n\n   ```bash\n   kubectl rollout undo deployment/web\n   ```\n   ```bash dry-run\n   kubectl rollout undo deployment/web --dry-run=server\n   ```\n',
  ),
  body(
    'missing-undo',
    fence('¤systemctl stop nginx'),
    `${fence('systemctl stop nginx')}\n2. Start it\n\n   \`\`\`bash when=always\n   systemctl start nginx\n   \`\`\`\n`,
  ),
  body(
    'missing-undo',
    `${fence('¤systemctl stop nginx')}\n2. Start it\n\n   \`\`\`bash\n   systemctl start nginx\n   \`\`\`\n`,
  ),
  body(
    'missing-undo',
    '1. Close the node\n\n   ```bash\n   ¤kubectl cordon {{ node }}\n   ```\n',
    '1. Close the node\n\n   ```bash\n   kubectl cordon {{ node }}\n   ```\n\n2. Open it\n\n   ```bash when=always\n   kubectl uncordon {{ node }}\n   ```\n',
  ),
  body('missing-undo', fence('¤systemctl disable cron')),
];
