/** What a person must be able to read at night: per runbook, what the output of which part names the cause and the cure. */
import type { Step } from '../../core/runbook/runbook.ts';

type Part = 'command' | 'dryRun' | 'before' | 'after' | 'verify';

/** `STEP PART`, such as `4 before`, and what its output must say. */
export type Evidence = Readonly<Record<`${number} ${Part}`, RegExp>>;

export const evidence: Readonly<Record<string, Evidence>> = {
  'cache-down': {
    '1 command': /failed \(Result: oom-kill\)/,
    '2 command': /Out of memory: Killed process 751 \(redis-server\)/,
    '3 command': /Mem: +3815 .*\n[\s\S]*nvme0n1p1[\s\S]*74448896 .*dump\.rdb/,
    '4 before': /^failed$/m,
    '4 after': /^active$/m,
    '5 command': /^18204\n# Memory\nused_memory:\d+\n[\s\S]*# Stats\n[\s\S]*keyspace_hits:0\n/,
  },
  'certificate-expiry': {
    '1 command':
      /^subject=CN = shop\.example\.com\nissuer=C = US, O = Let's Encrypt, CN = E7\nnotAfter=\w{3} [ \d]\d [\d:]+ \d{4} GMT\n/,
    '2 command': /Expiry Date: .* \(VALID: [45] days\)[\s\S]*0 timers listed/,
    '3 command': /All renewals failed[\s\S]*Stopped certbot\.timer/,
    '4 command': /Simulating renewal of an existing certificate[\s\S]*all simulated renewals succeeded/,
    '5 command': /Congratulations, all renewals succeeded/,
    '5 verify': /^Certificate will not expire$/m,
    '6 verify': /^Certificate will not expire$/m,
    '7 before': /^0 timers listed/m,
    '7 after': /certbot\.timer +certbot\.service\n\n1 timers listed/,
  },
  'connection-pool-exhaustion': {
    '1 command':
      /max_connections[\s\S]*checkout \| checkout +\| idle in transaction \| +18 \| +2\d{3}\n[\s\S]*estab 20/,
    '2 command': /active +\| Lock +\| \{31\d{3}\} +\| +[3-9]\d\d \| SELECT id, stock FROM inventory/,
    '3 command': /Connection is not available, request timed out after 30000ms/,
    '4 dryRun': /\(18 rows\)/,
    '4 command': /pid +\| pg_terminate_backend[\s\S]* \| t\n[\s\S]*\(18 rows\)/,
    '4 before': /idle in transaction \| +18\n/,
    '4 after': /^(?!.*idle in transaction)/s,
  },
  'cpu-saturation': {
    '1 command': /load average: 2\.\d\d[\s\S]*%Cpu\(s\): [89]\d\.\d us[\s\S]*1633 report +20 +0 .* R 189\.0/,
    '2 command': /\n +1633 report +0 .*report-builder --all\n/,
    '3 command': /CPUQuotaPerSecUSec=infinity[\s\S]*no index on orders\.sku/,
    '4 before': /CPUQuotaPerSecUSec=infinity/,
    '4 after': /CPUQuotaPerSecUSec=250ms\n[\s\S]*1633 report .* 25\.0/,
  },
  'disk-full': {
    '1 command': /95% \/\n/,
    '3 command': /^(?:\/var\/log\/app\/app\.log-\d{8}\.gz\n){12}$/,
    '4 dryRun': /^(?:\/var\/log\/app\/app\.log-\d{8}\.gz\n){12}$/,
    '4 before': /95% \/\n/,
    '4 after': /47% \/\n/,
  },
  'drain-node': {
    '1 command': /ip-10-0-3-21\.ec2\.internal +Ready +<none>[\s\S]*DiskPressure +True/,
    '2 command': /shop +cart-[\s\S]*ALLOWED DISRUPTIONS/,
    '3 dryRun': /cordoned \(dry run\)/,
    '3 after': /Ready,SchedulingDisabled/,
    '4 dryRun': /evicting pod shop\/cart-\S+ \(server dry run\)\n[\s\S]*drained \(server dry run\)/,
    '4 command': /pod\/cart-\S+ evicted\n[\s\S]*node\/ip-10-0-3-21\.ec2\.internal drained/,
    '4 after': /^(?!.*\bcart-)/s,
    '6 after': /ip-10-0-3-21\.ec2\.internal +Ready +<none>/,
  },
  'ecs-service-restart': {
    '1 command': /"Desired": 3,\n +"Running": 1,/,
    '2 command': /OutOfMemoryError: Container killed due to memory usage/,
    '3 command': /EssentialContainerExited\tEssential container in task exited\t137\n/,
    '4 before': /^3\t1\t2$/m,
    '4 after': /^3\t3\t0$/m,
    '5 command': /has reached a steady state/,
  },
  'log-flood': {
    '1 command': /66571993\d\d .*\/var\/log\/app\/app\.log/,
    '2 command': /^ *5000 .*ERROR checkout retry=N POST http:\/\/N\.N\.N\.N:N\/metrics failed: ECONNREFUSED$/m,
    '6 before': /66571993\d\d .*app\.log/,
    '6 after': / 0 .*app\.log/,
  },
  'memory-pressure': {
    '1 command': /Mem: +3815 +3\d{3} [\s\S]*full avg10=[1-9]/,
    '2 command': /^ +PID USER .*\n +1412 checkout +27\d{5} /,
    '3 command': /MemoryCurrent=27\d{8}/,
    '4 before': /Mem: +3815 +3\d{3} /,
    '4 after': /Mem: +3815 +1\d{3} /,
  },
  'pod-crash-loop': {
    '1 command': /checkout +0\/3[\s\S]*CrashLoopBackOff +7 \(/,
    '2 command': /FATAL config: PAYMENT_API_V2_URL is not set/,
    '3 command': /Exit Code: +1\n/,
    '4 command': /REVISION +CHANGE-CAUSE\n[\s\S]*42 +release 4\.13\.0/,
    '5 dryRun': /rolled back \(server dry run\)/,
    '5 after': /checkout-6b8f4d7c59-\w+ +1\/1 +Running +0 /,
    '5 verify': /successfully rolled out/,
  },
  'queue-backlog': {
    '1 command': /"ApproximateNumberOfMessages": "48211",\n +"ApproximateNumberOfMessagesNotVisible": "10"/,
    '3 command': /not polling: no free handler/,
    '4 before': /"ApproximateNumberOfMessages": "48211"/,
    '5 verify': /^0 left\n$/,
  },
  'rotate-secret': {
    '1 command': /"Rotates": true/,
    '2 command': /"AWSCURRENT"[\s\S]*"AWSPREVIOUS"/,
    '4 command': /"VersionId": "[0-9a-f-]{36}"/,
    '4 verify': /0 pending\n$/,
  },
  'service-down': {
    '1 command': /failed \(Result: oom-kill\)/,
    '2 command': /Failed with result 'oom-kill'/,
    '3 before': /^failed\n$/,
    '3 after': /^active\n$/,
    '4 command': /active \(running\)/,
  },
};

/** The parts of a step in the order in which the product runs them. */
export function partsOf({ command, dryRun, observe, verify }: Step) {
  const parts = { dryRun, before: observe, command, after: observe, verify };
  return Object.entries(parts).flatMap(([part, template]) => (template ? [{ part: part as Part, template }] : []));
}

/**
 * Scripts that show, on the virtual host, what a rollback gives back. Not the step's own `observe`: ages, times of CPU
 * and names of pods differ after every change.
 */
export const restoredState: Readonly<Record<string, string>> = {
  'certificate-expiry': 'systemctl is-active certbot.timer',
  'cpu-saturation': 'systemctl show -p CPUQuotaPerSecUSec report-builder',
  'drain-node': "kubectl get nodes -o wide | awk '{ print $1, $2 }'",
  'pod-crash-loop': "kubectl -n shop get deployment/checkout -o wide | awk '{ print $1, $2, $7 }'",
  'rotate-secret':
    'aws secretsmanager list-secret-version-ids --secret-id checkout/database --query "Versions[?contains(VersionStages, \'AWSCURRENT\')].VersionId" --output text',
};
