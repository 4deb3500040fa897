/** Disks, volumes and file systems: what destroys them, and what people look at when they are full or slow. */
import { lines } from './lines.ts';

export const dangerous = lines(String.raw`
lvremove -f /dev/vg0/data
lvm lvremove -y vg0/data
sudo lvm <<< "lvremove -f vg0/data"
\lvremove vg0/data
/sbin/lvremove vg0/data
"lvremove" vg0/data
l''vremove vg0/data
lvreduce -L 1G vg0/data
lvresize -L -5G vg0/data
vgremove -ff vg0
vgreduce --removemissing vg0
pvremove /dev/sdb
pvcreate -ff -y /dev/sdb
vgcfgrestore vg0
pvmove /dev/sdb
lvs --config 'log { command_names=1 }'
lvconvert --merge vg0/snap
dmsetup remove_all
dmsetup wipe_table x
dmsetup ls --exec "rm -rf /x"
mdadm --stop /dev/md0
mdadm --zero-superblock /dev/sdb1
mdadm /dev/md0 -f /dev/sdb1 -r /dev/sdb1
mdadm --detail /dev/md0 --fail /dev/sdb1
mdadm -D /dev/md0 -S
mdadm --create /dev/md0 -l1 -n2 /dev/sda /dev/sdb
mdadm --manage /dev/md0 --remove failed
smartctl -s off /dev/sda
smartctl --set=security-freeze /dev/sda
smartctl -i -s off /dev/sda
smartctl -t offline /dev/sda
nvme format /dev/nvme0n1 -s 1
nvme sanitize /dev/nvme0 -a 2
nvme fw-download /dev/nvme0 -f x
nvme write-zeroes /dev/nvme0n1
nvme admin-passthru /dev/nvme0 --opcode=0x80
hdparm --user-master u --security-erase p /dev/sda
hdparm -Y /dev/sda
hdparm -I -W0 /dev/sda
hdparm --write-sector 1 /dev/sda
hdparm --trim-sector-ranges 1:1 /dev/sda
xfs_repair -L /dev/sdb1
xfs_repair /dev/sdb1
xfs_admin -U generate /dev/sdb1
xfs_db -x -c 'blockget' /dev/sdb1
xfs_db -c 'write magicnum 0' /dev/sdb1
xfs_io -f -c 'truncate 0' /data/x
xfs_io -c 'shutdown' /data
xfs_quota -x -c 'off -uv' /data
xfs_freeze -f /data
fsfreeze --freeze /data
tune2fs -O ^has_journal /dev/sda1
tune2fs -l -U random /dev/sda1
tune2fs -m 0 /dev/sda1
e2fsck -fy /dev/sda1
e2fsck -p /dev/sda1
fsck -A -y
fsck.ext4 /dev/sda1
resize2fs -M /dev/sda1
resize2fs /dev/sda1 5G
mkfs /dev/sdb
mkfs.xfs -f /dev/sdb
mkswap /dev/sdb
wipefs --all /dev/sdb
blkdiscard -f /dev/nvme0n1
badblocks -w /dev/sdb
debugfs -w -R 'rm x' /dev/sda1
blockdev --setro /dev/sda
blockdev --rereadpt /dev/sda
fdisk /dev/sda
echo -e 'd\n1\nw' | fdisk /dev/sda
printf 'o\nw\n' | fdisk /dev/sda
sfdisk /dev/sda < table
sfdisk --delete /dev/sda 1
fdisk -l --wipe always /dev/sda
parted -s /dev/sda mklabel gpt
parted /dev/sda rm 1
parted -l /dev/sda mkpart primary 0 1
parted /dev/sda resizepart 1 10G print
sgdisk --zap-all /dev/sda
sgdisk -p -d 1 /dev/sda
growpart /dev/xvda 1
partprobe
zpool destroy tank
zpool export tank
zpool labelclear -f /dev/sdb
zpool offline tank sdb
zpool iostat -c /tmp/x
zpool events -c
zfs destroy -r tank/data
zfs rollback -r tank@a
zfs set mountpoint=none tank
zfs receive -F tank < x
zfs send tank@a
btrfs subvolume delete /data/x
btrfs filesystem resize -5g /data
btrfs device remove /dev/sdb /data
btrfs check --repair /dev/sdb
btrfs balance start /data
btrfs device stats -z /data
umount -l /data
umount -f /mnt/nfs
mount -o remount,ro /
mount /dev/sdb1 /data
swapoff -a
swapon -f /dev/sdb
losetup -d /dev/loop0
losetup -D
losetup -f x.img
cryptsetup luksFormat /dev/sdb
cryptsetup luksKillSlot /dev/sdb 0
cryptsetup luksDump --dump-master-key /dev/sdb
cryptsetup close data
exportfs -ua
exportfs -o rw,no_root_squash '*:/'
nfsstat -z
iscsiadm -m node --logout
iscsiadm -m node -o delete
iscsiadm -m discovery -t st -p x
multipath -F
multipath -f mpatha
multipathd -k'del path sda'
multipathd del map x
setquota -u bob 0 0 0 0 /data
quotaoff -a
storcli /c0/v0 del force
storcli64 /c0 set jbod=on
MegaCli64 -LDClear -Start -L0 -a0
MegaCli64 -CfgLdDel -L0 -a0
ssacli ctrl slot=0 ld 1 delete forced
ceph osd purge 3
ceph osd pool delete a a --yes-i-really-really-mean-it
fstrim -av
fio --name=x --rw=write --filename=/dev/sdb
lvs $(rm -rf /x)
lvs "$(rm -rf /x)"
df -h; lvremove -f vg0/data
ls | xargs lvremove -f
env LVM_SYSTEM_DIR=/tmp lvs
find /dev/vg0 -exec lvremove -f {} \;
watch lvremove -f vg0/data
nohup mkfs.ext4 /dev/sdb &
bash -c 'wipefs -a /dev/sdb'
timeout 5 zpool destroy tank
sgdisk -R /dev/sdb /dev/sda
sg_format --format /dev/sda
dmsetup suspend vg0-data
`);

