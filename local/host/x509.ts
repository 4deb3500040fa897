/** Makes X.509 certificates, so that the virtual host's files are real ones: DER by hand, signed by `node:crypto`. */
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/** The two kinds of name that a certificate here has. */
export interface CertificateNames {
  readonly domain: string;
  readonly issuer: { readonly C: string; readonly O: string; readonly CN: string };
}

const tags = {
  integer: 0x02,
  bits: 0x03,
  octets: 0x04,
  oid: 0x06,
  utf8: 0x0c,
  sequence: 0x30,
  set: 0x31,
  utcTime: 0x17,
};
/** Object identifiers in DER, without tag and length. */
const oids = {
  ecdsaWithSha256: '2a8648ce3d040302',
  C: '550406',
  O: '55040a',
  CN: '550403',
  subjectAltName: '551d11',
};

function encoded(tag: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  if (body.length < 0x80) return Buffer.concat([Buffer.from([tag, body.length]), body]);
  const length = Buffer.from(body.length.toString(16).padStart(body.length > 0xff ? 4 : 2, '0'), 'hex');
  return Buffer.concat([Buffer.from([tag, 0x80 | length.length]), length, body]);
}

const sequence = (...parts: readonly Buffer[]) => encoded(tags.sequence, ...parts);
const oid = (hex: string) => encoded(tags.oid, Buffer.from(hex, 'hex'));
const bits = (content: Buffer) => encoded(tags.bits, Buffer.from([0]), content);

function name(parts: Readonly<Record<string, string>>): Buffer {
  const attributes = Object.entries(parts).map(([key, value]) =>
    encoded(tags.set, sequence(oid(oids[key as 'C' | 'O' | 'CN']), encoded(tags.utf8, Buffer.from(value)))),
  );
  return sequence(...attributes);
}

function time(milliseconds: number): Buffer {
  const text = new Date(milliseconds).toISOString().replace(/[-:T]/g, '').slice(2, 14);
  return encoded(tags.utcTime, Buffer.from(`${text}Z`));
}

/** A PEM certificate, valid from `notBefore` to `notAfter` (epoch milliseconds, before 2050), with a serial and key of its own. */
export function createCertificate({ domain, issuer }: CertificateNames, notBefore: number, notAfter: number): string {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = sequence(oid(oids.ecdsaWithSha256));
  const alternative = encoded(tags.octets, sequence(encoded(0x82, Buffer.from(domain))));
  const body = sequence(
    encoded(0xa0, encoded(tags.integer, Buffer.from([2]))),
    encoded(tags.integer, Buffer.concat([Buffer.from([3]), randomBytes(17)])),
    algorithm,
    name(issuer),
    sequence(time(notBefore), time(notAfter)),
    name({ CN: domain }),
    publicKey.export({ type: 'spki', format: 'der' }),
    encoded(0xa3, sequence(sequence(oid(oids.subjectAltName), alternative))),
  );
  const signature = sign('sha256', body, { key: privateKey, dsaEncoding: 'der' });
  const text = sequence(body, algorithm, bits(signature))
    .toString('base64')
    .replace(/.{64}(?=.)/g, '$&\n');
  return `-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----\n`;
}
