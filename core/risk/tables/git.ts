/** Argument table: git and gh. The configuration of the repository itself (its hooks, its filters) is taken as the machine's own. */
import { literalArgument } from '../arguments.ts';
import type { Call, Effect, Rule, Table } from '../table.ts';
import { givenOptions, textsOf } from './clients.ts';

const repositoryEffects: Record<string, Effect> = {
  '-c:': {
    does: 'sets a git option, which may run a program',
    level: 'destructive',
    unless:
      /^(?:color\.[\w.]+|core\.(?:quote[pP]ath|abbrev)|log\.(?:date|showSignature)|diff\.renames|(?:core|pager)\.\w+=(?:cat|false)$|gc\.auto=0$|advice\.\w+)(?:=[\w./-]*)?$/,
  },
  '--git-dir= --work-tree= --config-env= --exec-path= --super-prefix= --shallow-file=': {
    does: 'works by the configuration of another folder',
    level: 'destructive',
  },
};

/** Options of log, show and diff that take a value; the rest change how output looks. */
const diffOptions =
  '-n: -U: --unified= -G: -S: -O: -l: -L: -M? -C? -B? -X? --author= --committer= --grep= --since= --after= --until= --before= --max-count= --skip= --format= --pretty[=] --date= --stat[=] --word-diff[=] --word-diff-regex= --color[=] --diff-filter= --diff-algorithm= --anchored= --inter-hunk-context= --src-prefix= --dst-prefix= --line-prefix= --submodule[=] --ignore-submodules[=] --find-object= --abbrev[=] --encoding= --branches[=] --tags[=] --remotes[=] --glob= --exclude= --decorate[=] --decorate-refs= --min-parents= --max-parents= --dirstat[=] --relative[=] --ws-error-highlight= --find-renames[=] --show-notes[=] --notes[=] --diff-merges=';

const diffEffects: Record<string, Effect> = {
  '--output=': { value: 'overwrites' },
  '--textconv --ext-diff': { does: 'runs a program that the configuration names', level: 'destructive' },
};

/** `HEAD:.env` shows a file as `.env` does. */
function blobs(call: Call): void {
  for (const word of call.operands)
    for (const text of textsOf(word)) {
      const path = text.slice(text.indexOf(':') + 1);
      if (text.includes(':') && path !== '') call.use(literalArgument(path, word), 'reads');
    }
}

function reading(does: string, options = '', more: Partial<Rule> = {}): Rule {
  return { does, level: 'read_only', others: 'harmless', options, operands: 'reads', ...more };
}

/** Addresses as `ext::sh -c …` run a program. */
function judgeRemote(call: Call): void {
  for (const word of call.operands) {
    if (
      textsOf(word).some((text) => /^\w+::|^-|--upload-pack/.test(text)) ||
      (word.values === null && word.prefix === '')
    )
      call.raise('transport', `may run a program to talk to ${word.text}`, 'destructive', null, word);
  }
}

const fetching: Record<string, Effect> = {
  '--exec= --receive-pack= --upload-pack=': { does: 'runs a program to talk to the other side', level: 'destructive' },
};

function remote(does: string, level: Rule['level'], more: Partial<Rule> = {}): Rule {
  return {
    does,
    level,
    flag: 'egress',
    others: 'harmless',
    operands: 'text',
    effects: fetching,
    check: judgeRemote,
    ...more,
  };
}

/** Words without which `branch` and `tag` make or move something. */
function listsOnly(pattern: RegExp): (call: Call) => void {
  return (call) => {
    const lists = call.options.some((option) => pattern.test(option.name));
    if (call.operands.length > 0 && !lists) call.raise('create', 'makes a branch or a tag', 'modifying');
  };
}

function judgeConfig(call: Call): void {
  const [verb] = call.operands;
  const asks = call.options.some((option) =>
    /^(?:--get(?:-all|-regexp|-urlmatch|-color|-colorbool)?|--list|-l|--show-\w+)$/.test(option.name),
  );
  const single = call.operands.length === 1 && verb?.literal === true && /^[\w-]+\./.test(verb.text);
  const reads = asks || single || /^(?:get|list)$/.test(verb?.text ?? '');
  if (!reads && call.operands.length > 0)
    call.raise('set', 'changes the configuration, which may name programs', 'destructive');
  const secret = call.operands.some(
    (word) => !word.literal || /extraheader|token|password|credential|secret|\.\*/i.test(word.text),
  );
  if (reads && secret) call.raise('secret', 'may show credentials', 'read_only', 'sensitive_read');
}

