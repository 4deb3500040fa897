/** What `countersign init` writes, as path and text: from what this release ships, with the answers in it. */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parsePolicy } from '../../core/policy/parse.ts';
import { shippedPolicy, shippedRunbooks, slackManifest, templates } from '../../package/assets.ts';
import { layout, layoutKey } from '../../package/team-folder.ts';
import type { Answers } from './answers.ts';

/** The built app: package/build.ts. */
const app = 'node node_modules/countersign/dist/app.js';

/**
 * @param name of the folder
 * @param dependency what package.json asks for: a version, or where a tarball lies
 */
export function filesOf(name: string, dependency: string, answers: Answers): Map<string, string> {
  return new Map([
    ['countersign.yaml', policyOf(answers)],
    ['runbooks/disk-full.md', readFileSync(join(shippedRunbooks, 'disk-full.md'), 'utf8')],
    ['cdk.json', json({ app, versionReporting: false, notices: false, context: { [layoutKey]: layout } })],
    ['.github/workflows/countersign.yml', replaced(template('workflow.yml'), '"THE-REGION"', answers.region)],
    ['.githooks/pre-commit', template('pre-commit')],
    ['slack/manifest.yaml', readFileSync(slackManifest, 'utf8')],
    ['.gitignore', template('gitignore')],
    ['package.json', packageOf(name, dependency)],
  ]);
}

function packageOf(name: string, dependency: string): string {
  const scripts = { validate: 'countersign validate', synth: 'cdk synth --quiet', deploy: 'cdk deploy --all' };
  const allowed = basename(name)
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
  return json({ name: allowed || 'runbooks', private: true, scripts, dependencies: { countersign: dependency } });
}

const people = `  - { name: Ana Oncall, slack: U00000000A, iam: "arn:aws:iam::000000000000:user/ana" }
  - { name: Ben Oncall, slack: U00000000B }
`;
const approvers = `  - Ana Oncall
  - Ben Oncall
`;
const placeholders = ` These are placeholders: nobody can approve
# with them, so nothing that changes something can run until they are replaced.`;

/** The shipped policy with its comments; read again as a deploy reads it, so that no answer makes a file that is refused. */
function policyOf({ channel, approver, account }: Answers): string {
  let text = replaced(
    readFileSync(shippedPolicy, 'utf8'),
    '$schema=schemas/',
    '$schema=node_modules/countersign/schemas/',
  );
  if (channel !== null) text = replaced(text, 'approval_channel: incidents', `approval_channel: ${quoted(channel)}`);
  if (account !== null) text = replaced(text, '    accounts: []  ', `    accounts: [${quoted(account)}]  `);
  if (approver !== null) {
    text = replaced(text, people, `  - { name: ${quoted(approver.name)}, slack: ${quoted(approver.slack)} }\n`);
    text = replaced(text, approvers, `  - ${quoted(approver.name)}\n`);
    // One approver is a single operator, until there are two.
    text = replaced(text, 'single_operator: false', 'single_operator: true');
    text = replaced(text, placeholders, '');
  }
  parsePolicy(text, 'countersign.yaml');
  return text;
}

/** JSON's strings are YAML's. */
const quoted = (text: string): string => JSON.stringify(text);
const json = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;
const template = (name: string): string => readFileSync(join(templates, name), 'utf8');

/** @throws where the shipped text no longer has it exactly once, so that no answer is lost silently */
function replaced(text: string, from: string, to: string): string {
  const parts = text.split(from);
  if (parts.length !== 2)
    throw new Error(`init: ${JSON.stringify(from)} is ${parts.length - 1} times in a shipped file`);
  return parts.join(to);
}
