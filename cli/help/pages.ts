/** What `--help` and docs/cli.md say of each command beside its options: examples, and what its exit codes mean. */

export interface Page {
  /** Command lines, and what each does. */
  readonly examples: readonly (readonly [line: string, what: string])[];
  /** By code. Commands without one end with 0 when they did it, and 1 when they did not. */
  readonly exits?: Readonly<Record<number, string>>;
}

const audited = {
  0: 'nothing is wrong',
  1: 'broken: something was changed, removed, or never approved',
  2: 'cannot tell: something could not be read',
};

const answered = { 0: 'counted, now or before', 1: 'not counted; why is said', 2: 'you said no' };

const counted = { 0: 'it counts, now or before', 1: 'it does not, with the reason, or it is not known' };

/** By the command's name, with its parent's before it. A command that only holds others has none. */
export const pages: Readonly<Record<string, Page>> = {
  init: {
    examples: [
      ['countersign init ops', 'asks a few questions, and makes a repository in the folder ops'],
      ['countersign init --yes', 'asks nothing, and makes it here'],
    ],
    exits: { 0: 'made', 1: 'something is in the way, and nothing was written' },
  },
  demo: {
    examples: [
      ['countersign demo', 'something breaks, and you approve in the browser'],
      ['countersign demo --yes --json', 'a scripted operator approves; the result as JSON'],
      ['countersign demo --runbooks runbooks --alarm alarm.json', 'your own alarm, and what your runbooks do about it'],
    ],
    exits: { 0: 'resolved, or dry_run under --dry-run', 1: 'anything else', 2: 'rejected', 3: 'expired' },
  },
  validate: {
    examples: [
      ['countersign validate', 'all of ./runbooks, and countersign.yaml'],
      ['countersign validate runbooks/disk-full.md', 'one file, as an editor or a hook does'],
      ['countersign validate --format github', 'problems as annotations of a pull request'],
    ],
    exits: { 0: 'no errors', 1: 'errors', 2: 'cannot tell: something could not be read' },
  },
  plan: {
    examples: [
      ['countersign plan disk-full --param mount=/var', 'what it would do, and whom it would ask'],
      ['countersign plan disk-full --param mount=/var --json', 'the same for a program'],
    ],
    exits: { 0: 'planned; what would be refused is in the plan', 1: 'the runbook or a value is wrong' },
  },
  classify: {
    examples: [
      ["countersign classify 'rm -rf /srv/cache'", 'one command, with what makes it dangerous'],
      ['countersign classify --text < commands.txt', 'one command a line, one JSON object each'],
    ],
    exits: { 0: 'judged', 1: 'a line could not be read' },
  },
  'approvals list': { examples: [['countersign approvals list', 'what waits now, for whom, how long']] },
  'approvals who': {
    examples: [['countersign approvals who disk-full 4', 'who may approve step 4, and who may not and why']],
  },
  'approvals show': {
    examples: [['countersign approvals show inc-763fa915d472ab296160', 'the question in full, as it would be signed']],
    exits: { 0: 'shown', 1: 'there is none, or it cannot be read' },
  },
  'approvals approve': {
    examples: [['countersign approvals approve inc-763fa915d472ab296160', 'shows it, and asks you to type yes']],
    exits: answered,
  },
  'approvals reject': {
    examples: [['countersign approvals reject inc-763fa915d472ab296160 --reason "wrong host"', 'the incident ends']],
    exits: answered,
  },
  'approvals skip': {
    examples: [['countersign approvals skip inc-763fa915d472ab296160', 'the runbook goes on without this step']],
    exits: answered,
  },
  'approvals choose': {
    examples: [['countersign approvals choose inc-763fa915d472ab296160', 'shows every alternative, and asks which']],
    exits: answered,
  },
  'approvals input': {
    examples: [['countersign approvals input inc-763fa915d472ab296160', 'asks for each value that the step wants']],
    exits: answered,
  },
  'approvals continue': {
    examples: [
      ['countersign approvals continue inc-763fa915d472ab296160', 'what failed stays as it is; the next step'],
    ],
    exits: answered,
  },
  'approvals retry': {
    examples: [['countersign approvals retry inc-763fa915d472ab296160', 'a further attempt, which is asked for anew']],
    exits: answered,
  },
  'approvals abort': {
    examples: [
      ['countersign approvals abort inc-763fa915d472ab296160', 'what was done is undone, each way back asked'],
    ],
    exits: answered,
  },
  stop: {
    examples: [
      ['countersign stop --reason "looks wrong"', 'nothing is sent any more, after about 20 seconds'],
      ['countersign stop --abort', 'and what runs is cancelled, and open incidents end'],
    ],
    exits: {
      ...counted,
      1: `${counted[1]}; or it is stopped and not aborted, or was lifted meanwhile: the first words say which`,
    },
  },
  resume: {
    examples: [['countersign resume', 'shows what stops, and lifts it if you type yes']],
    exits: { ...counted, 2: 'you said no' },
  },
  status: {
    examples: [['countersign status', 'stopped or not, by whom, why']],
    exits: { 0: 'not stopped', 1: 'it is not known', 3: 'stopped' },
  },
  suspend: { examples: [['countersign suspend ana', 'what ana approves does not count from now on']], exits: counted },
  reinstate: { examples: [['countersign reinstate ana', 'ana may approve again']], exits: counted },
  retry: {
    examples: [['countersign retry inc-763fa915d472ab296160', 'a new plan, if the alarm is still on']],
    exits: { 0: 'asked for, now or before', 1: 'not: the reason is said' },
  },
  run: {
    examples: [
      ['countersign run disk-full --alarm disk-full-web-1', 'no runbook fitted, or not this one: start it yourself'],
      ['countersign run disk-full --incident inc-763fa915d472ab296160', 'after that incident'],
    ],
    exits: { 0: 'asked for, now or before', 1: 'not: the reason is said' },
  },
  'audit verify': {
    examples: [
      ['countersign audit verify inc-763fa915d472ab296160', 'links, signatures, approvals and burns of one incident'],
      ['countersign audit verify --bundle march.ndjson', 'a file of audit export, without the account'],
    ],
    exits: audited,
  },
  'audit export': {
    examples: [
      ['countersign audit export march.ndjson --since 2026-03-01 --until 2026-04-01', 'a month, for an auditor'],
      ['countersign audit export one.ndjson --incident inc-763fa915d472ab296160', 'one incident'],
    ],
  },
  'audit list': {
    examples: [['countersign audit list --since 30d', 'which incidents there were, and how they ended']],
  },
  'audit extract': {
    examples: [['countersign audit extract march.ndjson --as ocsf', 'findings for a security lake']],
    exits: audited,
  },
  'audit show': {
    examples: [
      ['countersign audit show inc-763fa915d472ab296160', 'one line per decision'],
      ['countersign audit show inc-763fa915d472ab296160 --outputs', 'and what its commands printed'],
    ],
    exits: { 0: 'shown', 1: 'there is none, or an entry cannot be read' },
  },
  replay: {
    examples: [
      ['countersign replay inc-763fa915d472ab296160', 'in the terminal'],
      ['countersign replay one.ndjson --html incident.html', 'one page for the post-mortem'],
    ],
    exits: audited,
  },
  report: {
    examples: [
      ['countersign report --since 30d', 'Markdown for a review'],
      ['countersign report inc-763fa915d472ab296160 > postmortem.md', 'a draft, from the audit'],
      [
        'countersign report inc-763fa915d472ab296160 --patch notes.patch',
        'and notes for its runbook, to be applied by hand',
      ],
    ],
    exits: { 0: 'counted, or drafted', 1: 'what it read is broken, or the incident still goes on' },
  },
  theatre: {
    examples: [['countersign theatre --since 90d', 'how people decide, and whether that is still oversight']],
    exits: { 0: 'counted', 1: 'what it counted over is broken' },
  },
  drift: {
    examples: [
      ['countersign drift', 'the last 90 days of the account, against ./runbooks'],
      ['countersign drift --bundle march.ndjson --json', 'over a file of audit export, for a program'],
    ],
    exits: {
      0: 'nothing to look at',
      1: 'what it counted over is broken, or something cannot be read',
      3: 'something to look at',
    },
  },
  simulate: {
    examples: [
      ['countersign simulate drill-disk', 'rings it, and follows its incident to the end'],
      ['countersign simulate drill-disk --timeout 30m --json', 'the same as a scheduled job'],
    ],
    exits: {
      0: 'the drill passed: opened, every step answered, closed, people told',
      1: 'not rung; why is said',
      3: 'rung, and it did not come to its end, or not well',
    },
  },
  import: {
    examples: [
      ['countersign import wiki.md > runbooks/wiki.md', 'a first draft; what it guessed is on standard error'],
    ],
  },
  redact: {
    examples: [
      ['countersign redact < output.txt', 'as people and models would see it'],
      ['countersign redact --json < output.txt', 'and how many of each kind were taken out'],
    ],
  },
  match: {
    examples: [['countersign match --alarms alarms.jsonl', 'which runbook each alarm would be given, and why']],
    exits: { 0: 'every line was read', 1: 'a line is no alarm' },
  },
  doctor: {
    examples: [
      ['countersign doctor', 'the deployment of this account and region, compared with the files here'],
      ['countersign doctor --json', 'the same for a program'],
    ],
    exits: { 0: 'nothing fails', 1: 'something fails', 2: 'nothing fails, and something could not be told' },
  },
  diff: {
    examples: [
      ['countersign diff', 'what a deploy of the files here would change'],
      ['countersign diff --markdown', 'as a comment on a pull request'],
    ],
    exits: {
      0: 'told, whether or not something would change',
      1: 'the files here are wrong',
      2: 'what is deployed, or an open incident, could not be read',
    },
  },
  destroy: {
    examples: [['countersign destroy', 'before npx cdk destroy --all']],
    exits: { 0: 'told', 1: 'something could not be read' },
  },
  mcp: {
    examples: [['countersign mcp --folder ops', 'the command that an assistant’s settings name']],
  },
  incidents: {
    examples: [
      ['countersign incidents', 'what is open, and what waits for whom'],
      ['countersign incidents --since 7d --json', 'a week, one JSON object a line'],
    ],
  },
  logs: {
    examples: [
      ['countersign logs inc-763fa915d472ab296160', 'what every function said of it'],
      ['countersign logs slack --since 2h', 'what one function said'],
    ],
  },
  completion: {
    examples: [
      ['source <(countersign completion bash)', 'in ~/.bashrc; it needs countersign on PATH'],
      ['source <(countersign completion zsh)', 'in ~/.zshrc'],
      ['countersign completion fish > ~/.config/fish/completions/countersign.fish', 'once'],
    ],
  },
};
