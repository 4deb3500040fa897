/** Argument table: git and gh. The configuration of the repository itself (its hooks, its filters) is taken as the machine's own. */

import { literalArgument } from '../arguments.ts';
import { looksForSecrets } from '../secret-words.ts';
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

/** Options of log, show, diff and their plumbing, from their manuals, without those that write or run. */
const diffOptions =
  '-# --no-index --cached --staged --merge-base -0 -1 -2 -3 --base --ours --theirs --follow --no-decorate[=] --decorate[=] --decorate-refs= --decorate-refs-exclude= --clear-decorations --source --full-diff --log-size -L: --skip= --since= --after= --since-as-filter= --until= --before= --author= --committer= --grep-reflog= --grep= --all-match --invert-grep -i --regexp-ignore-case --basic-regexp -E --extended-regexp -F --fixed-strings -P --perl-regexp --remove-empty --merges --no-merges --min-parents= --max-parents= --no-min-parents= --no-max-parents= --first-parent --exclude-first-parent-only --not --all --branches[=] --tags[=] --remotes[=] --glob= --exclude= --exclude-hidden= --reflog --alternate-refs --single-worktree --ignore-missing --bisect --stdin --cherry-mark --cherry-pick --left-only --right-only --cherry -g --walk-reflogs --merge --boundary --simplify-by-decoration --show-pulls --full-history --dense --sparse --simplify-merges --ancestry-path[=] --date-order --author-date-order --topo-order --reverse --no-walk[=] --do-walk --pretty[=] --format= --abbrev-commit --no-abbrev-commit --oneline --encoding= --expand-tabs= --no-expand-tabs= --notes[=] --no-notes --show-signature --relative-date --date= --parents --children --left-right --graph --show-linear-break[=] -p -u --patch -s --no-patch --diff-merges= --no-diff-merges= -m --remerge-diff -c --cc --combined-all-paths -U: --unified= --output-indicator-new= --output-indicator-old= --output-indicator-context= --raw --patch-with-raw -t --indent-heuristic --no-indent-heuristic --minimal --patience --histogram --anchored= --diff-algorithm= --stat[=] --compact-summary --numstat --shortstat -X? --dirstat[=] --cumulative --dirstat-by-file[=] --summary --patch-with-stat -z --name-only --name-status --submodule[=] --color[=] --no-color --color-moved[=] --no-color-moved --color-moved-ws= --no-color-moved-ws --word-diff[=] --word-diff-regex= --color-words[=] --no-renames --check --ws-error-highlight= --full-index --binary --abbrev[=] -B? --break-rewrites[=] -M? --find-renames[=] -C? --find-copies[=] --find-copies-harder -D --irreversible-delete -l: --diff-filter= -S: -G: --find-object= --pickaxe-all --pickaxe-regex -O: --skip-to= --rotate-to= -R --relative[=] --no-relative[=] -a --text --ignore-cr-at-eol --ignore-space-at-eol -b --ignore-space-change -w? --ignore-all-space --ignore-blank-lines -I: --ignore-matching-lines= --inter-hunk-context= -W --function-context --no-ext-diff --no-textconv --ignore-submodules[=] --src-prefix= --dst-prefix= --no-prefix --line-prefix= --ita-invisible-in-index --cached -static: --exit-code --quiet -r --root --merge-base -v --no-commit-id --always -q -n: --numbered -e --email --group= --max-age= --min-age= --disk-usage= --use-bitmap-index --progress= --bisect-vars --bisect-all --objects --in-commit-order --objects-edge --objects-edge-aggressive --indexed-objects --unpacked --object-names --no-object-names --filter= --no-filter --filter-provided-objects --filter-print-omitted --missing= --exclude-promisor-objects --header --no-commit-header --commit-header --timestamp --count --expire= --expire-unreachable= --updateref --rewrite --stale-fix --dry-run --verbose';

