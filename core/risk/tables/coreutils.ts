/** Argument table: files, folders, disks as files, and the small tools of GNU coreutils. */
import { isRawDevice, isRootFolder, isSystemPath } from '../paths.ts';
import type { Call, Table } from '../table.ts';

export const coreutils: Table = {
  'ls dir vdir lsattr getfacl namei': {
    does: 'lists files',
    level: 'read_only',
    others: 'harmless',
    options: '-I: --ignore= -w: -T: --sort= --time-style= --block-size=',
    operands: 'names',
    examples: { 'ls -la /root/.ssh': 'read_only', 'ls -lahtr *': 'read_only', 'ls $x': 'read_only' },
  },
  'tree exa eza': {
    does: 'lists files',
    level: 'read_only',
    others: 'harmless',
    options: '-L: -P: -I: -s: --level= --filelimit= --sort= --timefmt=',
    effects: { '-o:': { value: 'overwrites' }, '-R': { does: 'may write 00Tree.html files', level: 'destructive' } },
    operands: 'names',
    examples: { 'tree -L 2 /etc': 'read_only', 'tree -o x': 'destructive', 'tree -R -L 2': 'destructive' },
  },
  'stat readlink realpath basename dirname pathchk df mountpoint findmnt lsblk': {
    does: 'shows facts about files and disks',
    level: 'read_only',
    others: 'harmless',
    options: '-c: --format= --printf= -t: -x: -B: --block-size= -o: -s: --output=',
    operands: 'names',
    examples: {
      'stat -c %s /etc/shadow': 'read_only',
      'df -hT': 'read_only',
      'lsblk -o NAME,SIZE': 'read_only',
      'df -h $x': 'read_only',
    },
  },
  du: {
    does: 'adds up file sizes',
    level: 'read_only',
    others: 'harmless',
    options: '-d: --max-depth= -t: --threshold= -B: --block-size= --exclude= -X: --exclude-from= --time-style=',
    effects: { '--files0-from=': { value: 'reads' } },
    operands: 'names',
    examples: {
      'du -sh /var/* | sort -h': 'read_only',
      'du -sh *': 'read_only',
      'du --files0-from=/etc/shadow': 'read_only sensitive_read',
    },
  },
  file: {
    does: 'tells the types of files',
    level: 'read_only',
    others: 'harmless',
    options: '-F: -e: -P: -m: --magic-file=',
    effects: {
      '-C --compile': { does: 'writes a compiled magic file', level: 'modifying' },
      '-f: --files-from=': { value: 'reads' },
    },
    operands: 'names',
    examples: {
      'file -b x': 'read_only',
      'file -C -m x': 'modifying',
      'file -f /etc/shadow': 'read_only sensitive_read',
      'file --comp x': 'modifying',
    },
  },
  'cat tac head tail nl md5sum sha1sum sha224sum sha256sum sha512sum b2sum cksum sum od strings fold fmt expand unexpand paste comm cut column pr join cmp zcmp tsort numfmt look ptx tailf':
    {
      does: 'shows the content of files',
      level: 'read_only',
      others: 'harmless',
      options:
        '-# -n: --lines= -s: -t: -w: -j: -N: -A: -C? -F? --label= -L: -S: -k: --from= --to= -f: -c: -d? --bytes= --pid= --retry -b?',
      examples: {
        'cat /etc/shadow': 'read_only sensitive_read',
        'tail -n 100 -f /var/log/syslog': 'read_only',
        'tail -20 x': 'read_only',
        'head -c 100 x': 'read_only',
        'cut -d: -f1 /etc/passwd': 'read_only',
        'cat </etc/shad*w': 'read_only sensitive_read',
        'cat $x': 'read_only',
        'cat ~/.ssh/id_rsa': 'read_only sensitive_read',
        'cat /proc/self/root/etc/shadow': 'read_only sensitive_read',
        'cat /etc/{passwd,shadow}': 'read_only sensitive_read',
        'cat /dev/sda': 'destructive sensitive_read',
      },
    },
  wc: {
    does: 'counts lines, words and bytes',
    level: 'read_only',
    others: 'harmless',
    effects: { '--files0-from=': { value: 'reads' } },
    operands: 'names',
    examples: { 'wc -l x': 'read_only', 'wc --files0-from=.env': 'read_only sensitive_read' },
  },
  'tr rev zcat bzcat xzcat zstdcat lz4cat unlz4 unvis': {
    does: 'shows text in another form',
    level: 'read_only',
    others: 'harmless',
    yields: 'decoded',
    examples: {
      'zcat x.gz': 'read_only',
      'echo sl | rev': 'read_only',
      'echo fr- zr | tr a-z n-za-m | sh': 'forbidden',
      'rev x | tr -d a': 'read_only',
    },
  },
  'base64 base32 basenc': {
    does: 'encodes text',
    level: 'read_only',
    others: 'harmless',
    options: '-w: --wrap= -b:',
    effects: {
      '-d -D --decode': { does: 'decodes text', yields: 'decoded' },
      '-o:': { value: 'overwrites' },
      '-i:': { value: 'reads' },
    },
    examples: {
      'base64 x': 'read_only',
      'base64 -d x': 'read_only',
      'base64 -d x | sh': 'forbidden',
      'echo cm0= | base64 --dec | bash': 'forbidden',
      'base64 -i /etc/shadow': 'read_only sensitive_read',
      'base64 -i x -o y': 'destructive',
    },
  },
  'xxd hexdump hd': {
    does: 'shows bytes',
    level: 'read_only',
    others: 'harmless',
    options: '-c: -g: -l: -s: -o: -n: -e: -f: -len: -seek: -cols:',
    effects: { '-r -revert': { does: 'turns a dump into bytes', yields: 'decoded' } },
    operands: { first: 'reads', rest: 'overwrites' },
    examples: {
      'xxd a': 'read_only',
      'xxd -r a b': 'destructive',
      'xxd -r -p | sh': 'forbidden',
      'hexdump -C x | head': 'read_only',
      'xxd -revert x | sh': 'forbidden',
    },
  },
  iconv: {
    does: 'changes the encoding of text',
    level: 'read_only',
    options: '-f: -t: --from-code= --to-code= -l --list -c -s',
    effects: { '-o: --output=': { value: 'overwrites' } },
    yields: 'decoded',
    examples: { 'iconv -f latin1 -t utf8 x': 'read_only', 'iconv -o y x': 'destructive' },
  },
  'diff diff3 colordiff zdiff': {
    does: 'compares files',
    level: 'read_only',
    others: 'harmless',
    options: '-U? -C? -I: -x: -X: -F: -W: --label= -L: --exclude= --ignore-matching-lines=',
    effects: {
      '--from-file= --to-file=': { value: 'reads' },
      '--diff-program=': { does: 'runs a program', level: 'destructive' },
    },
    examples: {
      'diff -ruN a b': 'read_only',
      'diff /etc/shadow x': 'read_only sensitive_read',
      'diff3 --diff-program=x a b c': 'destructive',
      'diff --from-file=/etc/shadow x': 'read_only sensitive_read',
      'diff <(sort a) <(sort b)': 'read_only',
    },
  },
  sdiff: {
    does: 'compares files side by side',
    level: 'read_only',
    others: 'harmless',
    options: '-w: -I:',
    effects: {
      '-o: --output=': { does: 'merges into a file by an editor', level: 'destructive' },
      '--diff-program=': { does: 'runs a program', level: 'destructive' },
    },
    examples: {
      'sdiff a b': 'read_only',
      'sdiff -o c a b': 'destructive',
      'sdiff --diff-program=x a b': 'destructive',
    },
  },
  'bat batcat': {
    does: 'shows the content of files',
    level: 'read_only',
    options:
      '-p --plain -n --number -A -l: --language= -r: --line-range= --color= --paging= --style= -P --no-pager --theme= --tabs= --wrap=',
    effects: { '--pager=': { does: 'runs a program', level: 'destructive' } },
    examples: {
      'bat -pp x': 'read_only',
      'bat --pager=reboot x': 'destructive',
      'bat /etc/shadow': 'read_only sensitive_read',
    },
  },
  sort: {
    does: 'sorts lines',
    level: 'read_only',
    others: 'harmless',
    options:
      '-k: --key= -t: --field-separator= -S: --buffer-size= --parallel= --batch-size= -T: --temporary-directory=',
    effects: {
      '-o: --output=': { value: 'overwrites' },
      '--compress-program=': { does: 'runs a program', level: 'destructive' },
      '--files0-from=': { value: 'reads' },
      '--random-source=': { value: 'reads' },
    },
    examples: {
      'sort -k2 -rn a': 'read_only',
      'sort -u a -o b': 'destructive',
      'sort --outp=b a': 'destructive',
      'sort -uob a': 'destructive',
      'sort --compress-program=sh a': 'destructive',
      'sort --files0-from=/etc/shadow': 'read_only sensitive_read',
      'sort --random-source=/etc/shadow -R': 'read_only sensitive_read',
      'sort $x': 'destructive',
      'sort "/var/$x"': 'read_only',
    },
  },
  uniq: {
    does: 'drops repeated lines',
    level: 'read_only',
    others: 'harmless',
    options: '-f: -s: -w:',
    operands: { rest: 'reads', last: 'overwrites' },
    examples: { 'uniq -c': 'read_only', 'uniq a': 'read_only', 'uniq a b': 'destructive' },
  },
  date: {
    does: 'shows the time',
    level: 'read_only',
    options: '-d: --date= -I? --iso-8601[=] -R --rfc-email --rfc-3339= -r: --reference= -u --utc --universal --debug',
    effects: {
      '-s: --set=': { does: 'sets the clock', level: 'destructive' },
      '-f: --file=': { value: 'reads' },
    },
    operands: 'text',
    check: (call) => {
      const setting = call.operands.find((word) => !word.prefix.startsWith('+'));
      if (setting) call.raise('operand', 'sets the clock', 'destructive');
    },
    examples: {
      'date +%F': 'read_only',
      "date -d '1 hour ago'": 'read_only',
      'date -s 10:00': 'destructive',
      'date 11210900': 'destructive',
      'date -u': 'read_only',
    },
  },
  'id whoami groups logname users tty uname arch nproc getconf hostid locale lscpu lsmem lspci lsusb lshw lsmod lsns lsipc lslocks lslogins lsscsi lsinitrd modinfo seq factor expr sleep yes cal ncal units tput runlevel sw_vers lsb_release usleep tload':
    {
      does: 'shows facts about the machine',
      level: 'read_only',
      others: 'harmless',
      operands: 'text',
      examples: {
        'uname -a': 'read_only',
        'sleep 5': 'read_only',
        'id -u': 'read_only',
        'lsb_release -a': 'read_only',
      },
    },
  printenv: {
    does: 'shows environment variables',
    level: 'read_only',
    options: '-0 --null',
    operands: 'text',
    check: (call) => {
      const plain = /^(?:PATH|HOME|LANG|LC_\w+|TZ|USER|LOGNAME|HOSTNAME|PWD|SHELL|TERM|\w*(?:_HOME|_REGION|_VERSION))$/;
      if (call.operands.length === 0 || !call.operands.every((word) => word.literal && plain.test(word.text))) {
        call.raise('dump', 'shows environment variables, which may be secrets', 'read_only', 'sensitive_read');
      }
    },
    examples: {
      printenv: 'read_only sensitive_read',
      'printenv PATH': 'read_only',
      'printenv DB_URL': 'read_only sensitive_read',
    },
  },
  shuf: {
    does: 'shuffles lines',
    level: 'read_only',
    others: 'harmless',
    options: '-i: -n: --input-range= --head-count=',
    effects: { '-o: --output=': { value: 'overwrites' }, '--random-source=': { value: 'reads' } },
    examples: {
      'shuf -n 1 x': 'read_only',
      'shuf -o y x': 'destructive',
      'shuf --random-source=/etc/shadow x': 'read_only sensitive_read',
    },
  },
  'cp install ln': {
    does: 'writes files',
    level: 'destructive',
    others: 'harmless',
    operands: { rest: 'reads', last: 'overwrites' },
    examples: {
      'cp a b': 'destructive',
      'cp /etc/shadow /tmp': 'destructive sensitive_read',
      'ln -sf a b': 'destructive',
      'cp x /dev/sda': 'forbidden',
    },
  },
  'mv rename rename.ul prename mmv': {
    does: 'moves files, replacing what is there',
    level: 'destructive',
    others: 'harmless',
    check: losesRoot,
    operands: 'names',
    examples: { 'mv a b': 'destructive', 'mv / x': 'forbidden' },
  },
  'rm unlink rmdir shred srm wipe trash-empty': {
    does: 'deletes files',
    level: 'destructive',
    others: 'harmless',
    check: losesRoot,
    operands: 'names',
    examples: {
      'rm -rf /tmp/x': 'destructive',
      'rm -rf /': 'forbidden',
      'rm -rf /*': 'forbidden',
      'rm --no-preserve-root -r x': 'destructive',
      'shred -u x': 'destructive',
      'rm -rf //etc/../': 'forbidden',
      'rm --help': 'read_only',
      'rm x': 'destructive',
    },
  },
  mkdir: {
    does: 'makes folders',
    level: 'modifying',
    others: 'harmless',
    operands: 'names',
    check: touchesSystem,
    examples: { 'mkdir -p /tmp/x': 'modifying', 'mkdir /etc/x': 'destructive' },
  },
  'touch mkfifo': {
    does: 'makes files or changes their times',
    level: 'modifying',
    others: 'harmless',
    options: '-d: -t: -r: -m:',
    operands: 'names',
    check: touchesSystem,
    examples: { 'touch /tmp/x': 'modifying', 'touch /etc/nologin': 'destructive' },
  },
  mktemp: {
    does: 'makes a temporary file',
    level: 'modifying',
    options: '-d -u -q -p: --suffix= --tmpdir[=] -t',
    operands: 'names',
    examples: {
      mktemp: 'modifying',
      'mktemp -d': 'modifying',
      't=$(mktemp); date > "$t"': 'modifying',
      't=$(mktemp -u); date > "$t"': 'destructive',
      't=$(mktemp); read -r t; date > "$t"': 'destructive',
      'if true; then t=$(mktemp); fi; date > "$t"': 'destructive',
    },
  },
  'chmod chown chgrp chattr setfacl setcap chcon restorecon setfattr semanage setsebool': {
    does: 'changes who may do what with files',
    level: 'destructive',
    others: 'harmless',
    operands: 'names',
    examples: { 'chmod 644 x': 'destructive', 'chown -R www /var/www': 'destructive' },
  },
  'truncate fallocate split csplit': {
    does: 'writes or cuts files',
    level: 'destructive',
    others: 'harmless',
    operands: 'names',
    examples: { 'truncate -s 0 x': 'destructive', 'split -b 1M x': 'destructive' },
  },
  'tee sponge': {
    does: 'copies its input into files',
    level: 'read_only',
    options: '-i --ignore-interrupts -p --output-error[=]',
    modes: { '-a --append': 'read_only' },
    operands: 'names',
    check: (call) => {
      const appends = call.options.some((option) => option.known?.mode);
      for (const word of call.operands) call.use(word, appends ? 'appends' : 'overwrites');
    },
    examples: {
      'echo x | tee f': 'destructive',
      'echo x | tee -a f': 'modifying',
      'echo x | tee /dev/stderr': 'read_only',
      'tee -a /etc/hosts': 'destructive',
    },
  },
  'dd dcfldd': {
    does: 'copies raw data',
    level: 'destructive',
    check: (call) => {
      const output = call.words.find((word) => word.prefix.startsWith('of='));
      if (output && isRawDevice(output.text.slice(3)))
        call.raise('device', `overwrites a disk: ${output.text.slice(3)}`, 'destructive');
    },
    operands: 'names',
    examples: { 'dd if=/dev/zero of=/dev/sda': 'destructive', 'dd if=a of=b': 'destructive' },
  },
  sync: {
    does: 'writes buffers to disk',
    level: 'modifying',
    options: '-d -f',
    operands: 'names',
    examples: { sync: 'modifying' },
  },
  'hostname domainname dnsdomainname': {
    does: "shows the machine's name",
    level: 'read_only',
    options: '-a -A -d -f -i -I -s -y --fqdn --long --short --all-ip-addresses --ip-address --domain --all-fqdns',
    operands: { rest: 'text', level: 'destructive', does: "sets the machine's name" },
    examples: { 'hostname -f': 'read_only', 'hostname evil': 'destructive', 'hostname -F x': 'destructive' },
  },
  stty: {
    does: 'shows terminal settings',
    level: 'read_only',
    options: '-a -g --all --save',
    operands: { rest: 'text', level: 'modifying', does: 'changes terminal settings' },
    examples: { 'stty -a': 'read_only', 'stty raw': 'modifying' },
  },
};

function losesRoot(call: Call): void {
  const root = call.operands.find((word) => (word.values ?? [word.text]).some(isRootFolder));
  if (root) call.raise('root', `destroys a root folder: ${root.text}`, 'forbidden');
}

function touchesSystem(call: Call): void {
  const system = call.operands.find((word) => (word.values ?? [word.text]).some(isSystemPath));
  if (system) call.raise('system', `changes a system folder: ${system.text}`, 'destructive');
}
