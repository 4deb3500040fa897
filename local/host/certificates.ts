/** The virtual host's certificate: what is on disk, what nginx serves, and `openssl`, `certbot` and `nginx -t` over both. */
import { X509Certificate } from 'node:crypto';
import { type CustomCommand, decodeBytesToUtf8, defineCommand, type ExecResult } from 'just-bash';
import type { HostFileSystem } from './file-system.ts';
import { failed, printed } from './output.ts';
import type { Services } from './services.ts';
import { createCertificate } from './x509.ts';

export const domain = 'shop.example.com';
const folder = `/etc/letsencrypt/live/${domain}`;
export const certificateFile = `${folder}/fullchain.pem`;
const day = 86_400_000;
const issuer = { C: 'US', O: "Let's Encrypt", CN: 'E7' };
const rule = '- - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - -';

export class Certificates {
  readonly #fs: HostFileSystem;
  readonly #services: Services;
  readonly #now: () => number;
  /** What nginx read when it was started or reloaded. */
  #served = Promise.resolve('');

  constructor(fs: HostFileSystem, services: Services, now: () => number) {
    this.#fs = fs;
    this.#services = services;
    this.#now = now;
    if (!services.find('nginx')) return;
    this.#issue(now() - 28 * day);
    this.#served = this.#onDisk();
    fs.writeFileSync('/etc/nginx/nginx.conf', `ssl_certificate ${certificateFile};\n`);
    services.watch('nginx', (change) => {
      if (change !== 'stopped') this.#served = this.#onDisk();
    });
  }

