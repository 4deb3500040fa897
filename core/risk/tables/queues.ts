/** Argument table: message brokers and their tools. */
import { reachServer } from '../private-hosts.ts';
import type { Call, Table } from '../table.ts';

export const queues = (): Table => ({
  'rabbitmqctl rabbitmq-diagnostics rabbitmq-queues rabbitmq-streams': {
    does: 'manages a message broker',
    level: 'destructive',
    options:
      '-q --quiet -s --silent -p: --vhost= -t: --timeout= --formatter= -l --longnames --local --online --offline --unit=',
    effects: { '-n: --node=': { does: 'asks another node of the cluster', level: 'read_only' } },
    subcommands: {
      'status cluster_status list_queues list_exchanges list_bindings list_connections list_channels list_consumers list_vhosts list_permissions list_topic_permissions list_policies list_operator_policies list_feature_flags list_hashes list_ciphers list_unresponsive_queues list_users list_user_permissions list_vhost_limits list_user_limits ping check_running check_local_alarms check_alarms check_port_connectivity check_port_listener check_protocol_listener check_virtual_hosts check_certificate_expiration check_if_node_is_quorum_critical check_if_node_is_mirror_sync_critical memory_breakdown node_health_check listeners alarms server_version erlang_version disk_space runtime_thread_stats log_location log_tail version quorum_status is_running is_booting resolve_hostname maybe_stuck command_line_arguments cluster_hash list_network_interfaces stream_status':
        {
          does: 'shows a broker',
          level: 'read_only',
          options:
            '--detailed -v --verbose --table-headers --no-table-headers --print-stacktrace -N: --number= --unformatted --unit= --hide-disabled',
          operands: 'text',
          examples: {
            'rabbitmqctl list_queues name messages consumers': 'read_only',
            'rabbitmqctl -n rabbit@a cluster_status': 'read_only',
            'rabbitmq-diagnostics -q check_local_alarms': 'read_only',
          },
        },
      // Parameters hold the addresses of other brokers, with their passwords.
      'environment report list_parameters list_global_parameters': {
        does: 'shows all settings',
        level: 'read_only',
        flag: 'sensitive_read',
        operands: 'text',
        examples: {
          'rabbitmqctl environment': 'read_only sensitive_read',
          'rabbitmqctl list_parameters -p /': 'read_only sensitive_read',
        },
      },
      'start_app rotate_logs set_policy set_vm_memory_high_watermark set_disk_free_limit enable_feature_flag sync_queue cancel_sync_queue add_vhost set_log_level await_startup':
        'modifying',
    },
    examples: {
      'rabbitmqctl stop_app': 'destructive',
      'rabbitmqctl purge_queue x': 'destructive',
      'rabbitmqctl rotate_logs': 'modifying',
      'rabbitmqctl eval x.': 'destructive',
    },
  },
  rabbitmqadmin: {
    does: 'manages a message broker',
    level: 'destructive',
    options:
      '-u: --username= -p: --password= -V: --vhost= -P: --port= -f: --format= -d: --depth= --sort= -q --quiet -k --ssl-insecure -s --ssl',
    effects: { '-H: --host=': { value: 'host' } },
    subcommands: {
      'list show': {
        does: 'shows a broker',
        level: 'read_only',
        operands: 'text',
        examples: {
          'rabbitmqadmin list queues name messages': 'read_only',
          'rabbitmqadmin -H mq.example.com list nodes': 'read_only egress',
        },
      },
      declare: 'modifying',
    },
    examples: {
      'rabbitmqadmin purge queue name=x': 'destructive',
      'rabbitmqadmin delete queue name=x': 'destructive',
      'rabbitmqadmin export f': 'destructive',
    },
  },
  'rabbitmq-plugins': {
    does: 'manages plug-ins',
    level: 'destructive',
    options: '-q -n: -E -e -m -v',
    subcommands: { 'list is_enabled directories': 'read_only', 'enable disable': 'modifying' },
    examples: { 'rabbitmq-plugins list': 'read_only', 'rabbitmq-plugins disable x': 'modifying' },
  },
  'rabbitmq-server rabbitmq-upgrade rabbitmq-service': {
    does: 'runs or upgrades a broker',
    level: 'destructive',
    operands: 'text',
    examples: { 'rabbitmq-upgrade drain': 'destructive' },
  },
  ...kafka(
    'kafka-topics',
    'lists topics',
    '--list --describe',
    '--create --delete --alter',
    '--topic: --under-replicated-partitions --unavailable-partitions --under-min-isr-partitions --at-min-isr-partitions --topics-with-overrides --exclude-internal',
    '--describe --under-replicated-partitions',
  ),
  ...kafka(
    'kafka-consumer-groups',
    'lists consumer groups',
    '--list --describe',
    '--delete --reset-offsets --delete-offsets --execute',
    '--group: --all-groups --members --verbose --state --offsets --timeout: --topic: --all-topics --dry-run',
    '--describe --group orders --members --verbose',
  ),
  ...kafka(
    'kafka-configs',
    'shows settings',
    '--describe',
    '--alter --add-config: --delete-config:',
    '--entity-type: --entity-name: --all --entity-default --topic: --broker: --broker-defaults',
    '--describe --entity-type topics --entity-name x',
  ),
  ...kafka(
    'kafka-acls',
    'lists access rules',
    '--list',
    '--add --remove --force',
    '--topic: --group: --principal:',
    '--list --topic x',
  ),
  ...kafka(
    'kafka-log-dirs',
    'shows the size of logs',
    '--describe',
    '--alter',
    '--topic-list: --broker-list:',
    '--describe --topic-list x',
  ),
  ...kafka(
    'kafka-reassign-partitions',
    'verifies moves',
    '--verify --list --generate',
    '--execute --cancel',
    '--reassignment-json-file: --topics-to-move-json-file: --broker-list: --preserve-throttles',
    '--list',
  ),
  ...kafka(
    'kafka-transactions',
    'shows transactions',
    'list describe describe-producers find-hanging',
    'abort --force',
    '--topic: --partition: --transactional-id: --max-transaction-timeout: --broker-id:',
    'list',
  ),
  ...kafka(
    'kafka-metadata-quorum',
    'shows the quorum',
    'describe',
    'add-controller remove-controller',
    '--status --replication --human-readable',
    'describe --status',
  ),
  'kafka-broker-api-versions kafka-broker-api-versions.sh kafka-get-offsets kafka-get-offsets.sh': {
    does: 'asks brokers',
    level: 'read_only',
    style: 'word',
    options:
      '-topic: -time: -partitions: -bootstrap-server: -broker-list: -topic-partitions: -exclude-internal-topics -version',
    effects: {
      '-command-config:': { value: 'names' },
    },
    check: reachBrokers,
    examples: {
      'kafka-broker-api-versions.sh --bootstrap-server localhost:9092': 'read_only',
      'kafka-get-offsets.sh --bootstrap-server kafka.example.com:9092 --topic x': 'read_only egress',
    },
  },
  'kafka-console-consumer kafka-console-consumer.sh': {
    does: 'shows messages',
    level: 'modifying',
    style: 'word',
    options:
      '-bootstrap-server: -topic: -from-beginning -max-messages: -timeout-ms: -partition: -offset: -property: -group: -isolation-level: -skip-message-on-error',
    effects: {
      '-formatter: -consumer-property: -key-deserializer: -value-deserializer: -formatter-config:': {
        does: 'loads code or other settings',
        level: 'destructive',
      },
      '-consumer.config:': { value: 'names' },
    },
    check: reachBrokers,
    examples: {
      'kafka-console-consumer.sh --bootstrap-server localhost:9092 --topic x --max-messages 1': 'modifying',
      'kafka-console-consumer --topic x --formatter y': 'destructive',
    },
  },
  'kafka-console-producer kafka-console-producer.sh kafka-delete-records kafka-delete-records.sh kafka-leader-election kafka-leader-election.sh kafka-preferred-replica-election kafka-preferred-replica-election.sh kafka-storage kafka-storage.sh kafka-server-start kafka-server-start.sh kafka-server-stop kafka-server-stop.sh kafka-run-class kafka-run-class.sh kafka-mirror-maker kafka-mirror-maker.sh kafka-streams-application-reset kafka-streams-application-reset.sh kafka-producer-perf-test kafka-producer-perf-test.sh kafka-consumer-perf-test kafka-consumer-perf-test.sh kafka-features kafka-features.sh kafka-replica-verification.sh kafka-dump-log kafka-dump-log.sh zookeeper-shell zookeeper-shell.sh zkCli.sh zookeeper-server-stop.sh zookeeper-server-start.sh connect-distributed.sh kcat kafkacat activemq pulsar pulsar-admin nats nats-server mosquitto_pub mosquitto_sub mosquitto celery rq':
    {
      does: 'changes brokers, or carries messages',
      level: 'destructive',
      operands: 'text',
      examples: {
        'kafka-delete-records.sh --offset-json-file x': 'destructive',
        'zkCli.sh deleteall /x': 'destructive',
        'kcat -P -t x': 'destructive',
      },
    },
  'zkServer zkServer.sh': {
    does: 'controls ZooKeeper',
    level: 'destructive',
    subcommands: { 'status version print-cmd': 'read_only', 'restart start': 'modifying' },
    examples: { 'zkServer.sh status': 'read_only', 'zkServer.sh stop': 'destructive' },
  },
});