function judgeStash(call: Call): void {
  const verb = call.operands[0]?.text;
  if (verb === 'list' || verb === 'show') return;
  call.raise(
    'stash',
    'puts changes away or brings them back',
    /^(?:drop|clear|pop|branch)$/.test(verb ?? '') ? 'destructive' : 'modifying',
  );
}

/** An operand may be a branch or a file whose changes are lost. */
function judgeCheckout(call: Call): void {
  if (givenOptions(call, '-b', '--orphan').length === 0)
    call.raise('files', 'may lose changes of files', 'destructive');
}

/** Lists by the first word: every other verb is judged. */
function verbsThatRead(pattern: RegExp, does: string, level: Rule['level']): (call: Call) => void {
  return (call) => {
    const [verb] = call.operands;
    if (verb !== undefined && !(verb.literal && pattern.test(verb.text))) call.raise('change', does, level);
  };
}

const verbs: NonNullable<Rule['subcommands']> = {
  'status ls-files ls-tree rev-list describe name-rev merge-base show-ref for-each-ref show-branch count-objects verify-commit verify-tag verify-pack cherry check-ignore check-attr check-ref-format check-mailmap var version shortlog whatchanged range-diff diff-tree diff-index diff-files stripspace merge-tree patch-id get-tar-commit-id fsck-objects':
    reading('shows the state of a repository', diffOptions, { effects: diffEffects, check: blobs }),
  'rev-parse show-index': reading('resolves a name', '--short[=] --git-path= --default= --prefix= --abbrev-ref[=]'),
  'log show diff': reading('shows history', diffOptions, {
    effects: diffEffects,
    check: blobs,
    examples: {
      'git log --oneline -5': 'read_only',
      'git diff HEAD~1 --stat': 'read_only',
      'git diff --output=x': 'destructive',
      'git log --outp=x': 'destructive',
      'git log -p --ext-diff': 'destructive',
      'git status --ext-diff': 'destructive',
      'git show HEAD:.env': 'read_only sensitive_read',
      'git diff --no-index a /etc/shadow': 'read_only sensitive_read',
    },
  }),
  'blame annotate': reading('shows who wrote a line', '-L: --since= --ignore-rev= -S: -M? -C?', {
    effects: { '--ignore-revs-file= --contents=': { value: 'reads' } },
  }),
  'cat-file': reading('shows an object', '--batch[=] --batch-check[=]', {
    effects: { '--filters --textconv': { does: 'runs a program that the configuration names', level: 'destructive' } },
    check: blobs,
    examples: { 'git cat-file -p HEAD': 'read_only', 'git cat-file --textconv HEAD:x': 'destructive' },
  }),
  grep: reading('searches files', '-e: -A: -B: -C: -m: --max-depth= --threads= --and --or --not', {
    effects: {
      '-f:': { value: 'reads' },
      '-O? --open-files-in-pager[=]': { does: 'runs a program', level: 'destructive' },
      '--textconv': { does: 'runs a program that the configuration names', level: 'destructive' },
    },
    operands: { first: 'text', rest: 'reads' },
    examples: {
      'git grep -n x': 'read_only',
      'git grep -Osh x': 'destructive',
      'git grep --open=sh x': 'destructive',
      'git grep --textconv x': 'destructive',
    },
  }),
  fsck: reading('checks a repository', '', {
    effects: { '--lost-found': { does: 'writes lost objects', level: 'modifying' } },
    examples: { 'git fsck': 'read_only', 'git fsck --lost-found': 'modifying' },
  }),
  reflog: reading('shows where names stood', diffOptions, {
    effects: { '--output=': { value: 'overwrites' } },
    check: (call) => {
      if (call.operands.some((word) => !word.literal || /^(?:expire|delete|drop|write)$/.test(word.text)))
        call.raise('delete', 'deletes history', 'destructive');
    },
  }),
  stash: reading('shows changes that were put away', diffOptions, { effects: diffEffects, check: judgeStash }),
  branch: reading('lists branches', '--sort= --format= --column[=] --color[=] --abbrev[=] --points-at=', {
    effects: {
      '-d -D -M -C -f --force --delete': { does: 'deletes or moves a branch', level: 'destructive' },
      '-m -c --move --copy -t --track[=] --no-track -u: --set-upstream-to= --unset-upstream --create-reflog --edit-description':
        { does: 'changes a branch', level: 'modifying' },
    },
    operands: 'text',
    check: listsOnly(/^(?:-l|--list|--contains|--no-contains|--merged|--no-merged|-a|-r|--all|--remotes)$/),
    examples: {
      'git branch -a': 'read_only',
      'git branch --list x': 'read_only',
      'git branch x': 'modifying',
      'git branch -D x': 'destructive',
      'git branch --delete --force x': 'destructive',
      'git branch --edit-description': 'modifying',
    },
  }),
  tag: reading('lists tags', '--sort= --format= --column[=] --color[=] --points-at= -n?', {
    effects: {
      '-d -f --force --delete': { does: 'deletes or moves a tag', level: 'destructive' },
      '-a -s -m: -F: -u: --annotate --sign --message= --file= --local-user= --edit': {
        does: 'makes a tag',
        level: 'modifying',
      },
    },
    operands: 'text',
    check: listsOnly(/^(?:-l|--list|--contains|--no-contains|--merged|--no-merged|-n|-v|--verify|--points-at)$/),
    examples: {
      'git tag --contains x': 'read_only',
      'git tag v1': 'modifying',
      'git tag --delete v1': 'destructive',
      'git tag -m x --edit v1': 'modifying',
    },
  }),
  remote: reading('lists remotes', '', {
    check: (call) => {
      const verb = call.operands[0];
      if (verb === undefined || verb.text === 'get-url') return;
      if (verb.text === 'show') {
        const quiet = call.operands.length === 1 || givenOptions(call, '-n').length > 0;
        if (!quiet) call.raise('asks', 'asks the remote', 'read_only', 'egress');
      } else
        call.raise(
          'change',
          'changes remotes',
          /^(?:add|update|set-branches|set-head)$/.test(verb.text) ? 'modifying' : 'destructive',
        );
    },
    operands: 'text',
    examples: {
      'git remote -v': 'read_only',
      'git remote show origin': 'read_only egress',
      'git remote rm x': 'destructive',
    },
  }),
  config: reading(
    'shows the configuration',
    '--get --get-all --get-regexp --get-urlmatch= --list -l --type= --default= --get-color= --get-colorbool=',
    {
      effects: {
        '-f: --file= --blob=': { value: 'reads' },
        '--add --unset --unset-all --replace-all --rename-section --remove-section -e --edit': {
          does: 'changes the configuration, which may name programs',
          level: 'destructive',
        },
      },
      operands: 'text',
      check: judgeConfig,
      examples: {
        'git config --get user.name': 'read_only',
        'git config -l': 'read_only',
        'git config core.pager sh': 'destructive',
        'git config --edit': 'destructive',
        'git config --get http.extraheader': 'read_only sensitive_read',
      },
    },
  ),
  worktree: reading('lists work trees', '', {
    operands: 'text',
    check: verbsThatRead(/^list$/, 'changes work trees', 'destructive'),
  }),
  submodule: reading('shows submodules', '', {
    operands: 'text',
    check: verbsThatRead(/^(?:status|summary)$/, 'changes submodules or runs commands in them', 'destructive'),
  }),
  notes: reading('shows notes', '--ref=', {
    check: verbsThatRead(/^(?:list|show|get-ref)$/, 'changes notes', 'modifying'),
  }),
  lfs: reading('shows large files', '', {
    operands: 'text',
    check: verbsThatRead(/^(?:ls-files|status|env|version)$/, 'changes large files', 'destructive'),
  }),
  clean: {
    does: 'deletes files that are not tracked',
    level: 'destructive',
    others: 'harmless',
    options: '-e: --exclude=',
    modes: { '-n --dry-run': 'read_only' },
    effects: { '-i --interactive': { does: 'asks what to delete', level: 'destructive' } },
    operands: 'names',
    examples: {
      'git clean -fdx': 'destructive',
      'git clean -nd': 'read_only',
      'git clean -n --interactive': 'destructive',
    },
  },
  'symbolic-ref': reading('shows what a name stands for', '', {
    operands: { rest: 'text', level: 'destructive', maximum: 1, does: 'points a name elsewhere' },
    effects: { '-d -m: --delete': { does: 'deletes a name', level: 'destructive' } },
    examples: {
      'git symbolic-ref --short HEAD': 'read_only',
      'git symbolic-ref HEAD refs/heads/x': 'destructive',
      'git symbolic-ref --delete HEAD': 'destructive',
    },
  }),
  'ls-remote': remote('lists what a remote has', 'read_only', {
    options: '--sort= -o: --server-option=',
    examples: {
      'git ls-remote origin': 'read_only egress',
      'git ls-remote --upload-pack=sh origin': 'destructive egress',
      "git ls-remote 'ext::sh -c x'": 'destructive egress',
    },
  }),
  fetch: remote('fetches history', 'modifying', {
    examples: { 'git fetch': 'modifying egress', 'git fetch --upload-pack=sh x': 'destructive egress' },
  }),
  pull: remote('fetches and merges', 'modifying', {
    effects: {
      ...fetching,
      '--rebase[=] -r? -f --force': { does: 'may lose local history', level: 'destructive' },
      '-X? -s? --strategy=': { does: 'merges in another way', level: 'destructive' },
    },
    examples: {
      'git pull --ff-only': 'modifying egress',
      'git pull --force': 'destructive egress',
      'git pull --upload-pack=x': 'destructive egress',
      'git pull --strategy=x': 'destructive egress',
    },
  }),
  clone: remote('fetches a repository', 'modifying', {
    effects: {
      ...fetching,
      '-c: --config= --template= --recurse-submodules[=] --separate-git-dir= --recursive': {
        does: 'may run a program',
        level: 'destructive',
      },
    },
    examples: {
      'git clone https://x.example/y': 'modifying egress',
      'git clone --recursive https://x.example/y': 'destructive egress',
      'git clone --upload-pack=x y': 'destructive egress',
    },
  }),
  push: remote('sends history away', 'destructive'),
  'add commit mv merge cherry-pick revert am apply init switch bisect': {
    does: 'changes a repository',
    level: 'modifying',
    others: 'harmless',
    operands: 'names',
    effects: {
      '-C: --force-create= --discard-changes --hard -f --force -e --edit -i --interactive --exec= --amend': {
        does: 'may lose changes, or opens an editor',
        level: 'destructive',
      },
    },
    check: (call) => {
      if (call.operands[0]?.text === 'run') call.raise('run', 'runs a program', 'destructive');
    },
    examples: {
      'git add .': 'modifying',
      'git commit --amend': 'destructive',
      'git switch -f x': 'destructive',
      'git bisect run sh': 'destructive',
    },
  },
  reset: {
    does: 'moves the current branch',
    level: 'modifying',
    others: 'harmless',
    operands: 'names',
    effects: { '--merge --keep --hard': { does: 'loses changes of files', level: 'destructive' } },
    examples: { 'git reset HEAD x': 'modifying', 'git reset --hard': 'destructive' },
  },
  checkout: {
    does: 'moves to another branch',
    level: 'modifying',
    others: 'harmless',
    options: '-b:',
    operands: 'names',
    check: judgeCheckout,
    examples: { 'git checkout -b x': 'modifying', 'git checkout .': 'destructive', 'git checkout main': 'destructive' },
  },
  'restore rm rebase gc prune repack filter-branch filter-repo update-ref replace maintenance difftool mergetool gui citool gitk instaweb daemon svn p4 send-email credential credential-store credential-cache update-index read-tree checkout-index write-tree hash-object mktree pack-objects unpack-objects fast-import fast-export bundle archive format-patch request-pull sparse-checkout help hook backfill scalar prune-packed pack-refs rerere web--browse shell http-backend upload-pack receive-pack upload-archive':
    'destructive',
};

