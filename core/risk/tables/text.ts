/** Argument table: tools that search, edit, page and pack text. */

import { awkActs } from '../awk.ts';
import { looksForSecrets } from '../secret-words.ts';
import { sedActs } from '../sed.ts';
import type { Call, Table } from '../table.ts';

export const text = (): Table => ({
  'grep egrep fgrep rgrep zgrep zegrep zfgrep bzgrep xzgrep': {
    does: 'searches text',
    level: 'read_only',
    options:
      '-# -V -E --extended-regexp -F --fixed-strings -G --basic-regexp -P --perl-regexp -X: -e: --regexp= -i -y --ignore-case --no-ignore-case -v --invert-match -w --word-regexp -x --line-regexp -c --count --color[=] --colour[=] -L --files-without-match -l --files-with-matches -m: --max-count= -o --only-matching -q --quiet --silent -s --no-messages -b --byte-offset -H --with-filename -h --no-filename --label= -n --line-number -T --initial-tab -u --unix-byte-offsets -Z --null -A: --after-context= -B: --before-context= -C: --context= --group-separator= --no-group-separator -a --text --binary-files= -D: --devices= -d: --directories= --exclude= --exclude-dir= -I --include= -r --recursive -R --dereference-recursive --line-buffered -U --binary -z --null-data -NUM',
    complete: true,
    effects: { '-f: --file= --exclude-from=': { value: 'reads' } },
    operands: 'names',
    check: searchesBelow,
    examples: {
      'grep -i error /var/log/syslog': 'read_only',
      'grep root /etc/shadow': 'read_only sensitive_read',
      'grep -r password /': 'read_only sensitive_read',
      'grep -f /etc/shadow x': 'read_only sensitive_read',
      "grep -E 'a|b' -r /var/log": 'read_only',
      'grep x *': 'read_only',
      'grep -e a -e b x': 'read_only',
      'grep shadow x': 'read_only',
      'grep -i password /etc/app.conf': 'read_only sensitive_read',
      'grep -i "failed password" /var/log/auth.log': 'read_only',
      'grep PasswordAuthentication /etc/ssh/sshd_config': 'read_only',
      'kubectl logs x | grep -i secret': 'read_only',
      'grep $x y': 'read_only',
    },
  },
  'rg ag ack': {
    does: 'searches text',
    level: 'read_only',
    options:
      '-# -i -v -n -c -l -w -o -s -S -F -U -u -e: -A: -B: -C: -g: -t: -T: -m: --files --hidden --no-ignore --count --json --color= --glob= --type= --sort=',
    effects: {
      '-f: --file=': { value: 'reads' },
      '--pre= --hostname-bin= --pager=': { does: 'runs a program', level: 'destructive' },
      '-z --search-zip': { does: 'runs decompressors', level: 'read_only' },
    },
    operands: 'names',
    check: (call) => {
      // ag has another -t than rg, without a value.
      const given = call.options.some((option) => /^-(?:e|f|-regexp|-file|-files|t)$/.test(option.name));
      const texts = call.options.flatMap(({ name, value }) => (name === '-e' && value ? [value] : []));
      const [pattern, ...others] = call.operands;
      const files = given ? call.operands : others;
      for (const word of files) call.use(word, 'tree');
      const shown = !call.options.some((option) => /^(?:-[cl]|--count|--files)$/.test(option.name));
      looksForSecrets(call, shown, given ? texts : pattern ? [pattern] : [], files, call.input.kind === 'nothing');
    },
    examples: {
      'rg -i password /srv': 'read_only sensitive_read',
      'rg -n error /var/log': 'read_only',
      'rg --pre=sh x': 'destructive',
      'rg -f .env x': 'read_only sensitive_read',
      'rg -z x /var/log': 'read_only',
      'rg x /etc/shadow': 'read_only sensitive_read',
    },
  },
  'sed gsed': {
    does: 'edits a text stream',
    level: 'read_only',
    options:
      '-n --quiet --silent -E -r --regexp-extended -u --unbuffered -z --null-data --zero-terminated -l: --line-length= --posix --debug --sandbox -e: --expression= -s --separate --follow-symlinks',
    effects: {
      '-i? --in-place[=]': { does: 'edits files in place', level: 'destructive' },
      '-f: --file=': { does: 'runs a sed script that is not written here', level: 'destructive' },
    },
    operands: 'text',
    check: judgeSed,
    examples: {
      "sed -n '1,5p' x": 'read_only',
      "sed 's/a/b/g' x": 'read_only',
      "sed -i 's/a/b/' x": 'destructive',
      "sed -i.bak 's/a/b/' x": 'destructive',
      "sed 's/a/b/e' x": 'destructive',
      "sed '1e reboot' x": 'destructive',
      "sed 's/a/b/w out' x": 'destructive',
      "sed -n 'w /etc/x' y": 'destructive',
      "sed --in-pl 's/a/b/' x": 'destructive',
      'sed -f x y': 'destructive',
      "sed -n '/error/p' /var/log/syslog": 'read_only',
      "sed -e 's/x/y/' -e '/^$/d'": 'read_only',
      'sed $x': 'destructive',
      'sed -n 5p /etc/shadow': 'read_only sensitive_read',
      "sed -nE '/^a{2,3}/,/b/{s|/x|/y|;p}' f": 'read_only',
      "sed '$!N;s/\\n/ /' f": 'read_only',
    },
  },
  'awk gawk mawk nawk': {
    does: 'computes over lines',
    level: 'read_only',
    options:
      '-F: -v: --field-separator= --assign= --posix --traditional --re-interval -b -c -r -P --characters-as-bytes --',
    effects: {
      '-f: --file= -E: --exec=': { does: 'runs an awk program that is not written here', level: 'destructive' },
      '-i: --include= -l: --load=': { does: 'loads awk code', level: 'destructive' },
      '-o? --pretty-print[=] -p? --profile[=] -d? --dump-variables[=] -D? --debug[=]': {
        does: 'writes a file',
        level: 'destructive',
      },
    },
    operands: 'text',
    check: judgeAwk,
    examples: {
      "awk '{print $1}' x": 'read_only',
      "awk -F: '$3>1000{print $1}' /etc/passwd": 'read_only',
      'awk \'BEGIN{system("id")}\'': 'destructive',
      'awk \'{print > "x"}\' y': 'destructive',
      'awk \'{print | "sh"}\'': 'destructive',
      'awk \'"date"|getline d{print d}\'': 'destructive',
      'awk -f x y': 'destructive',
      "awk -i inplace '{print}' x": 'destructive',
      "awk -ox '{print}'": 'destructive',
      "awk '$9 >= 500 {c[$7]++} END{for(u in c) print c[u],u}' access.log": 'read_only',
      "awk '{print}' /etc/shadow": 'read_only sensitive_read',
      "awk '$5 > 80 {print $6}'": 'read_only',
      "awk '/a|b/{n++} END{print n}' x": 'read_only',
    },
  },
  'jq yq xq gojq jid fx': {
    does: 'queries structured text',
    level: 'read_only',
    options:
      '-r -c -e -s -n -M -C -S -a -j -R -y -Y -x -P -o: -p: --raw-output --compact-output --exit-status --slurp --null-input --arg= --argjson= --args --jsonargs --tab --unbuffered --ascii-output --colour-output --no-doc --unwrapScalar[=] --prettyPrint --input-format= --output-format= --xml-output --toml-output -h --help --version --build-configuration --raw-output0 --stream-errors --tojson --indent= --raw-input --sort-keys --color-output --monochrome-output --join-output --stream --seq -V',
    effects: {
      '-i --in-place --inplace': { does: 'edits files in place', level: 'destructive' },
      '-f: --from-file= -L: --rawfile= --slurpfile= --argfile=': { does: 'reads a file', value: 'reads' },
      '--split-exp=': { does: 'writes files', level: 'destructive' },
    },
    operands: 'text',
    check: (call) => {
      readNamed(call);
      // yq's -s names files to split into; jq's takes its whole input at once.
      if (/^yq$/.test(call.rule) && call.options.some((option) => option.name === '-s'))
        call.raise('split', 'may write files', 'destructive');
      if (call.rule === 'fx' && call.operands.length > 1) call.raise('code', 'runs JavaScript code', 'destructive');
      if (call.operands.some((word) => /\bhalt_error\b/.test(word.text)))
        call.raise('exit', 'chooses its exit code, of which one reboots the host: 194', 'destructive');
      if (call.operands.some((word) => /\benv\b|\$ENV|load\(|load_str|strenv|envsubst/.test(word.text)))
        call.raise('environment', 'may show environment variables or other files', 'read_only', 'sensitive_read');
    },
    examples: {
      "jq '.a[]' x.json": 'read_only',
      'jq -r .x | head': 'read_only',
      'yq -i .a=1 x': 'destructive',
      'yq -s .a x': 'destructive',
      'jq -s .a x': 'read_only',
      'fx x.json save': 'destructive',
      'jq -n env': 'read_only sensitive_read',
      'jq -f /etc/shadow x': 'read_only sensitive_read',
      'yq --split-exp=.x y': 'destructive',
      'jq --arg a b .x': 'read_only',
      "jq -n --rawfile a /etc/shadow '$a'": 'read_only sensitive_read',
      "jq -n 'halt_error(194)'": 'destructive',
      'jq . /root/.docker/config.json': 'read_only sensitive_read',
    },
  },
  'less more most pg zless zmore': {
    does: 'pages through files; a pager can start a shell',
    level: 'destructive',
    examples: { 'less x': 'destructive', 'less --help': 'read_only' },
  },
  'vi vim nvim nano emacs ed ex view pico joe mcedit micro vimdiff rvim visudo vipw vigr sudoedit': {
    does: 'opens an editor, which can write and run anything',
    level: 'destructive',
    examples: { 'vi x': 'destructive', 'ed -s x': 'destructive', "vim -c ':!sh'": 'destructive' },
  },
  'man info': {
    does: 'shows a manual page',
    level: 'read_only',
    options: '-k -f -w -a -s: --no-pager -K',
    effects: {
      '-P: --pager= -H? --html[=] -C: --config-file= -M: --manpath= -o: --output=': {
        does: 'runs a program or writes a file',
        level: 'destructive',
      },
    },
    operands: 'text',
    check: (call) => {
      if (!call.options.some((option) => /^-[kfwK]$/.test(option.name)))
        call.raise('pager', 'opens a pager, which can start a shell', 'destructive');
    },
    examples: { 'man -k disk': 'read_only', 'man ls': 'destructive', 'man -P sh ls': 'destructive' },
  },
  'tar bsdtar gtar': {
    does: 'packs or unpacks files',
    level: 'read_only',
    options:
      '-C: --directory= -b: --blocking-factor= --exclude= -N: --newer= --newer-mtime= --after-date= -V: --label= -L: --tape-length= -t --list -v --verbose -z --gzip --gunzip --ungzip -j --bzip2 -J --xz --lzip --lzma --lzop -Z --compress --uncompress --zstd -a --auto-compress --no-auto-compress -h --dereference -i --ignore-zeros -R --block-number --full-time --numeric-owner --wildcards --no-wildcards --anchored --no-anchored --ignore-case --strip-components= --transform= --xform= --totals[=] --utc --warning= --show-transformed-names --show-stored-names --quoting-style= --occurrence[=] --no-recursion --force-local -O --to-stdout -p -P --absolute-names --sort= --no-ignore-case -n --seek -B --checkpoint[=] -l --check-links --test-label --show-defaults --exclude-vcs --exclude-backups --exclude-caches --one-file-system -k -m -s -S --sparse --ignore-failed-read -o --null -w --null-data --no-same-owner --no-same-permissions --fast-read',
    effects: {
      '-x --extract --get': { does: 'unpacks files over what is there', level: 'destructive' },
      '-c --create': { does: 'writes an archive', level: 'destructive' },
      '-r -u -A --append --update --concatenate --catenate --delete': {
        does: 'changes an archive',
        level: 'destructive',
      },
      '--remove-files': { does: 'deletes the packed files', level: 'destructive' },
      '-I: --use-compress-program= --to-command= --checkpoint-action= --rsh-command= --rmt-command= -F: --info-script= --new-volume-script=':
        { does: 'runs a program', level: 'destructive' },
      '-f: --file=': { value: 'names' },
      '-T: --files-from= -X: --exclude-from=': { value: 'reads' },
      '-d --diff --compare': { does: 'compares an archive', level: 'read_only' },
      '-g: --listed-incremental= --index-file= --volno-file=': { does: 'writes a file', level: 'destructive' },
    },
    operands: 'names',
    check: judgeTar,
    examples: {
      'tar tzf x.tgz': 'read_only',
      'tar -tvf x.tar': 'read_only',
      'tar xzf x.tgz': 'destructive',
      'tar -czf a.tgz b': 'destructive',
      'tar --list -f x': 'read_only',
      'tar tf x --to-command=sh': 'destructive',
      'tar -rf a b': 'destructive',
      'tar -tf a --remove-files': 'destructive',
      'tar tf x -g y': 'destructive',
      'tar --checkpoint=1 --checkpoint-action=exec=sh -tf x': 'destructive',
      'tar --extr -f x': 'destructive',
      'tar -df x': 'read_only',
      'tar --compare -f x': 'read_only',
      'tar tf host:x.tar': 'read_only egress',
      'tar tf ./a:b.tar': 'read_only',
    },
  },
  'gzip bzip2 xz zstd lz4 lzma pigz pbzip2 compress gunzip bunzip2 unxz unlzma unzstd uncompress': {
    does: 'replaces files by packed or unpacked ones',
    level: 'destructive',
    yields: 'decoded',
    options:
      '-# -d --decompress --uncompress -k --keep -f --force -q --quiet --silent -v --verbose -n --no-name -N --name -a --ascii -h -V -T: --threads= -M: --memlimit= --memory= --robot --ignore-check --single-stream -p: --processes=',
    modes: { '-l --list -t --test -c --stdout --to-stdout': 'read_only' },
    effects: { '--rm': { does: 'deletes the source', level: 'destructive' }, '-o:': { value: 'overwrites' } },
    check: (call) => {
      // lz4's -l makes an older format, and pbzip2's takes a load.
      if (/^(?:lz4|pbzip2|compress|uncompress)$/.test(call.rule) && call.options.some((option) => option.name === '-l'))
        call.raise('pack', 'replaces files', 'destructive');
      if (
        call.options.some((option) => /^-(?:l|t|c|-list|-test|-stdout|-to-stdout)$/.test(option.name)) &&
        call.operands.some((word) => !word.literal && word.splits)
      ) {
        call.raise('open', 'has an open word that may be an option', 'destructive');
      }
    },
    examples: {
      'gzip x': 'destructive',
      'gzip -l x.gz': 'read_only',
      'lz4 -l x': 'destructive',
      'gzip -dc x.gz': 'read_only',
      'gunzip -c x | sh': 'forbidden',
      'zstd -c --rm x': 'destructive',
      'zstd -c -o y x': 'destructive',
      'xz -t x': 'read_only',
    },
  },
  unzip: {
    does: 'unpacks files over what is there',
    level: 'destructive',
    options: '-q -1 -2 -s -m -h -M -T -C -a -b',
    modes: { '-l -t -v -Z -z -p -c': 'read_only' },
    effects: { '-o -d: -x -n -u -f -j': { does: 'unpacks files', level: 'destructive' } },
    operands: 'names',
    examples: { 'unzip -l x.zip': 'read_only', 'unzip x.zip': 'destructive', 'unzip -j x': 'destructive' },
  },
  zipinfo: {
    does: 'lists an archive',
    level: 'read_only',
    options: '-1 -2 -s -m -l -v -h -M -t -T -z -C -x:',
    operands: 'names',
    examples: { 'zipinfo x.zip': 'read_only' },
  },
  'zip 7z 7za rar unrar cpio ar pax': {
    does: 'packs or unpacks files',
    level: 'destructive',
    operands: 'names',
    examples: { 'zip -r a.zip b': 'destructive', 'cpio -idmv': 'destructive' },
  },
});

/** `--arg NAME VALUE` and its like take two words; the file of `--rawfile` is its second, before the filter. */
function readNamed(call: Call): void {
  const named = call.options.filter((option) => /^--(?:raw|slurp|arg)file$/.test(option.name));
  const pairs = call.options.filter((option) => /^--(?:(?:raw|slurp|arg)file|arg|argjson)$/.test(option.name)).length;
  const from = call.options.some((option) => /^(?:-f|--from-file)$/.test(option.name)) ? 0 : 1;
  for (const [index, word] of call.operands.entries())
    if (index < pairs ? named.length > 0 : index >= pairs + from) call.use(word, 'reads');
}

/** The first operand is the pattern unless `-e` or `-f` gives it; `-r` reads everything below. */
function searchesBelow(call: Call): void {
  const given = call.options.some((option) => /^-(?:e|f|-regexp|-file)$/.test(option.name));
  const recursive =
    call.rule === 'rgrep' ||
    call.options.some((option) => /^-(?:r|R|-recursive|-dereference-recursive)$/.test(option.name));
  const files = given ? call.operands : call.operands.slice(1);
  for (const word of files) call.use(word, recursive ? 'tree' : 'reads');
  const shown = !call.options.some((option) => /^-(?:c|l|L|q|-count|-quiet|-silent|-files-with\w*)/.test(option.name));
  const texts = call.options.flatMap(({ name, value }) => (/^-(?:e|-regexp)$/.test(name) && value ? [value] : []));
  looksForSecrets(call, shown, given ? texts : call.operands.slice(0, 1), files, recursive);
}

/** Scripts are the `-e` values, else the first operand; other operands are files. */
function judgeSed(call: Call): void {
  const given = call.options
    .filter((option) => /^-(?:e|-e\w*)$/.test(option.name))
    .flatMap((option) => option.value ?? []);
  const [first, ...files] = call.operands;
  const scripts = given.length > 0 ? given : first ? [first] : [];
  for (const word of given.length > 0 ? call.operands : files) call.use(word, 'reads');
  const sandboxed = call.options.some((option) => option.name === '--sandbox');
  for (const script of scripts) {
    if (!script.literal && !isOpenSedText(script.text))
      call.raise('open', 'runs a sed script that is not written here', 'destructive');
    else if (!sandboxed && sedActs(script.text))
      call.raise('acts', 'runs a command or writes a file from a sed script', 'destructive');
  }
}

/** `/$x/p` may become anything; only an address of numbers may stay open: `${n}p`, `$((n+1)),5p`. */
function isOpenSedText(script: string): boolean {
  return /^(?:\$\(\([^()]*\)\)|[\d,$])+[pdq]$/.test(script);
}

/** The program is the first operand unless `-f` gives it. */
function judgeAwk(call: Call): void {
  const [program, ...files] = call.operands;
  if (program === undefined) return;
  for (const file of files) if (!/^\w+=/.test(file.text)) call.use(file, 'reads');
  if (!program.literal) {
    call.raise('open', 'runs an awk program that is not written here', 'destructive');
    return;
  }
  if (/\bENVIRON\b/.test(program.text))
    call.raise('environment', 'may show environment variables', 'read_only', 'sensitive_read');
  if (awkActs(program.text)) call.raise('acts', 'runs a command or writes a file from an awk program', 'destructive');
}

/** `tar xzf`: the first word may be a cluster without a dash. */
function judgeTar(call: Call): void {
  const first = call.words[0];
  // A name with a colon before any slash is another machine's, by rsh.
  for (const word of [...call.operands, ...call.options.map((option) => option.value)])
    if (word && /^[^/]*:/.test(word.text) && !call.options.some((option) => option.name === '--force-local'))
      call.raise('remote', `reads from another machine: ${word.text}`, 'read_only', 'egress', word);
  if (first === undefined || first.prefix.startsWith('-')) return;
  if (!first.literal || !/^t[vzjJZaf]*$|^[vzjJZ]*t[vzjJZaf]*$/.test(first.text))
    call.raise('writes', 'packs or unpacks files', 'destructive');
}
