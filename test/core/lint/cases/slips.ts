/** Slips of the pen in scripts, and what no shell can parse. */
import { body, type Case, fence, script } from '../frame.ts';

const quoted = '\u201cnginx\u201d';

export const slips: readonly Case[] = [
  // Prompts
  script('prompt', '¤$ df -h', 'df -h'),
  script('prompt', '¤# systemctl status nginx', 'systemctl status nginx'),
  script('prompt', '¤root@web-1:~# df -h', 'echo root@web-1'),
  script('prompt', '¤[root@web-1 ~]# free -m', '[ -d /var ] && free -m'),
  script('prompt', 'uptime\n¤ubuntu@ip-10-0-0-1:/var/log$ ls', 'uptime\n# then the rest\nls'),
  script('prompt', '¤sh-4.2$ uptime', 'sh --version'),
  script('prompt', '¤bash-5.1# uptime', 'echo "$HOME"'),
  script('prompt', '¤% uptime', "date '+%F %T'"),
  script('prompt', '¤❯ uptime', 'cat <<EOF\n$ not a prompt\nEOF'),
  body(['prompt', 'prompt'], fence('¤$ df -h\n¤$ free -m'), fence('df -h\nfree -m')),
  // Placeholders of others
  script('foreign-placeholder', 'systemctl status ¤<service_name> -l', 'systemctl status {{ unit }} -l'),
  script('foreign-placeholder', 'kubectl describe pod ¤<pod-name>', 'kubectl describe pod {{ pod }}'),
  script('foreign-placeholder', 'kubectl get pods -n "¤<namespace>"', "grep -c '<title>' /srv/index.html"),
  script('foreign-placeholder', 'docker logs --tail 5 ¤[container-id]', 'ls /var/log/[abc]*'),
  script('foreign-placeholder', 'ps -p ¤[PID]', '[ -d /var ] && df -h'),
  script('foreign-placeholder', 'systemctl status ¤{service}', 'ls /var/{log,tmp}'),
  script('foreign-placeholder', 'systemctl status ¤YOUR_SERVICE', 'MY_DIR=/var/log; ls "$MY_DIR"'),
  script('foreign-placeholder', 'aws s3 ls s3://¤your-bucket', 'aws s3 ls s3://orders-backup'),
  script('foreign-placeholder', 'aws ec2 describe-instances --instance-ids i-¤xxxxxxxx', 'xxd -l 16 /etc/hostname'),
  script('foreign-placeholder', 'kubectl logs --tail=5 ¤...', 'echo waiting ...'),
  script('foreign-placeholder', 'ls ¤/path/to/logs', 'ls /srv/path'),
  script(
    'foreign-placeholder',
    'systemctl status ¤__SERVICE__',
    'echo "$__x" __init__.py; __x=1'.replace('echo "$__x" __init__.py; __x=1', 'ls /srv/__init__.py'),
  ),
  script('foreign-placeholder', 'echo CHANGED ¤CHANGEME', 'echo changed'),
  script('foreign-placeholder', 'df ¤{{ $labels.mount }}', "docker ps --format '{{.Names}}'"),
  // Typography
  script('typographic-character', `systemctl status ¤${quoted}`, `echo "${quoted} is up"`),
  script('typographic-character', 'ls ¤\u2013l /var/log', "echo 'a \u2013 b'"),
  script('typographic-character', 'df ¤\u2014human-readable', 'df -h # \u2014 human readable'),
  script('typographic-character', 'grep -c ¤\u2018error\u2019 /var/log/syslog', "grep -c 'error' /var/log/syslog"),
  script('false-space', 'df -h¤\u00a0/var', 'df -h /var'),
  script('false-space', 'ls¤\u2003/var', 'ls /var'),
  script('hidden-character', 'df¤\u200b -h', 'df -h'),
  script('hidden-character', 'systemctl status ng¤\u00adinx', 'systemctl status nginx'),
  script('hidden-character', 'echo ✔¤\ufe0f', 'echo ✔'),
  script('hidden-character', 'echo "¤\u202eabc"', 'echo "abc"'),
  // Parameters
  script('undeclared-parameter', 'ls ¤{{ folder }}', 'ls {{ dir }}'),
  script('undeclared-parameter', 'ls ¤{{ log-dir }}', "docker inspect -f '{{.State.Status}}' web"),
  script('placeholder-position', 'ls "¤{{ dir }}"', 'ls {{ dir }}'),
  script('placeholder-position', 'sh -c ¤{{ unit }}', `sh -c 'ls "$1"' sh {{ dir }}`),
  script('placeholder-position', 'ls ¤{{ dir }}.gz', 'ls --color=never {{ dir }}'),
  // What is no script
  script('shell-syntax', "echo ¤'open", "echo 'closed'"),
  script('shell-syntax', 'df -h\necho ¤"open', 'df -h\necho "closed"'),
  script('shell-syntax', 'if true; then\n  df -¤h', 'if true; then\n  df -h\nfi'),
  script('shell-syntax', 'df -h ¤)', '(df -h)'),
  script('unended-here-document', 'cat ¤<<EOF\nabc\n EOF', 'cat <<EOF\nabc\nEOF'),
  body(
    'tab-in-here-document',
    '1. Look\n\n   ```bash\n   cat <<-EOF\n¤\tabc\n\tEOF\n   ```\n',
    '1. Look\n\n   ```bash\n   cat <<EOF\n   abc\n   EOF\n   ```\n',
  ),
  body('empty-script', '1. Look\n\n   ¤```bash\n   ```\n', fence('df -h')),
  body('empty-script', fence('# look at the disk').replace('```bash', '¤```bash'), fence('# look at the disk\ndf -h')),
  body(
    'script-too-long',
    fence(`${'echo 0123456789012345678901234567890123456789\n'.repeat(70)}true`).replace('```bash', '¤```bash'),
    fence('echo short'),
  ),
];