/** Those of status, ls-files, describe and the like beyond them. */
const stateOptions =
  '--short --branch --show-stash --porcelain[=] --long --untracked-files[=] --ignored[=] --column[=] --no-column[=] --ahead-behind --no-ahead-behind --renames -d --deleted --modified -o --others --stage --directory --no-empty-directory --unmerged -k --killed --deduplicate --exclude-standard --error-unmatch --with-tree= -f --full-name --recurse-submodules --debug --eol --object-only --full-tree --dirty[=] --broken[=] --contains[=] --candidates= --exact-match --match= --no-match= --refs= --no-refs= --annotate-stdin --no-undefined --octopus --independent --is-ancestor --fork-point --head --heads --dereference --hash[=] --verify --exclude-existing[=] --sort= --shell --perl --python --tcl --points-at= --merged[=] --no-merged[=] --no-contains[=] --ignore-case --current --more= --list --no-name --sha1-name --topics -H --human-readable --stat-only --non-matching --no-index --refspec-pattern --normalize --build-options --no-dual-color --creation-factor= -TODO --strip-comments --comment-lines --allow-unrelated-histories --verbatim --stable --unstable';

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
  return {
    does,
    level: 'read_only',
    options: `-v --verbose -q --quiet -h --help ${options}`,
    operands: 'reads',
    ...more,
  };
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
    operands: 'text',
    effects: fetching,
    check: judgeRemote,
    ...more,
    options: `-v --verbose -q --quiet -4 --ipv4 -6 --ipv6 --progress ${more.options ?? ''}`,
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
  const lists =
    (call.options.some((option) => /^(?:--list|-l)$/.test(option.name)) || verb?.text === 'list') &&
    !call.options.some((option) => option.name === '--name-only');
  if (reads && (secret || lists)) call.raise('secret', 'may show credentials', 'read_only', 'sensitive_read');
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

