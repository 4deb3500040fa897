/** What is deployed, and what a deploy in the middle of an incident changes of it. */
import type { Compiled } from '../../core/compiled.ts';
import { fullRunbook } from '../core/gate/situations.ts';
import { account, compiledOf, policyText, standing } from '../support/fixtures.ts';
import { fleetRunbook } from '../support/fleet.ts';
import type { World } from '../support/world.ts';
import type { Axes } from './axes.ts';

const compiledTexts = new Map<string, Compiled>();

/** Compiling is the same every time, and slow. */
function compiledFrom(runbook: string, policy: string): Compiled {
  const key = `${policy}\n---\n${runbook}`;
  const known = compiledTexts.get(key) ?? compiledOf({ runbook, policy });
  compiledTexts.set(key, known);
  return known;
}

function runbookOf({ targets, severity, open }: Axes): string {
  const base = (targets === 'by tag' ? fleetRunbook : fullRunbook).replace('severity: high', `severity: ${severity}`);
  const typed = open === 'a value' || open === 'both' ? withValue(base) : base;
  return open === 'a choice' || open === 'both' ? withChoice(typed) : typed;
}

/** What is restarted, looked at, undone and checked is typed by a person. */
function withValue(runbook: string): string {
  return runbook
    .replace('parameters: {}', 'parameters: { unit: { type: unit, description: What to restart, from: person } }')
    .replace(/systemctl (restart|stop|is-active) web\n/g, 'systemctl $1 {{ unit }}\n');
}

/** What is deleted is chosen: step 3 with its rehearsal, something that is worse, or a look. */
function withChoice(runbook: string): string {
  return runbook.replace(/3\. Delete\n\n([\s\S]*?)(?=\n\d\. )/, (_, own: string) => {
    const ways = [
      ['the rotated ones', own.trimEnd()],
      ['all of them', '   ```bash\n   rm -rf /var/log/app\n   ```'],
      ['none', '   ```bash\n   ls /var/log/app\n   ```'],
    ];
    const bullets = ways.map(([title, fences = '']) => `   - ${title}\n\n${fences.replace(/^(?=.)/gm, '  ')}\n`);
    return `3. Delete logs\n\n${bullets.join('\n')}`;
  });
}

function policyOf({ mode, waves, standing: most, approvers }: Axes): string {
  const sizes = waves === 'default' ? '' : `waves: ${waves}, `;
  return policyText(mode, most > 0 ? standing(most) : '')
    .replace('safety: {', `safety: { ${sizes}`)
    .replace('approvers: [ana]', approvers === 'ana' ? 'approvers: [ana]' : 'approvers: [ana, ben]');
}

export function deployed(axes: Axes): Compiled {
  return compiledFrom(runbookOf(axes), policyOf(axes));
}

/** The deploy of the axis, once. The document of before stays in AWS, unless the axis says that it is gone. */
export function deploy(world: World, axes: Axes): void {
  const { document } = world.compiled;
  world.documents.set(document.name, document.digest);
  const runbook = runbookOf(axes);
  const policy = policyOf(axes);
  const withPolicy = (changed: string) => ({ ...world.compiled, ...pick(compiledFrom(runbook, changed)) });
  const withRunbook = (changed: string) => compiledFrom(changed, policy);
  switch (axes.deploy) {
    case 'a later step changed':
      world.compiled = withRunbook(runbook.replace("-name '*.gz' -delete", "-name '*.log.gz' -delete"));
      return;
    case 'a step that ran changed':
      world.compiled = withRunbook(runbook.replace('df -h /', 'df -h /var'));
      return;
    case 'runbook removed':
      world.compiled = withRunbook(runbook.replace('id: fix', 'id: other'));
      return;
    case 'policy':
      world.compiled = withPolicy(policy.replace('10m', '5m'));
      return;
    case 'mode':
      world.compiled = withPolicy(
        axes.mode === 'live'
          ? policy.replace('mode: live', 'mode: dry_run')
          : policy.replace('mode: dry_run', 'mode: live'),
      );
      return;
    case 'environment':
      world.compiled = withPolicy(
        `${policy.replace(/environments: .*\n/, '')}\nenvironments: { sandbox: { accounts: ['${account}'] } }\n`.replace(
          'environment: production',
          'environment: sandbox',
        ),
      );
      return;
    case 'approvers':
      world.compiled = withPolicy(policy.replace(/approvers: \[.*\]/, 'approvers: [ben]'));
      return;
    case 'document':
    case 'document, old one gone': {
      const newer = { ...document, name: `countersign-run-${'f'.repeat(12)}`, digest: 'f'.repeat(64) };
      world.compiled = { ...world.compiled, document: newer };
      if (axes.deploy !== 'document') world.documents.delete(document.name);
    }
  }
}

function pick({ policy, policyDigest }: Compiled): Pick<Compiled, 'policy' | 'policyDigest'> {
  return { policy, policyDigest };
}