  /** Five days are left, and nothing renews it: somebody stopped certbot's timer a month ago. */
  neglect(): void {
    this.#issue(this.#now() - 85 * day);
    this.#served = this.#onDisk();
    this.#services.expect('certbot.timer').state = 'inactive';
    const failedAt = this.#now() - 34 * day;
    const note = (priority: number, text: string) =>
      this.#services.log('certbot', priority, text, { time: failedAt, unit: 'certbot' });
    note(3, `Failed to renew certificate ${domain} with error: HTTPSConnectionPool: Read timed out. (read timeout=45)`);
    note(3, 'All renewals failed. The following certificates could not be renewed:');
    this.#services.log('systemd', 6, 'Stopped certbot.timer - Run certbot twice daily.', {
      time: failedAt + day,
      unit: 'certbot.service',
    });
  }

  /** Days until what nginx serves expires; null where no certificate is served. */
  async daysLeft(): Promise<number | null> {
    const served = await this.#served;
    return served === '' ? null : (Date.parse(new X509Certificate(served).validTo) - this.#now()) / day;
  }

  commands(): CustomCommand[] {
    return [
      defineCommand('openssl', async ([command = '', ...rest], { fs, cwd, stdin }) => {
        if (command === 'x509') {
          const at = rest.indexOf('-in');
          const path = rest[at + 1] ?? '';
          if (at < 0) return x509(rest, decodeBytesToUtf8(stdin), '<stdin>', this.#now());
          const file = fs.resolvePath(cwd, path);
          return x509(rest, (await fs.exists(file)) ? await fs.readFile(file) : '', path, this.#now());
        }
        if (command === 's_client') return this.#connect(rest);
        if (command === 'version') return printed('OpenSSL 3.0.17 1 Jul 2025 (Library: OpenSSL 3.0.17 1 Jul 2025)\n');
        return failed(`openssl: only x509, s_client and version work on this virtual host, not ${command}`);
      }),
      defineCommand('certbot', async (arguments_) => this.#certbot(arguments_)),
      defineCommand('nginx', async (arguments_) => this.#nginx(arguments_)),
    ];
  }

  #issue(notBefore: number): void {
    const pem = createCertificate({ domain, issuer }, notBefore, notBefore + 90 * day);
    this.#fs.writeFileSync(certificateFile, pem, undefined, { mtime: new Date(notBefore) });
  }

  async #onDisk(): Promise<string> {
    return (await this.#fs.exists(certificateFile)) ? this.#fs.readFile(certificateFile) : '';
  }

  async #connect(arguments_: readonly string[]): Promise<ExecResult> {
    const address = arguments_[arguments_.indexOf('-connect') + 1] ?? '';
    if (!/^(127\.0\.0\.1|localhost):443$/.test(address) || !this.#services.isActive('nginx'))
      return failed(`80CB6EA9937F0000:error:8000006F:system library:BIO_connect:Connection refused\nconnect:errno=111`);
    const served = await this.#served;
    const certificate = new X509Certificate(served);
    const subject = named(certificate.subject);
    return printed(
      `CONNECTED(00000003)\n---\nCertificate chain\n 0 s:${subject}\n   i:${named(certificate.issuer)}\n---\nServer certificate\n${served}subject=${subject}\nissuer=${named(certificate.issuer)}\n---\n`,
    );
  }

  async #certbot(arguments_: readonly string[]): Promise<ExecResult> {
    const [command = '', ...rest] = arguments_;
    const asked = rest[rest.indexOf('--cert-name') + 1];
    const known = !rest.includes('--cert-name') || asked === domain;
    if (!this.#services.find('nginx')) return failed('certbot: command not found', 127);
    if (command === 'certificates') return printed(await this.#listed(known));
    if (command !== 'renew') return failed(`certbot: only certificates and renew work on this virtual host`);
    if (!known)
      return failed(`No certificate found with name ${asked} (expected /etc/letsencrypt/renewal/${asked}.conf).`);
    return this.#renew(rest.includes('--dry-run'), rest.includes('--force-renewal'));
  }

  async #listed(known: boolean): Promise<string> {
    const log = 'Saving debug log to /var/log/letsencrypt/letsencrypt.log\n';
    if (!known) return `${log}\n${rule}\nNo certificates found.\n${rule}\n`;
    const { serialNumber, validTo } = new X509Certificate(await this.#onDisk());
    const end = Date.parse(validTo);
    const days = Math.floor((end - this.#now()) / day);
    const expiry = `${new Date(end).toISOString().slice(0, 19).replace('T', ' ')}+00:00`;
    const lines = [
      `  Certificate Name: ${domain}`,
      `    Serial Number: ${serialNumber.toLowerCase()}`,
      '    Key Type: ECDSA',
      `    Domains: ${domain}`,
      `    Expiry Date: ${expiry} (${days < 0 ? 'INVALID: EXPIRED' : `VALID: ${days} days`})`,
      `    Certificate Path: ${certificateFile}`,
      `    Private Key Path: ${folder}/privkey.pem`,
    ];
    return `${log}\n${rule}\nFound the following certs:\n${lines.join('\n')}\n${rule}\n`;
  }

  async #renew(rehearsal: boolean, force: boolean): Promise<ExecResult> {
    const left = (Date.parse(new X509Certificate(await this.#onDisk()).validTo) - this.#now()) / day;
    const due = force || rehearsal || left < 30;
    if (due && !rehearsal) this.#issue(this.#now() - 3_600_000);
    const noun = rehearsal ? 'simulated renewals' : 'renewals';
    const action = rehearsal ? 'Simulating renewal of an existing certificate' : 'Renewing an existing certificate';
    const processing = `\n${rule}\nProcessing /etc/letsencrypt/renewal/${domain}.conf\n${rule}\n`;
    if (!due)
      return printed(
        `${processing}Certificate not yet due for renewal\n\n${rule}\nThe following certificates are not due for renewal yet:\n  ${certificateFile} expires on ${new Date(this.#now() + left * day).toISOString().slice(0, 10)} (skipped)\nNo renewals were attempted.\n${rule}\n`,
      );
    const outcome = `\n${rule}\nCongratulations, all ${noun} succeeded: \n  ${certificateFile} (success)\n${rule}\n`;
    return {
      ...printed(`${processing}${action} for ${domain}\n${outcome}`),
      stderr: 'Saving debug log to /var/log/letsencrypt/letsencrypt.log\n',
    };
  }

  async #nginx(arguments_: readonly string[]): Promise<ExecResult> {
    if (!arguments_.includes('-t')) return failed('nginx: only -t works on this virtual host');
    const file = '/etc/nginx/nginx.conf';
    if ((await this.#onDisk()) === '')
      return failed(
        `nginx: [emerg] cannot load certificate "${certificateFile}": BIO_new_file() failed\nnginx: configuration file ${file} test failed`,
      );
    return {
      ...printed(''),
      stderr: `nginx: the configuration file ${file} syntax is ok\nnginx: configuration file ${file} test is successful\n`,
    };
  }
}

/** `C = US, O = Let's Encrypt, CN = E7`, as OpenSSL 3.0 writes names. */
function named(lines: string): string {
  return lines
    .split('\n')
    .map((line) => line.replace('=', ' = '))
    .join(', ');
}

/** `Dec  3 03:03:31 2026 GMT`, as OpenSSL writes times. */
function opensslTime(text: string): string {
  const [, day = '', month, year, time] = /^\w+, (\d+) (\w+) (\d+) ([\d:]+)/.exec(new Date(text).toUTCString()) ?? [];
  return `${month} ${day.replace(/^0/, ' ')} ${time} ${year} GMT`;
}

function x509(arguments_: readonly string[], pem: string, from: string, now: number): ExecResult {
  if (!pem.includes('BEGIN CERTIFICATE'))
    return failed(
      `Could not ${from === '<stdin>' ? 'read' : 'open file or uri for loading'} certificate from ${from}\nUnable to load certificate`,
    );
  const certificate = new X509Certificate(pem.slice(pem.indexOf('-----BEGIN')));
  const says: Readonly<Record<string, () => string>> = {
    '-subject': () => `subject=${named(certificate.subject)}`,
    '-issuer': () => `issuer=${named(certificate.issuer)}`,
    '-startdate': () => `notBefore=${opensslTime(certificate.validFrom)}`,
    '-enddate': () => `notAfter=${opensslTime(certificate.validTo)}`,
    '-dates': () => `notBefore=${opensslTime(certificate.validFrom)}\nnotAfter=${opensslTime(certificate.validTo)}`,
    '-serial': () => `serial=${certificate.serialNumber}`,
    '-fingerprint': () => `SHA1 Fingerprint=${certificate.fingerprint}`,
  };
  const lines: string[] = [];
  let expires = false;
  for (let index = 0; index < arguments_.length; index++) {
    const option = arguments_[index] ?? '';
    if (option === '-in') index++;
    else if (option === '-checkend') {
      expires = Date.parse(certificate.validTo) - now < Number(arguments_[++index]) * 1000;
      lines.push(expires ? 'Certificate will expire' : 'Certificate will not expire');
    } else if (says[option]) lines.push(says[option]());
    else if (option !== '-noout')
      return failed(`x509: Unknown option or message digest: ${option.slice(1)} (on this virtual host)`);
  }
  if (!arguments_.includes('-noout')) lines.push(pem.trimEnd());
  return printed(`${lines.join('\n')}\n`, expires ? 1 : 0);
}
