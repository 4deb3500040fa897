/** The SQL functions that compute or look and change nothing; every other function, known or not, may do anything. */
import type { RiskFlag, RiskLevel } from '../../words.ts';

const words = (text: string) => new Set(text.split(/\s+/).filter(Boolean));

/** Words that may stand before a parenthesis without being a function. */
export const beforeParenthesis = words(`
  select from in and or not where exists any all some over filter values as on using join case when then else between
  like ilike by union except intersect limit offset having is distinct row lateral group within recursive materialized
  rlike regexp interval sets div mod binary array key index ordinality format sample prewhere global asof final only
`);

/** Types with a length, as in casts. */
const types =
  'numeric decimal varchar char character varying bit float double timestamp timestamptz time datetime signed unsigned int integer bigint text nullable fixedstring datetime64';

const aggregates = `count sum avg min max array_agg string_agg json_agg jsonb_agg json_object_agg jsonb_object_agg group_concat
  bool_and bool_or every bit_and bit_or stddev stddev_pop stddev_samp variance var_pop var_samp std corr percentile_cont percentile_disc mode
  rank dense_rank row_number ntile lag lead first_value last_value nth_value cume_dist percent_rank any_value
  json_arrayagg json_objectagg total grouping`;

const plain = `abs ceil ceiling floor round trunc truncate sign sqrt power pow exp ln log log2 log10 mod div greatest least
  random rand pi radians degrees width_bucket coalesce nullif ifnull isnull if iif cast convert try_cast
  length char_length character_length octet_length bit_length lower upper lcase ucase initcap trim btrim ltrim rtrim
  lpad rpad left right substr substring substring_index mid position strpos instr locate replace translate reverse repeat
  concat concat_ws split_part format quote quote_ident quote_literal quote_nullable md5 sha1 sha2 sha256 crc32 hex unhex encode
  ascii chr ord space strcmp field elt find_in_set regexp_replace regexp_matches regexp_match regexp_split_to_table
  regexp_split_to_array regexp_like regexp_substr regexp_instr regexp_count starts_with overlay printf typeof unicode glob
  now age extract date_trunc date_part date_bin to_char to_date to_timestamp to_number make_interval make_date clock_timestamp
  statement_timestamp transaction_timestamp timeofday justify_hours justify_days justify_interval isfinite
  current_timestamp localtimestamp current_date current_time date time datetime timestamp julianday strftime unixepoch
  curdate curtime sysdate utc_timestamp utc_date unix_timestamp from_unixtime timestampdiff timestampadd timediff datediff
  date_add date_sub adddate subdate date_format time_format time_to_sec sec_to_time str_to_date year quarter month week
  day dayname dayofmonth dayofweek dayofyear hour minute second microsecond monthname weekday last_day from_days to_days
  array_length array_to_string string_to_array unnest cardinality array_position array_remove array_append array_upper array_lower
  generate_series generate_subscripts json_extract json_unquote json_length json_keys json_value json_valid json_pretty json_contains
  json_object json_array json_build_object jsonb_build_object json_each json_each_text jsonb_each jsonb_each_text json_array_elements
  jsonb_array_elements jsonb_array_length json_typeof jsonb_typeof jsonb_pretty row_to_json to_json to_jsonb json_extract_path_text
  jsonb_object_keys json_table json_tree host hostmask masklen network inet_aton inet_ntoa inet6_ntoa family text
  uuid version version_num database schema user current_user session_user system_user current_database current_schema
  current_schemas current_role current_catalog connection_id row_count found_rows last_insert_id collation charset
  changes total_changes sqlite_version last_insert_rowid
  bin_to_uuid uuid_to_bin format_bytes format_pico_time format_time ps_thread_id ps_current_thread_id
  current_setting obj_description col_description shobj_description format_type has_table_privilege has_database_privilege
  has_schema_privilege inet_server_addr inet_server_port inet_client_addr inet_client_port to_regclass to_regtype
  txid_current_snapshot txid_snapshot_xmin txid_snapshot_xmax mxid_age`;

