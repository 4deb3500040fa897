/** Lines and words on a grid of pixels; what lies outside is not drawn. */
import { glyphHeight, glyphWidth, isInk } from './glyphs.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Pixels of a dot of a character. */
const dot = 2;
/** Pixels that one character takes across, with the space behind it. */
const advance = (glyphWidth + 1) * dot;

/** Pixels that a text takes. */
export const textWidth = (text: string): number => text.length * advance - dot;
export const textHeight = glyphHeight * dot;

export class Canvas {
  readonly width: number;
  readonly height: number;
  /** Row after row, the number of each one's colour; 0 at first. */
  readonly pixels: Uint8Array;

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    this.pixels = new Uint8Array(width * height);
  }

  rectangle(colour: number, { x, y }: Point, width: number, height: number): void {
    const [left, right] = [Math.max(0, x), Math.min(this.width, x + width)];
    for (let row = Math.max(0, y); row < Math.min(this.height, y + height); row += 1)
      if (left < right) this.pixels.fill(colour, row * this.width + left, row * this.width + right);
  }

  /** A stroke between two points, `thickness` pixels wide; with `dash`, that many are drawn and as many left out. */
  line(colour: number, from: Point, to: Point, thickness = 1, dash = 0): void {
    const steps = Math.max(Math.abs(to.x - from.x), Math.abs(to.y - from.y), 1);
    const half = thickness >> 1;
    for (let step = 0; step <= steps; step += 1) {
      if (dash > 0 && step % (2 * dash) >= dash) continue;
      const x = Math.round(from.x + ((to.x - from.x) * step) / steps) - half;
      const y = Math.round(from.y + ((to.y - from.y) * step) / steps) - half;
      this.rectangle(colour, { x, y }, thickness, thickness);
    }
  }

  /** `at` is the upper left corner. */
  text(colour: number, { x, y }: Point, text: string): void {
    [...text].forEach((character, index) => {
      for (let row = 0; row < glyphHeight; row += 1)
        for (let column = 0; column < glyphWidth; column += 1)
          if (isInk(character, column, row))
            this.rectangle(colour, { x: x + index * advance + column * dot, y: y + row * dot }, dot, dot);
    });
  }
}
