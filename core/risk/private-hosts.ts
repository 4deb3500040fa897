/** When a client that logs in to a named server is egress, and when it stays within the organisation's network. */
import { type Argument, namesInheritedHost } from './arguments.ts';
import { hostOf, isLoopback, namesNoHost } from './paths.ts';
import type { Call } from './table.ts';

/**
 * A server's host is no egress when it is literally private: loopback, a socket's folder, a name without dots or in a
 * private zone, an address of RFC 1918, or a data endpoint of AWS. A query has no open words, so nothing leaves with it
 * but credentials.
 */
export function reachServer(call: Call, word: Argument | null): void {
  if (word === null || namesInheritedHost(word) || namesNoHost(word)) return;
  const hosts = word.literal ? word.text.split(',').map((host) => hostOf(host)) : [null];
  if (hosts.every((host) => host !== null && isPrivateHost(host))) return;
  call.use({ ...word, values: null, literal: false, prefix: '' }, 'host');
}

export function isPrivateHost(host: string): boolean {
  return (
    isLoopback(host) ||
    /^\/[\w./-]+$/.test(host) ||
    /^(?:10(?:\.\d{1,3}){3}|192\.168(?:\.\d{1,3}){2}|172\.(?:1[6-9]|2\d|3[01])(?:\.\d{1,3}){2})$/.test(host) ||
    /^[a-z][\w-]*$/i.test(host) ||
    /^[\w.-]+\.(?:internal|local|localdomain|lan|corp|intra|svc|consul|home\.arpa)$/i.test(host) ||
    /^[\w.-]+\.(?:rds|cache|docdb|neptune|redshift|kafka|memorydb|es)(?:\.[\w-]+)*\.amazonaws\.com$/i.test(host)
  );
}