/** `gh api` reads unless a method or a field is given. */
function judgeApi(call: Call): void {
  const sends = call.options.some((option) => /^(?:-X|--method|-f|-F|--field|--raw-field|--input)$/.test(option.name));
  const [path] = call.operands;
  if (sends || !path?.literal || /graphql/.test(path.text))
    call.raise('send', 'sends a request that may change something', 'destructive');
  else if (/secret|token|variable/i.test(path.text))
    call.raise('secret', 'may show secrets', 'read_only', 'sensitive_read');
}

const ghReads: Rule = {
  does: 'asks GitHub',
  level: 'read_only',
  flag: 'egress',
  others: 'harmless',
  options:
    '-L: --limit= --json= -q: --jq= -t: --template= -s: --state= -w: --workflow= -b: --branch= -a: --author= --assignee= -l: --label= -S: --search= -u: --user= -j: --job= -R: --repo= -c? -e: -H: -B: --head= --base= -r: --ref= --attempt=',
  operands: 'text',
  effects: { '--web': { does: 'opens a browser', level: 'modifying' } },
};

function gh(kind: string, reads: string, more: Rule['subcommands'] = {}): Rule {
  return { does: `shows ${kind}`, level: 'read_only', subcommands: { [reads]: { ...ghReads }, ...more } };
}