export const diagnostics = lines(`
lvs
lvs -a -o +devices
lvs -o lv_name,lv_size,data_percent,metadata_percent vg0
sudo lvs --units g --noheadings
vgs
vgs -o +vg_free
pvs
pvs -o pv_name,pv_size,pv_free
pvdisplay /dev/sdb
vgdisplay -v vg0
lvdisplay /dev/vg0/data
pvscan
vgscan
lvscan
lvm pvs
dmsetup ls --tree
dmsetup info -c
dmsetup status
mdadm --detail /dev/md0
mdadm -D /dev/md127
mdadm --examine /dev/sda1
sudo mdadm --detail --scan
cat /proc/mdstat
smartctl -a /dev/sda
smartctl -H /dev/sda
smartctl -x /dev/nvme0
smartctl --all --json /dev/sda
smartctl -A -d sat /dev/sda
smartctl -l selftest /dev/sda
smartctl --scan
nvme list
nvme smart-log /dev/nvme0
nvme smart-log /dev/nvme0n1 -o json
nvme error-log /dev/nvme0
nvme id-ctrl /dev/nvme0
hdparm -I /dev/sda
hdparm -tT /dev/sda
xfs_info /data
xfs_quota -x -c 'report -h' /data
xfs_db -r -c frag /dev/sdb1
xfs_repair -n /dev/sdb1
tune2fs -l /dev/sda1
dumpe2fs -h /dev/sda1
e2fsck -n /dev/sda1
fsck -N /dev/sda1
resize2fs -P /dev/sda1
blkid
blkid /dev/sda1
blkid -o export /dev/sda1
lsblk
lsblk -f
lsblk -o NAME,SIZE,FSTYPE,MOUNTPOINT,UUID
lsblk -J
findmnt
findmnt -t ext4,xfs
findmnt /data
mount
mount | column -t
mount -l
mountpoint -q /data
cat /proc/mounts
cat /etc/fstab
fdisk -l
sudo fdisk -l /dev/nvme0n1
parted -l
parted /dev/sda print
parted -s /dev/sda unit GB print free
sgdisk -p /dev/sda
sfdisk -l
blockdev --getsize64 /dev/sda
blockdev --report
zpool status
zpool status -x
zpool list -v
zpool iostat -v 2 3
zpool history tank
zfs list -o name,used,avail,refer
zfs list -t snapshot -s creation
zfs get compressratio tank
btrfs filesystem usage /data
btrfs filesystem df /data
btrfs device stats /data
btrfs subvolume list /data
btrfs scrub status /data
nfsstat -c
nfsstat -m
nfsiostat 1 3
showmount -e nfs01
rpcinfo -p nfs01
exportfs -v
multipath -ll
multipathd show paths
iscsiadm -m session
iscsiadm -m session -P 3
losetup -a
losetup -l
swapon --show
swapon -s
cat /proc/swaps
cryptsetup status data
repquota -a
quota -s bob
iostat -xz 1 3
iostat -dxm 5 2
df -hT
df -i
df -h /var/lib/docker
du -xh --max-depth=1 /var | sort -h | tail
ceph -s
ceph health detail
ceph osd tree
ceph df
storcli64 /c0 show
MegaCli64 -PDList -aALL
ssacli ctrl all show config detail
cat /sys/block/sda/queue/scheduler
for d in /dev/sd?; do smartctl -H $d; done
lsof +L1 | head
filefrag -v /var/log/syslog
`);
