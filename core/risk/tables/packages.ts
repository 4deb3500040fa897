/** Argument table: package managers of systems and languages. Installing can be undone; removing often cannot. */
import type { Call, Table } from '../table.ts';

export const packages = (): Table => ({
  'apt apt-get aptitude': {
    does: 'manages packages',
    level: 'destructive',
    options:
      '-y --yes --assume-yes -q -qq --quiet --no-install-recommends -s --simulate --dry-run --just-print -u -V -a --all-versions --installed --upgradable --print-uris',
    effects: {
      '-o: --option= -c: --config-file= -t: --target-release= --allow-downgrades --allow-remove-essential --force-yes --allow-unauthenticated -f --fix-broken --purge --auto-remove --allow-change-held-packages --reinstall -m --ignore-missing -d --download-only':
        { does: 'works with other settings, or forces', level: 'destructive' },
    },
    subcommands: {
      changelog: {
        does: 'fetches the changes of a package',
        level: 'read_only',
        flag: 'egress',
        operands: 'text',
        examples: { 'apt-get changelog nginx': 'read_only egress' },
      },
      'list show policy search depends rdepends madison showsrc versions why why-not help': {
        does: 'shows packages',
        level: 'read_only',
        operands: 'text',
        examples: { 'apt list --upgradable': 'read_only', 'apt-get policy nginx': 'read_only' },
      },
      'update install upgrade reinstall mark build-dep download source': {
        does: 'installs packages or renews their lists',
        level: 'modifying',
        operands: 'text',
        check: simulated,
        examples: {
          'apt-get install -y nginx': 'modifying',
          'apt update': 'modifying',
          'apt-get -s upgrade': 'modifying',
          'apt-get install -y nginx-': 'destructive',
        },
      },
      check: 'read_only',
    },
    examples: {
      'apt-get purge nginx': 'destructive',
      'apt-get -o Dpkg::Pre-Invoke::=sh update': 'destructive',
      'apt autoremove': 'destructive',
    },
  },
  'apt-cache apt-config apt-file': {
    does: 'shows packages',
    level: 'read_only',
    options: '-n --names-only -a --all-versions -i --important --installed -q -f --full',
    subcommands: {
      'policy show search depends rdepends madison stats showpkg pkgnames dump unmet showsrc list find': 'read_only',
      'gencaches update': 'modifying',
    },
    examples: { 'apt-cache policy nginx': 'read_only', 'apt-cache -o x=y policy': 'destructive' },
  },
  'apt-mark': {
    does: 'marks packages',
    level: 'destructive',
    subcommands: { 'showhold showmanual showauto showinstall': 'read_only', 'hold unhold manual auto': 'modifying' },
    examples: { 'apt-mark showhold': 'read_only', 'apt-mark hold nginx': 'modifying' },
  },
  dpkg: {
    does: 'manages packages',
    level: 'destructive',
    modes: {
      '-l --list -L --listfiles -s --status -S --search -p --print-avail -V --verify --get-selections --print-architecture --print-foreign-architectures -C --audit -I --info -c --contents --compare-versions --no-pager':
        'read_only',
    },
    effects: {
      '-i --install -r --remove -P --purge --unpack --configure --set-selections --clear-selections --force-all -a --root= --admindir= --instdir= -x --extract -X --vextract --add-architecture --pre-invoke= --post-invoke= --status-logger= --log= --update-avail --clear-avail':
        { does: 'changes packages', level: 'destructive' },
    },
    operands: 'names',
    examples: {
      'dpkg -l': 'read_only',
      'dpkg -L nginx': 'read_only',
      'dpkg -S /usr/bin/x': 'read_only',
      'dpkg -P nginx': 'destructive',
      'dpkg -l --post-invoke=sh': 'destructive',
      'dpkg -V': 'read_only',
    },
  },
  'dpkg-query debsums': {
    does: 'shows packages',
    level: 'read_only',
    options:
      '-W --show -l --list -s --status -L --listfiles -S --search -f: --showformat= -p -c --changed -a --all --no-pager -e',
    operands: 'names',
    examples: { "dpkg-query -W -f='${Package} ${Version}\\n' nginx": 'read_only', 'debsums -c': 'read_only' },
  },
  'yum dnf microdnf tdnf dnf5': {
    does: 'manages packages',
    level: 'destructive',
    options:
      '-y --assumeyes -q --quiet -v --verbose --assumeno --security --bugfix --showduplicates --installed --available --updates --all -C --cacheonly --enablerepo= --disablerepo= --repo= --nogpgcheck --refresh --cve= --advisory= --sec-severity= --queryformat= --qf= --releasever= --whatprovides= --requires --latest-limit= --recent -l --list',
    effects: {
      '-c: --config= --installroot= --setopt= --allowerasing --skip-broken --nobest --noplugins --downloaddir=': {
        does: 'works with other settings, or forces',
        level: 'destructive',
      },
    },
    subcommands: {
      'list info search provides whatprovides check-update repolist deplist repoquery updateinfo check repoinfo': {
        does: 'shows packages',
        level: 'read_only',
        operands: 'text',
        examples: {
          'yum list installed': 'read_only',
          'dnf check-update': 'read_only',
          'dnf repolist -v': 'read_only',
        },
      },
      history: {
        does: 'shows what was done',
        level: 'read_only',
        subcommands: { 'list info summary userinstalled': 'read_only' },
        examples: {
          'yum history': 'read_only',
          'yum history undo 5': 'destructive',
          'dnf history info 5': 'read_only',
        },
      },
      'install update upgrade makecache reinstall localinstall update-minimal upgrade-minimal groupinstall': {
        does: 'installs packages or renews their lists',
        level: 'modifying',
        operands: 'text',
        check: simulated,
        examples: { 'yum install -y nginx': 'modifying' },
      },
    },
    examples: { 'yum remove nginx': 'destructive', 'dnf --installroot=/x list': 'destructive' },
  },
  rpm: {
    does: 'manages packages',
    level: 'destructive',
    options:
      '-a --all -l --list -i --info -c --configfiles -d --docfiles -s --state -f --file -R --requires --last --qf= --queryformat= --changelog --scripts --provides --whatprovides --whatrequires -p --nosignature -v --nodigest',
    modes: { '-q --query -V --verify -K --checksig --querytags': 'read_only' },
    effects: {
      '-e --erase -U --upgrade -F --freshen -h --install --reinstall --import --rebuilddb --initdb --nodeps --force --root= -r: --dbpath= -D: --define= -E: --eval= --pipe= --load= --rcfile= --setperms --setugids --restore --delsign --addsign --resign --undefine= --macros=':
        { does: 'changes packages or runs programs', level: 'destructive' },
    },
    operands: 'names',
    check: (call) => {
      if (!call.options.some((option) => /^(?:-q|--query|-V|--verify|-K|--checksig)$/.test(option.name)))
        call.raise('install', 'installs or changes packages', 'destructive');
      for (const word of call.operands) if (/:\/\//.test(word.text)) call.use(word, 'url');
    },
    examples: {
      'rpm -qp https://example.com/x.rpm': 'read_only egress',
      'rpm -qa --last': 'read_only',
      'rpm -qf /usr/bin/x': 'read_only',
      'rpm -qi nginx': 'read_only',
      'rpm -V nginx': 'read_only',
      'rpm -e nginx': 'destructive',
      'rpm -ivh x.rpm': 'destructive',
      "rpm -q --pipe 'sh' x": 'destructive',
      "rpm -q --qf '%{VERSION}' nginx": 'read_only',
    },
  },
  zypper: {
    does: 'manages packages',
    level: 'destructive',
    options: '-n --non-interactive -q --quiet -t: --type= -s --details -i --installed-only',
    subcommands: {
      'search se info if list-updates lu list-patches lp patch-check pchk repos lr packages pa products locks ll services ls what-provides wp needs-rebooting':
        {
          does: 'shows packages',
          level: 'read_only',
          options:
            '-s --details -v --verbose -t: --type= -r: --repo= -i --installed-only -u --not-installed-only -a --all -e -x --match-exact --provides --requires -P -N --name --sort-by-name --sort-by-repo -g: --category= -d --uri -E -p --priority --refresh --orphaned --unneeded --recommended --suggested -f --file-list',
          operands: 'text',
          examples: { 'zypper lu': 'read_only' },
        },
      'refresh ref install in update up patch': 'modifying',
    },
    examples: { 'zypper rm nginx': 'destructive', 'zypper -n in nginx': 'modifying' },
  },
  apk: {
    does: 'manages packages',
    level: 'destructive',
    options: '-v -q --no-cache -a --installed -u -e -d -w -I',
    subcommands: {
      'info list search policy version dot stats audit verify manifest': {
        does: 'shows packages',
        level: 'read_only',
        options: '-L --contents -R --depends -W --who-owns -r -vv -s --size -l',
        operands: 'text',
        examples: { 'apk info -vv': 'read_only', 'apk list --installed': 'read_only' },
      },
      'update add upgrade fix cache': 'modifying',
    },
    examples: { 'apk del nginx': 'destructive', 'apk add curl': 'modifying', 'apk --root /x info': 'destructive' },
  },
  pacman: {
    does: 'manages packages',
    level: 'destructive',
    options: '-i -l -s -o -k -m -e -d -t -u -n',
    modes: { '-Q --query': 'read_only' },
    operands: 'text',
    examples: { 'pacman -Qi nginx': 'read_only', 'pacman -Rns nginx': 'destructive' },
  },
  'pip pip3 pipx uv': {
    does: 'manages Python packages',
    level: 'destructive',
    options: '-q -v --disable-pip-version-check --no-color --no-input',
    subcommands: {
      'list show freeze check inspect help': {
        does: 'shows packages',
        level: 'read_only',
        options: '-o --outdated -u --uptodate --format= -f --files -l --local --user --not-required --pre',
        effects: { '-i: --index-url= --extra-index-url=': { value: 'url' } },
        operands: 'text',
        examples: {
          'pip list --outdated': 'read_only',
          'pip3 show boto3': 'read_only',
          'pip list -o -i http://x.example': 'read_only egress',
        },
      },
      'install download wheel': {
        does: 'installs code from elsewhere',
        level: 'destructive',
        operands: 'text',
        examples: { 'pip install boto3': 'destructive' },
      },
      debug: 'read_only',
    },
    examples: { 'pip uninstall -y boto3': 'destructive', 'pip --version': 'read_only' },
  },
  gem: {
    does: 'manages Ruby gems',
    level: 'destructive',
    subcommands: {
      'list environment env contents specification dependency outdated which': {
        does: 'shows gems',
        level: 'read_only',
        options: '-l --local -a --all -d --details',
        operands: 'text',
        examples: { 'gem list': 'read_only' },
      },
    },
    examples: { 'gem install x': 'destructive' },
  },
  snap: {
    does: 'manages snaps',
    level: 'destructive',
    subcommands: {
      'list info version changes tasks services connections interfaces warnings known model find whoami': {
        does: 'shows snaps',
        level: 'read_only',
        options: '--all --color= --unicode= -a --abs-time',
        operands: 'text',
        examples: { 'snap list --all': 'read_only', 'snap services': 'read_only' },
      },
      'install refresh start restart enable': 'modifying',
      get: {
        does: 'shows settings',
        level: 'read_only',
        flag: 'sensitive_read',
        options: '-d -l',
        operands: 'text',
        examples: { 'snap get lxd': 'read_only sensitive_read' },
      },
      logs: {
        does: 'shows logs',
        level: 'read_only',
        options: '-n: -f --abs-time',
        operands: 'text',
        examples: { 'snap logs -n 50 lxd': 'read_only' },
      },
    },
    examples: { 'snap remove lxd': 'destructive', 'snap restart lxd': 'modifying' },
  },
  flatpak: {
    does: 'manages applications',
    level: 'destructive',
    subcommands: { 'list info': 'read_only' },
    examples: { 'flatpak uninstall x': 'destructive', 'flatpak list': 'read_only' },
  },
  'needrestart checkrestart needs-restarting': {
    does: 'tells what needs a restart',
    level: 'read_only',
    options: '-b -r: -k -l -v -p -n -q -w -s --services --reboothint',
    operands: 'text',
    check: (call) => {
      const restarts = call.options.some(
        (option) =>
          option.name === '-r' && option.value !== null && !(option.value.literal && option.value.text === 'l'),
      );
      if (call.rule === 'needrestart' && restarts) call.raise('restart', 'restarts services', 'modifying');
    },
    examples: { 'needrestart -b': 'read_only', 'needs-restarting -r': 'read_only', 'needrestart -r a': 'modifying' },
  },
  'dpkg-reconfigure dpkg-divert dpkg-deb dpkg-statoverride update-alternatives alternatives update-rc.d chkconfig add-apt-repository apt-add-repository apt-key rpmkeys rpmbuild rpmdb yum-config-manager yumdownloader package-cleanup unattended-upgrade unattended-upgrades do-release-upgrade easy_install conda mamba poetry composer bundle bundler brew port nix-env nix guix emerge swupd bunx pnpx yarnpkg corepack cpan cpanm luarocks sbt':
    {
      does: 'changes packages or runs their code',
      level: 'destructive',
      operands: 'names',
      examples: { 'dpkg-reconfigure x': 'destructive', 'bunx x': 'destructive' },
    },
  'amazon-linux-extras': {
    does: 'manages package topics',
    level: 'read_only',
    subcommands: { 'list info': 'read_only', 'install enable': 'modifying' },
    examples: { 'amazon-linux-extras': 'read_only', 'amazon-linux-extras list': 'read_only' },
  },
});

/** `apt install package-` removes it; urls and files bring code of unknown origin. */
function simulated(call: Call): void {
  for (const word of call.operands)
    if (!word.literal || /[-]$|^https?:|^\.?\/|\.(?:deb|rpm)$/.test(word.text))
      call.raise('package', `removes a package, or takes one from elsewhere: ${word.text}`, 'destructive');
}