const postgres = `pg_backend_pid pg_blocking_pids pg_safe_snapshot_blocking_pids pg_size_pretty pg_size_bytes pg_database_size
  pg_relation_size pg_table_size pg_indexes_size pg_total_relation_size pg_tablespace_size pg_column_size pg_is_in_recovery
  pg_is_wal_replay_paused pg_get_wal_replay_pause_state pg_last_wal_receive_lsn pg_last_wal_replay_lsn pg_last_xact_replay_timestamp pg_current_wal_lsn
  pg_current_wal_insert_lsn pg_current_wal_flush_lsn pg_wal_lsn_diff pg_walfile_name pg_walfile_name_offset pg_last_xlog_receive_location
  pg_last_xlog_replay_location pg_current_xlog_location pg_xlog_location_diff pg_postmaster_start_time pg_conf_load_time
  pg_get_indexdef pg_get_constraintdef pg_get_viewdef pg_get_functiondef pg_get_triggerdef pg_get_expr pg_get_userbyid
  pg_get_serial_sequence pg_get_keywords pg_table_is_visible pg_relation_filepath pg_relation_filenode pg_filenode_relation
  pg_encoding_to_char pg_client_encoding pg_tablespace_location pg_tablespace_databases pg_lock_status pg_prepared_xact
  pg_show_all_settings pg_current_logfile pg_ls_waldir pg_ls_logdir pg_ls_archive_statusdir pg_ls_tmpdir pg_control_checkpoint
  pg_control_system pg_control_recovery pg_control_init pg_snapshot_xmin pg_snapshot_xmax pg_current_snapshot
  pg_buffercache_summary pg_buffercache_usage_counts pgstattuple pgstattuple_approx pgstatindex pg_visibility_map_summary pg_freespace
  pg_stat_file_size pg_notification_queue_usage pg_listening_channels pg_my_temp_schema pg_trigger_depth pg_xact_commit_timestamp
  pg_collation_actual_version pg_options_to_table pg_partition_tree pg_partition_root pg_partition_ancestors pg_jit_available`;

const clickhouse = `formatreadablesize formatreadablequantity formatreadabletimedelta tostartofhour tostartofminute tostartofday
  tostartoffiveminutes tostartofinterval tointerval todate todatetime tostring tofloat64 toint64 touint64 touint32 toyyyymm
  uniq uniqexact countif sumif avgif quantile quantiles quantileexact topk argmax argmin grouparray grouparrayarray
  hostname fqdn uptime todayofweek datediff datename today yesterday subtractminutes subtracthours subtractdays addminutes tosecond`;

let reading: ReadonlySet<string> | undefined;

/** Read when a first function is met. */
function onlyReads(name: string): boolean {
  reading ??= words([types, aggregates, plain, postgres, clickhouse].join(' '));
  return reading.has(name);
}

interface KnownFunction {
  readonly does: string;
  readonly level: RiskLevel;
  readonly flag?: RiskFlag;
}

/** Functions that act, named so that a card can say how. */
const acting: readonly (readonly [RegExp, KnownFunction])[] = [
  [/^pg_terminate_backend$/, { does: 'ends sessions', level: 'destructive' }],
  [/^pg_cancel_backend$/, { does: 'cancels queries', level: 'modifying' }],
  [
    /^(?:pg_reload_conf|pg_rotate_logfile|pg_switch_wal|pg_switch_xlog)$/,
    { does: "changes the server's state", level: 'modifying' },
  ],
  [/^pg_stat(?:_\w+)?_reset\w*$|^pg_stat_reset\w*$/, { does: 'resets statistics', level: 'modifying' }],
  [/^(?:nextval|setval)$/, { does: 'moves a sequence', level: 'modifying' }],
  [/^(?:pg_sleep\w*|sleep|sleepeachrow|benchmark)$/, { does: 'holds a session', level: 'modifying' }],
  [
    /^(?:pg_(?:try_)?advisory\w*|get_lock|release_lock|release_all_locks)$/,
    { does: 'takes or frees locks', level: 'modifying' },
  ],
  [
    /^(?:pg_read_\w+|pg_ls_dir|pg_stat_file|lo_\w+|load_file|readfile|loread|pg_logdir_ls)$/,
    { does: 'reaches files of the server', level: 'destructive', flag: 'sensitive_read' },
  ],
  [
    /^(?:dblink\w*|url|s3|remote\w*|mysql|postgresql|mongodb|hdfs|jdbc|odbc|postgres_fdw\w*|xmltype|utl_http)$/,
    { does: 'talks to another machine', level: 'destructive', flag: 'egress' },
  ],
];

/** Null when the function only computes or looks. `name` in lower case, without its schema. */
export function functionRisk(name: string): KnownFunction | null {
  if (onlyReads(name) || /^pg_stat_get_\w+$/.test(name)) return null;
  const known = acting.find(([pattern]) => pattern.test(name));
  return known ? known[1] : { does: 'calls a function that is not known to only read', level: 'destructive' };
}
