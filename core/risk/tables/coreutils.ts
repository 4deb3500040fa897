/** Argument table: files, folders, disks as files, and the small tools of GNU coreutils. */
import { isRawDevice, isRootFolder, isSystemPath } from '../paths.ts';
import type { Call, Rule, Table } from '../table.ts';

/** An entry that shows the content of its operands. `all`: the options are all that the tool has. */
function shows(options: string, examples: Rule['examples'], known: 'all' | 'some' = 'all'): Rule {
  return {
    does: 'shows the content of files',
    level: 'read_only',
    options,
    ...(known === 'all' ? { complete: true } : {}),
    operands: 'reads',
    ...(examples ? { examples } : {}),
  };
}

/** An entry that tells facts; its operands are no paths. */
function tells(options: string, examples: Rule['examples'], known: 'all' | 'some' = 'all'): Rule {
  return { ...shows(options, examples, known), does: 'shows facts about the machine', operands: 'text' };
}

export const coreutils = (): Table => ({
  'ls dir vdir': {
    does: 'lists files',
    level: 'read_only',
    options:
      '-a --all -A --almost-all --author -b --escape --block-size= -B --ignore-backups -c -C --color[=] -d --directory -D --dired -f -F --classify[=] --file-type --format= --full-time -g --group-directories-first -G --no-group -h --human-readable --si -H --dereference-command-line --dereference-command-line-symlink-to-dir --hide= --hyperlink[=] --indicator-style= -i --inode -I: --ignore= -k --kibibytes -l -L --dereference -m -n --numeric-uid-gid -N --literal -o -p -q --hide-control-chars --show-control-chars -Q --quote-name --quoting-style= -r --reverse -R --recursive -s --size -S --sort= --time= --time-style= -t -T: --tabsize= -u -U -v -w: --width= -x -X -Z --context --zero -1',
    complete: true,
    operands: 'names',
    examples: {
      'ls -la /root/.ssh': 'read_only',
      'ls -lahtr *': 'read_only',
      'ls $x': 'read_only',
      'ls --sort=size -1': 'read_only',
      'ls --foo': 'destructive',
    },
  },
  lsattr: {
    does: 'lists attributes of files',
    level: 'read_only',
    options: '-R -V -a -d -l -p -v',
    complete: true,
    operands: 'names',
    examples: { 'lsattr -d /etc': 'read_only' },
  },
  getfacl: {
    does: 'lists who may do what with files',
    level: 'read_only',
    options:
      '-a --access -d --default -c --omit-header -e --all-effective -E --no-effective -s --skip-base -R --recursive -L --logical -P --physical -t --tabular -p --absolute-names -n --numeric -v -h',
    complete: true,
    operands: 'names',
    examples: { 'getfacl -p /srv': 'read_only' },
  },
  namei: {
    does: 'follows a path',
    level: 'read_only',
    options: '-l --long -m --modes -n --nosymlinks -o --owners -v --vertical -x --mountpoints -h -V -Z --context',
    complete: true,
    operands: 'names',
    examples: { 'namei -l /srv/x': 'read_only' },
  },
  tree: {
    does: 'lists files',
    level: 'read_only',
    options:
      '-a -d -l -f -x -L: -P: -I: --gitignore --gitfile= --ignore-case --matchdirs --metafirst --prune --info --infofile= --noreport --charset= --filelimit= --timefmt= -q -N -Q -p -u -g -s -h --si --du -D -F --inodes --device -v -t -c -U -r --dirsfirst --filesfirst --sort[=] -i -A -S -n -C -X -J -H: --hintro= --houtro= -T: --nolinks --fromfile --fflinks',
    effects: { '-o:': { value: 'overwrites' }, '-R': { does: 'may write 00Tree.html files', level: 'destructive' } },
    operands: 'names',
    examples: { 'tree -L 2 /etc': 'read_only', 'tree -o x': 'destructive', 'tree -R -L 2': 'destructive' },
  },
  'exa eza': {
    does: 'lists files',
    level: 'read_only',
    options:
      '-1 --oneline -F --classify -G --grid -l --long -R --recurse -T --tree -x --across --color= --colour= --color-scale --colour-scale --icons --no-icons -a --all -d --list-dirs -L: --level= -r --reverse -s: --sort= -I: --ignore-glob= --git-ignore --group-directories-first -D --only-dirs -b --binary -B --bytes --changed -g --group -h --header -H --links -i --inode -m --modified -n --numeric -S --blocks -t: --time= --time-style= -u --accessed -U --created --no-permissions --no-filesize --no-user --no-time -@ --extended --git',
    operands: 'names',
    examples: { 'exa -la': 'read_only', 'eza --tree -L 2': 'read_only' },
  },
  stat: {
    does: 'shows facts about files',
    level: 'read_only',
    options: '-L --dereference -f --file-system --cached= -c: --format= --printf= -t --terse -x',
    complete: true,
    operands: 'names',
    examples: { 'stat -c %s /etc/shadow': 'read_only', 'stat $x': 'read_only' },
  },
  readlink: {
    does: 'tells where a link leads',
    level: 'read_only',
    options:
      '-f --canonicalize -e --canonicalize-existing -m --canonicalize-missing -n --no-newline -q --quiet -s --silent -v --verbose -z --zero',
    complete: true,
    operands: 'names',
    examples: { 'readlink -f x': 'read_only' },
  },
  realpath: {
    does: 'tells where a path leads',
    level: 'read_only',
    options:
      '-e --canonicalize-existing -m --canonicalize-missing -L --logical -P --physical -q --quiet --relative-to= --relative-base= -s --strip --no-symlinks -z --zero',
    complete: true,
    operands: 'names',
    examples: { 'realpath --relative-to=/srv x': 'read_only' },
  },
  'basename dirname pathchk': {
    does: 'takes a path apart',
    level: 'read_only',
    options: '-a --multiple -s: --suffix= -z --zero -p -P --portability',
    complete: true,
    operands: 'text',
    examples: { 'basename -s .log /var/log/x.log': 'read_only', 'dirname "$x"': 'read_only' },
  },
  df: {
    does: 'shows how full file systems are',
    level: 'read_only',
    options:
      '-a --all -B: --block-size= -h --human-readable -H --si -i --inodes -k -l --local -m --no-sync --output[=] -P --portability --sync --total -t: --type= -T --print-type -x: --exclude-type= -v',
    complete: true,
    operands: 'names',
    examples: { 'df -hT': 'read_only', 'df -h $x': 'read_only', 'df --output=pcent /': 'read_only' },
  },
  mountpoint: {
    does: 'tells whether something is mounted there',
    level: 'read_only',
    options: '-d --fs-devno -q --quiet --nofollow -x --devno -h -V',
    complete: true,
    operands: 'names',
    examples: { 'mountpoint -q /data': 'read_only' },
  },
  findmnt: {
    does: 'shows what is mounted',
    level: 'read_only',
    options:
      '-A --all -a --ascii -b --bytes -C --nocanonicalize -c --canonicalize --deleted -D --df -d: --direction= -e --evaluate -f --first-only -i --invert -J --json -k --kernel -l --list -M: --mountpoint= -m --mtab -N: --task= -n --noheadings -O: --options= -o: --output= --output-all -P --pairs -p --poll[=] --pseudo --shadow -R --submounts -r --raw --real -S: --source= -s --fstab -T: --target= -t: --types= --tree --shadowed -U --uniq -u --notruncate -v --nofsroot -w: --timeout= -x --verify --verbose --vfs-all -y --shell -h -V',
    complete: true,
    effects: { '-F: --tab-file=': { value: 'reads' } },
    operands: 'names',
    examples: { 'findmnt -t ext4': 'read_only', 'findmnt -F /etc/shadow': 'read_only sensitive_read' },
  },
  lsblk: {
    does: 'lists disks',
    level: 'read_only',
    options:
      '-A --noempty -a --all -b --bytes -D --discard -d --nodeps -E: --dedup= -e: --exclude= -f --fs -I: --include= -i --ascii -J --json -l --list -M --merge -m --perms -n --noheadings -o: --output= -O --output-all -P --pairs -p --paths -r --raw -S --scsi -N --nvme -v --virtio -s --inverse -T --tree[=] -t --topology -h -V -w: --width= -x: --sort= -y --shell -z --zoned --sysroot=',
    complete: true,
    operands: 'names',
    examples: { 'lsblk -o NAME,SIZE': 'read_only' },
  },
  du: {
    does: 'adds up file sizes',
    level: 'read_only',
    options:
      '-0 --null -a --all --apparent-size -B: --block-size= -b --bytes -c --total -D --dereference-args -d: --max-depth= -H -h --human-readable --inodes -k -L --dereference -l --count-links -m -P --no-dereference -S --separate-dirs --si -s --summarize -t: --threshold= --time[=] --time-style= --exclude= -x --one-file-system -A',
    complete: true,
    effects: { '--files0-from= -X: --exclude-from=': { value: 'reads' } },
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
    options:
      '--apple -b --brief -c --checking-printout -d -E -e: --exclude= --exclude-quiet= --extension -F: --separator= -h --no-dereference -i --mime --mime-type --mime-encoding -k --keep-going -l --list -L --dereference -N --no-pad -n --no-buffer -p --preserve-date -P: --parameter= -r --raw -s --special-files -S --no-sandbox -v -z --uncompress -Z --uncompress-noreport -0 --print0',
    complete: true,
    effects: {
      '-m: --magic-file=': { value: 'reads' },
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
  cat: shows(
    '-A --show-all -b --number-nonblank -e -E --show-ends -n --number -s --squeeze-blank -t -T --show-tabs -u -v --show-nonprinting',
    {
      'cat /etc/shadow': 'read_only sensitive_read',
      'cat </etc/shad*w': 'read_only sensitive_read',
      'cat $x': 'read_only',
      'cat ~/.ssh/id_rsa': 'read_only sensitive_read',
      'cat /proc/self/root/etc/shadow': 'read_only sensitive_read',
      'cat /etc/{passwd,shadow}': 'read_only sensitive_read',
      'cat /dev/sda': 'destructive sensitive_read',
      'cat /dev/watchdog': 'destructive',
    },
  ),
  tac: shows('-b --before -r --regex -s: --separator=', { 'tac x': 'read_only' }),
  head: shows('-# -c: --bytes= -n: --lines= -q --quiet --silent -v --verbose -z --zero-terminated', {
    'head -c 100 x': 'read_only',
    'head -20 x': 'read_only',
  }),
  'tail tailf': shows(
    '-# -c: --bytes= -f --follow[=] -F -n: --lines= --max-unchanged-stats= --pid= -q --quiet --silent --retry -s: --sleep-interval= -v --verbose -z --zero-terminated -b: -r',
    { 'tail -n 100 -f /var/log/syslog': 'read_only', 'tail -20 x': 'read_only', 'tail -n $n x': 'read_only' },
  ),
  nl: shows(
    '-b: --body-numbering= -d: --section-delimiter= -f: --footer-numbering= -h: --header-numbering= -i: --line-increment= -l: --join-blank-lines= -n: --number-format= -p --no-renumber -s: --number-separator= -v: --starting-line-number= -w: --number-width=',
    { 'nl -ba x': 'read_only' },
  ),
  'md5sum sha1sum sha224sum sha256sum sha384sum sha512sum b2sum cksum': shows(
    '-a: --algorithm= -b --binary -c --check -l: --length= --tag --untagged --raw --base64 -t --text -z --zero --ignore-missing --quiet --status --strict -w --warn --debug',
    { 'sha256sum x': 'read_only', 'md5sum -c sums': 'read_only', 'sha256sum /etc/shadow': 'read_only sensitive_read' },
  ),
  sum: shows('-r -s --sysv', { 'sum x': 'read_only' }),
  od: shows(
    '-A: --address-radix= --endian= -j: --skip-bytes= -N: --read-bytes= -S: --strings[=] -t: --format= -v --output-duplicates -w? --width[=] --traditional -a -b -B -c -d -D -e -f -F -h -H -i -I -l -L -o -O -s -x -X',
    { 'od -A d -c x': 'read_only' },
  ),
  strings: shows(
    '-a - --all -d --data -f --print-file-name -# -n: --bytes= -o -t: --radix= -e: --encoding= -U: --unicode= -T: --target= -v -V -w --include-all-whitespace -s: --output-separator= -h -H',
    { 'strings -n 8 x': 'read_only', 'strings /proc/1/environ': 'read_only sensitive_read' },
  ),
  fold: shows('-# -b --bytes -c --characters -s --spaces -w: --width=', { 'fold -sw 80 x': 'read_only' }),
  fmt: shows(
    '-# -c --crown-margin -p: --prefix= -s --split-only -t --tagged-paragraph -u --uniform-spacing -w: --width= -g: --goal=',
    { 'fmt -w 80 x': 'read_only' },
  ),
  'expand unexpand': shows('-# -i --initial -t: --tabs= -a --all --first-only', { 'expand -t 4 x': 'read_only' }),
  paste: shows('-d: --delimiters= -s --serial -z --zero-terminated', { 'paste -sd, x': 'read_only' }),
  comm: shows('-1 -2 -3 --check-order --nocheck-order --output-delimiter= --total -z --zero-terminated', {
    'comm -23 a b': 'read_only',
  }),
  cut: shows(
    '-b: --bytes= -c: --characters= -d: --delimiter= -f: --fields= -n --complement -s --only-delimited --output-delimiter= -z --zero-terminated',
    { 'cut -d: -f1 /etc/passwd': 'read_only', 'cut -d : -f 1 /etc/shadow': 'read_only sensitive_read' },
  ),
  column: shows(
    '-J --json -c: --output-width= -d --table-noheadings -o: --output-separator= -s: --separator= -t --table -N: --table-columns= -l: --table-columns-limit= -R: --table-right= -T: --table-truncate= -E: --table-noextreme= -e --table-header-repeat -W: --table-wrap= -H: --table-hide= -O: --table-order= -n: --table-name= -L --keep-empty-lines -r: --tree= -i: --tree-id= -p: --tree-parent= -x --fillrows -m --table-maxout -C: --table-column= -S: --use-spaces= -h -V',
    { 'column -t -s: /etc/passwd': 'read_only', 'column -N /x /etc/shadow': 'read_only sensitive_read' },
  ),
  pr: shows(
    '-# --pages= --columns= -a --across -c --show-control-chars -d --double-space -D: --date-format= -e? --expand-tabs[=] -F -f --form-feed -h: --header= -i? --output-tabs[=] -J --join-lines -l: --length= -m --merge -n? --number-lines[=] -N: --first-line-number= -o: --indent= -r --no-file-warnings -s? --separator[=] -S? --sep-string[=] -t --omit-header -T --omit-pagination -v --show-nonprinting -w: --width= -W: --page-width=',
    { 'pr -2 x': 'read_only' },
  ),
  join: shows(
    '-a: -e: -i --ignore-case -j: -o: -t: -v: -1: -2: --check-order --nocheck-order --header -z --zero-terminated',
    { 'join -t: a b': 'read_only' },
  ),
  cmp: shows('-b --print-bytes -i: --ignore-initial= -l --verbose -n: --bytes= -s --quiet --silent -v', {
    'cmp a b': 'read_only',
  }),
  zcmp: shows('-l -s', { 'zcmp a.gz b.gz': 'read_only' }, 'some'),
  tsort: shows('', { 'tsort x': 'read_only' }),
  numfmt: shows(
    '--debug -d: --delimiter= --field= --format= --from= --from-unit= --grouping --header[=] --invalid= --padding= --round= --suffix= --to= --to-unit= -z --zero-terminated',
    { 'numfmt --to=iec 123456': 'read_only' },
  ),
  look: shows('-a --alternative -d --alphanum -f --ignore-case -t: --terminate= -h -V', { 'look x': 'read_only' }),
  ptx: {
    does: 'makes an index of words',
    level: 'read_only',
    options:
      '-A --auto-reference -F: --flag-truncation= -M: --macro-name= -O --format= -R --right-side-refs -S: --sentence-regexp= -T -W: --word-regexp= -f --ignore-case -g: --gap-size= -r --references -t --typeset-mode -w: --width=',
    effects: {
      '-G --traditional': { does: 'takes a second file for its output', level: 'destructive' },
      '-b: --break-file= -i: --ignore-file= -o: --only-file=': { value: 'reads' },
    },
    complete: true,
    examples: { 'ptx x': 'read_only', 'ptx -G a b': 'destructive', 'ptx -i /etc/shadow x': 'read_only sensitive_read' },
  },
  wc: {
    does: 'counts lines, words and bytes',
    level: 'read_only',
    options: '-c --bytes -m --chars -l --lines -L --max-line-length -w --words --total=',
    complete: true,
    effects: { '--files0-from=': { value: 'reads' } },
    operands: 'opens',
    examples: { 'wc -l x': 'read_only', 'wc --files0-from=.env': 'read_only sensitive_read' },
  },
  'tr rev': {
    does: 'shows text in another form',
    level: 'read_only',
    yields: 'decoded',
    options: '-c -C --complement -d --delete -s --squeeze-repeats -t --truncate-set1 -0 --zero -h -V',
    complete: true,
    operands: 'reads',
    examples: {
      'echo sl | rev': 'read_only',
      'echo fr- zr | tr a-z n-za-m | sh': 'forbidden',
      'rev x | tr -d a': 'read_only',
      'rev /etc/shadow': 'read_only sensitive_read',
    },
  },
  'zcat gzcat bzcat xzcat lzcat zstdcat lz4cat': {
    does: 'unpacks files to its output',
    level: 'read_only',
    yields: 'decoded',
    options: '-f -q -v -h -V -k -c --force --quiet --verbose --stdout -d --decompress',
    examples: { 'zcat x.gz': 'read_only', 'zcat -f /var/log/syslog*': 'read_only', 'lz4cat --rm x': 'destructive' },
  },
  'base64 base32 basenc': {
    does: 'encodes text',
    level: 'read_only',
    options:
      '-w: --wrap= -b: --ignore-garbage --base64 --base64url --base32 --base32hex --base16 --base2msbf --base2lsbf --z85 --base58',
    effects: {
      '-d -D --decode': { does: 'decodes text', yields: 'decoded' },
      '-o:': { value: 'overwrites' },
      '-i:': { value: 'reads' },
    },
    check: (call) => {
      // GNU's -i takes no value, so that the next word is a file; BSD's takes it.
      for (const { name, value } of call.options) if (name === '-i' && value) call.use(value, 'reads');
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
  xxd: {
    does: 'shows bytes',
    level: 'read_only',
    style: 'word',
    options:
      '-a -autoskip -b -bits -c: -cols: -C -capitalize -E -EBCDIC -e -g: -groupsize: -h -help -i -include -l: -len: -n: -name: -o: -offset: -p -ps -postscript -plain -s: -seek: -u -uppercase -v -version -d -decimal -R:',
    effects: { '-r -revert': { does: 'turns a dump into bytes', yields: 'decoded' } },
    operands: { first: 'reads', rest: 'overwrites' },
    examples: {
      'xxd a': 'read_only',
      'xxd -l 16 -c 8 a': 'read_only',
      'xxd -l16 a': 'destructive',
      'xxd a b': 'destructive',
      'xxd -r a b': 'destructive',
      'xxd -r -p | sh': 'forbidden',
      'xxd -revert x | sh': 'forbidden',
    },
  },
  'hexdump hd': {
    does: 'shows bytes',
    level: 'read_only',
    options:
      '-b --one-byte-octal -X --one-byte-hex -c --one-byte-char -C --canonical -d --two-bytes-decimal -e: --format= -L --color[=] -n: --length= -o --two-bytes-octal -s: --skip= -v --no-squeezing -x --two-bytes-hex -h -V',
    effects: { '-f: --format-file=': { value: 'reads' } },
    complete: true,
    examples: { 'hexdump -C x | head': 'read_only', 'hd -n 64 /etc/shadow': 'read_only sensitive_read' },
  },
  iconv: {
    does: 'changes the encoding of text',
    level: 'read_only',
    options: '-f: -t: --from-code= --to-code= -l --list -c -s',
    effects: { '-o: --output=': { value: 'overwrites' } },
    yields: 'decoded',
    examples: { 'iconv -f latin1 -t utf8 x': 'read_only', 'iconv -o y x': 'destructive' },
  },
  'diff colordiff zdiff': {
    does: 'compares files',
    level: 'read_only',
    options:
      '-# --normal -q --brief -s --report-identical-files -c -C: --context[=] -u -U: --unified[=] -e --ed -n --rcs -y --side-by-side -W: --width= --left-column --suppress-common-lines -p --show-c-function -F: --show-function-line= --label= -L: -t --expand-tabs -T --initial-tab --tabsize= --suppress-blank-empty -l --paginate -r --recursive --no-dereference -N --new-file -P --unidirectional-new-file --ignore-file-name-case --no-ignore-file-name-case -x: --exclude= -S: --starting-file= -i --ignore-case -E --ignore-tab-expansion -Z --ignore-trailing-space -b --ignore-space-change -w --ignore-all-space -B --ignore-blank-lines -I: --ignore-matching-lines= -a --text --strip-trailing-cr -D: --ifdef= --GTYPE-group-format= --old-group-format= --new-group-format= --changed-group-format= --unchanged-group-format= --line-format= --LTYPE-line-format= --old-line-format= --new-line-format= --unchanged-line-format= -d --minimal --horizon-lines= -H --speed-large-files --color[=] --palette= -v',
    complete: true,
    effects: { '--from-file= --to-file= -X: --exclude-from=': { value: 'reads' } },
    examples: {
      'diff -ruN a b': 'read_only',
      'diff -U3 a b': 'read_only',
      'diff /etc/shadow x': 'read_only sensitive_read',
      'diff --from-file=/etc/shadow x': 'read_only sensitive_read',
      'diff <(sort a) <(sort b)': 'read_only',
    },
  },
  diff3: {
    does: 'compares three files',
    level: 'read_only',
    options:
      '-A --show-all -e --ed -E --show-overlap -3 --easy-only -x --overlap-only -X -i -m --merge -a --text --strip-trailing-cr -T --initial-tab -L: --label= -v',
    effects: { '--diff-program=': { does: 'runs a program', level: 'destructive' } },
    examples: { 'diff3 a b c': 'read_only', 'diff3 --diff-program=x a b c': 'destructive' },
  },
  sdiff: {
    does: 'compares files side by side',
    level: 'read_only',
    options:
      '-i --ignore-case -E --ignore-tab-expansion -Z --ignore-trailing-space -b --ignore-space-change -W --ignore-all-space -B --ignore-blank-lines -I: --ignore-matching-lines= --strip-trailing-cr -a --text -w: --width= -l --left-column -s --suppress-common-lines -t --expand-tabs --tabsize= -d --minimal -H --speed-large-files -v',
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
    options:
      '-b --ignore-leading-blanks -d --dictionary-order -f --ignore-case -g --general-numeric-sort -i --ignore-nonprinting -M --month-sort -h --human-numeric-sort -n --numeric-sort -R --random-sort -r --reverse --sort= -V --version-sort --batch-size= -c --check[=] -C --debug -k: --key= -m --merge -s --stable -S: --buffer-size= -t: --field-separator= -T: --temporary-directory= --parallel= -u --unique -z --zero-terminated',
    complete: true,
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
    options:
      '-# -c --count -d --repeated -D --all-repeated[=] -f: --skip-fields= --group[=] -i --ignore-case -s: --skip-chars= -u --unique -z --zero-terminated -w: --check-chars=',
    complete: true,
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
  'whoami groups logname users arch hostid runlevel lsmod sw_vers': tells('', {
    whoami: 'read_only',
    'groups www-data': 'read_only',
    lsmod: 'read_only',
  }),
  'factor expr seq sleep usleep yes': {
    does: 'computes or waits',
    level: 'read_only',
    style: 'plain',
    operands: 'text',
    examples: { 'sleep 5': 'read_only', 'expr 1 + 1': 'read_only', 'seq -w 1 5': 'read_only', 'seq 1 $n': 'read_only' },
  },
  id: tells('-a -Z --context -g --group -G --groups -n --name -r --real -u --user -z --zero', { 'id -u': 'read_only' }),
  tty: tells('-s --silent --quiet', { tty: 'read_only' }),
  uname: tells(
    '-a --all -s --kernel-name -n --nodename -r --kernel-release -v --kernel-version -m --machine -p --processor -i --hardware-platform -o --operating-system',
    { 'uname -a': 'read_only' },
  ),
  nproc: tells('--all --ignore=', { nproc: 'read_only' }),
  getconf: tells('-a -v:', { 'getconf PAGESIZE': 'read_only' }),
  locale: tells('-a --all-locales -m --charmaps -c --category-name -k --keyword-name -v --verbose -? --usage -V', {
    'locale -a': 'read_only',
  }),
  lscpu: tells(
    '-a --all -B --bytes -b --online -C --caches[=] -c --offline -e --extended[=] -J --json -p --parse[=] -s: --sysroot= -x --hex -y --physical --output-all -h -V --hierarchic[=] -r --raw',
    { 'lscpu -e': 'read_only' },
  ),
  lsmem: tells(
    '-S: --split= -a --all -b --bytes -J --json -n --noheadings -o: --output= --output-all -P --pairs -r --raw -s: --sysroot= -h -V --summary[=]',
    { 'lsmem -a': 'read_only' },
  ),
  lspci: {
    does: 'lists devices',
    level: 'read_only',
    options: '-m -t -v -k -x -b -D -P -n -q -Q -s: -d: -V -A: -O: -G',
    effects: {
      '-i: -p: -F:': { value: 'reads' },
      '-H: -M': { does: 'reads the bus past the kernel', level: 'destructive' },
    },
    operands: 'text',
    examples: {
      'lspci -nnk': 'read_only',
      'lspci -s 00:1f.2 -vvv': 'read_only',
      'lspci -F /etc/shadow': 'read_only sensitive_read',
      'lspci -H1': 'destructive',
      'lspci -M': 'destructive',
    },
  },
  lsusb: tells('-v --verbose -s: -d: -D: -t --tree -V', { 'lsusb -t': 'read_only' }),
  lshw: {
    does: 'describes the hardware',
    level: 'read_only',
    style: 'word',
    options:
      '-version -help -html -xml -json -short -businfo -class: -C: -c: -enable: -disable: -quiet -sanitize -numeric -notime',
    effects: { '-X': { does: 'opens a window', level: 'modifying' }, '-dump:': { value: 'overwrites' } },
    operands: { rest: 'text', level: 'destructive' },
    examples: {
      'lshw -short': 'read_only',
      'lshw -C network': 'read_only',
      'lshw -X': 'modifying',
      'lshw -dump f': 'destructive',
    },
  },
  lsns: tells(
    '--mount-proc= -J --json -l --list -n --noheadings -o: --output= --output-all -P: --persistent -p: --task= -Q: --filter= -r --raw -t: --type= -u --notruncate -W --nowrap -T --tree[=] -h -V -H --list-columns',
    { 'lsns -t net': 'read_only' },
  ),
  lsipc: tells(
    '-i: --id= -g --global -h -V -m --shmems -M --posix-shmems -q --queues -Q --posix-mqueues -s --semaphores -S --posix-semaphores -c --creator -e --export -J --json -l --list -n --newline -N: --name= --noheadings --notruncate -o: --output= -b --bytes -r --raw -t --time --time-format= -P --numeric-perms -y --shell',
    { 'lsipc -m': 'read_only' },
  ),
  lslocks: tells(
    '-b --bytes -i --noinaccessible -J --json -n --noheadings -o: --output= --output-all -p: --pid= -r --raw -u --notruncate -h -V -H --list-columns -Q: --filter=',
    { 'lslocks -u': 'read_only', 'lslocks -p $pid': 'read_only' },
  ),
  lslogins: {
    does: 'lists accounts',
    level: 'read_only',
    options:
      '-a --acc-expiration -c --colon-separate -e --export -f --failed -G --supp-groups -g: --groups= -L --last -l: --logins= -n --newline --noheadings --notruncate -o: --output= --output-all -r --raw -s --system-accs --time-format= -u --user-accs -h -V -Z --context -z --print0 -y --shell --lastlog2=',
    effects: {
      '--btmp-file= --wtmp-file= --lastlog=': { value: 'reads' },
      '-p --pwd': { does: 'shows how passwords are set', flag: 'sensitive_read' },
    },
    complete: true,
    operands: 'text',
    examples: {
      'lslogins -u': 'read_only',
      'lslogins -p': 'read_only sensitive_read',
      'lslogins --btmp-file /etc/shadow': 'read_only sensitive_read',
    },
  },
  lsscsi: tells(
    '-b --brief -c --classic -C --controllers -d --device -g --generic -h -H --hosts -k --kname -L --list -l --long -U --long-unit --long_unit -x --lunhex -N --no-nvme -D --pdt -p --protection -P --protmode -i --scsi_id -s --size -y: --sysfsroot= -S --sz-lbs -t --transport -u --unit -v --verbose -V -w --wwn',
    { 'lsscsi -s': 'read_only' },
  ),
  lsinitrd: tells('-s --size -m --mod -f: --file= --unpackearly -v --verbose', { lsinitrd: 'read_only' }, 'some'),
  modinfo: tells(
    '-V -F: --field= -b: --basedir= -k: --set-version= -0 --null -a --author -d --description -l --license -p --parameters -n --filename -h',
    {
      'modinfo -F version ext4': 'read_only',
    },
  ),
  'cal ncal': tells('-h -J -e -j -m: -o -p -s: -w -y -3 -1 -A: -B: -C -d: -H: -M -S -W: -b -N', { cal: 'read_only' }),
  units: tells(
    '-t --terse -v --verbose -1 --one-line -V -c --check -d: --digits=',
    { "units -t '1 GiB' MB": 'read_only' },
    'some',
  ),
  tput: tells('-T: -V', { 'tput cols': 'read_only' }, 'some'),
  lsb_release: tells('-h -v -i --id -d --description -r --release -c --codename -a --all -s --short', {
    'lsb_release -a': 'read_only',
  }),
  tload: tells('-s: --scale= -d: --delay= -h -V', { 'tload -d 5': 'read_only' }),
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
    options: '-e --echo -i: --input-range= -n: --head-count= -r --repeat -z --zero-terminated',
    complete: true,
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
    check: losesRoot,
    operands: 'names',
    examples: { 'mv a b': 'destructive', 'mv / x': 'forbidden' },
  },
  'rm unlink rmdir shred srm wipe trash-empty': {
    does: 'deletes files',
    level: 'destructive',
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
    options: '-m: --mode= -p --parents -v --verbose -Z --context[=]',
    complete: true,
    operands: 'names',
    check: touchesSystem,
    examples: { 'mkdir -p /tmp/x': 'modifying', 'mkdir /etc/x': 'destructive' },
  },
  'touch mkfifo': {
    does: 'makes files or changes their times',
    level: 'modifying',
    options:
      '-a -c --no-create -d: --date= -f -h --no-dereference -m -r: --reference= -t: --time= -Z --context[=] --mode=',
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
    operands: 'names',
    examples: { 'chmod 644 x': 'destructive', 'chown -R www /var/www': 'destructive' },
  },
  'truncate fallocate split csplit': {
    does: 'writes or cuts files',
    level: 'destructive',
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
});

function losesRoot(call: Call): void {
  const root = call.operands.find((word) => (word.values ?? [word.text]).some(isRootFolder));
  if (root) call.raise('root', `destroys a root folder: ${root.text}`, 'forbidden');
}

function touchesSystem(call: Call): void {
  const system = call.operands.find((word) => (word.values ?? [word.text]).some(isSystemPath));
  if (system) call.raise('system', `changes a system folder: ${system.text}`, 'destructive');
}
