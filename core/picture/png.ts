/** PNG images of few colours, as bytes: one byte a pixel, the number of its colour (PNG specification, third edition, colour type 3). */
import { crc32, deflateSync } from 'node:zlib';

/** Red, green, blue and how solid it is, each 0–255. */
export type Colour = readonly [red: number, green: number, blue: number, alpha: number];

export interface Image {
  readonly width: number;
  readonly height: number;
  /** At most 256. */
  readonly colours: readonly Colour[];
  /** Row after row from the top; each the index of a colour. */
  readonly pixels: Uint8Array;
}

const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const bitDepth = 8;
const indexed = 3;

/** The image as a file. Throws a RangeError when sizes, colours and pixels do not fit together. */
export function pngOf({ width, height, colours, pixels }: Image): Uint8Array {
  if (pixels.length !== width * height || colours.length > 256)
    throw new RangeError(
      `an image of ${width} × ${height} has no ${pixels.length} pixels of ${colours.length} colours`,
    );
  const rows = new Uint8Array(height * (width + 1));
  // Each row begins with its filter; 0 = none.
  for (let row = 0; row < height; row += 1)
    rows.set(pixels.subarray(row * width, (row + 1) * width), row * (width + 1) + 1);
  return Buffer.concat([
    signature,
    chunk('IHDR', Uint8Array.of(...word(width), ...word(height), bitDepth, indexed, 0, 0, 0)),
    chunk('PLTE', Uint8Array.from(colours.flatMap((colour) => colour.slice(0, 3)))),
    chunk('tRNS', Uint8Array.from(colours.map(([, , , alpha]) => alpha))),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', new Uint8Array()),
  ]);
}

/** Length, type, content, and the checksum of type and content. */
function chunk(type: string, content: Uint8Array): Uint8Array {
  const covered = Buffer.concat([Buffer.from(type, 'latin1'), content]);
  return Buffer.concat([word(content.length), covered, word(crc32(covered))]);
}

function word(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
