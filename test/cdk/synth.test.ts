/** What stops synth: a wrong setting, a wrong policy, a wrong runbook, a finding of cdk-nag that nobody explained. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { AwsSolutionsChecks } from 'cdk-nag';
import { afterAll, describe, expect, test } from 'vitest';
import { countersign } from '../../cdk/app.ts';
import { compile } from '../../cdk/compile.ts';
import { Compiled } from '../../core/compiled.ts';
import { functionNames } from '../../core/functions.ts';
import { build, stacks } from './stacks.ts';

const folder = mkdtempSync(join(tmpdir(), 'countersign-synth-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe('settings', () => {
  test.each([
    [
      'mode',
      'live',
      /"mode" is no setting of Countersign; allowed are policy, runbooks, askTickSeconds, reservedConcurrency, protection/,
    ],
    ['askTick', '60', /"askTick" is no setting/],
    ['runbooks', '', /runbooks is ""; it must be the path of a folder of runbooks, for example runbooks/],
    ['runbooks', 'nowhere', /folder of runbooks .*nowhere cannot be read; name one with -c runbooks=PATH/],
    ['askTickSeconds', '59', /askTickSeconds is "59"; it must be a whole number from 60 to 300/],
    ['askTickSeconds', '60.5', /whole number/],
    ['askTickSeconds', 'soon', /whole number/],
    ['askTickSeconds', '301', /from 60 to 300/],
    ['reservedConcurrency', 'no', /reservedConcurrency is "no"; it must be on or off/],
    ['protection', true, /protection is true; it must be on or off/],
    ['policy', '', /policy is ""; it must be the path of a policy file/],
    ['policy', 'nowhere.yaml', /policy file .*nowhere\.yaml cannot be read; name one with -c policy=PATH/],
  ])('%s=%s is refused', (key, value, message) => {
    expect(() => build({ [key]: value })).toThrow(message);
  });

  test("CDK's own keys are none of our business", () => {
    const own = {
      '@aws-cdk/core:target-partitions': ['aws'],
      'availability-zones:account=1:region=x': ['x'],
      'cli-telemetry': false,
    };
    expect(() => build(own)).not.toThrow();
  });
});

describe('what was reviewed', () => {
  test('compiles to one file that says as JSON all that it says, since functions read it without its schema', () => {
    const compiled = compile('countersign.yaml');
    expect(compiled.runbooks.map(({ id }) => id)).toEqual(expect.arrayContaining(['disk-full', 'service-down']));
    const read = JSON.parse(JSON.stringify(compiled));
    expect(read).toStrictEqual(compiled);
    expect(Compiled.parse(read)).toStrictEqual(compiled);
    expect(compiled.policy.mode).toBe('dry_run');
  });

  test.each([
    ['an unknown key', 'mode: live\napprove: nobody\n', /unknown-key\.yaml:2:1: approve: /],
    ['an unknown tier', 'tiers: { urgent: { min_confidence: 0.1 } }\n', /tiers\.urgent/],
    ['a flag that skips approvals', 'safety: { approval_required: false }\n', /mutations always ask/],
  ])('a policy with %s stops synth with its place', (what, text, message) => {
    const policy = file(`${what.replaceAll(' ', '-').replace(/^an?-/, '')}.yaml`, text);
    expect(() => build({ policy })).toThrow(message);
  });

  test('a broken runbook stops synth with its file and line', () => {
    const runbooks = join(folder, 'runbooks');
    mkdirSync(runbooks);
    writeFileSync(join(runbooks, 'broken.md'), '---\nid: broken\ncolour: red\n---\n# Broken\n');
    expect(() => compile('countersign.yaml', runbooks)).toThrow(/runbooks\/broken\.md:3/);
  });

  test('a runbook that could never run stops synth, as validate refuses it', () => {
    const runbooks = join(folder, 'unsafe');
    mkdirSync(runbooks);
    const fence = (info: string, script: string) => `   \`\`\`bash${info}\n   ${script}\n   \`\`\`\n`;
    const head =
      '---\nid: unsafe\ntitle: Unsafe\nowner: me\nseverity: low\nmatch:\n  alarms: [unsafe]\n---\n\n1. Do it\n\n';
    writeFileSync(join(runbooks, 'unsafe.md'), head + fence('', 'true') + fence(' observe', 'rm -f /srv/x'));
    expect(() => compile('countersign.yaml', runbooks)).toThrow(
      /runbooks\/unsafe\.md:15:1: the observe script must be read_only, and it is destructive/,
    );
    writeFileSync(join(runbooks, 'unsafe.md'), head + fence('', 'true') + fence(' observe', 'df -h /srv'));
    expect(compile('countersign.yaml', runbooks).runbooks).toHaveLength(1);
  });
});

describe('cdk-nag', () => {
  const findings = (app: App) =>
    new AwsSolutionsChecks(app).validateScope(app).violations.map(({ ruleName }) => ruleName);

  test('finds nothing that is not explained', () => {
    expect(findings(stacks.app)).toEqual([]);
  });

  test('finds nothing in a known account either, where ARNs are spelt out', () => {
    expect(findings(build({}, '123456789012').app)).toEqual([]);
  });

  test('still finds what is added without an explanation', () => {
    const { app, response } = build();
    const role = response.node.findChild('slack').node.findChild('Role') as unknown as {
      addToPolicy(statement: PolicyStatement): void;
    };
    role.addToPolicy(new PolicyStatement({ actions: ['dynamodb:*'], resources: ['*'] }));
    expect(findings(app)).toEqual(
      expect.arrayContaining(['AwsSolutions-IAM5[Action::dynamodb:*]', 'AwsSolutions-IAM5[Resource::*]']),
    );
  });

  test('every explanation has words', () => {
    const explanations = stacks.app.node
      .findAll()
      .flatMap(({ node }) => node.metadata.filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY))
      .flatMap(({ data }) => Object.values(data as Record<string, { reason?: string } | string>));
    expect(explanations.length).toBeGreaterThan(0);
    for (const one of explanations) expect(JSON.stringify(one).length).toBeGreaterThan(20);
  });
});

describe('a whole synth', () => {
  const app = new App({ outdir: join(folder, 'out') });
  countersign(app);
  const assembly = app.synth();

  test('passes the rules that CDK itself has for templates', () => {
    const report = JSON.parse(readFileSync(join(assembly.directory, 'validation-report.json'), 'utf8'));
    expect(JSON.stringify(report)).not.toMatch(/"severity":"(error|fatal)"/);
  });

  test('bundles every function with what it reads, and each bundle loads', () => {
    const assets = readdirSync(assembly.directory).filter((name) => name.startsWith('asset.'));
    expect(assets).toHaveLength(functionNames.length);
    const contents = assets.map((asset) => readdirSync(join(assembly.directory, asset)).sort());
    const judging = contents.filter((files) => files.includes('tree-sitter-bash.wasm'));
    expect(judging).toHaveLength(4);
    for (const files of contents) {
      const plain = files.filter((name) => !name.endsWith('.wasm') && name !== 'node_modules');
      const texts = plain.includes('reviewed.json') ? ['reviewed.json'] : [];
      expect(plain).toEqual(['compiled.json', 'index.js', ...texts]);
    }
    // The reviewed texts, which `archive` alone puts away.
    expect(contents.filter((files) => files.includes('reviewed.json'))).toHaveLength(1);
    for (const asset of assets) {
      const load = createRequire(join(assembly.directory, asset, 'index.js'));
      expect(load('./index.js').handler).toBeTypeOf('function');
    }
  });
});
