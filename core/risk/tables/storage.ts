/** Argument table: volumes, arrays, disks, file systems and what mounts them. */
import type { Call, Table } from '../table.ts';

export const storage = (): Table => ({
  'lvs vgs pvs lvdisplay vgdisplay pvdisplay lvscan lvmdiskscan': {
    does: 'lists volumes',
    level: 'read_only',
    options:
      '-o: --options= --units= -O: --sort= -S: --select= --separator= --reportformat= --configreport= --nosuffix -a --all --aligned --binary -b -c --colon -C --columns -d --debug --devices= --driverloaded= --foreign -h --longhelp -H --history --ignorelockingfailure --ignoreskippedcluster --journal= --lockopt= -m --maps --nameprefixes --noheadings --nohints --nolocking --partial -P --profile= -q --quiet --readonly --rows -s --short --segments --shared -t --test --trustcache --unbuffered --unquoted -v --verbose --version -y --yes -l --lvmpartition -A --activevolumegroups',
    effects: {
      '--config= --commandprofile= --metadataprofile= --devicesfile= --logonly': {
        does: 'works with other settings',
        level: 'destructive',
      },
      '--cache': { does: 'updates the cache of devices', level: 'modifying' },
    },
    operands: 'names',
    examples: {
      'lvs -a -o +devices --units g': 'read_only',
      vgs: 'read_only',
      'pvs --noheadings -o pv_name,pv_free /dev/sdb': 'read_only',
      'lvdisplay /dev/vg0/root': 'read_only',
      'lvs --config x': 'destructive',
      'lvscan --cache': 'modifying',
      'lvs $x': 'destructive',
    },
  },
  'vgscan pvscan': {
    does: 'looks for volume groups',
    level: 'read_only',
    options: '-v --verbose -s --short -e --exported -n --novolumegroup -u --uuid',
    effects: {
      '--mknodes --cache --activate= -a: --notifydbus': { does: 'changes what is active', level: 'modifying' },
    },
    operands: 'names',
    examples: { pvscan: 'read_only', 'pvscan --cache': 'modifying', 'vgscan --mknodes': 'modifying' },
  },
  'pvck lvmdump': {
    does: 'checks the metadata of volumes',
    level: 'destructive',
    operands: 'names',
    examples: { 'pvck /dev/sdb': 'destructive' },
  },
  lvm: {
    does: 'opens a prompt',
    level: 'read_only',
    inner: { as: 'words' },
    examples: { 'lvm lvs': 'read_only', 'lvm lvremove vg0/x': 'destructive', lvm: 'destructive' },
  },
  'lvextend lvcreate vgextend lvrename vgrename vgcfgbackup': {
    does: 'grows, makes or renames volumes',
    level: 'modifying',
    options:
      '-L: --size= -l: --extents= -r --resizefs -n: --name= -s --snapshot -T --thin -V: --virtualsize= -i: --stripes= -I: --stripesize= -m: --mirrors= --type= -v --verbose -q --quiet --nofsck --noudevsync --nosync --poolmetadatasize= --poolmetadata= --thinpool= -c: --chunksize= -a: --activate= --addtag= --alloc= -p: --permission= -A: --autobackup= --reportformat= --usepolicies',
    operands: 'names',
    modes: { '-t --test': 'read_only' },
    effects: {
      '-Z: -W: --wipesignatures= --zero= --config= -f: --file= --force -y --yes': {
        does: 'does it without asking, or overwrites what was there',
        level: 'destructive',
      },
    },
    examples: {
      'lvextend -r -L +10G /dev/vg0/data': 'modifying',
      'lvextend --test -L +1G vg0/x': 'read_only',
      'lvcreate -L 1500 -n mylv vg1': 'modifying',
      'lvcreate -y -L 1G vg0': 'destructive',
      'lvcreate --yes -L 1G vg0': 'destructive',
    },
  },
  'xfs_growfs fstrim': {
    does: 'grows or trims a file system',
    level: 'modifying',
    options:
      '-d -D: -e -i -l: -L: -m: -r -R: -t: -V -v --verbose -o: --offset= --length= -I: --listed-in= --minimum= --fstab --quiet-unsupported -a -A --all',
    operands: 'names',
    modes: { '--dry-run': 'read_only' },
    check: (call) => {
      if (call.rule === 'xfs_growfs' && call.options.some((option) => option.known?.mode))
        call.raise('mode', 'is not known to rehearse', 'modifying');
    },
    examples: { 'xfs_growfs /data': 'modifying', 'fstrim -av': 'modifying', 'fstrim --dry-run /': 'read_only' },
  },
  'xfs_freeze fsfreeze': {
    does: 'stops all writing to a file system, or lets it go on',
    level: 'destructive',
    options: '-V -h',
    modes: { '-u --unfreeze': 'modifying' },
    effects: { '-f --freeze': { does: 'stops all writing to a file system', level: 'destructive' } },
    operands: 'names',
    examples: {
      'fsfreeze -f /data': 'destructive',
      'xfs_freeze --freeze /data': 'destructive',
      'fsfreeze -u /data': 'modifying',
    },
  },
  'lvremove vgremove pvremove lvreduce lvresize lvconvert lvchange vgchange pvchange vgreduce vgsplit vgmerge vgexport vgimport vgimportclone vgcfgrestore vgck pvcreate vgcreate pvmove pvresize lvmdevices vgmknodes vgconvert':
    {
      does: 'removes, shrinks, overwrites or moves volumes',
      level: 'destructive',
      operands: 'names',
      examples: { 'lvremove -f vg0/data': 'destructive', 'pvcreate /dev/sdb': 'destructive' },
    },
  lvmconfig: {
    does: 'shows the settings of lvm',
    level: 'read_only',
    options:
      '-l --list --type= --typeconfig= --atversion= --sinceversion= --ignoreadvanced --ignorelocal --ignoreunsupported --mergedconfig --showdeprecated --showunsupported --validate --withcomments --withgeneralpreamble --withlocalpreamble --withspaces --withsummary --withversions --unconfigured --valuesonly -v -q',
    effects: { '-f: --file=': { value: 'overwrites' }, '--config=': { does: 'takes settings', level: 'read_only' } },
    operands: 'text',
    examples: {
      'lvmconfig --type full': 'read_only',
      'lvmconfig -f x': 'destructive',
      'lvmconfig --config x': 'read_only',
    },
  },
  dmsetup: {
    does: 'shows mapped devices',
    level: 'destructive',
    options:
      '-v --verbose --noheadings -c -C --columns -o: --options= -j: -m: --major= --minor= -u: --uuid= --target= --tree --separator= --units= --inactive --nolockfs --exec-none -S: --select= --sort= -O:',
    effects: {
      '--showkeys': { does: 'shows encryption keys', flag: 'sensitive_read' },
      '--exec=': { does: 'runs a program', level: 'destructive' },
    },
    subcommands: {
      'ls status info table deps version targets splitname help': {
        does: 'shows mapped devices',
        level: 'read_only',
        operands: 'names',
        examples: { 'dmsetup ls --tree': 'read_only', 'dmsetup table --showkeys': 'read_only sensitive_read' },
      },
      'create remove remove_all suspend resume load reload clear message rename setgeometry wipe_table mknodes mangle udevcreatecookie udevreleasecookie udevcomplete udevcomplete_all udevcookies wait stats measure':
        'destructive',
    },
    examples: { 'dmsetup remove_all': 'destructive', 'dmsetup ls --exec=sh': 'destructive' },
  },
  mdadm: {
    does: 'changes arrays',
    level: 'destructive',
    options: '-v --verbose -b --brief -s --scan --prefer= -c: --config= --no-devices -Y',
    modes: {
      '-D --detail -E --examine -Q --query -X --examine-bitmap --detail-platform --examine-badblocks --examine-bitmap':
        'read_only',
      '-t --test': 'read_only',
    },
    effects: {
      '-f --fail --set-faulty -r --remove -a? --add --re-add --replace --with= -S --stop -R --run --readonly --readwrite -o -w --zero-superblock -C --create -B --build -A --assemble -G --grow -F --follow --monitor -I --incremental --kill-subarray= --update-subarray= -W --wait --wait-clean --action= --update= --force -N: --write-mostly --add-spare -n: --raid-devices= -z: --size=':
        { does: 'changes an array', level: 'destructive' },
    },
    operands: 'names',
    examples: {
      'mdadm --detail /dev/md0': 'read_only',
      'mdadm -D --scan': 'read_only',
      'mdadm --examine /dev/sd[ab]1': 'read_only',
      'mdadm /dev/md0 --fail /dev/sdb1': 'destructive',
      'mdadm --stop /dev/md0': 'destructive',
      'mdadm -D /dev/md0 --zero-superblock /dev/sdb1': 'destructive',
      'mdadm /dev/md0': 'destructive',
    },
  },
  smartctl: {
    does: "shows a disk's health",
    level: 'read_only',
    options:
      '-i --info -a --all -x --xall -H --health -c --capabilities -A --attributes -d: --device= -n: --nocheck= -q: --quietmode= -T: --tolerance= -v: -j --json[=] --scan --scan-open --identify[=] -f: --format= -b: -P: -r: -V -h -g: --get=',
    effects: {
      '-l: --log=': {
        does: 'sets what it shows, or a time limit of the disk',
        level: 'destructive',
        unless:
          /^(?:error|selftest|selective|xerror|xselftest|directory|background|sasphy|sataphy|scttemp|scttempsts|scttemphist|scterc|devstat|defects|gplog|smartlog|nvmelog|ssd|tapealert|envrep|genstats|tapedevstat|zdevstat|farm)(?:,(?:\d|error|selftest|g|s|max|\+|-|0x)[\w+,.-]*)?$(?<!scterc,.*)/,
      },
      '-t: --test= -C --captive -X --abort': { does: 'starts or stops a test of the disk', level: 'modifying' },
      '-s: --set= -S: --saveauto= -o: --offlineauto= --smart=': {
        does: 'changes settings of a disk',
        level: 'destructive',
      },
      '-F: -B: --drivedb=': { does: 'reads the disk in another way', level: 'destructive' },
    },
    operands: 'names',
    examples: {
      'smartctl -a /dev/sda': 'read_only',
      'smartctl -H -d megaraid,0 /dev/sda': 'read_only',
      'smartctl --scan': 'read_only',
      'smartctl -l error /dev/nvme0': 'read_only',
      'smartctl -l scterc /dev/sda': 'read_only',
      'smartctl --log=scterc,70,70 /dev/sda': 'destructive',
      'smartctl -t long /dev/sda': 'modifying',
      'smartctl -s off /dev/sda': 'destructive',
      'smartctl -s security-freeze /dev/sda': 'destructive',
      'smartctl -B x /dev/sda': 'destructive',
    },
  },
  nvme: {
    does: 'sends commands to NVMe disks',
    level: 'destructive',
    options:
      '-o: --output-format= -n: --namespace-id= -v --verbose -H --human-readable -e: --log-entries= -f: -s: -l: -t --timeout=',
    effects: {
      '-b --raw-binary': { does: 'prints raw bytes', level: 'read_only' },
      '--output-file= -O: --save': { does: 'writes a file or a setting', level: 'destructive' },
    },
    subcommands: {
      'list list-subsys smart-log error-log id-ctrl id-ns id-ns-lba-format fw-log list-ns list-ctrl show-regs get-feature get-ns-id show-hostnqn show-topology self-test-log endurance-log ana-log effects-log changed-ns-list-log list-secondary supported-log-pages version help':
        {
          does: 'shows what an NVMe disk says',
          level: 'read_only',
          operands: 'names',
          examples: {
            'nvme list': 'read_only',
            'nvme smart-log /dev/nvme0 -o json': 'read_only',
            'nvme id-ctrl -b /dev/nvme0': 'read_only',
            'nvme get-feature --save /dev/nvme0': 'destructive',
          },
        },
    },
    examples: { 'nvme format /dev/nvme0n1': 'destructive', 'nvme sanitize /dev/nvme0': 'destructive' },
  },
  hdparm: {
    does: "shows a disk's settings",
    level: 'read_only',
    options: '-I -i -g -t -T -C -v -H -V --direct --offset=',
    operands: 'names',
    examples: {
      'hdparm -I /dev/sda': 'read_only',
      'hdparm -tT /dev/sda': 'read_only',
      'hdparm --security-erase p /dev/sda': 'destructive',
      'hdparm -W0 /dev/sda': 'destructive',
    },
  },
  sdparm: {
    does: "shows a disk's settings",
    level: 'read_only',
    options: '-a --all -l --long -i --inquiry -g: --get= -p: --page= -e --enumerate',
    operands: 'names',
    examples: { 'sdparm -a /dev/sda': 'read_only', 'sdparm --set WCE=0 /dev/sda': 'destructive' },
  },
  'sg_inq sg_vpd sg_readcap sg_logs sg_turs sg_scan sg_map sg_luns sginfo': {
    does: 'asks a disk about itself',
    level: 'read_only',
    options: '-a -i -l -v -p: --page= -d -e -x -H -r --id --long --all --verbose',
    effects: { '-R --reset --select': { does: 'resets counters', level: 'destructive' } },
    operands: 'names',
    examples: {
      'sg_inq /dev/sda': 'read_only',
      'sg_logs -a /dev/sda': 'read_only',
      'sg_logs --reset /dev/sda': 'destructive',
    },
  },
  'xfs_info xfs_estimate': {
    does: 'describes an XFS file system',
    level: 'read_only',
    options: '-V -t:',
    operands: 'names',
    examples: { 'xfs_info /data': 'read_only' },
  },
  'xfs_quota xfs_spaceman xfs_io xfs_db xfs_admin': {
    does: 'opens a prompt over a file system',
    level: 'destructive',
    options: '-x -r -V -i -p: -l -u -D: -P: -d: -m -R -s',
    modes: { '-c:': 'read_only' },
    effects: { '-f -F -t -a -n -T -C:': { does: 'opens in another way, or makes the file', level: 'destructive' } },
    operands: 'names',
    check: judgeXfs,
    examples: {
      "xfs_quota -x -c 'report -h' /data": 'read_only',
      "xfs_quota -x -c 'limit bhard=1g bob' /data": 'destructive',
      'xfs_db -r -c frag /dev/sdb1': 'read_only',
      'xfs_db -x /dev/sdb1': 'destructive',
      "xfs_io -c 'pwrite 0 1' f": 'destructive',
      'xfs_io -f -c stat x': 'destructive',
      'xfs_io -r -c stat x': 'read_only',
      'xfs_io -C x': 'destructive',
      "xfs_spaceman -c 'freesp -s' /data": 'read_only',
      'xfs_admin -l /dev/sdb1': 'destructive',
    },
  },
  'xfs_repair e2fsck fsck fsck.ext2 fsck.ext3 fsck.ext4 fsck.xfs fsck.vfat fsck.btrfs ntfsfix btrfsck': {
    does: 'checks a file system and repairs what it finds',
    level: 'destructive',
    options: '-v -V -f -t: -C? -M -T -A -P -R -m: -l: -e -d -N',
    modes: { '-n': 'read_only', '-N': 'read_only' },
    effects: {
      '-y -a -p -c -D -L -k -E: -b: -B: -j: -z: -r -s -S -w -o:': { does: 'repairs', level: 'destructive' },
      '-l: -L:': { does: 'repairs by a list', level: 'destructive' },
    },
    operands: 'names',
    check: (call) => {
      const only = call.options.some((option) => option.name === '-n');
      if (/^fsck$/.test(call.rule) && only && call.operands.length !== 1)
        call.raise('many', 'checks more than one file system', 'destructive');
    },
    examples: {
      'e2fsck -n /dev/sdb1': 'read_only',
      'xfs_repair -n /dev/sdb1': 'read_only',
      'fsck -N /dev/sdb1': 'read_only',
      'fsck -y /dev/sdb1': 'destructive',
      'xfs_repair -L /dev/sdb1': 'destructive',
      'e2fsck -n -y /dev/sdb1': 'destructive',
      'fsck /dev/sdb1': 'destructive',
      'e2fsck -l x /dev/sdb1': 'destructive',
    },
  },
  tune2fs: {
    does: 'changes a file system',
    level: 'destructive',
    modes: { '-l': 'read_only' },
    operands: 'names',
    examples: {
      'tune2fs -l /dev/sda1': 'read_only',
      'tune2fs -l -O ^has_journal /dev/sda1': 'destructive',
      'tune2fs -c 0 /dev/sda1': 'destructive',
    },
  },
  'dumpe2fs e2freefrag filefrag': {
    does: 'describes a file system',
    level: 'read_only',
    options: '-h -x -g -f -b -v -s -e -X -B: -k -c: -i',
    effects: { '-o:': { does: 'takes another superblock', level: 'read_only' } },
    operands: 'names',
    examples: {
      'dumpe2fs -h /dev/sda1': 'read_only',
      'filefrag -v /var/log/x': 'read_only',
      'dumpe2fs -o superblock=1 /dev/sda1': 'read_only',
    },
  },
  debugfs: {
    does: 'opens a prompt over a file system',
    level: 'destructive',
    options: '-R: -f: -V',
    effects: { '-w': { does: 'can write to it', level: 'destructive' } },
    operands: 'names',
    check: (call) => call.raise('content', 'reads past permissions', 'read_only', 'sensitive_read'),
    examples: {
      "debugfs -R 'cat /etc/shadow' /dev/sda1": 'destructive sensitive_read',
      'debugfs -w /dev/sda1': 'destructive sensitive_read',
    },
  },
  resize2fs: {
    does: 'grows a file system',
    level: 'modifying',
    options: '-p -d:',
    modes: { '-P': 'read_only' },
    effects: { '-M -f -b -s -S: -z:': { does: 'shrinks or forces', level: 'destructive' } },
    operands: { rest: 'names', level: 'destructive', maximum: 1, does: 'sets the size of a file system' },
    examples: {
      'resize2fs /dev/vg0/data': 'modifying',
      'resize2fs -P /dev/vg0/data': 'read_only',
      'resize2fs -M /dev/vg0/data': 'destructive',
      'resize2fs /dev/vg0/data 10G': 'destructive',
    },
  },
  'mkfs mkfs.ext2 mkfs.ext3 mkfs.ext4 mkfs.xfs mkfs.btrfs mkfs.vfat mkfs.fat mkfs.ntfs mkfs.f2fs mkfs.minix mkfs.cramfs mkfs.bfs mkfs.exfat mke2fs mkswap mkdosfs mkntfs wipefs blkdiscard badblocks e2image e2label xfs_mdrestore xfs_metadump xfs_copy xfs_fsr xfs_rtcp partprobe partx kpartx addpart delpart resizepart growpart cfdisk gdisk cgdisk tunefs e4defrag e4crypt fsadm swaplabel raw sg_format sg_sanitize sg_write_buffer sg_reset sg_raw sg_dd ddrescue partclone fscrypt nbd-client nbd-server rescan-scsi-bus.sh bcache make-bcache stratis vdo blkzone blkpr mkisofs genisoimage growisofs tgtadm targetcli':
    {
      does: 'formats, overwrites or repartitions disks',
      level: 'destructive',
      operands: 'names',
      examples: {
        'mkfs.ext4 /dev/sdb': 'destructive',
        'wipefs -a /dev/sdb': 'destructive',
        'blkdiscard /dev/sdb': 'destructive',
      },
    },
  blkid: {
    does: 'names the file systems on disks',
    level: 'read_only',
    options:
      '-o: --output= -s: --match-tag= -t: --match-token= -L: --label= -U: --uuid= -p --probe -i --info -l --list-one -k --list-filesystems -d --no-encoding -n: --match-types= -u: --usages= -S: --size= -O: --offset= -H: --hint= -D --no-part-details',
    effects: {
      '-g --garbage-collect': { does: 'clears its cache', level: 'modifying' },
      '-c: --cache-file=': { value: 'overwrites' },
    },
    operands: 'names',
    examples: {
      blkid: 'read_only',
      'blkid -o list': 'read_only',
      'blkid -g': 'modifying',
      'blkid -c /dev/null': 'read_only',
    },
  },
  blockdev: {
    does: 'changes a block device',
    level: 'destructive',
    options: '-v -q',
    modes: {
      '--getro --getss --getsz --getsize --getsize64 --getra --getfra --getpbsz --getiomin --getioopt --getbsz --getdiscardzeroes --getalignoff --getmaxsect --report --getdiskseq --getzonesz':
        'read_only',
    },
    operands: 'names',
    examples: {
      'blockdev --getsize64 /dev/sda': 'read_only',
      'blockdev --report': 'read_only',
      'blockdev --flushbufs /dev/sda': 'destructive',
      'blockdev --getro --setrw /dev/sda': 'destructive',
    },
  },
  'fdisk sfdisk': {
    does: 'changes partitions',
    level: 'destructive',
    options: '-o: --output= -u? --units[=] -b: --sector-size= -t: --type= --color[=] -L? -C: -H: -S:',
    modes: {
      '-l --list -s: --show-size -x --list-details -F --list-free -V --verify -d --dump -T --list-types -g --show-geometry -J --json':
        'read_only',
    },
    effects: {
      '--delete --wipe= --wipe-partitions= -w: -W: -a --append -N: -X: -A --activate --move-data[=] --no-act -n -f --force --reorder -r -I: -O: --relocate= --discard-free':
        { does: 'changes partitions', level: 'destructive' },
    },
    operands: 'names',
    examples: {
      'fdisk -l': 'read_only',
      'fdisk -l /dev/sda': 'read_only',
      'fdisk /dev/sda': 'destructive',
      'sfdisk -d /dev/sda': 'read_only',
      'sfdisk --delete /dev/sda': 'destructive',
    },
  },
  parted: {
    does: 'shows partitions',
    level: 'read_only',
    options: '-s --script -m --machine -a: --align= -j --json -l --list',
    operands: { first: 'names', rest: 'text' },
    check: judgeParted,
    examples: {
      'parted -l': 'read_only',
      'parted /dev/sda print': 'read_only',
      'parted -s /dev/sda unit s print free': 'read_only',
      'parted /dev/sda mklabel gpt': 'destructive',
      'parted -l /dev/sda rm 1': 'destructive',
      'parted /dev/sda': 'destructive',
    },
  },
  sgdisk: {
    does: 'changes partitions',
    level: 'destructive',
    modes: {
      '-p --print -i: --info= -L --list-types -f: --first-in-largest -E: --end-of-largest -v --verify -O --print-mbr':
        'read_only',
    },
    operands: 'names',
    examples: {
      'sgdisk -p /dev/sda': 'read_only',
      'sgdisk -Z /dev/sda': 'destructive',
      'sgdisk -p -o /dev/sda': 'destructive',
      'sgdisk -i 1 /dev/sda': 'read_only',
    },
  },
  zpool: {
    does: 'changes pools',
    level: 'destructive',
    subcommands: {
      'list status iostat get history version events': {
        does: 'shows pools',
        level: 'read_only',
        options: '-v -H -p -P -L -g -x -D -t -T: -l -q -r -w -y -n -o: -i -s -S -e -f --json -j',
        effects: { '-c:': { does: 'runs a program', level: 'destructive' } },
        operands: 'text',
        check: (call) => {
          if (
            /\.events$/.test(call.rule) &&
            call.words.some((word) => /c/.test(word.text) && word.text.startsWith('-'))
          )
            call.raise('clear', 'clears events', 'destructive');
        },
        examples: {
          'zpool status -v': 'read_only',
          'zpool iostat -v 1 5': 'read_only',
          'zpool list -o name,health': 'read_only',
          'zpool status -c upath': 'destructive',
        },
      },
      'scrub clear trim online': 'modifying',
      'create destroy add remove attach detach replace export import labelclear offline split set upgrade reguid reopen checkpoint initialize sync resilver wait':
        'destructive',
    },
    examples: { 'zpool scrub tank': 'modifying', 'zpool destroy tank': 'destructive' },
  },
  zfs: {
    does: 'changes data sets',
    level: 'destructive',
    subcommands: {
      'list get holds diff version userspace groupspace projectspace': {
        does: 'shows data sets',
        level: 'read_only',
        options: '-r -d: -H -p -o: -s: -S: -t: -n -i -F -h -j --json',
        operands: 'text',
        examples: { 'zfs list -t snapshot': 'read_only', 'zfs get all tank': 'read_only' },
      },
      'snapshot snap mount': 'modifying',
      'destroy rollback receive recv create set inherit promote rename clone unmount umount share unshare send hold release allow unallow upgrade load-key unload-key change-key bookmark redact jail unjail program project wait':
        'destructive',
    },
    examples: { 'zfs snapshot tank@a': 'modifying', 'zfs destroy -r tank': 'destructive' },
  },
  'zdb zstreamdump': {
    does: 'reads a pool past its file system',
    level: 'destructive',
    operands: 'text',
    flag: 'sensitive_read',
    examples: { 'zdb -R tank 0:0:200': 'destructive sensitive_read' },
  },
  btrfs: {
    does: 'changes a btrfs file system',
    level: 'destructive',
    options: '-q -v --quiet --verbose --format=',
    subcommands: {
      'filesystem fi': {
        does: 'manages file systems',
        level: 'destructive',
        subcommands: {
          'show df usage du': {
            does: 'shows a file system',
            level: 'read_only',
            options:
              '-b -h -H -k -m -g -t -s -T -d -r --iec --si --raw --human-readable --kbytes --mbytes --gbytes --tbytes --summarize --tab --all-devices --mounted',
            operands: 'names',
            examples: { 'btrfs filesystem usage /data': 'read_only', 'btrfs fi show': 'read_only' },
          },
          'defragment defrag resize label balance sync mkswapfile commit-stats': 'destructive',
        },
      },
      'subvolume sub su': {
        does: 'manages sub-volumes',
        level: 'destructive',
        subcommands: {
          'list show get-default find-new': {
            does: 'lists sub-volumes',
            level: 'read_only',
            options: '-p -a -c -g -o -u -q -R -t -s -r -d --sort= -G: -C:',
            operands: 'names',
            examples: { 'btrfs subvolume list /data': 'read_only' },
          },
          'create snapshot': 'modifying',
          'delete set-default sync': 'destructive',
        },
      },
      'device dev': {
        does: 'manages devices',
        level: 'destructive',
        subcommands: {
          'stats usage': {
            does: 'shows devices',
            level: 'read_only',
            options: '-b -h -H -k -m -g -t -c --check -T',
            effects: { '-z --reset': { does: 'resets counters', level: 'destructive' } },
            operands: 'names',
            examples: { 'btrfs device stats /data': 'read_only', 'btrfs dev stats -z /data': 'destructive' },
          },
          'add delete remove replace scan ready': 'destructive',
        },
      },
      scrub: {
        does: 'verifies data',
        level: 'destructive',
        subcommands: {
          status: {
            does: 'shows progress',
            level: 'read_only',
            options: '-d -R -v --verbose --raw --human-readable --iec --si --kbytes --mbytes --gbytes --tbytes',
            operands: 'names',
            examples: { 'btrfs scrub status /data': 'read_only' },
          },
          'start resume cancel limit': 'modifying',
        },
      },
      'balance bal': {
        does: 'moves data',
        level: 'destructive',
        subcommands: {
          status: {
            does: 'shows progress',
            level: 'read_only',
            options: '-d -R -v --verbose --raw --human-readable --iec --si --kbytes --mbytes --gbytes --tbytes',
            operands: 'names',
            examples: { 'btrfs balance status /data': 'read_only' },
          },
          'start pause cancel resume': 'destructive',
        },
      },
      version: 'read_only',
    },
    examples: { 'btrfs check --repair /dev/sdb': 'destructive', 'btrfs subvolume delete /data/x': 'destructive' },
  },
  nfsstat: {
    does: 'shows NFS counts',
    level: 'read_only',
    options:
      '-s -c -n -m -r -o: -l -v -2 -3 -4 -S: -Z? --server --client --mounts --nfs --rpc --all --list --since= --verbose',
    operands: 'text',
    examples: { 'nfsstat -c': 'read_only', 'nfsstat -z': 'destructive', 'nfsstat -m': 'read_only' },
  },
  mountstats: {
    does: 'shows NFS counts',
    level: 'read_only',
    options: '-h -v -n --nfs -r --rpc -R --raw -x --xprt -3 -4',
    effects: { '-f: --file= -S: --since=': { value: 'reads' } },
    operands: 'names',
    examples: { 'mountstats /data': 'read_only' },
  },
  'showmount rpcinfo': {
    does: 'asks a file server what it offers',
    level: 'read_only',
    options: '-e -a -d -p -s -t: -u: -l -n: -T: --no-headers --exports --all --directories -m',
    effects: {
      '-d:': { does: 'removes a registration', level: 'destructive' },
      '-b': { does: 'asks the whole network', level: 'modifying' },
    },
    operands: 'quiet_host',
    check: (call) => {
      if (call.rule === 'rpcinfo' && call.operands.length > 1) call.raise('call', 'calls a service', 'modifying');
    },
    examples: {
      'showmount -e nfs1': 'read_only',
      'rpcinfo -p nfs1': 'read_only',
      'rpcinfo -d 100003 3': 'destructive',
      'rpcinfo -b 1 1': 'modifying',
    },
  },
  exportfs: {
    does: 'shows what is exported',
    level: 'read_only',
    options: '-v -s',
    operands: { rest: 'text', level: 'destructive' },
    examples: {
      'exportfs -v': 'read_only',
      'exportfs -s': 'read_only',
      'exportfs -ra': 'destructive',
      'exportfs -o rw *:/': 'destructive',
    },
  },
  multipath: {
    does: 'sets up paths to disks',
    level: 'destructive',
    options: '-v: -d -i -p:',
    modes: { '-l -ll -L': 'read_only', '-t -T': 'read_only', '-c -C': 'read_only' },
    effects: { '-f -F -r -a -w -W -A -B -q -u -U': { does: 'changes paths', level: 'destructive' } },
    operands: 'names',
    examples: { 'multipath -ll': 'read_only', 'multipath -F': 'destructive', multipath: 'destructive' },
  },
  multipathd: {
    does: 'serves paths to disks',
    level: 'destructive',
    options: '-k?',
    subcommands: {
      'show list': {
        does: 'shows paths',
        level: 'read_only',
        operands: 'text',
        options: '',
        examples: { 'multipathd show paths': 'read_only' },
      },
    },
    examples: { 'multipathd reconfigure': 'destructive', multipathd: 'destructive' },
  },
  iscsiadm: {
    does: 'changes iSCSI sessions',
    level: 'destructive',
    options: '-P: --print= -d: --debug= -T: --targetname= -p: --portal= -I: --interface= -r: --sid= -H:',
    modes: { '-m: --mode=': 'read_only' },
    effects: {
      '-l --login -u --logout -o: --op= -R --rescan -n: --name= -v: --value= -k: --kill= -s --stats -D --discover -t: --type= --loginall= --logoutall= -C: -a: -x:':
        { does: 'changes sessions or records', level: 'destructive' },
    },
    examples: {
      'iscsiadm -m session -P 3': 'read_only',
      'iscsiadm -m node -u': 'destructive',
      'iscsiadm -m node -o delete -T x': 'destructive',
    },
  },
  cryptsetup: {
    does: 'changes encrypted volumes',
    level: 'destructive',
    options: '-v --verbose --debug -q',
    effects: {
      '--dump-master-key --dump-volume-key --unbound --key-file= -d: --volume-key-file=': {
        does: 'shows or uses keys',
        level: 'destructive',
        flag: 'sensitive_read',
      },
    },
    subcommands: {
      'status luksDump isLuks luksUUID benchmark': {
        does: 'describes an encrypted volume',
        level: 'read_only',
        operands: 'names',
        examples: {
          'cryptsetup status data': 'read_only',
          'cryptsetup luksDump /dev/sdb1': 'read_only',
          'cryptsetup luksDump --dump-master-key /dev/sdb1': 'destructive sensitive_read',
        },
      },
    },
    examples: { 'cryptsetup luksFormat /dev/sdb1': 'destructive', 'cryptsetup luksErase /dev/sdb1': 'destructive' },
  },
  'quota repquota quotastats': {
    does: 'shows quotas',
    level: 'read_only',
    options:
      '-F: --format= -g --group -u --user -P --project -v --verbose -s --human-readable[=] --always-resolve -p --raw-grace -i --no-autofs -l --local-only -A --all-nfs -f --filesystem-list --filesystem= -m --no-mixed-pathnames -q --quiet -Q --quiet-refuse -w --no-wrap --show-mntpoint --hide-device -a --all -c --cache -C --no-cache -t --truncate-names -n --no-names -O: --output=',
    operands: 'text',
    examples: { 'repquota -a': 'read_only', 'quota -u bob': 'read_only' },
  },
  'edquota setquota quotaon quotaoff quotacheck convertquota': {
    does: 'changes quotas',
    level: 'destructive',
    options: '-a',
    operands: 'names',
    modes: { '-p': 'read_only' },
    check: (call) => {
      if (!/^quotao/.test(call.rule) || call.options.some((option) => option.name !== '-p' && option.name !== '-a'))
        call.raise('change', 'changes quotas', 'destructive');
    },
    examples: {
      'setquota -u bob 1 2 3 4 /data': 'destructive',
      'quotaon -pa': 'read_only',
      'quotaoff -a': 'destructive',
      'edquota -p a b': 'destructive',
    },
  },
  losetup: {
    does: 'sets up loop devices',
    level: 'read_only',
    modes: {
      '-a --all -l --list -J --json -n --noheadings --raw -O: --output= -j: --associated= -f --find': 'read_only',
    },
    operands: { rest: 'names', level: 'destructive', maximum: 1, does: 'sets up a loop device' },
    check: (call) => {
      const find = call.options.some((option) => /^(?:-f|--find)$/.test(option.name));
      if (find && call.operands.length > 0) call.raise('attach', 'sets up a loop device', 'destructive');
    },
    examples: {
      'losetup -a': 'read_only',
      'losetup -l': 'read_only',
      'losetup -f': 'read_only',
      'losetup -f disk.img': 'destructive',
      'losetup -d /dev/loop0': 'destructive',
      'losetup -D': 'destructive',
    },
  },
  swapon: {
    does: 'turns swap on',
    level: 'modifying',
    options: '--noheadings --raw --bytes --verbose -v',
    modes: { '-s --summary --show[=]': 'read_only' },
    effects: {
      '-d? --discard[=] -f --fixpgsz -o: --options=': { does: 'discards or reformats', level: 'destructive' },
    },
    operands: { rest: 'names', level: 'modifying' },
    examples: {
      'swapon --show': 'read_only',
      'swapon -s': 'read_only',
      'swapon /swapfile': 'modifying',
      'swapon -a': 'destructive',
      'swapon -f /dev/sdb': 'destructive',
    },
  },
  'ioping fio': {
    does: 'loads a disk to measure it',
    level: 'destructive',
    operands: 'names',
    examples: { 'fio --rw=randwrite --filename=/dev/sdb': 'destructive' },
  },
  'storcli storcli64 MegaCli MegaCli64 megacli perccli perccli64 arcconf ssacli hpssacli hpacucli': {
    does: 'shows a disk controller',
    level: 'read_only',
    style: 'plain',
    operands: 'text',
    check: judgeController,
    examples: {
      'storcli /c0/vall del': 'destructive',
      'storcli64 /c0 /eall /sall show all': 'read_only',
      'MegaCli64 -LDInfo -Lall -aALL': 'read_only',
      'megacli -CfgClr -aALL': 'destructive',
      'ssacli ctrl all show config': 'read_only',
      storcli: 'destructive',
    },
  },
});

