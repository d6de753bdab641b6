// QR codes that the pages draw, read by a decoder that shares nothing with the encoder (npm jsqr).
import jsqr from 'jsqr';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from '../../web/test/load.mjs';

const { drawQr } = await load('lib/qr.ts');
const SCALE = 4;

/** The SVG path as pixels: black on white, quiet zone included. */
function pixels({ size, path }) {
  const side = size * SCALE, data = new Uint8ClampedArray(side * side * 4).fill(255);
  for (const [, x, y, width] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g))
    for (let row = y * SCALE; row < (Number(y) + 1) * SCALE; row++)
      data.fill(0, (row * side + x * SCALE) * 4, (row * side + (Number(x) + Number(width)) * SCALE) * 4);
  for (let i = 3; i < data.length; i += 4) data[i] = 255;
  return { data, side };
}

for (const text of ['https://vote.example.org/kk/premium-2026/verify#000016WND97G7EWD', '0123-4567-89AB-CDEF-GHJK-MNPQ-RSTV', 'құпия код'])
  test(`"${text}" is read as it was written`, async () => {
    const drawing = await drawQr(text), { data, side } = pixels(drawing);
    assert.equal(drawing.path.replaceAll(/M\d+ \d+h\d+v1h-\d+z/g, ''), '');
    assert.equal((jsqr.default ?? jsqr)(data, side, side)?.data, text);
  });