/** One of Kafka's scripts: it must be given an option (or word) that shows, and none that changes or is unknown. */
/** `--verify` also takes the limits of replication away, unless it is told to keep them. */
function clearsThrottles(words: readonly string[]): boolean {
  return words.some((word) => /^--?verify$/.test(word)) && !words.some((word) => /^--?preserve-throttles$/.test(word));
}

function kafka(
  name: string,
  does: string,
  shows: string,
  changes: string,
  options: string,
  example: string | null,
): Table {
  const dashed = (text: string) =>
    text
      .split(' ')
      .filter((word) => word.startsWith('--'))
      .map((word) => word.slice(1));
  const verbs = shows.split(' ');
  return {
    [`${name} ${name}.sh`]: {
      does,
      level: 'read_only',
      style: 'word',
      options: [...dashed(options), ...dashed(shows), '-bootstrap-server:', '-bootstrap-controller:'].join(' '),
      // It may name classes to load.
      effects: {
        '-command-config:': {
          does: 'takes settings from a file that anybody may have written',
          level: 'destructive',
          unless: /^(?!\/(?:tmp|var\/tmp|dev|proc|run)\/)(?!.*\.\.)(?:[~/])[\w./-]+$/,
        },
      },
      operands: 'text',
      check: (call) => {
        reachBrokers(call);
        if (name === 'kafka-configs' && call.options.some((option) => /user/.test(option.value?.text ?? '')))
          call.raise('secret', 'shows password hashes of users', 'read_only', 'sensitive_read');
        const given = call.words.map((word) => (word.literal ? word.text : '?'));
        if (!given.some((word) => verbs.includes(word.replace(/^--?(?=\w)/, '--')) || verbs.includes(word)))
          call.raise('verb', 'does not say that it only shows', 'destructive');
        if (
          call.operands.some(
            (word) => !word.literal || changes.split(' ').includes(word.text) || !verbs.includes(word.text),
          )
        )
          call.raise('operand', 'has a word that is not known to show', 'destructive');
        if (name === 'kafka-reassign-partitions' && clearsThrottles(given))
          call.raise('throttles', 'removes the throttles of moves that are done', 'modifying');
      },
      examples: {
        [`${name}.sh --bootstrap-server localhost:9092 --command-config /tmp/x`]: 'destructive',
        ...(example === null
          ? {}
          : {
              [`${name}.sh --bootstrap-server localhost:9092 ${example}`]: 'read_only',
              [`${name} --bootstrap-server b-1.kafka.internal:9092 ${example}`]: 'read_only',
              [`${name}.sh --bootstrap-server kafka.example.com:9092 ${example}`]: 'read_only egress',
            }),
        [`${name}.sh --bootstrap-server localhost:9092 ${changes.split(' ')[0]?.replace(':', '')} x`]: 'destructive',
        [`${name}.sh`]: 'destructive',
      },
    },
  };
}

/** Brokers are reached as databases are: private literal names are no egress. */
function reachBrokers(call: Call): void {
  for (const option of call.options)
    if (/^-(?:bootstrap-server|bootstrap-controller|broker-list)$/.test(option.name.replace(/^--/, '-')))
      reachServer(call, option.value);
}