/** Only these of the prompts' commands are known to look and not to touch. */
function judgeXfs(call: Call): void {
  const given = call.options.filter((option) => option.name === '-c').map((option) => option.value);
  const looks =
    /^(?:report|quota|df|free|state|print|path|help|version|freesp|frag|info|stat|statfs|fsmap|fiemap|bmap|health|agresv)(?: (?!.*-[fw]\b)[\w -]*)?$/;
  for (const value of given)
    if (!value?.literal || !looks.test(value.text))
      call.raise('command', `runs a command that may change it: ${value?.text ?? ''}`, 'destructive');
  if (/^xfs_db$/.test(call.rule) && !call.options.some((option) => option.name === '-r'))
    call.raise('write', 'opens the disk for writing', 'destructive');
}

/** `parted DEVICE [print …|unit …]`: the words after the device are commands. */
function judgeParted(call: Call): void {
  const commands = call.operands.slice(1);
  const list = call.options.some((option) => option.name === '-l' || option.name === '--list');
  if (commands.length === 0 && !list) call.raise('prompt', 'opens a prompt that changes partitions', 'destructive');
  const looks =
    /^(?:print|p|free|all|list|devices|unit|s|B|MiB|GiB|TiB|MB|GB|TB|kB|%|compact|align-check|opt|optimal|min|minimal|\d+|help|version)$/;
  for (const word of commands)
    if (!word.literal || !looks.test(word.text))
      call.raise('command', `changes partitions: ${word.text}`, 'destructive');
}

/** Controllers' tools take words in any order: one must be known to show, and none may be unknown. */
function judgeController(call: Call): void {
  const words = call.words.map((word) => (word.literal ? word.text.toLowerCase() : '?'));
  const shows =
    /^(?:show|getconfig|-(?:ldinfo|pdlist|pdinfo|adpallinfo|adpeventlog|encinfo|adpbbucmd|fwtermlog|ldpdinfo|adpcount|ldgetprop|pdgetnum))$/;
  const harmless =
    /^(?:\/\w+|\d+|ctrl|all|show|status|detail|config|slot=\d+|pd|ld|physicaldrive|logicaldrive|events|filter=\w+|j|nolog|-(?:aall|a\d+|lall|l\d+|nolog|physdrv|dsply|getbbustatus|getsummary)|\[[\d:,]+\]|getstatus)$/;
  if (!words.some((word) => shows.test(word)) || !words.every((word) => shows.test(word) || harmless.test(word)))
    call.raise('verb', 'may change disks or arrays', 'destructive');
}
