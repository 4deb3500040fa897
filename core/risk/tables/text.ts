/** Argument table: tools that search, edit, page and pack text. */
import { awkActs } from '../awk.ts';
import { sedActs } from '../sed.ts';
import type { Call, Table } from '../table.ts';

export const text: Table = {
  'grep egrep fgrep zgrep zegrep zfgrep rgrep bzgrep xzgrep': {
    does: 'searches text',
    level: 'read_only',
    others: 'harmless',
    options:
      '-# -e: --regexp= -A: -B: -C: -m: --max-count= --after-context= --before-context= --context= -d: -D: --include= --exclude= --exclude-dir= --color[=] --colour[=] --label=',
    effects: { '-f: --file=': { value: 'reads' } },
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
    operands: { first: 'text', rest: 'tree' },
    examples: {
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
      '-r -c -e -s -n -M -C -S -a -j -R -y -Y -x -P -o: -p: --raw-output --compact-output --exit-status --slurp --null-input --arg=: --tab --indent= --raw-input --sort-keys --color-output --monochrome-output --join-output --stream --seq -V',
    effects: {
      '-i --in-place --inplace': { does: 'edits files in place', level: 'destructive' },
      '-f: --from-file= -L: --rawfile= --slurpfile= --argfile=': { does: 'reads a file', value: 'reads' },
      '--split-exp=': { does: 'writes files', level: 'destructive' },
    },
    operands: { first: 'text', rest: 'reads' },
    check: (call) => {
      if (call.operands.some((word) => /\benv\b|\$ENV|load\(|load_str|strenv|envsubst/.test(word.text)))
        call.raise('environment', 'may show environment variables or other files', 'read_only', 'sensitive_read');
    },
    examples: {
      "jq '.a[]' x.json": 'read_only',
      'jq -r .x | head': 'read_only',
      'yq -i .a=1 x': 'destructive',
      'jq -n env': 'read_only sensitive_read',
      'jq -f /etc/shadow x': 'read_only sensitive_read',
      'yq --split-exp=.x y': 'destructive',
      'jq --arg a b .x': 'read_only',
    },
  },
  'less more most pg zless zmore': {
    does: 'pages through files; a pager can start a shell',
    level: 'destructive',
    others: 'harmless',
    examples: { 'less x': 'destructive', 'less --help': 'read_only' },
  },
  'vi vim nvim nano emacs ed ex view pico joe mcedit micro vimdiff rvim visudo vipw vigr sudoedit': {
    does: 'opens an editor, which can write and run anything',
    level: 'destructive',
    others: 'harmless',
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
    others: 'harmless',
    options: '-C: --directory= -b: --exclude= -X: -T: --files-from= -N: -V: -L: -t --list',
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
    },
  },
  'gzip bzip2 xz zstd lz4 lzma pigz pbzip2 compress gunzip bunzip2 unxz unlzma unzstd uncompress': {
    does: 'replaces files by packed or unpacked ones',
    level: 'destructive',
    others: 'harmless',
    yields: 'decoded',
    modes: { '-l --list -t --test -c --stdout --to-stdout': 'read_only' },
    effects: { '--rm': { does: 'deletes the source', level: 'destructive' }, '-o:': { value: 'overwrites' } },
    check: (call) => {
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
    others: 'harmless',
    modes: { '-l -t -v -Z -z': 'read_only' },
    effects: { '-o -d: -x:': { does: 'unpacks files', level: 'destructive' } },
    operands: 'names',
    examples: { 'unzip -l x.zip': 'read_only', 'unzip x.zip': 'destructive', 'unzip -o x': 'destructive' },
  },
  zipinfo: {
    does: 'lists an archive',
    level: 'read_only',
    others: 'harmless',
    operands: 'names',
    examples: { 'zipinfo x.zip': 'read_only' },
  },
  'zip 7z 7za rar unrar cpio ar pax': {
    does: 'packs or unpacks files',
    level: 'destructive',
    others: 'harmless',
    operands: 'names',
    examples: { 'zip -r a.zip b': 'destructive', 'cpio -idmv': 'destructive' },
  },
};

/** The first operand is the pattern unless `-e` or `-f` gives it; `-r` reads everything below. */
function searchesBelow(call: Call): void {
  const given = call.options.some((option) => /^-(?:e|f|-regexp|-file)$/.test(option.name));
  const recursive =
    call.rule === 'rgrep' ||
    call.options.some((option) => /^-(?:r|R|-recursive|-dereference-recursive)$/.test(option.name));
  for (const word of given ? call.operands : call.operands.slice(1)) call.use(word, recursive ? 'tree' : 'reads');
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
  if (first === undefined || first.prefix.startsWith('-')) return;
  if (!first.literal || !/^t[vzjJZaf]*$|^[vzjJZ]*t[vzjJZaf]*$/.test(first.text))
    call.raise('writes', 'packs or unpacks files', 'destructive');
}
