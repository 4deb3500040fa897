/** The virtual host's sockets: `ss`, and `curl` to the host itself. */
import { type CustomCommand, defineCommand, type ExecResult } from 'just-bash';
import { failed, printed, table } from './output.ts';
import type { Postgres } from './postgres.ts';
import type { Services } from './services.ts';

interface Socket {
  readonly state: 'LISTEN' | 'ESTAB';
  readonly local: string;
  readonly peer: string;
  readonly process: string;
}

export function networkCommands(services: Services, postgres: Postgres): CustomCommand[] {
  return [
    defineCommand('ss', async (arguments_) => ss(socketsOf(services, postgres), arguments_)),
    defineCommand('curl', async (arguments_) => curl(services, arguments_)),
  ];
}

function socketsOf(services: Services, postgres: Postgres): Socket[] {
  const active = services.units.filter(({ state }) => state === 'active');
  const owner = (name: string, pid: number) => `users:(("${name.replace(/[.@].*$/, '')}",pid=${pid},fd=6))`;
  const listening = active.flatMap(({ name, pid, ports }) =>
    ports.map(
      (port): Socket => ({
        state: 'LISTEN',
        local: `${[22, 80, 443, 8080].includes(port) ? '0.0.0.0' : '127.0.0.1'}:${port}`,
        peer: '0.0.0.0:*',
        process: owner(name, pid),
      }),
    ),
  );
  const client = services.find('checkout');
  const established = postgres.clientPorts().map(
    (port): Socket => ({
      state: 'ESTAB',
      local: `127.0.0.1:${port}`,
      peer: '127.0.0.1:5432',
      process: owner('checkout', client?.pid ?? 0),
    }),
  );
  return [...listening, ...established];
}

/** `-s`, or a list by `-t -l -a -n -p -H` and `state NAME`; a filter by port may follow. */
function ss(sockets: readonly Socket[], arguments_: readonly string[]): ExecResult {
  const letters = arguments_.filter((argument) => /^-[a-zA-Z]+$/.test(argument)).join('');
  if (/[^-tlanpHsu4O]/.test(letters)) return failed(`ss: invalid option in '${letters}' (on this virtual host)`);
  const count = (state: Socket['state']) => sockets.filter((socket) => socket.state === state).length;
  if (letters.includes('s')) {
    const total = sockets.length;
    return printed(
      `Total: ${total + 96}\nTCP:   ${total} (estab ${count('ESTAB')}, closed 0, orphaned 0, timewait 0)\n\nTransport Total     IP        IPv6\n` +
        `RAW\t  0         0         0        \nUDP\t  3         2         1        \nTCP\t  ${String(total).padEnd(9)} ${String(total).padEnd(9)} 0        \n`,
    );
  }
  const words = arguments_.filter((argument) => !argument.startsWith('-')).join(' ');
  const state = /\bstate (\w[\w-]*)/.exec(words)?.[1];
  const [, side, port] = /\b(dport|sport) *=+ *:(\d+)/.exec(words) ?? [];
  const wanted =
    { established: 'ESTAB', listening: 'LISTEN' }[state ?? ''] ?? (letters.includes('l') ? 'LISTEN' : 'ESTAB');
  const all = letters.includes('a') && state === undefined;
  const shown = sockets.filter(
    (socket) =>
      (all || socket.state === wanted) &&
      (port === undefined || (side === 'dport' ? socket.peer : socket.local).endsWith(`:${port}`)),
  );
  const withProcess = letters.includes('p') || letters === '-ltn';
  const rows = shown.map(({ state: own, local, peer, process }) => [
    own,
    '0',
    own === 'LISTEN' ? '511' : '0',
    local,
    peer,
    ...(withProcess ? [process] : []),
  ]);
  const header = [
    'State',
    'Recv-Q',
    'Send-Q',
    'Local Address:Port',
    'Peer Address:Port',
    ...(withProcess ? ['Process'] : []),
  ];
  return printed(table(letters.includes('H') ? rows : [header, ...rows], new Set([1, 2])));
}

/** Only this host itself can be asked; there is no network. */
function curl(services: Services, arguments_: readonly string[]): ExecResult {
  const address = arguments_.find((argument) => /^(https?:\/\/)?(localhost|127\.0\.0\.1)(:\d+)?(\/|$)/.test(argument));
  if (address === undefined) return failed('curl: (6) Could not resolve host (this virtual host has no network)', 6);
  const port = Number(/:(\d+)/.exec(address.replace(/^https?:\/\//, ''))?.[1] ?? 80);
  const unit = services.units.find(({ ports }) => ports.includes(port));
  if (unit?.state !== 'active')
    return failed(`curl: (7) Failed to connect to localhost port ${port}: Connection refused`, 7);
  const format = arguments_[arguments_.findIndex((argument) => argument === '-w' || argument === '--write-out') + 1];
  const written = arguments_.some((argument) => argument === '-w' || argument === '--write-out') ? (format ?? '') : '';
  const toFile = arguments_.some(
    (argument) => argument === '-o' || argument === '--output' || /^-\w*o$/.test(argument),
  );
  return printed(
    `${toFile ? '' : '{"status":"ok"}\n'}${written.replaceAll('%{http_code}', '200').replaceAll('\\n', '\n')}`,
  );
}