export const git: Table = {
  git: {
    does: 'shows how it is used',
    level: 'read_only',
    options:
      '-C: -p -P -h --paginate --no-pager --no-optional-locks --no-replace-objects --no-lazy-fetch --no-advice --bare --literal-pathspecs --glob-pathspecs --noglob-pathspecs --icase-pathspecs --namespace= --attr-source= --html-path --man-path --info-path --version -v --help',
    effects: repositoryEffects,
    subcommands: verbs,
    examples: {
      'git status': 'read_only',
      'git -C /srv/app --no-pager log -1': 'read_only',
      'git -c core.pager=sh log': 'destructive',
      'git -c core.pager=cat log': 'read_only',
      'git -c core.fsmonitor=/tmp/x status': 'destructive',
      'git --shallow-file=x status': 'destructive',
      'git --git-dir=/tmp/x status': 'destructive',
      'git push': 'destructive egress',
      'git stash list': 'read_only',
      'git stash': 'modifying',
      'git stash drop': 'destructive',
      'git reflog': 'read_only',
      'git reflog expire --all': 'destructive',
      'git worktree list': 'read_only',
      'git submodule foreach ls': 'destructive',
      'git lg': 'destructive',
    },
  },
  gh: {
    does: 'shows how it is used',
    level: 'read_only',
    options: '-R: --repo= --help --version',
    subcommands: {
      run: gh('runs', 'list ls view', {
        'watch download': 'modifying',
        'rerun cancel': 'modifying',
        delete: 'destructive',
      }),
      pr: gh('pull requests', 'list ls view status diff checks', {
        'create edit comment review ready reopen checkout update-branch': 'modifying',
        'merge close lock': 'destructive',
      }),
      issue: gh('issues', 'list ls view status', {
        'create edit comment reopen pin': 'modifying',
        'close delete transfer lock': 'destructive',
      }),
      release: gh('releases', 'list ls view', {
        'create edit upload download': 'modifying',
        'delete delete-asset': 'destructive',
      }),
      workflow: gh('workflows', 'list ls view', { 'run enable disable': 'modifying' }),
      repo: gh('repositories', 'list ls view', {
        'create fork clone edit sync': 'modifying',
        'delete archive rename': 'destructive',
      }),
      'cache label ruleset org gist project': gh('lists', 'list ls view check'),
      search: { ...ghReads },
      'status version': { ...ghReads },
      auth: {
        does: 'shows who is signed in',
        level: 'read_only',
        subcommands: {
          status: {
            ...ghReads,
            effects: { '-t --show-token': { does: 'shows a credential', flag: 'sensitive_read' } },
            examples: {
              'gh auth status --show-token': 'read_only sensitive_read egress',
              'gh auth status': 'read_only egress',
            },
          },
          token: { does: 'shows a credential', level: 'read_only', flag: 'sensitive_read', others: 'harmless' },
          'login logout refresh setup-git switch': 'destructive',
        },
      },
      api: {
        ...ghReads,
        options:
          '-H: --header= -q: --jq= -t: --template= --hostname= -p: --preview= --cache= -X: --method= -f: -F: --field= --raw-field= --input=',
        check: judgeApi,
      },
      'secret variable ssh-key gpg-key alias extension codespace config browse attestation': 'destructive',
    },
    examples: {
      'gh run list --limit 5': 'read_only egress',
      'gh pr view 1 --web': 'modifying egress',
      'gh run view 1': 'read_only egress',
      'gh issue view 1 --web': 'modifying egress',
      'gh api repos/x/y': 'read_only egress',
      'gh api -X DELETE repos/x/y': 'destructive egress',
      'gh auth token': 'read_only sensitive_read',
      'gh repo delete x': 'destructive',
    },
  },
};