const verbs = (): NonNullable<Rule['subcommands']> => ({
  'status ls-files ls-tree rev-list describe name-rev merge-base show-ref for-each-ref show-branch count-objects verify-commit verify-tag verify-pack cherry check-ignore check-attr check-ref-format check-mailmap var version shortlog whatchanged range-diff diff-tree diff-index diff-files stripspace merge-tree patch-id get-tar-commit-id fsck-objects':
    reading('shows the state of a repository', `${diffOptions} ${stateOptions}`, {
      effects: { ...diffEffects, '-X: --exclude-from= --exclude-per-directory=': { value: 'reads' } },
      check: blobs,
    }),
  'rev-parse show-index': reading(
    'resolves a name',
    '--parseopt --sq-quote --keep-dashdash --stop-at-non-option --stuck-long --revs-only --no-revs --flags --no-flags --default= --prefix= --verify -q --quiet --sq --short[=] --not --abbrev-ref[=] --symbolic --symbolic-full-name --all --branches[=] --tags[=] --remotes[=] --glob= --exclude= --exclude-hidden= --disambiguate= --local-env-vars --path-format= --git-dir --git-common-dir --resolve-git-dir= --git-path= --show-toplevel --shared-index-path --absolute-git-dir --is-inside-git-dir --is-inside-work-tree --is-bare-repository --is-shallow-repository --show-cdup --show-prefix --show-object-format[=] --since= --after= --until= --before= -h --help --foo --bar --baz= --qux[=] -C?',
  ),
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
  'blame annotate': reading(
    'shows who wrote a line',
    '-b --root --show-stats -L: -l -t -S: --reverse= --first-parent -p --porcelain --line-porcelain --incremental --encoding= --date= -M? -C? --ignore-rev= --color-lines --color-by-age -h -c --score-debug -f --show-name -n --show-number -s -e --show-email -w --abbrev=',
    {
      effects: { '--ignore-revs-file= --contents=': { value: 'reads' } },
    },
  ),
  'cat-file': reading(
    'shows an object',
    '-t -s -e -p --path= --batch= --batch-check= --batch-command= --batch-all-objects --buffer --unordered --allow-unknown-type --follow-symlinks -z',
    {
      effects: {
        '--filters --textconv': { does: 'runs a program that the configuration names', level: 'destructive' },
      },
      check: blobs,
      examples: { 'git cat-file -p HEAD': 'read_only', 'git cat-file --textconv HEAD:x': 'destructive' },
    },
  ),
  grep: reading(
    'searches files',
    '-# --cached --no-index --untracked --no-exclude-standard --exclude-standard --recurse-submodules -a --text --no-textconv -i --ignore-case -I --max-depth= -r --recursive --no-recursive -w --word-regexp -v --invert-match -h -H --full-name -E --extended-regexp -G --basic-regexp -P --perl-regexp -F --fixed-strings -n --line-number --column -l --files-with-matches --name-only -L --files-without-match -z --null -o --only-matching -c --count --color[=] --no-color --break --heading -p --show-function -A: --after-context= -B: --before-context= -W --function-context -m: --max-count= --threads= -e: --and --or --not --all-match -q --quiet -C:',
    {
      effects: {
        '-f:': { value: 'reads' },
        '-O? --open-files-in-pager[=]': { does: 'runs a program', level: 'destructive' },
        '--textconv': { does: 'runs a program that the configuration names', level: 'destructive' },
      },
      operands: 'names',
      check: (call) => {
        const texts = call.options.flatMap(({ name, value }) => (name === '-e' && value ? [value] : []));
        const given = texts.length > 0 || call.options.some((option) => option.name === '-f');
        const [first, ...others] = call.operands;
        const files = given ? call.operands : others;
        for (const word of files) call.use(word, 'reads');
        const patterns = given ? texts : first ? [first] : [];
        const shown = !call.options.some((option) => /^-(?:c|l|L|q|-count|-quiet|-name-only|-files)/.test(option.name));
        looksForSecrets(call, shown, patterns, files, true);
      },
      examples: {
        'git grep -i password': 'read_only sensitive_read',
        'git grep -n x': 'read_only',
        'git grep -Osh x': 'destructive',
        'git grep --open=sh x': 'destructive',
        'git grep --textconv x': 'destructive',
      },
    },
  ),
  fsck: reading(
    'checks a repository',
    '--dangling --no-dangling --unreachable --no-reflogs --full --no-full --connectivity-only --strict --name-objects --references --unreachable --root --tags --cache --no-reflogs --full --connectivity-only --strict --verbose --name-objects',
    {
      effects: { '--lost-found': { does: 'writes lost objects', level: 'modifying' } },
      examples: { 'git fsck': 'read_only', 'git fsck --lost-found': 'modifying' },
    },
  ),
  reflog: reading('shows where names stood', diffOptions, {
    effects: { '--output=': { value: 'overwrites' } },
    check: (call) => {
      if (call.operands.some((word) => !word.literal || /^(?:expire|delete|drop|write)$/.test(word.text)))
        call.raise('delete', 'deletes history', 'destructive');
    },
  }),
  stash: reading('shows changes that were put away', diffOptions, { effects: diffEffects, check: judgeStash }),
  branch: reading(
    'lists branches',
    '--color[=] --no-color -i --ignore-case --column[=] --no-column[=] -r --remotes -a --all -l --list --show-current -v -vv --verbose -q --quiet --abbrev= --no-abbrev --recurse-submodules --contains[=] --no-contains[=] --merged[=] --no-merged[=] --sort= --points-at= --format=',
    {
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
    },
  ),
  tag: reading(
    'lists tags',
    '-v --verify -n? -l --list --sort= --color[=] -i --ignore-case --column[=] --no-column[=] --contains[=] --no-contains[=] --merged[=] --no-merged[=] --points-at= --format=',
    {
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
    },
  ),
  remote: reading('lists remotes', '-n --push --all', {
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
    '--get --get-all --get-regexp --get-urlmatch= --list -l --type= --default= --get-color= --get-colorbool= --global --system --local --worktree -z --null --name-only --show-origin --show-scope --includes --no-includes --bool --int --bool-or-int --path --expiry-date --no-type --no-value --show-names --all --regexp --url= --value= --fixed-value',
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
        'git config -l': 'read_only sensitive_read',
        'git config -l --name-only': 'read_only',
        'git config core.pager sh': 'destructive',
        'git config --edit': 'destructive',
        'git config --get http.extraheader': 'read_only sensitive_read',
      },
    },
  ),
  worktree: reading('lists work trees', '--porcelain -z', {
    operands: 'text',
    check: verbsThatRead(/^list$/, 'changes work trees', 'destructive'),
  }),
  submodule: reading('shows submodules', '--cached --recursive --files --for-status --summary-limit= -n:', {
    operands: 'text',
    check: verbsThatRead(/^(?:status|summary)$/, 'changes submodules or runs commands in them', 'destructive'),
  }),
  notes: reading('shows notes', '--ref=', {
    check: verbsThatRead(/^(?:list|show|get-ref)$/, 'changes notes', 'modifying'),
  }),
  lfs: reading('shows large files', '-l --long -s --size -d --debug -a --all -n --name-only -p --porcelain --json', {
    operands: 'text',
    check: verbsThatRead(/^(?:ls-files|status|env|version)$/, 'changes large files', 'destructive'),
  }),
  clean: {
    does: 'deletes files that are not tracked',
    level: 'destructive',
    options: '-e: --exclude= -d -x -X -f --force -q --quiet',
    modes: { '-n --dry-run': 'read_only' },
    effects: { '-i --interactive': { does: 'asks what to delete', level: 'destructive' } },
    operands: 'names',
    examples: {
      'git clean -fdx': 'destructive',
      'git clean -nd': 'read_only',
      'git clean -n --interactive': 'destructive',
    },
  },
  'symbolic-ref': reading('shows what a name stands for', '--short --recurse --no-recurse', {
    operands: { rest: 'text', level: 'destructive', maximum: 1, does: 'points a name elsewhere' },
    effects: { '-d -m: --delete': { does: 'deletes a name', level: 'destructive' } },
    examples: {
      'git symbolic-ref --short HEAD': 'read_only',
      'git symbolic-ref HEAD refs/heads/x': 'destructive',
      'git symbolic-ref --delete HEAD': 'destructive',
    },
  }),
  'ls-remote': remote('lists what a remote has', 'read_only', {
    options: '--sort= -o: --server-option= -b --branches --heads -t --tags --refs --exit-code --get-url --symref',
    examples: {
      'git ls-remote origin': 'read_only egress',
      'git ls-remote --upload-pack=sh origin': 'destructive egress',
      "git ls-remote 'ext::sh -c x'": 'destructive egress',
    },
  }),
  fetch: remote('fetches history', 'modifying', {
    options:
      '--no-tags= --all -a --append --atomic --depth= --deepen= --shallow-since= --shallow-exclude= --unshallow --update-shallow --negotiation-tip= --negotiate-only --dry-run -k --keep --multiple --prefetch -n --refetch -t --tags --recurse-submodules[=] -j: --jobs= --no-recurse-submodules --set-upstream --submodule-prefix= --recurse-submodules-default= -u --update-head-ok -q --quiet -v --verbose --progress -o: --server-option= --show-forced-updates --no-show-forced-updates --ipv4 --ipv6 --stdin --graph',
    examples: { 'git fetch': 'modifying egress', 'git fetch --upload-pack=sh x': 'destructive egress' },
  }),
  pull: remote('fetches and merges', 'modifying', {
    options:
      '-q --quiet -v --verbose --commit --no-commit --no-ff= --no-edit --cleanup= --ff-only --ff --no-gpg-sign[=] --log[=] --no-log[=] --signoff --no-signoff --stat -n --no-stat --squash --no-squash --verify-signatures --no-verify-signatures --summary --no-summary --autostash --no-autostash --allow-unrelated-histories --no-rebase --all -a --append --atomic --depth= --deepen= --shallow-since= --shallow-exclude= --unshallow --update-shallow --negotiation-tip= --negotiate-only --dry-run -k --keep --prefetch --no-tags -t --tags -j: --jobs= --set-upstream --progress -o: --server-option= --show-forced-updates --no-show-forced-updates --ipv4 --ipv6 --ignore-space-at-eol',
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
    options:
      '-l --local --no-hardlinks -s --shared --auto --reference[=] --dissociate -q --quiet -v --verbose --progress --server-option= -n --no-checkout --bare --sparse --filter= --also-filter-submodules --mirror -o: --origin= -b: --branch= --depth= --shallow-since= --shallow-exclude= --no-tags -j: --jobs= --bundle-uri=',
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
    options:
      '-A --all -u --update -n --dry-run -v --verbose -q --quiet -m: --message= -a -p --patch -s --signoff --no-edit --no-verify -c: --create= -d --detach -b: --initial-branch= --bare --no-ff --ff --ff-only --squash --no-commit -x --allow-empty -k -N --intent-to-add --abort --continue --skip --check --stat --no-stat --author= --date= --guess --track[=]',
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
    options: '-q --quiet --soft --mixed -N --intent-to-add -p --patch --refresh --no-refresh',
    operands: 'names',
    effects: { '--merge --keep --hard': { does: 'loses changes of files', level: 'destructive' } },
    examples: { 'git reset HEAD x': 'modifying', 'git reset --hard': 'destructive' },
  },
  checkout: {
    does: 'moves to another branch',
    level: 'modifying',
    options: '-b: --orphan= -q --quiet -t --track[=] --no-track --detach --guess --no-guess',
    operands: 'names',
    check: judgeCheckout,
    examples: { 'git checkout -b x': 'modifying', 'git checkout .': 'destructive', 'git checkout main': 'destructive' },
  },
  'restore rm rebase gc prune repack filter-branch filter-repo update-ref replace maintenance difftool mergetool gui citool gitk instaweb daemon svn p4 send-email credential credential-store credential-cache update-index read-tree checkout-index write-tree hash-object mktree pack-objects unpack-objects fast-import fast-export bundle archive format-patch request-pull sparse-checkout help hook backfill scalar prune-packed pack-refs rerere web--browse shell http-backend upload-pack receive-pack upload-archive':
    'destructive',
});

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
  options:
    '--log --log-failed -v --verbose --exit-status -c --comments --name-only --patch --required --watch --fail-fast -i: --interval= --closed --draft --archived --owner= --language= --visibility= --sort= --order= --created= --updated= -o: --org= --topic= --source --fork --exclude-drafts --exclude-pre-releases --yaml -y -d --id= --raw --files -m: --milestone= --mention= --app= -a --all --event= --status= --user= --commit= -L: --limit= --json= -q: --jq= -t: --template= -s: --state= -w: --workflow= -b: --branch= -a: --author= --assignee= -l: --label= -S: --search= -u: --user= -j: --job= -R: --repo= -c? -e: -H: -B: --head= --base= -r: --ref= --attempt=',
  operands: 'text',
  effects: { '--web': { does: 'opens a browser', level: 'modifying' } },
};

function gh(kind: string, reads: string, more: Rule['subcommands'] = {}): Rule {
  return { does: `shows ${kind}`, level: 'read_only', subcommands: { [reads]: { ...ghReads }, ...more } };
}

export const git = (): Table => ({
  git: {
    does: 'shows how it is used',
    level: 'read_only',
    options:
      '-C: -p -P -h --paginate --no-pager --no-optional-locks --no-replace-objects --no-lazy-fetch --no-advice --bare --literal-pathspecs --glob-pathspecs --noglob-pathspecs --icase-pathspecs --namespace= --attr-source= --html-path --man-path --info-path --version -v --help',
    effects: repositoryEffects,
    subcommands: verbs(),
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
          token: {
            does: 'shows a credential',
            level: 'read_only',
            flag: 'sensitive_read',
            options: '-h: --hostname= -u: --user=',
          },
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
});
